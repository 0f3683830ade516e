"""The network file: agencies, countries, places, desks and posts as somebody wrote them in TOML.

Pure: a text in, what it asks for out, with every mistake of shape in one list. What it refers to
is looked up elsewhere. The format is described in docs/network-file.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from casefile.network.entries import HelpPlace
from casefile.platform.language import BY_CODE

Kind = Literal["agency", "country", "place", "desk", "post"]
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
ISO = re.compile(r"[A-Z]{3}")
LONGEST = 300
"""Characters of one line of text."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """One entry as the file asks for it: only what stands in the file, references by their key."""

    kind: Kind
    key: str
    given: Mapping[str, Any]

    @property
    def where(self) -> str:
        """The place in the file, as its table is headed."""
        return f"[{self.kind}.{self.key}]"


@dataclass(frozen=True)
class WantedService:
    """A service of a place; `provider` is still the key of an agency."""

    place: HelpPlace
    provider: str


class Mistaken(Exception):
    """A value cannot be meant; the text ends a sentence that begins with its place."""


def read_network_file(text: str) -> tuple[tuple[Wanted, ...], tuple[str, ...]]:
    """What a file asks for, and every mistake of shape in it as a sentence."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as damaged:
        return (), (f"The file is not TOML: {damaged}.",)
    wanted: list[Wanted] = []
    wrong = [
        f"[{kind}] is not known. Known: {', '.join(FIELDS)}."
        for kind in table
        if kind not in FIELDS
    ]
    for kind, fields in FIELDS.items():
        entries = table.get(kind, {})
        if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
            wrong.append(f"[{kind}] must hold tables such as [{kind}.name].")
            continue
        for key, entry in entries.items():
            wanted.append(_wanted(kind, key, entry, fields, wrong))
    return tuple(wanted), tuple(wrong)


def _wanted(
    kind: Kind, key: str, entry: Mapping[str, Any], fields: Mapping[str, Read], wrong: list[str]
) -> Wanted:
    where = f"[{kind}.{key}]"
    if not KEYS[kind].fullmatch(key):
        wrong.append(f"{where}: {KEY_RULES[kind]}")
    given: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in fields:
            wrong.append(f"{where}: {name} is not known here. Known: {', '.join(fields)}.")
            continue
        try:
            given[name] = fields[name](value)
        except Mistaken as mistake:
            wrong.append(f"{where}: {name} {mistake}.")
    return Wanted(kind, key, given)


Read = Callable[[Any], Any]


def _line(value: Any) -> str:
    if not isinstance(value, str) or value != value.strip() or "\n" in value:
        raise Mistaken("must be one line of text without spaces around it")
    if len(value) > LONGEST:
        raise Mistaken(f"is longer than {LONGEST} characters")
    return value


def _names(value: Any) -> dict[str, str]:
    """A text, which is the English one, or a table of texts by language."""
    if isinstance(value, str):
        value = {"en": value}
    if not isinstance(value, dict) or set(value) - set(BY_CODE):
        raise Mistaken(f"must be a text, or texts by language ({', '.join(BY_CODE)})")
    names = {code: _line(name) for code, name in value.items()}
    if not names.get("en"):
        raise Mistaken("has no English text (en)")
    return {code: name for code, name in names.items() if name}


def _code(value: Any) -> int:
    if type(value) is not int or not 0 < value < 65_536:
        raise Mistaken("must be a whole number from 1 to 65535")
    return value


def _lines(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Mistaken("must be a list of texts")
    return tuple(dict.fromkeys(_line(one) for one in value))


def _days(value: Any) -> tuple[tuple[date, date], ...]:
    spans = value if isinstance(value, list) else [value]
    return tuple(_span(one) for one in spans)


def _span(value: Any) -> tuple[date, date]:
    whole = isinstance(value, list) and len(value) == 2
    if not whole or not all(isinstance(d, date) and not isinstance(d, datetime) for d in value):
        raise Mistaken("must be a list of [first day, last day], such as [2026-12-12, 2026-12-19]")
    if value[1] < value[0]:
        raise Mistaken(f"ends before it begins ({value[0]} to {value[1]})")
    return value[0], value[1]


def _services(value: Any) -> tuple[WantedService, ...]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Mistaken("must be tables headed [[place.….service]]")
    return tuple(_service(one) for one in value)


def _service(entry: Mapping[str, Any]) -> WantedService:
    unknown = sorted(set(entry) - set(SERVICE))
    if unknown:
        raise Mistaken(f"has {unknown[0]}, which is not known. Known: {', '.join(SERVICE)}")
    missing = [name for name in ("what", "name") if name not in entry]
    if missing:
        raise Mistaken(f"has an entry without {missing[0]}")
    read = {name: SERVICE[name](value) for name, value in entry.items()}
    place = HelpPlace(
        read["what"],
        read["name"],
        read.get("how_to_find", {}),
        read.get("hours", {}),
        provided_by=read.get("provided_by", ""),
    )
    return WantedService(place, read.get("provider", ""))


SERVICE: Mapping[str, Read] = {
    "what": _line,
    "name": _names,
    "how_to_find": _names,
    "hours": _names,
    "provider": _line,
    "provided_by": _line,
}
FIELDS: Mapping[Kind, Mapping[str, Read]] = {
    "agency": {
        "name": _names,
        "class": _line,
        "also_called": _lines,
        "investigates": _line,
        "recipient_desk": _line,
        "recipient": _line,
        "contracted_by": _line,
        "code": _code,
    },
    "country": {"name": _names},
    "place": {"name": _names, "country": _line, "code": _code, "service": _services},
    "desk": {
        "name": _names,
        "agency": _line,
        "place": _line,
        "function": _line,
        "members": _lines,
        "alternates": _lines,
        "code": _code,
    },
    "post": {
        "agency": _line,
        "place": _line,
        "job": _line,
        "supervisor": _line,
        "away": _days,
    },
}
KEYS: Mapping[Kind, re.Pattern[str]] = {
    "agency": KEY,
    "country": ISO,
    "place": KEY,
    "desk": KEY,
    "post": re.compile(r"[^\s@]+@[^\s@]+"),
}
_PLAIN_KEY = "a key begins with a letter and holds small letters, digits and _ (40 at most)."
KEY_RULES: Mapping[Kind, str] = {
    "agency": _PLAIN_KEY,
    "country": "a country is headed by its code of three capital letters (ISO 3166-1).",
    "place": _PLAIN_KEY,
    "desk": _PLAIN_KEY,
    "post": 'a post is headed by the person\'s e-mail, as in [post."sarah@example.org"].',
}
