"""From the words of a network file to the fields of an entry, one kind after the other.

Pure. Whoever is named but not known is a mistake with a sentence, never a guess. Nobody is put on
a desk here: who is named waits until a fellow lets her in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from casefile.network.entries import INTER_AGENCY, Agency, Area, Desk, Entry, Post
from casefile.network.file import Kind, Wanted, WantedService

REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "agency": ("name", "class"),
    "country": ("name",),
    "place": ("name",),
    "desk": ("name", "agency", "function"),
    "post": ("agency",),
}
"""What a new entry cannot be without."""


@dataclass(frozen=True)
class Account:
    """Somebody with an account, as far as a file may know her."""

    person: bytes
    name: str
    may_open_cases: bool


@dataclass(frozen=True)
class Known:
    """What a file may refer to: entries by kind and key, people by e-mail."""

    accounts: Mapping[str, Account]
    entries: Mapping[tuple[str, str], Entry]


class Wrong(Exception):
    """An entry cannot be made; every reason is a sentence."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


Fields = dict[str, Any]
Named = TypeVar("Named", Agency, Area, Desk)


def _agency(known: Known, one: Wanted, blank: Entry, wrong: list[str]) -> Fields:
    given, fields = one.given, _plain(one, {"class": "entity_class"})
    fields |= _plain(one, {"also_called": "also_called", "investigates": "investigates"})
    fields |= _names(one, blank)
    before = cast(Agency, blank).entity_class
    after = given.get("class", before)
    if before and before != after and INTER_AGENCY in (before, after):
        wrong.append(f"{one.where}: its class is {before} and stays so.")
    if given.get("recipient"):
        fields |= {"recipient": given["recipient"], "recipient_desk": None}
    if given.get("recipient_desk"):
        desk = _entry(known, one, "recipient_desk", Desk, "desk", wrong)
        fields |= {"recipient_desk": desk.id if desk else None}
        fields |= {} if given.get("recipient") else {"recipient": ""}
    if given.get("recipient") and given.get("recipient_desk"):
        wrong.append(f"{one.where}: give recipient or recipient_desk, not both.")
    if given.get("contracted_by"):
        contractor = _entry(known, one, "contracted_by", Agency, "agency", wrong)
        fields |= {"contracted_by": contractor.id if contractor else None}
    return fields


def _country(_known: Known, one: Wanted, blank: Entry, _wrong: list[str]) -> Fields:
    return _names(one, blank)


def _place(known: Known, one: Wanted, blank: Entry, wrong: list[str]) -> Fields:
    fields = _names(one, blank) | _plain(one, {"country": "country"})
    if one.given.get("country") and ("country", one.given["country"]) not in known.entries:
        wrong.append(f"{one.where}: country {one.given['country']!r} is not listed.")
    if "service" in one.given:
        services = [_service(known, one, service, wrong) for service in one.given["service"]]
        fields["help"] = tuple(services)
    return fields


def _service(known: Known, one: Wanted, service: WantedService, wrong: list[str]) -> Any:
    if not service.provider:
        return service.place
    provider = known.entries.get(("agency", service.provider))
    if not isinstance(provider, Agency):
        wrong.append(f"{one.where}: service: agency {service.provider!r} is not listed.")
        return service.place
    return replace(service.place, provider=provider.id)


def _desk(known: Known, one: Wanted, blank: Entry, wrong: list[str]) -> Fields:
    desk, given = cast(Desk, blank), one.given
    fields = _names(one, blank) | _plain(one, {"function": "function"})
    if "agency" in given:
        agency = _entry(known, one, "agency", Agency, "agency", wrong)
        fields["agency"] = agency.id if agency else b""
    if given.get("place"):
        place = _entry(known, one, "place", Area, "place", wrong)
        fields["place"] = place.code if place else 0
    elif "place" in given:
        fields["place"] = 0
    for fixed in ("agency", "function"):
        if desk.function and fields.get(fixed, getattr(desk, fixed)) != getattr(desk, fixed):
            wrong.append(f"{one.where}: the {fixed} of a desk stays; list another desk.")
    return fields | _people(known, one, desk, wrong)


def _people(known: Known, one: Wanted, desk: Desk, wrong: list[str]) -> Fields:
    """Who is named waits to be let in; who sits there or waits already stays."""
    named = [_account(known, one, email, wrong) for email in one.given.get("members", ())]
    new = [a for a in named if a and a.person not in (*desk.members, *desk.waiting)]
    if new and not desk.generation:
        wrong.append(
            f"{one.where}: the desk has no keys yet. Invite its first member, who begins it; "
            "whoever the file names after that waits to be let in."
        )
    for account in new:
        if not account.may_open_cases:
            wrong.append(f"{one.where}: {account.name} has a role that sits on no desk.")
    fields: Fields = {"waiting": (*desk.waiting, *(a.person for a in new))} if new else {}
    if "alternates" in one.given:
        stand_in = [_account(known, one, email, wrong) for email in one.given["alternates"]]
        fields["alternates"] = tuple(a.person for a in stand_in if a)
    return fields


def _post(known: Known, one: Wanted, _blank: Entry, wrong: list[str]) -> Fields:
    account = _account(known, one, one.key, wrong)
    fields: Fields = {"person": account.person} if account else {}
    fields |= _plain(one, {"job": "job", "away": "away"})
    if "agency" in one.given:
        agency = _entry(known, one, "agency", Agency, "agency", wrong)
        fields["agency"] = agency.id if agency else b""
    if "place" in one.given:
        place = _entry(known, one, "place", Area, "place", wrong) if one.given["place"] else None
        fields["area"] = place.code if place else 0
    if "supervisor" in one.given:
        above = one.given["supervisor"]
        supervisor = _account(known, one, above, wrong) if above else None
        fields["supervisor"] = supervisor.person if supervisor else None
    return fields


def _names(one: Wanted, blank: Entry) -> Fields:
    """The names it has, with those of the file in their languages."""
    if "name" not in one.given or isinstance(blank, Post):
        return {}
    return {"names": {**blank.names, **one.given["name"]}}


def _plain(one: Wanted, names: Mapping[str, str]) -> Fields:
    """The fields that are what the file says, under the names they have in an entry."""
    return {field: one.given[name] for name, field in names.items() if name in one.given}


def _entry(
    known: Known, one: Wanted, field: str, made: type[Named], kind: Kind, wrong: list[str]
) -> Named | None:
    found = known.entries.get((kind, one.given[field]))
    if isinstance(found, made):
        return found
    wrong.append(f"{one.where}: {field}: {kind} {one.given[field]!r} is not listed.")
    return None


def _account(known: Known, one: Wanted, email: str, wrong: list[str]) -> Account | None:
    account = known.accounts.get(email)
    if account is None:
        wrong.append(f"{one.where}: nobody with the e-mail {email} has an account. Invite first.")
    return account


FILL: Mapping[Kind, Callable[[Known, Wanted, Entry, list[str]], Fields]] = {
    "agency": _agency,
    "country": _country,
    "place": _place,
    "desk": _desk,
    "post": _post,
}
