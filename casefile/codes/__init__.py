"""Codes: the lists of config/ as data. They may only grow; a number, once given, is never reused."""
