"""What stands on a case's page above any text: put together from its label and its records.

It reads no table but the names of people, decides nothing, and returns nothing the reporter wrote
but the few answers one needs to act safely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any

from sqlalchemy.orm import Session

from casefile.cases.choices import Choice, quiet
from casefile.cases.conflict import named_agencies
from casefile.cases.deadlines import Deadline
from casefile.cases.exclusion import names_of_agencies
from casefile.cases.exclusion_newcomers import told_in
from casefile.cases.files import LOCK, KeptFile, files_in
from casefile.cases.help_places import Service, services_for
from casefile.cases.keys import Opened, readers
from casefile.cases.label import Label, when
from casefile.cases.limits import limits_of
from casefile.cases.links import ORIGIN, PACKET
from casefile.cases.queue_rows import (
    WAITS,
    address_of,
    asked_by,
    next_rung,
    next_step,
    reference_of,
)
from casefile.cases.recipients import Recipient, end_of_the_line, recipients_of
from casefile.cases.records import Record
from casefile.cases.rules import Stamp, is_late, stamp_of, step_on
from casefile.cases.seen import seal_seen
from casefile.network.directory import Directory
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment

NOT_SAID = "not_said"
ADDED = {
    "message": "message_received",
    "note": "note_added",
    "letter": "answer_sent",
    "export": "copy_taken",
    "referral": "referral_sent",
    "between": "letter_between",
}
"""Records that are a line of dates by themselves, and what the line is called."""
FIRST_WORDS = 60
"""Characters."""
LOOKS = frozenset({"read", "looked", "copy_taken"})
TAKEN_THERE = {
    ORIGIN: frozenset(
        {"deliver", "confirm", "accept", "decline", "open_investigation", "conclude"}
        | {"share_outcome", "receive", "complete"}
    ),
    PACKET: frozenset({"send", "recall", "supersede", "close"}),
}
"""Which end a case is → the steps of a referral that the other end takes."""


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now, until when, and who is told if it is not done."""

    stamp: Stamp
    step: str
    due: datetime | None
    late: bool
    told_next: str
    told_when: datetime | None = None
    """When they are told that it is late; None where nobody is left to be told."""
    told_before: tuple[str, ...] = ()
    """Who has been told that it is late."""
    do: str = ""
    """What to do, in words for the catalogues."""


@dataclass(frozen=True)
class Waiting:
    """Waiting for the reporter, counted apart: since when, what rests, how long it was before."""

    since: datetime | None
    lasting: timedelta | None
    steps: tuple[str, ...]
    before: timedelta | None


@dataclass(frozen=True)
class Moment:
    """One point on the case's line of dates; `future` ones are deadlines that still run."""

    when: datetime
    kind: str
    by: str | None
    mine: bool
    step: str | None
    late: bool
    future: bool
    to: str | None = None
    """To whom a case was handed over."""


@dataclass(frozen=True)
class Readers:
    """A desk that can read, and its members by name."""

    desk: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """An internal note."""

    by: str
    when: datetime
    text: str = field(repr=False)


@dataclass(frozen=True)
class SentLetter:
    """What we wrote to the number."""

    when: datetime
    by: str
    text: str = field(repr=False)
    language: str
    reviewed: str = ""
    """Id of the reviewed text it was; empty for own words."""

    @property
    def first_words(self) -> str:
        """How the letter begins: whole words of its first line, about 60 characters."""
        line = self.text.strip().partition("\n")[0]
        whole = shorten(line, FIRST_WORDS, placeholder=" …")
        return whole if whole.strip(" …") else f"{line[: FIRST_WORDS - 1]}…"


@dataclass(frozen=True)
class FileLine:
    """A file as it stands on the page: without its name, which may say whose it is."""

    file: KeptFile
    by: str | None
    mine: bool
    locked_by: str


@dataclass(frozen=True)
class ReporterChoice:
    """A choice the reporter made in the mailbox, and when."""

    code: str
    when: datetime


