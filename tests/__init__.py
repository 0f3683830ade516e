"""Tests: they mirror the package; invariants over everything lie in tests/invariants."""
