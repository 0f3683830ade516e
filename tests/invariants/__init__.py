"""Invariants: what must hold over everything at once, whichever feature is added next."""