@dataclass(frozen=True)
class CasePage:
    """Everything the case page shows above any text the reporter wrote."""

    case: str
    reference: str
    category: str
    language: str
    received: datetime
    state: str
    acknowledged: bool
    read_first: datetime | None
    next: NextStep | None
    then: NextStep | None
    waiting: Waiting | None
    contact: str
    contact_how: str = field(repr=False)
    contact_when: str = field(repr=False)
    danger: tuple[str, ...]
    age: str
    when: str
    share_name: str
    help: tuple[str, ...]
    told_by: str
    staff: bool
    keep_from: str = field(repr=False)
    keep_area: bool
    area: str
    employer: str = field(repr=False)
    desks: tuple[Readers, ...]
    who_answers: str | None
    answers_mine: bool
    fellows: tuple[tuple[str, str], ...]
    """Colleagues who may read the case and do not answer for it: ids in hex, and names."""
    new_messages: int
    dates: tuple[Moment, ...]
    notes: tuple[Note, ...]
    letters: tuple[SentLetter, ...]
    circle: bool
    files: tuple[FileLine, ...]
    junk: bool
    before: bool
    child_wrote: bool
    grown_up: str = field(repr=False)
    choices: tuple[ReporterChoice, ...]
    services: tuple[Service, ...] | None
    """Where help is; None where the report cannot be read, for nothing unchecked is suggested."""
    recipients: tuple[Recipient, ...]
    """Who receives the complaint, as far as the organisation that was written down is known."""
    end_of_the_line: str
    passed_on: bool
    """Whether the case was passed on to us: a packet stands where the report does elsewhere."""
    quiet: bool
    second_look: bool
    parent: str
    """The address of the case this one was split from; the reporter is answered there."""
    version: str
    """What the page shows, sealed: see `seen`."""


def compose_page(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    records: list[Record],
) -> CasePage:
    """The page of an opened case for this member, with names and dates in place."""
    label, by_kind = opened.label, _by_kind(records)
    people = names_of(session, deployment, _people_in(opened, records))
    upcoming = label.next_deadlines()
    summary = _one(by_kind, "summary")
    contact = _one(by_kind, "contact")
    passed_on = any(one.end == PACKET for one in label.links)
    return CasePage(
        case=address_of(opened.case),
        reference=reference_of(opened.case),
        category=label.category,
        language=label.language,
        received=moment(label.received),
        state=label.state,
        acknowledged=bool(label.acknowledged),
        read_first=when(label.first_read),
        next=_next(deployment, opened, upcoming[0]) if upcoming else None,
        then=_then(deployment, label, upcoming[1]) if len(upcoming) > 1 else None,
        waiting=_waiting(deployment, label),
        contact=summary.get("contact", NOT_SAID),
        contact_how=contact.get("how", ""),
        contact_when=contact.get("when", ""),
        danger=tuple(summary.get("now", ())),
        age=summary.get("age", NOT_SAID),
        when=summary.get("when", NOT_SAID),
        share_name=_may_share_name(label, summary),
        help=tuple(_one(by_kind, "needs").get("help", ())),
        told_by=summary.get("who", NOT_SAID),
        staff=bool(summary.get("staff")),
        keep_from=summary.get("keep_from", ""),
        keep_area=bool(summary.get("keep_area")),
        area=_area(opened.directory, label.area, member.language),
        employer=summary.get("employer", ""),
        desks=_readers(opened, people, member.language),
        who_answers=people.get(label.owner),
        answers_mine=label.owner == member.person,
        fellows=_fellows(opened, member, people),
        new_messages=label.new_messages,
        dates=_dates(deployment, member, label, by_kind, people),
        notes=tuple(
            Note(people.get(bytes.fromhex(one["by"]), ""), moment(one["when"]), one["text"])
            for one in by_kind.get("note", ())
        ),
        letters=tuple(
            SentLetter(
                moment(one["when"]),
                people.get(bytes.fromhex(one["by"]), ""),
                one["text"],
                one["language"],
                one.get("reviewed", ""),
            )
            for one in by_kind.get("letter", ())
        ),
        circle=bool(opened.label.circle),
        files=tuple(
            FileLine(
                file,
                people.get(file.by) if file.by else None,
                file.by == member.person,
                people.get(file.locked_by, ""),
            )
            for file in files_in(records)
        ),
        junk=label.junk,
        before=bool(summary.get("before")),
        child_wrote=bool(summary.get("child_wrote")),
        grown_up=contact.get("grown_up", ""),
        choices=_choices(by_kind),
        services=_services(opened, member, by_kind, records),
        recipients=() if passed_on else _recipients(opened, member, summary),
        end_of_the_line=end_of_the_line(opened.directory),
        passed_on=passed_on,
        quiet=quiet(label),
        parent=address_of(label.parent) if label.parent else "",
        version=seal_seen(deployment, member, opened.case, label),
        second_look=label.running("second_look") is not None,
    )


