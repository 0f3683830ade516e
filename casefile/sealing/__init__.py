"""Sealing: the cryptography of Casefile, and nothing else.

Everything here is pure: keys, randomness and contexts come in as arguments, bytes go out. The
package imports the standard library, ``cryptography`` and ``numpy`` and nothing of Casefile.

It must never read a clock, a database, a request or the environment; never keep a key in module
state; never offer an unauthenticated way to open anything; and never let a secret reach a log.
"""
