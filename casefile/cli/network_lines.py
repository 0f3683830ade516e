"""What loading a network file would do, line by line, in words: no id is ever printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from casefile.network.entries import Directory, Entry, HelpPlace, Post
from casefile.network.proposal import Change, Proposal
from casefile.network.rules import english

SAID = {
    "names": "name",
    "entity_class": "class",
    "also_called": "also called",
    "recipient_desk": "recipient",
    "contracted_by": "contracted by",
    "help": "services",
    "waiting": "waiting to be let in",
    "area": "place",
}
"""Fields that a file or a person calls otherwise."""
NOT_SAID = {"id", "kind", "person", "iso", "key", "members", "generation"}
NOTHING = "nothing"


def lines(proposal: Proposal, called: Mapping[bytes, str]) -> Iterator[str]:
    """One line for each entry; `called` are people's names by their id."""
    for change in proposal.changes:
        what = f"{change.after.kind} {_name(change.after, called)}"
        if change.before is None:
            yield f"Add {what}: {'; '.join(_told(change, proposal.after, called))}."
        else:
            told = "; ".join(_changed(change, proposal, called)) or "its key in the file"
            yield f"Change {what}: {told}."


def _name(entry: Entry, called: Mapping[bytes, str]) -> str:
    return called.get(entry.person, "") if isinstance(entry, Post) else english(entry.names)


def _told(change: Change, after: Directory, called: Mapping[bytes, str]) -> Iterator[str]:
    for field, value in _fields(change.after):
        if value not in (None, (), "", 0, {}, "unknown"):
            yield f"{SAID.get(field, field)} {_said(field, value, after, called)}"


def _changed(change: Change, proposal: Proposal, called: Mapping[bytes, str]) -> Iterator[str]:
    for field, value in _fields(change.after):
        before = getattr(change.before, field)
        if value != before:
            was = _said(field, before, proposal.before, called)
            now = _said(field, value, proposal.after, called)
            yield f"{SAID.get(field, field)} {was} → {now}"


def _fields(entry: Entry) -> Iterator[tuple[str, Any]]:
    for field in entry.__dataclass_fields__:
        if field not in NOT_SAID:
            yield field, getattr(entry, field)


def _said(field: str, value: Any, directory: Directory, called: Mapping[bytes, str]) -> str:
    """A value in words: names for ids, languages for names, days for spans."""
    if field in {"place", "area"}:
        return english(directory.areas[value].names) if value in directory.areas else "none"
    if isinstance(value, bytes):
        return _named(value, directory, called)
    if isinstance(value, Mapping):
        return " · ".join(f"{name} ({code})" for code, name in value.items()) or NOTHING
    if isinstance(value, tuple):
        return ", ".join(_one(each, directory, called) for each in value) or NOTHING
    return str(value) if value or value == 0 else NOTHING


def _one(value: Any, directory: Directory, called: Mapping[bytes, str]) -> str:
    if isinstance(value, HelpPlace):
        return f"{english(value.names)} ({value.what})"
    if isinstance(value, tuple):
        first, last = value
        return f"{_day(first)} to {_day(last)}"
    return _named(value, directory, called) if isinstance(value, bytes) else str(value)


def _day(day: date) -> str:
    return day.isoformat()


def _named(identity: bytes, directory: Directory, called: Mapping[bytes, str]) -> str:
    entry = directory.agencies.get(identity) or directory.desks.get(identity)
    return english(entry.names) if entry else called.get(identity, "somebody")
