"""What members send from the part *triage*: the sorting, an ending, a second person's word, a risk.

Codes that no list has are never kept; what was typed is given back whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from casefile.cases.risk import KINDS, MEASURES, Risk
from casefile.cases.sorting import Sorting
from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.triage import read_triage
from casefile.console.forms import LONGEST_NOTE, SeenForm, as_written
from casefile.facts.register import ALLEGED, MOST_PEOPLE, VICTIMS
from casefile.network.directory import Directory

MOST_AGENCIES: Final = 10
CODED: Final = ("allegation_type", "allegation_subtype", "entity_class", "personnel_category")
"""Fields of the sorting that are codes of the list with the same name."""


class SortForm(SeenForm):
    """The sorting; its answers and codes are read by `sorting_sent`."""

    once = HiddenField()


class ReasonForm(SeenForm):
    """A step that may need a reason, an office and another case's reference."""

    once = HiddenField()
    verb = HiddenField(filters=[as_written])
    office = StringField(filters=[as_written])
    reference = StringField(filters=[as_written])
    reason = TextAreaField(
        filters=[as_written],
        validators=[
            Length(max=LONGEST_NOTE, message=_l("This is too long. Please make it shorter."))
        ],
    )


def sorting_sent(config: Path, directory: Directory, sent: MultiDict[str, str]) -> Sorting:
    """What a page sent, with nothing in it that no list has."""
    triage = read_triage(config)
    codes = {name: _code(config, name, sent.get(name, "")) for name in CODED}
    chosen = dict.fromkeys(sent.getlist("agency")[:MOST_AGENCIES])
    known = {one.hex() for one in directory.agencies}
    return Sorting(
        answers=triage.kept({one.id: sent.get(one.id, "") for one in triage.questions}),
        agencies=tuple(one for one in chosen if one in known),
        people={name: count for name in (*VICTIMS, *ALLEGED) if (count := _count(sent, name))},
        **codes,
    )


def risk_sent(sent: Mapping[str, str], measures: list[str], text: str) -> Risk:
    """What a page sent of the risk; a day that is none is no day."""
    return Risk(
        verb=sent.get("verb", ""),
        levels={kind: sent.get(kind, "") for kind in KINDS if sent.get(kind)},
        measures=tuple(one for one in MEASURES if one in measures),
        text=text,
        review=_day(sent.get("review", "")),
    )


def _code(config: Path, name: str, code: str) -> str:
    return code if code in read_list(config, name) else UNKNOWN


def _count(sent: MultiDict[str, str], name: str) -> int:
    """A whole number of people; anything else is none."""
    typed = sent.get(name, "").strip()
    if not typed.isdecimal() or len(typed) > 6:
        return 0
    return min(int(typed), MOST_PEOPLE)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
