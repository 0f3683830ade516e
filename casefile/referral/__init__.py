"""Referral: passing a case on to another desk, agency or specialist, in a case of its own.

What leaves is chosen by a person and shown before it leaves; it must never be more than that, and
never a key of the case it came from.
"""