def _services(
    opened: Opened,
    member: Member,
    by_kind: Mapping[str, list[Mapping[str, Any]]],
    records: list[Record],
) -> tuple[Service, ...] | None:
    if "report" not in by_kind:
        return None
    told = told_in(records, opened.label.area)
    wishes = _one(by_kind, "needs").get("help", ())
    return services_for(opened.directory, told, wishes, member.language)


def _recipients(
    opened: Opened, member: Member, summary: Mapping[str, Any]
) -> tuple[Recipient, ...]:
    """Of the organisation in the answer alone: who is only mentioned in a text is not reported."""
    called = names_of_agencies(opened.directory)
    employers = named_agencies(called, summary.get("employer", ""))
    return recipients_of(opened.directory, employers, member.language)


def _may_share_name(label: Label, summary: Mapping[str, Any]) -> str:
    """What was taken back counts more than what was said before."""
    if Choice.TAKE_BACK_NAME in label.asked:
        return "taken_back"
    return str(summary.get("name_may", NOT_SAID))


def _choices(by_kind: Mapping[str, list[Mapping[str, Any]]]) -> tuple[ReporterChoice, ...]:
    return tuple(
        ReporterChoice(one["choice"], moment(one["when"])) for one in by_kind.get("choice", ())
    )


def moments_since(
    session: Session, deployment: Deployment, member: Member, opened: Opened, later: list[Record]
) -> tuple[Moment, ...]:
    """What these records say has happened, looks apart: what a colleague should know of."""
    people = names_of(session, deployment, _people_in(opened, later))
    told = [
        (ADDED.get(one.kind) or str(one.content.get("what", "")), one.content)
        for one in later
        if one.kind in ADDED or one.kind == "event"
    ]
    return tuple(
        _happened(kind, content, member, people) for kind, content in told if kind not in LOOKS
    )


def _fellows(
    opened: Opened, member: Member, people: Mapping[bytes, str]
) -> tuple[tuple[str, str], ...]:
    others = readers(opened.label, opened.directory) - {member.person, opened.label.owner}
    named = [(one.hex(), people[one]) for one in others if one in people]
    return tuple(sorted(named, key=lambda each: each[1]))


def _by_kind(records: list[Record]) -> dict[str, list[Mapping[str, Any]]]:
    sorted_out: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        sorted_out.setdefault(record.kind, []).append(record.content)
    return sorted_out


def _one(by_kind: Mapping[str, list[Mapping[str, Any]]], kind: str) -> Mapping[str, Any]:
    found = by_kind.get(kind)
    return found[0] if found else {}


def _people_in(opened: Opened, records: list[Record]) -> set[bytes]:
    named = {
        bytes.fromhex(record.content[who])
        for record in records
        for who in ("by", "to")
        if who in record.content
    }
    members = {one for desk in opened.label.desks for one in opened.directory.desks[desk].members}
    return {*named, *members, opened.label.owner} - {b""}


def _readers(opened: Opened, people: Mapping[bytes, str], language: str) -> tuple[Readers, ...]:
    """Who holds a wrap: of a circle its members, of a desk everybody on it."""
    circle = {holder.id for holder in opened.label.holders if holder.kind == "member"}
    return tuple(
        Readers(
            desk.names.get(language, desk.names["en"]),
            tuple(people.get(one, "") for one in desk.members if not circle or one in circle),
        )
        for desk in (opened.directory.desks[each] for each in opened.label.desks)
    )


def _area(directory: Directory, code: int, language: str) -> str:
    area = directory.areas.get(code)
    return area.names.get(language, area.names["en"]) if area else ""


