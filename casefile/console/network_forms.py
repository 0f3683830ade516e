"""The forms of the network pages: what may be typed, and the fields of an entry it becomes.

Limits and choices stand here, wording in the templates. Whether a network may be so is decided by
the rules of the network, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from casefile.console import network_words as words
from casefile.console.forms import as_written
from casefile.console.frame import named
from casefile.network.entries import INTER_AGENCY, Agency, Area, Desk, Directory, HelpPlace, Post
from casefile.network.file import LONGEST
from casefile.people.forms import StaffForm
from casefile.platform.language import LANGUAGES

Choices = list[tuple[str, str]]
MOST_CALLED: Final = 2_000
"""Characters of all the names people use for one agency."""
NOBODY: Final = ("", "–")


def _line(*validators: Any) -> Any:
    return StringField(filters=[as_written], validators=[*validators, Length(max=LONGEST)])


def _chosen(*validators: Any) -> Any:
    return SelectField(choices=[], validators=list(validators), default="")


class NamedForm(StaffForm):
    """A name in each language, English needed; `since` is the version the page was filled from."""

    since = HiddenField()
    name_en = _line(InputRequired(), Regexp(r".*\S"))
    name_fr = _line()
    name_es = _line()
    name_ar = _line()

    def version(self) -> bytes:
        """The version the page was filled from; no entry has an empty one."""
        return as_bytes(self.since.data) or b""

    def spoken(self, part: str) -> dict[str, str]:
        """What was typed in each language under this part of a field's name."""
        typed = {one.code: self[f"{part}_{one.code}"].data or "" for one in LANGUAGES}
        return {code: text for code, text in typed.items() if text}

    def changes(self) -> dict[str, Any]:
        """The fields of the entry."""
        return {"names": self.spoken("name")}


class AgencyForm(NamedForm):
    """An agency. What belongs to no single agency was made at the beginning and stays so."""

    entity_class = _chosen(InputRequired())
    also_called = StringField(filters=[as_written], validators=[Length(max=MOST_CALLED)])
    investigates = _chosen(InputRequired())
    recipient_desk = _chosen()
    recipient = _line()
    contracted_by = _chosen()

    def offer(self, directory: Directory, agency: Agency | None) -> None:
        """Fill the choices from the network as it stands."""
        shared = agency is not None and agency.entity_class == INTER_AGENCY
        self.entity_class.choices = [
            (code, word)
            for code, word in words.classes().items()
            if (code == INTER_AGENCY) == shared
        ]
        self.investigates.choices = list(words.investigations().items())
        own = (one for one in directory.desks.values() if agency and one.agency == agency.id)
        self.recipient_desk.choices = [NOBODY, *by_name(own)]
        others = (one for one in directory.agencies.values() if one is not agency)
        self.contracted_by.choices = [NOBODY, *by_name(others)]

    def changes(self) -> dict[str, Any]:
        """The fields of the agency."""
        lines = (line.strip() for line in (self.also_called.data or "").splitlines())
        return super().changes() | {
            "entity_class": self.entity_class.data,
            "also_called": tuple(dict.fromkeys(line for line in lines if line)),
            "investigates": self.investigates.data,
            "recipient_desk": as_bytes(self.recipient_desk.data),
            "recipient": self.recipient.data or "",
            "contracted_by": as_bytes(self.contracted_by.data),
        }


class CountryForm(NamedForm):
    """A country; its three letters are given once."""

    iso = _line(Regexp(r"^[A-Z]{3}$"))


class PlaceForm(NamedForm):
    """A place people report from."""

    country = _chosen()

    def offer(self, directory: Directory) -> None:
        """Fill the choices from the network as it stands."""
        countries = directory.countries.values()
        found = ((one.iso, named(one.names)) for one in countries)
        self.country.choices = [NOBODY, *sorted(found, key=lambda one: one[1])]

    def changes(self) -> dict[str, Any]:
        """The fields of the place."""
        return super().changes() | {"country": self.country.data}


class ServiceForm(NamedForm):
    """A service of a place."""

    what = _chosen(InputRequired())
    find_en, find_fr, find_es, find_ar = _line(), _line(), _line(), _line()
    hours_en, hours_fr, hours_es, hours_ar = _line(), _line(), _line(), _line()
    provider = _chosen()
    provided_by = _line()

    def offer(self, directory: Directory) -> None:
        """Fill the choices from the network as it stands."""
        self.what.choices = list(words.services().items())
        self.provider.choices = [NOBODY, *by_name(directory.agencies.values())]

    def service(self) -> HelpPlace:
        """The service as it was typed."""
        return HelpPlace(
            self.what.data,
            self.spoken("name"),
            self.spoken("find"),
            self.spoken("hours"),
            as_bytes(self.provider.data),
            self.provided_by.data or "",
        )


