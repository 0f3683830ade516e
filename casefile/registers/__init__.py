"""Registers: tables of fixed-width rows in sealed segments, and the directory of public keys.

Nothing else may be stored this way; a register never holds a word anyone wrote.
"""
