"""What the answers of a form mean, before anybody has read the report.

Pure decisions; the sources stand beside the rules. Nothing is judged here: a report is never
refused, and its category stays *possible SEA* until a person has sorted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casefile.intake.inbound import InboundReport

POSSIBLE_SEA = "possible_sea"
RECENT = frozenset({"d3", "d5"})
IN_WORK = ("who", "sex", "when", "contact", "name_may", "employer", "keep_from")
APART = frozenset({"contact_how", "contact_when", "grown_up", "grown_up_how"})
"""Answers that say how to reach somebody: they lie in a compartment of their own."""


def act_today(inbound: InboundReport) -> bool:
    """Danger, hurt, a child, or an act within five days: help is offered today.

    The medical clock runs from the earliest moment the answer allows (clinical management of
    rape, WHO/UNHCR: 72 and 120 hours).
    """
    told = inbound.answers
    return bool(
        dangers(inbound)
        or is_child(inbound)
        or RECENT & set(told.get("when", ()))
        or inbound.chose("help", "health")
    )


def dangers(inbound: InboundReport) -> tuple[str, ...]:
    """The dangers told; a young person who is not safe now is in danger."""
    told = inbound.answers.get("now", ())
    return told if not inbound.chose("safe", "no") else tuple(dict.fromkeys((*told, "danger")))


def is_child(inbound: InboundReport) -> bool:
    """Whether anybody concerned is said to be under 18."""
    return child_wrote(inbound) or inbound.chose("age", "child") or inbound.chose("age", "both")


def child_wrote(inbound: InboundReport) -> bool:
    """Whether whoever wrote is under 18: on the young people's page, or of themselves on the form.

    No focal point questions a child (IASC core principles; UNICEF, child safeguarding).
    """
    of_herself = inbound.chose("who", "me") and inbound.chose("age", "child")
    return inbound.young or of_herself


def may_contact(inbound: InboundReport) -> bool:
    """C4, and only as given: the reporter chose to be contacted and said how.

    A child gives it by naming a grown-up and how that grown-up is reached safely.
    """
    chosen = inbound.chose("contact", "way") and bool(inbound.typed("contact_how"))
    return chosen or bool(inbound.typed("grown_up") and inbound.typed("grown_up_how"))


def source_of(inbound: InboundReport) -> str:
    """The source code; staff who report count as staff whoever it happened to."""
    if inbound.chose("staff", "1"):
        return "staff_fellow_worker"
    if inbound.chose("who", "me"):
        return "victim_survivor"
    return "third_party_unspecified" if inbound.answers.get("who") else "anonymous"


def victim_column(inbound: InboundReport) -> str | None:
    """The facts column of the one person described; several people are counted at triage."""
    if inbound.chose("who", "several") or inbound.chose("age", "both"):
        return None
    if not (inbound.answers.get("age") or inbound.answers.get("sex")):
        return None
    adult, sex = inbound.chose("age", "adult"), inbound.typed("sex")
    child = inbound.chose("age", "child")
    if sex == "female":
        return _of(child, adult, "victims_girls", "victims_women", "victims_female_age_unknown")
    if sex == "male":
        return _of(child, adult, "victims_boys", "victims_men", "victims_male_age_unknown")
    return "victims_sex_unknown"


def incident_year(inbound: InboundReport, now: datetime) -> int:
    """The year, in the calendar of `now`'s own zone, when the answer leaves only one; else 0."""
    days = {"d3": 3, "d5": 5, "month": 31}.get(inbound.typed("when"))
    if days is None or now.timetuple().tm_yday <= days:
        return 0
    return now.year


def area_code(inbound: InboundReport) -> int:
    """The area's code; 0 for somewhere else, not said, or anything that is no code."""
    given = inbound.typed("area")
    return int(given) if given.isascii() and given.isdecimal() else 0


def report_record(inbound: InboundReport) -> Mapping[str, Any]:
    """The report as it was written; how to reach its writer lies apart from it."""
    answers = {name: list(given) for name, given in inbound.answers.items() if name not in APART}
    viewed = inbound.first_viewed.isoformat() if inbound.first_viewed else ""
    return {
        "text": inbound.text,
        "answers": answers,
        "language": inbound.language,
        "channel": inbound.channel,
        "first_viewed": viewed,
    }


def contact_record(inbound: InboundReport) -> Mapping[str, Any]:
    """How and when to reach the reporter, in her words; or the grown-up a child trusts, and how."""
    return {
        "how": inbound.typed("contact_how") or inbound.typed("grown_up_how"),
        "when": inbound.typed("contact_when"),
        "grown_up": inbound.typed("grown_up"),
    }


def work_record(inbound: InboundReport) -> Mapping[str, Any]:
    """What the case page says above any text: the answers a focal point needs to act safely."""
    record: dict[str, Any] = {name: inbound.typed(name) for name in IN_WORK if inbound.typed(name)}
    record["now"] = list(dangers(inbound))
    if age_of(inbound):
        record["age"] = age_of(inbound)
    if may_contact(inbound):
        record["contact"] = "way"
    record["child_wrote"] = child_wrote(inbound)
    for tick in ("staff", "before", "keep_area"):
        record[tick] = inbound.chose(tick, "1")
    return record


def age_of(inbound: InboundReport) -> str:
    """The class of age that was told, or that the young people's page says by itself."""
    return "child" if inbound.young else inbound.typed("age")


def needs_record(inbound: InboundReport) -> Mapping[str, Any]:
    """What an assistance worker needs: the wish and the urgency, never who did it.

    The safe contact is copied only with the consent that goes with it.
    """
    wants = [code for code in inbound.answers.get("help", ()) if code != "none"]
    safe = contact_record(inbound) if wants and may_contact(inbound) else {}
    return {
        "help": wants,
        "now": list(dangers(inbound)),
        "age": age_of(inbound),
        "when": inbound.typed("when"),
        "contact": dict(safe),
    }


def _of(child: bool, adult: bool, young: str, grown: str, unknown: str) -> str:
    return young if child else grown if adult else unknown
