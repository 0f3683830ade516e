"""Audit: who did what and when, never what it said. Rows are sealed, coded and chained."""
