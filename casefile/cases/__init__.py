"""Cases: what a report becomes, who may read which part of it, and what happens to it.

It must never know of a page, and never give anything of a case to whom its label excludes.
"""