def _waiting(deployment: Deployment, label: Label) -> Waiting | None:
    """How long we wait for the reporter, and waited before; None where we never did."""
    if not label.waiting_since and not label.waited:
        return None
    now, since = minutes(deployment.now()), label.waiting_since
    return Waiting(
        moment(since) if since else None,
        timedelta(minutes=max(1, now - since)) if since else None,
        tuple(one.course.step for one in label.resting()),
        timedelta(minutes=label.waited) if label.waited else None,
    )


def _next(deployment: Deployment, opened: Opened, deadline: Deadline) -> NextStep:
    """The next step as the list of work has it: the same words, the same stamp."""
    label = opened.label
    step, told = next_step(label)
    rung = next_rung(label, deadline)
    listed = limits_of(deployment, opened.directory, label.area).get(deadline.kind)
    late = is_late(deadline.due, minutes(deployment.now()))
    stamp = stamp_of(
        act_today=label.act_today and label.running("offer_help_today") is not None,
        late=late,
        waiting=step in WAITS,
        unread=not label.first_read,
    )
    return NextStep(
        stamp,
        step_on(step, late=late),
        moment(deadline.due),
        late,
        told,
        moment(rung[1]) if rung else None,
        deadline.heard() if late else (),
        listed.do if listed else "",
    )


def _then(deployment: Deployment, label: Label, deadline: Deadline) -> NextStep:
    """What comes after it, whoever is waited for until then."""
    step, told = asked_by(label, deadline)
    late = is_late(deadline.due, minutes(deployment.now()))
    return NextStep(Stamp.LATE if late else Stamp.DUE, step, moment(deadline.due), late, told)


def _dates(
    deployment: Deployment,
    member: Member,
    label: Label,
    by_kind: Mapping[str, list[Mapping[str, Any]]],
    people: Mapping[bytes, str],
) -> tuple[Moment, ...]:
    """Everything that happened, then every deadline that runs, in the order of time."""
    past = [Moment(moment(label.received), "received", None, False, None, False, False)]
    if label.excluded or _one(by_kind, "summary").get("keep_area"):
        past.append(Moment(moment(label.received), "kept_from", None, False, None, False, False))
    past += [
        Moment(one.when, f"chose_{one.code}", None, False, None, False, False)
        for one in _choices(by_kind)
    ]
    past += [
        Moment(moment(at), f"there_{step}", None, False, None, False, False)
        for link in label.links
        for step, at in link.steps
        if step in TAKEN_THERE[link.end]
    ]
    for event in by_kind.get("event", ()):
        past.append(_happened(event["what"], event, member, people))
    for kind, said in ADDED.items():
        past += [_happened(said, one, member, people) for one in by_kind.get(kind, ())]
    past += [_happened("file_added", one, member, people) for one in _added(by_kind)]
    for lock in by_kind.get(LOCK, ()):
        said = "file_locked" if lock["locked"] else "file_unlocked"
        past.append(_happened(said, lock, member, people))
    past += [
        Moment(
            moment(one.met),
            "deadline_met",
            None,
            False,
            asked_by(label, one)[0],
            is_late(one.due, one.met),
            False,
        )
        for one in label.deadlines
        if one.met
    ]
    now = minutes(deployment.now())
    ahead = [
        Moment(
            moment(one.due),
            "deadline",
            None,
            False,
            asked_by(label, one)[0],
            is_late(one.due, now),
            True,
        )
        for one in label.next_deadlines()
    ]
    return (*sorted(past, key=lambda each: each.when), *ahead)


def _added(by_kind: Mapping[str, list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Files that members added; those of the reporter came with what she wrote."""
    return [one for one in by_kind.get("file", ()) if "by" in one]


def _happened(
    kind: str, content: Mapping[str, Any], member: Member, people: Mapping[bytes, str]
) -> Moment:
    by = bytes.fromhex(content.get("by", ""))
    mine = by == member.person
    to = people.get(bytes.fromhex(content.get("to", "")))
    return Moment(moment(content["when"]), kind, people.get(by), mine, None, False, False, to)
