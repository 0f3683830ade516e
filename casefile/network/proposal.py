"""What a network file would add and change, decided before anything is written.

Pure: the directory as it is, what the file asks for and who has an account go in; the directory as
it would be comes out, entry by entry, with everything that stands in the way. An entry the file
does not name stays as it is, and so does what a named entry leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from casefile.network.entries import Agency, Area, Country, Desk, Directory, Entry, Post
from casefile.network.file import Wanted
from casefile.network.filling import FILL, REQUIRED, Account, Known, Wrong
from casefile.network.rules import english
from casefile.sealing.hidden import RandomBytes


@dataclass(frozen=True)
class Change:
    """One entry as it is (None: it is new) and as it would be."""

    before: Entry | None
    after: Entry


@dataclass(frozen=True)
class Proposal:
    """Everything a file would do to the directory `before`, and what stands in its way."""

    before: Directory
    after: Directory
    changes: tuple[Change, ...]
    wrong: tuple[str, ...]


def propose(
    directory: Directory,
    wanted: Iterable[Wanted],
    accounts: Mapping[str, Account],
    random: RandomBytes,
) -> Proposal:
    """Go through the file; `accounts` by e-mail are the people it names."""
    wrong: list[str] = []
    listed = {one: _listed(directory, accounts, one) for one in wanted}
    begun = {one: _begun(one, found, random) for one, found in listed.items()}
    begun = _numbered(directory, begun, wrong)
    known = Known(accounts, _by_key(directory, begun))
    after, changes = directory, list[Change]()
    for one, blank in begun.items():
        before = listed[one]
        if before is None:
            missing = [name for name in REQUIRED[one.kind] if name not in one.given]
            wrong += [f"{one.where}: {name} is missing." for name in missing]
        try:
            filled = _filled(known, one, blank)
        except Wrong as mistakes:
            wrong += mistakes.sentences
            continue
        after = after.holding(filled)
        changes += [Change(before, filled)] if filled != before else []
    return Proposal(directory, after, tuple(changes), tuple(dict.fromkeys(wrong)))


def _filled(known: Known, one: Wanted, blank: Entry) -> Entry:
    """The entry with what the file gives; Wrong names everything that is not there."""
    mistakes: list[str] = []
    fields = FILL[one.kind](known, one, blank, mistakes)
    if mistakes:
        raise Wrong(tuple(mistakes))
    return replace(blank, **fields)


def _listed(directory: Directory, accounts: Mapping[str, Account], one: Wanted) -> Entry | None:
    """The entry the file means: of this key, or of this English name and no key yet."""
    if one.kind == "country":
        return directory.countries.get(one.key)
    if one.kind == "post":
        account = accounts.get(one.key)
        return directory.posts.get(account.person) if account else None
    entries: Mapping[str, Iterable[Agency | Area | Desk]] = {
        "agency": directory.agencies.values(),
        "place": directory.areas.values(),
        "desk": directory.desks.values(),
    }
    name = one.given.get("name", {}).get("en")
    of_key = [entry for entry in entries[one.kind] if entry.key == one.key]
    of_name = [
        entry for entry in entries[one.kind] if not entry.key and english(entry.names) == name
    ]
    return next(iter((*of_key, *of_name)), None)


def _begun(one: Wanted, found: Entry | None, random: RandomBytes) -> Entry:
    """The entry to be filled: as it is listed, or a blank one with an id of its own."""
    if isinstance(found, Agency | Area | Desk):
        return replace(found, key=one.key)
    if found is not None:
        return found
    blank: dict[str, Entry] = {
        "agency": Agency(random(16), {}, "", key=one.key),
        "country": Country(random(16), {}, one.key),
        "place": Area(random(16), {}, 0, key=one.key),
        "desk": Desk(random(16), {}, b"", 0, "", 0, key=one.key),
        "post": Post(b"", b"", 0, ""),
    }
    return blank[one.kind]


def _numbered(
    directory: Directory, begun: Mapping[Wanted, Entry], wrong: list[str]
) -> dict[Wanted, Entry]:
    """Give every new entry its code: the one the file asks for, else the next one."""
    used = {
        "agency": {one.code for one in directory.agencies.values()},
        "place": set(directory.areas),
        "desk": {one.code for one in directory.desks.values()},
    }
    numbered = dict(begun)
    for one, entry in sorted(begun.items(), key=lambda item: "code" not in item[0].given):
        if not isinstance(entry, Agency | Area | Desk):
            continue
        asked = one.given.get("code")
        if entry.code:
            if asked not in (None, entry.code):
                wrong.append(f"{one.where}: its code is {entry.code} and stays so; not {asked}.")
            continue
        if asked in used[one.kind]:
            wrong.append(f"{one.where}: the code {asked} is used already. Leave it out.")
        code = asked or max(used[one.kind], default=0) + 1
        used[one.kind].add(code)
        numbered[one] = replace(entry, code=code)
    return numbered


def _by_key(directory: Directory, begun: Mapping[Wanted, Entry]) -> dict[tuple[str, str], Entry]:
    """Everything that can be referred to: by key, or by English name if it has no key."""
    listed: list[Agency | Area | Desk] = [
        *directory.agencies.values(),
        *directory.areas.values(),
        *directory.desks.values(),
    ]
    known: dict[tuple[str, str], Entry] = {
        (entry.kind, entry.key or english(entry.names)): entry for entry in listed
    }
    known.update({("country", iso): one for iso, one in directory.countries.items()})
    return known | {(one.kind, one.key): entry for one, entry in begun.items()}
