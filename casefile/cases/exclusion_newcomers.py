"""Whether a case is about somebody who is to get keys to it: the rules of arrival, asked again.

One answer for whoever joins a desk, is let into a circle, gets cases from custodians, or was kept
out while a case could not be read. Pure: it opens nothing. It must be given all that can be opened
of the case, for what is not looked at names nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from casefile.cases.conflict import excluded_people
from casefile.cases.exclusion import Told, Why, lifted, sift
from casefile.cases.files import files_in
from casefile.cases.label import Exclusion, Label
from casefile.cases.records import Record, written_in
from casefile.network.directory import Directory

WRITTEN = frozenset({"report", "message", "packet"})
"""Records in which somebody told us what happened."""


def why_not(
    directory: Directory,
    names: Mapping[bytes, str],
    label: Label,
    records: list[Record],
    people: Collection[bytes],
    *,
    most: int,
) -> tuple[Exclusion, ...]:
    """Why these people must not have the case; empty if nothing in it concerns any of them.

    What the reporter said counts as at arrival: names, the line of whoever is named, small offices
    (`most` people). In what others wrote only their own names count: a colleague's note that speaks
    of their supervisor is no report about him. What hung on a name that is somebody else's counts
    no more. `names` are everybody's.
    """
    told, others = told_in(records, label.area), lifted(label)
    said = sift(directory, names, told, most=most).exclusions
    theirs = {one: names[one] for one in people if one in names}
    written = excluded_people(theirs, told=written_in(records), keep_from=told.keep_from)
    found = (*said, *(Exclusion(one, Why.NAMED, one) for one in sorted(written)))
    return tuple(
        dict.fromkeys(one for one in found if one.person in people and one.because not in others)
    )


def told_in(records: list[Record], area: int) -> Told:
    """What the report and the messages in an opened case say that decides who must not have it."""
    said = [one.content for one in records if one.kind in WRITTEN]
    sent = [file.name for file in files_in(records) if not file.ours]
    reports = (one["answers"] for one in said if "answers" in one)
    answers: dict[str, list[str]] = next(reports, {})
    typed = {name: "".join(given[:1]) for name, given in answers.items()}
    summary = next((one.content for one in records if one.kind == "summary"), {})
    return Told(
        text="\n".join((*(str(one["text"]) for one in said), *sent)),
        answers=tuple(one for given in answers.values() for one in given),
        keep_from=typed.get("keep_from", ""),
        employer=typed.get("employer", ""),
        keep_area=bool(typed.get("keep_area")),
        area=area,
        child_wrote=bool(summary.get("child_wrote")),
    )
