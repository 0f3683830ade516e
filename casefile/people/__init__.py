"""Who works here: accounts by invitation, signing in, sessions, and who may open which page.

It knows people, never desks and never cases. It must never hold a passphrase, and never an
unlocked key outside the request that unlocked it.
"""
