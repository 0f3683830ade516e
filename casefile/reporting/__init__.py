"""The anonymous pages: a form, a receipt, a number to type, a mailbox, and where to get help.

They must never set a cookie, load anything from elsewhere, keep a draft, refuse a page because it
got old, or show again what a reporter wrote once it was sent.
"""
