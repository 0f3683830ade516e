"""The members' pages: the list of work, the case, and the letters to a number.

It must never hold a query, a key or a decision of the field: those are the verbs' below.
"""
