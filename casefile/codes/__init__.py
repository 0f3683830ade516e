"""Codes: the lists of config/ as data. They may only grow; a number given is never reused."""
