"""Composing a packet: what a person chose to pass on, beside the few facts the case itself knows.

Codes that no form offers are dropped. Must never take a word from the report: the words of a packet
are typed for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from casefile.cases.keys import Opened
from casefile.cases.queue_rows import reference_of
from casefile.cases.records import Record
from casefile.referral.consent import name_may_leave
from casefile.referral.packet import Packet

ANSWERS: Final = ("when", "who", "age", "sex")
"""Answers of the form that go on as one code each."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen and typed on the form. `area` 0 is not passed on."""

    summary: str = field(default="", repr=False)
    employer: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    area: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    danger: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)


def offered(opened: Opened, records: list[Record]) -> Chosen:
    """What stands chosen on the form before anybody typed: coded answers of the summary alone."""
    summary, needs = _first(records, "summary"), _first(records, "needs")
    return Chosen(
        area=opened.label.area,
        answers={name: str(summary.get(name, "")) for name in ANSWERS},
        danger=tuple(summary.get("now", ())),
        needs=tuple(needs.get("help", ())),
    )


def packet_of(opened: Opened, records: list[Record], chosen: Chosen) -> Packet:
    """The packet as it would leave; name and contact only with a consent that is recorded."""
    agreed = name_may_leave(opened.label, records)
    return Packet(
        reference=reference_of(opened.case),
        received=opened.label.received,
        channel=opened.label.channel,
        language=opened.label.language,
        summary=chosen.summary,
        area=chosen.area,
        employer=chosen.employer,
        subject=chosen.subject,
        place=chosen.place,
        **{name: chosen.answers.get(name, "") for name in ANSWERS},
        danger=chosen.danger,
        needs=chosen.needs,
        help_offered=any(
            one.kind == "letter" and one.content.get("reviewed") == "help" for one in records
        ),
        name_agreed=agreed,
        name=chosen.name if agreed else "",
        contact=chosen.contact if agreed else "",
    )


def _first(records: list[Record], kind: str) -> Mapping[str, Any]:
    return next((one.content for one in records if one.kind == kind), {})
