"""With the key file too: names of desks and members, labels and figures; never a word of anybody's.

P2 of the threat model, on both engines.
"""

from __future__ import annotations

import json
from collections import Counter

from casefile.sealing.envelopes import COMMITTED, DEPLOYMENT, PLAIN, SEGMENT
from casefile.sealing.keypairs import KeySuite
from tests.invariants.conftest import Told
from tests.invariants.opened import OPENERS, Opened, opened_with_key_file, rows
from tests.invariants.planting import NAMES
from tests.invariants.traces import traces

KNOWS_NAMES = {"directory_entry", "person", "session"}
"""Tables whose labels name desks, places, agencies or members: the deployment must know them."""


def test_the_key_file_opens_no_word_that_anybody_wrote(told: Told) -> None:
    opened = list(opened_with_key_file(told.story.world))
    assert {(one.table, one.column) for one in opened} == set(OPENERS)
    found = [str(trace) for one in opened for trace in traces(_without_names(one), one.table)]
    assert not found


def test_the_key_file_does_open_the_names_it_must_know(told: Told) -> None:
    """And so the search above would have found a word, had one been there."""
    opened = list(opened_with_key_file(told.story.world))
    assert {one.table for one in opened if traces(one.plain, one.table)} == KNOWS_NAMES
    everything = b"".join(one.plain for one in opened)
    missing = [name for name in NAMES.values() if not any(f in everything for f in _forms(name))]
    assert not missing


def test_the_key_file_opens_no_compartment_and_no_private_key(told: Told) -> None:
    """Whatever is sealed to people carries another mark than the deployment's."""
    people = {("entry", "body"): PLAIN, ("quick", "body"): PLAIN, ("person", "private"): COMMITTED}
    people |= {("session", "body"): COMMITTED}
    to_people = Counter()
    for table, row in rows(told.story.world):
        for column, value in row.items():
            mark = value[:1] if isinstance(value, bytes) else b""
            if (table, column) in people:
                assert mark == people[table, column]
                to_people[table] += 1
            elif (table, column) in OPENERS:
                assert mark in {DEPLOYMENT, SEGMENT}
    assert set(to_people) == {"entry", "quick", "person", "session"}


def test_every_wrap_is_to_a_hybrid_key(told: Told) -> None:
    for table, row in rows(told.story.world):
        if table in {"wrap", "desk_key", "custodian_part"}:
            assert row["body"][0] == KeySuite.HYBRID


def _without_names(one: Opened) -> bytes:
    if one.table not in KNOWS_NAMES:
        return one.plain
    plain = one.plain
    for name in NAMES.values():
        for form in _forms(name):
            plain = plain.replace(form, b"")
    return plain


def _forms(name: str) -> tuple[bytes, bytes]:
    return name.encode(), json.dumps(name)[1:-1].encode()