class DeskForm(NamedForm):
    """A desk that is there: its name, its place, and who stands in for the others."""

    place = _chosen()
    alternates = SelectMultipleField(choices=[])

    def offer(self, directory: Directory, desk: Desk | None, people: Mapping[bytes, str]) -> None:
        """Fill the choices from the network as it stands."""
        self.place.choices = [NOBODY, *places(directory)]
        seated = desk.members if desk else ()
        self.alternates.choices = [(one.hex(), people.get(one, "")) for one in seated]

    def changes(self) -> dict[str, Any]:
        """The fields of the desk."""
        alternates = tuple(bytes.fromhex(one) for one in self.alternates.data or ())
        return super().changes() | {"place": int(self.place.data or 0), "alternates": alternates}


class NewDeskForm(DeskForm):
    """A new desk: what stays for good is chosen here."""

    agency = _chosen(InputRequired())
    function = _chosen(InputRequired())

    def offer(self, directory: Directory, desk: Desk | None, people: Mapping[bytes, str]) -> None:
        """Fill the choices from the network as it stands."""
        super().offer(directory, desk, people)
        self.agency.choices = by_name(directory.agencies.values())
        self.function.choices = list(words.functions().items())


class PostForm(StaffForm):
    """Where a person works."""

    since = HiddenField()
    agency = _chosen(InputRequired())
    area = _chosen()
    job = _line()
    supervisor = _chosen()

    def offer(self, directory: Directory, person: bytes, people: Mapping[bytes, str]) -> None:
        """Fill the choices from the network as it stands."""
        self.agency.choices = by_name(directory.agencies.values())
        self.area.choices = [NOBODY, *places(directory)]
        others = ((one.hex(), name) for one, name in people.items() if one != person)
        self.supervisor.choices = [NOBODY, *sorted(others, key=lambda one: one[1])]

    def changes(self) -> dict[str, Any]:
        """The fields of the post."""
        return {
            "agency": as_bytes(self.agency.data),
            "area": int(self.area.data or 0),
            "job": self.job.data or "",
            "supervisor": as_bytes(self.supervisor.data),
        }


class AwayForm(StaffForm):
    """Days off, the first and the last included."""

    first = DateField(validators=[InputRequired()])
    last = DateField(validators=[Optional()])

    def days(self) -> tuple[date, date]:
        """The span; one day alone is its own last."""
        return self.first.data, self.last.data or self.first.data


class NoMoreForm(StaffForm):
    """A button alone, with the days it is about."""

    first = DateField(validators=[InputRequired()])
    last = DateField(validators=[InputRequired()])


def filled(entry: Agency | Area | Desk | Post, since: bytes) -> dict[str, Any]:
    """What the form of an entry shows when it is opened."""
    shown: dict[str, Any] = {"since": since.hex()}
    for name in entry.__dataclass_fields__:
        value = getattr(entry, name)
        shown[name] = value.hex() if isinstance(value, bytes) else value
    if isinstance(entry, Agency):
        shown["also_called"] = "\n".join(entry.also_called)
    if isinstance(entry, Desk):
        shown |= {
            "place": str(entry.place or ""),
            "alternates": [a.hex() for a in entry.alternates],
        }
    if isinstance(entry, Post):
        shown["area"] = str(entry.area or "")
    return shown | spelt("name", shown.get("names", {}))


def spelt(part: str, names: Mapping[str, str]) -> dict[str, str]:
    """Texts by language as the fields of a form."""
    return {f"{part}_{code}": text for code, text in names.items()}


def by_name(entries: Iterable[Agency | Desk]) -> Choices:
    """Agencies or desks to choose from, by their names in the reader's language."""
    return sorted(((one.id.hex(), named(one.names)) for one in entries), key=lambda one: one[1])


def places(directory: Directory) -> Choices:
    """The places to choose from, in the order of their codes."""
    return [(str(code), named(area.names)) for code, area in directory.areas.items()]


def as_bytes(text: str | None) -> bytes | None:
    """An id out of a form; None if nothing, or nothing that can be one, was chosen."""
    try:
        return bytes.fromhex(text or "") or None
    except ValueError:
        return None
