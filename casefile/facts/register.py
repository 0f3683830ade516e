"""The facts register: what its columns are, how a row begins and how a step is written into it.

Facts are coarse on purpose: the incident as a year, each step as the quarter of the event in the
duty station's calendar, a class of elapsed hours, and in time or late. A fact holds no reference
to its case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from casefile.platform.deployment import Deployment
from casefile.registers.storage import Place, Register, Rows, change

EDGES_HOURS = (1, 2, 4, 6, 9, 12, 18, 24, 36, 48, 72, 120, 168, 336, 720, 2160, 4320, 8760)
"""Edges of the classes of elapsed time; class 1 is under one hour, 0 is not happened."""

STEPS = ("acknowledged", "offered", "referred", "confirmed", "opened", "concluded")
IN_TIME, LATE = 1, 2
RESTRICTED, DUPLICATE = 1, 2
"""Bits of `left_out`: somebody is excluded from the case, or it is the same as another's fact."""
MOST_PEOPLE = 255
VICTIMS = (
    "victims_women",
    "victims_girls",
    "victims_female_age_unknown",
    "victims_men",
    "victims_boys",
    "victims_male_age_unknown",
    "victims_sex_unknown",
)
ALLEGED = ("perpetrators_men", "perpetrators_women", "perpetrators_sex_unknown")
SORTED = ("category", "allegation_type", "entity_class", "personnel_category", "concerned")
"""What sorting a case decides of its fact, beside the people and the subtype."""


def _step_columns(step: str) -> list[tuple[str, str]]:
    return [(f"{step}_quarter", "<u2"), (f"{step}_class", "u1"), (f"{step}_in_time", "u1")]


CODED = np.dtype(
    [
        ("used", "u1"),
        ("category", "u1"),
        ("allegation_type", "u1"),
        ("entity_class", "u1"),
        ("receiving_class", "u1"),
        ("personnel_category", "u1"),
        ("channel", "u1"),
        ("source", "u1"),
        ("status", "u1"),
        ("outcome", "u1"),
        ("publicly_reportable", "u1"),
        ("left_out", "u1"),
        ("receiving", "<u2"),
        ("concerned", "<u2"),
        ("area", "<u2"),
        ("country", "<u2"),
        ("incident_year", "<u2"),
        ("received_quarter", "<u2"),
    ]
)
PEOPLE = np.dtype([(column, "u1") for column in (*VICTIMS, *ALLEGED, "allegation_subtype")])
"""Numbers of people, at most `MOST_PEOPLE` each, and what was done to them as a code."""
STEPS_PART = np.dtype([column for step in STEPS for column in _step_columns(step)])
DATES = np.dtype(_step_columns("feedback"))

FACTS = Register(
    "facts",
    {"coded": CODED, "people": PEOPLE, "steps": STEPS_PART, "dates": DATES},
    begins_in=("coded", "people"),
)


@dataclass(frozen=True)
class FirstFact:
    """What is known of an allegation when it arrives; numbers of code lists, zero for unknown."""

    category: int
    receiving_class: int
    receiving: int
    channel: int
    source: int
    status: int
    area: int
    incident_year: int
    restricted: bool
    victims: str | None
    received_quarter: int = 0
    """Of what was split off a report that came earlier; 0 is now."""


@dataclass(frozen=True)
class SortedFact:
    """What a person decided of an allegation; numbers of code lists, people by column."""

    category: int
    allegation_type: int
    allegation_subtype: int
    entity_class: int
    personnel_category: int
    concerned: int
    people: Mapping[str, int]


def quarter(when: datetime) -> int:
    """Quarters since the year 0, as the calendar of `when`'s own zone has it: 2026-Q4 is 8107."""
    return when.year * 4 + (when.month - 1) // 3


def elapsed_class(elapsed: timedelta) -> int:
    """The class of elapsed time, from 1; an event before its start counts as under one hour."""
    return 1 + bisect_right(EDGES_HOURS, elapsed / timedelta(hours=1))


def first_row(deployment: Deployment, fact: FirstFact) -> dict[str, Rows]:
    """The row of a new allegation (part → one-element array)."""
    row: dict[str, Any] = {part: np.zeros(1, FACTS.parts[part]) for part in FACTS.begins_in}
    now = _local_now(deployment)
    coded = row["coded"][0]
    coded["used"] = 1
    for column in ("category", "receiving_class", "receiving", "channel", "source", "status"):
        coded[column] = getattr(fact, column)
    coded["area"], coded["incident_year"] = fact.area, fact.incident_year
    coded["left_out"] = RESTRICTED if fact.restricted else 0
    coded["received_quarter"] = fact.received_quarter or quarter(now)
    if fact.victims:
        row["people"][0][fact.victims] = 1
    return row


def write_step(
    session: Session,
    deployment: Deployment,
    place: Place,
    step: str,
    *,
    elapsed: timedelta,
    in_time: bool,
) -> None:
    """Write that a step happened now; a step that stands already keeps its first writing."""
    part = "dates" if step == "feedback" else "steps"

    def edit(row: Any) -> None:
        if row[f"{step}_class"]:
            return
        row[f"{step}_quarter"] = quarter(_local_now(deployment))
        row[f"{step}_class"] = elapsed_class(elapsed)
        row[f"{step}_in_time"] = IN_TIME if in_time else LATE

    change(session, deployment, FACTS, place, part, edit)


def write_sorted(session: Session, deployment: Deployment, place: Place, fact: SortedFact) -> None:
    """Write what was decided; deciding again overwrites it, steps and dates stay."""

    def edit_coded(row: Any) -> None:
        for column in SORTED:
            row[column] = getattr(fact, column)

    def edit_people(row: Any) -> None:
        row["allegation_subtype"] = fact.allegation_subtype
        for column in (*VICTIMS, *ALLEGED):
            row[column] = min(fact.people.get(column, 0), MOST_PEOPLE)

    change(session, deployment, FACTS, place, "coded", edit_coded)
    change(session, deployment, FACTS, place, "people", edit_people)


def leave_out(
    session: Session, deployment: Deployment, place: Place, why: int, *, out: bool
) -> None:
    """Set or take back one reason (a bit of `left_out`) not to count a fact; others stay."""

    def edit(row: Any) -> None:
        before = int(row["left_out"])
        row["left_out"] = before | why if out else before & ~why

    change(session, deployment, FACTS, place, "coded", edit)


def _local_now(deployment: Deployment) -> datetime:
    """The present in the duty station's zone: quarters and years are those of its calendar."""
    return deployment.now().astimezone(deployment.settings.time_zone)
