"""Benchmarks: what a person waits for and what a server carries, each beside its floor.

A floor is the least the work could cost with the same primitives, the same engine and the same
durability, measured in the same run and in turns with ours. Absolute times vary from machine to
machine; ratios to the floor hardly do. Nothing here changes how the application works, and
nothing is left behind: every deployment measured lies in a temporary folder.

    python -m tests.benchmarks                      everything, a table and bench.json
    python -m tests.benchmarks queue server         these parts alone, a table alone
    python -m tests.benchmarks --engine sqlite      one engine alone, a table alone
"""
