"""The label of a case: what the server must know while nobody is signed in. Never content.

It binds the digests of the case's bodies and wraps, for HPKE alone names no sender. It names the
holders of each wrap and those who are excluded.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from casefile.cases.deadlines import Deadline as Deadline
from casefile.cases.deadlines import begun, deadline_of
from casefile.cases.models import CaseRow
from casefile.codes.sops import REPORTER, Limit
from casefile.platform import logs
from casefile.platform.database import add_rows, change_one_row, rewrite_rows
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.platform.now import minutes, moment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken

LABEL_BUCKET = 4096
REMEMBERED = 16
"""How many of the last pages sent into a case are remembered, against a double press."""


class CaseNotFound(Exception):
    """No such case for this person: one answer, whether it is not there or not theirs."""


@dataclass(frozen=True)
class Holder:
    """Who a wrap is sealed to: desk, circle, member, reporter, recovery, asked, or nobody ("").

    `left` and `former` are members of a circle who left: `holding` says what becomes of them.
    """

    kind: str = ""
    id: bytes = b""
    generation: int = 0


NOBODY = Holder()
"""Who holds the wraps that are sealed to nobody."""


@dataclass(frozen=True)
class Exclusion:
    """Somebody kept from the case: why (`exclusion.Why`), and because of whom if of one person."""

    person: bytes
    why: str
    because: bytes = b""


@dataclass(frozen=True)
class Question:
    """Whether a name is this person's: which desk is asked, and where the sealed words lie.

    `slot` is the wrap that holds its key, `row` and `place` where it lies among the questions.
    Times are minutes since 1970; `answer` is "" while nobody has said.
    """

    person: bytes
    desk: bytes
    generation: int
    slot: int
    row: int
    place: int
    asked: int
    due: int
    answer: str = ""
    answered: int = 0


@dataclass(frozen=True)
class Link:
    """A case at the other end of a referral, as this end knows it. Times are minutes since 1970.

    `id` is the referral's, the same at both ends; `other` the case there, b"" where it lies outside
    this system; `end` says which end this case is; `agency` is the other end's. `state` is a state
    of the referral's machine; `steps` are what happened and when, oldest first.
    """

    id: bytes
    kind: str
    other: bytes
    end: str
    agency: bytes
    state: str
    steps: tuple[tuple[str, int], ...] = ()

    def stepped(self, step: str, when: int, state: str) -> Link:
        """The link once this has happened."""
        return replace(self, state=state, steps=(*self.steps, (step, when)))

    def at(self, step: str) -> int:
        """When a step last happened; 0 if it has not."""
        return next((when for what, when in reversed(self.steps) if what == step), 0)


@dataclass(frozen=True)
class Pending:
    """A decision that one person has taken and another has still to confirm.

    `what` is the verb it waits to take, `target` a code that goes with it: a category, an office.
    `taken` is in minutes since 1970.
    """

    what: str
    by: bytes
    taken: int
    target: str = ""


@dataclass(frozen=True)
class LegalHold:
    """That a case is kept for a court: who asked when (minutes), who agreed, who asks to end it."""

    by: bytes
    when: int
    second: bytes = b""
    ending: bytes = b""


@dataclass(frozen=True)
class Body:
    """One entry: the compartment it lies in and the first 16 bytes of its SHA-256."""

    compartment: Compartment
    digest: bytes


@dataclass(frozen=True)
class Label:
    """Everything the deployment knows of a case. Times are minutes since 1970.

    `junk`: it looks like junk and lies apart until somebody says that it is none. `asked`: the
    choices the reporter made in the mailbox, as codes. `answered`: somebody wrote to the number.
    """

    category: str
    state: str
    language: str
    channel: str
    area: int
    received: int
    desks: tuple[bytes, ...]
    holders: tuple[Holder, ...]
    wraps: tuple[bytes, ...]
    bodies: tuple[Body, ...]
    deadlines: tuple[Deadline, ...]
    queue: Place
    receipt: bytes
    excluded: tuple[bytes, ...] = ()
    circle: bytes = b""
    owner: bytes = b""
    first_read: int = 0
    acknowledged: int = 0
    new_messages: int = 0
    act_today: bool = False
    sent: tuple[bytes, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    questions: tuple[Question, ...] = ()
    question_rows: int = 0
    unsettled: bool = False
    """Keys have to be taken from somebody, or given back, in the next reader's session."""
    seated: tuple[tuple[bytes, bytes], ...] = ()
    """Of each person in the circle, a digest of the public key the circle was wrapped to."""
    files: int = 0
    """How many files the case holds."""
    pieces: int = 0
    """How many pieces they were written in, all together: their tags are numbered through."""
    junk: bool = False
    asked: tuple[str, ...] = ()
    answered: bool = False
    child: bool = False
    links: tuple[Link, ...] = ()
    """The cases at the other ends of referrals."""
    dropped: int = 0
    """How many letters were ever left at this case's door."""
    taken_in: int = 0
    """How many of them somebody who can open the case has taken in."""
    since: int = 0
    """Since when the case is in its state; 0 from the beginning."""
    pending: Pending | None = None
    protection: str = "not_assessed"
    """How far the protection of who reported is: a state of its own machine."""
    parent: bytes = b""
    """The case this one was split from: the reporter is answered there."""
    waiting_since: int = 0
    """Since when we wait for the reporter's answer to what we asked; 0 while we do not."""
    waited: int = 0
    """Minutes for which we waited before."""
    outcome: str = ""
    """How its investigation ended, as a code; empty if there was none."""
    hold: LegalHold | None = None

    def running(self, kind: str) -> Deadline | None:
        """The deadline of a kind that is not met, if there is one; it may rest."""
        return next((one for one in self.deadlines if one.kind == kind and not one.met), None)

    def next_deadlines(self) -> list[Deadline]:
        """Running deadlines, nearest first; those that rest are not among them."""
        return sorted((one for one in self.deadlines if one.runs), key=lambda one: one.due)

    def resting(self) -> list[Deadline]:
        """Deadlines that wait for the reporter's answer."""
        return [one for one in self.deadlines if one.paused and not one.met]

    def started(self, limit: Limit, now: datetime) -> Label:
        """The label with this deadline running from `now`; one that runs already is kept.

        While we wait for the reporter's answer, what that pauses begins at rest.
        """
        if self.running(limit.kind):
            return self
        deadline = begun(limit, minutes(now))
        if self.waiting_since:
            deadline = deadline.rested(REPORTER, minutes(now))
        return replace(self, deadlines=(*self.deadlines, deadline))

    def due_on(self, limit: Limit, now: datetime, day: datetime) -> Label:
        """The label with this deadline running from now to that day, in place of one that ran."""
        deadline = replace(begun(limit, minutes(now)), due=minutes(day))
        without = self.without(limit.kind)
        return replace(without, deadlines=(*without.deadlines, deadline))

    def met(self, kind: str, now: datetime) -> Label:
        """The label with the running deadline of a kind met now; none running changes nothing."""
        return replace(
            self,
            deadlines=tuple(
                one.done(minutes(now)) if one.kind == kind and not one.met else one
                for one in self.deadlines
            ),
        )

    def asking(self, now: datetime) -> Label:
        """The label while we wait for the reporter's answer: what that pauses rests."""
        at = minutes(now)
        rested = tuple(one.rested(REPORTER, at) for one in self.deadlines)
        return replace(self, deadlines=rested, waiting_since=self.waiting_since or at)

    def answered_by_reporter(self, now: datetime) -> Label:
        """The label once the reporter has answered, or will not: everything goes on."""
        if not self.waiting_since:
            return self
        at = minutes(now)
        waited = self.waited + max(0, at - self.waiting_since)
        resumed = tuple(one if one.met else one.resumed(at) for one in self.deadlines)
        return replace(self, deadlines=resumed, waiting_since=0, waited=waited)

    def excluding(self, exclusions: Iterable[Exclusion]) -> Label:
        """The label with exactly these exclusions; `excluded` names their people."""
        kept = tuple(dict.fromkeys(exclusions))
        people = tuple(sorted({one.person for one in kept}))
        return replace(self, exclusions=kept, excluded=people)

    def open_questions(self) -> list[Question]:
        """The questions nobody has answered yet."""
        return [one for one in self.questions if not one.answer]

    def without(self, kind: str) -> Label:
        """The label with the running deadline of a kind gone: nobody waits for it any more."""
        kept = (one for one in self.deadlines if one.kind != kind or one.met)
        return replace(self, deadlines=tuple(kept))

    def with_body(self, compartment: Compartment, body: bytes) -> Label:
        """The label with one entry more."""
        return replace(self, bodies=(*self.bodies, Body(compartment, digest(body))))

    def link(self, referral: bytes) -> Link:
        """The link of a referral; KeyError if this case has none."""
        found = next((one for one in self.links if one.id == referral), None)
        if found is None:
            raise KeyError(referral)
        return found

    def with_link(self, link: Link) -> Label:
        """The label with this link in place of the one of the same referral, or as its last."""
        if any(one.id == link.id for one in self.links):
            kept = (link if one.id == link.id else one for one in self.links)
            return replace(self, links=tuple(kept))
        return replace(self, links=(*self.links, link))

    def binding(self, slot: int, holder: Holder, body: bytes) -> Label:
        """The label that binds another wrap in a slot, and names its holder."""
        holders, wraps = list(self.holders), list(self.wraps)
        holders[slot], wraps[slot] = holder, digest(body)
        return _made(vars(self) | {"holders": tuple(holders), "wraps": tuple(wraps)})

    def remembers(self, once: bytes) -> bool:
        """Whether the page with this token was sent into the case already."""
        return _mark(once) in self.sent

    def remembering(self, once: bytes) -> Label:
        """The label that remembers this page's token."""
        return replace(self, sent=(*self.sent, _mark(once))[-REMEMBERED:])


COMPARTMENTS = {each.value: each for each in Compartment}
FIELDS = tuple(each.name for each in fields(Label))
MANY_BYTES = ("desks", "wraps", "excluded", "sent")
ONE_BYTES = ("receipt", "circle", "owner", "parent")


@dataclass(frozen=True)
class Held:
    """A label as it was read, with the version token it was read under."""

    case: bytes
    label: Label
    token: bytes


def digest(body: bytes) -> bytes:
    """What the label keeps of a sealed body or wrap: half a SHA-256."""
    return hashlib.sha256(body).digest()[:16]


def read_label(
    session: Session, deployment: Deployment, case: bytes, *, for_change: bool = False
) -> Held:
    """Read one label; `for_change` locks it where the engine locks rows. CaseNotFound if none."""
    wanted = select(CaseRow.label, CaseRow.token).where(CaseRow.id == case)
    row = session.execute(wanted.with_for_update() if for_change else wanted).first()
    if row is None:
        raise CaseNotFound
    return Held(case, open_label(deployment, case, row.token, row.label), row.token)


def add_label(session: Session, deployment: Deployment, case: bytes, label: Label) -> None:
    """Write the label of a new case."""
    add_rows(session, CaseRow, sealed_label(deployment, case, label))


def write_label(session: Session, deployment: Deployment, held: Held, label: Label) -> Held:
    """Write a changed label over the one that was read; StaleRow if it changed in between."""
    token = deployment.random(16)
    change_one_row(
        session,
        update(CaseRow)
        .where(CaseRow.id == held.case, CaseRow.token == held.token)
        .values(label=seal_label(deployment, held.case, token, label), token=token),
    )
    return Held(held.case, label, token)


def read_labels(session: Session, deployment: Deployment, cases: Iterable[bytes]) -> list[Held]:
    """The labels of these cases as they are read. Left out are damaged ones: nobody opens them."""
    return _whole(deployment, _rows(session, cases, CaseRow.label, for_change=False))


def hold_labels(session: Session, deployment: Deployment, cases: Iterable[bytes]) -> list[Held]:
    """The same, held for change; left out are also those that somebody else holds."""
    return _whole(deployment, _rows(session, cases, CaseRow.label, for_change=True))


def hold_as_read(session: Session, read: Iterable[Held]) -> frozenset[bytes]:
    """Hold labels for change; the cases whose label is what was read and is nobody else's now."""
    tokens = {one.case: one.token for one in read}
    rows = _rows(session, tokens, CaseRow.token, for_change=True)
    return frozenset(case for case, _, token in rows if token == tokens[case])


def _whole(deployment: Deployment, rows: Iterable[Any]) -> list[Held]:
    found = []
    for case, sealed, token in rows:
        try:
            label = open_label(deployment, case, token, sealed)
        except SealBroken as broken:
            logs.fault(broken, state="label")
        else:
            found.append(Held(case, label, token))
    return found


def _rows(
    session: Session,
    cases: Iterable[bytes],
    column: InstrumentedAttribute[bytes],
    *,
    for_change: bool,
) -> Sequence[Any]:
    wanted = (
        select(CaseRow.id, column, CaseRow.token.label("version"))
        .where(CaseRow.id.in_(list(cases)))
        .order_by(CaseRow.id)
        .execution_options(**{BYTES: True})
    )
    if for_change:
        wanted = wanted.with_for_update(skip_locked=True)
    return session.connection().execute(wanted).all()


def write_labels(
    session: Session, deployment: Deployment, changed: Iterable[tuple[Held, Label]]
) -> None:
    """Write changed labels over those that are held, all in one go."""
    put_labels(session, [sealed_label(deployment, held.case, label) for held, label in changed])


def put_labels(session: Session, rows: Sequence[Mapping[str, bytes]]) -> None:
    """The same with labels that were sealed before."""
    rewrite_rows(session, CaseRow, "id", rows)


def sealed_label(deployment: Deployment, case: bytes, label: Label) -> dict[str, bytes]:
    """A label as it is stored, in a version of its own."""
    token = deployment.random(16)
    sealed = seal_label(deployment, case, token, label)
    return {"id": case, "label": sealed, "token": token}


def seal_label(deployment: Deployment, case: bytes, token: bytes, label: Label) -> bytes:
    """Seal a label for this case in this version: bytes as base64, its parts without names."""
    spelled = vars(label) | {
        "holders": [(one.kind, _text(one.id), one.generation) for one in label.holders],
        "bodies": [(one.compartment, _text(one.digest)) for one in label.bodies],
        "wraps": [_text(one) for one in label.wraps],
        "deadlines": [one.plain() for one in label.deadlines],
        "desks": [_text(one) for one in label.desks],
        "queue": (_text(label.queue.segment), label.queue.slot),
        "receipt": _text(label.receipt),
        "circle": _text(label.circle),
        "owner": _text(label.owner),
    }
    parts = [spelled[name] for name in FIELDS]
    where = _where(case, token)
    return seal_row(deployment, parts, where, bucket=LABEL_BUCKET, spelled=_plain)


def open_label(deployment: Deployment, case: bytes, token: bytes, sealed: bytes) -> Label:
    """The inverse of `seal_label`; SealBroken for another case's, an older or a changed one."""
    return _label(open_row(deployment, sealed, _where(case, token)))


def _label(parts: Sequence[Any]) -> Label:
    given = dict(zip(FIELDS, parts, strict=True))
    given["links"] = tuple(_link(one) for one in given["links"])
    given |= {name: tuple(_bytes(one) for one in given[name]) for name in MANY_BYTES}
    given |= {name: _bytes(given[name]) for name in ONE_BYTES}
    given["asked"] = tuple(given["asked"])
    segment, slot = given["queue"]
    return _made(
        given
        | {
            "holders": tuple(_holder(*one) for one in given["holders"]),
            "bodies": tuple(Body(COMPARTMENTS[part], _bytes(one)) for part, one in given["bodies"]),
            "deadlines": tuple(deadline_of(one) for one in given["deadlines"]),
            "exclusions": tuple(
                Exclusion(_bytes(person), why, _bytes(because))
                for person, why, because in given["exclusions"]
            ),
            "questions": tuple(
                Question(_bytes(person), _bytes(desk), *rest)
                for person, desk, *rest in given["questions"]
            ),
            "seated": tuple((_bytes(person), _bytes(key)) for person, key in given["seated"]),
            "queue": Place(_bytes(segment), slot),
            "pending": _pending(given["pending"]),
            "hold": _hold(given["hold"]),
        }
    )


def _link(parts: Sequence[Any]) -> Link:
    referral, kind, other, end, agency, state, steps = parts
    return Link(
        _bytes(referral),
        kind,
        _bytes(other),
        end,
        _bytes(agency),
        state,
        tuple((step, at) for step, at in steps),
    )


def _pending(given: Sequence[Any] | None) -> Pending | None:
    if given is None:
        return None
    what, by, taken, target = given
    return Pending(what, _bytes(by), taken, target)


def _made(given: dict[str, Any]) -> Label:
    """A label of all these fields, set at once: many labels are read and changed in one go."""
    label = object.__new__(Label)
    vars(label).update(given)
    return label


def _holder(kind: str, identity: str, generation: int) -> Holder:
    if not (kind or identity or generation):
        return NOBODY
    return Holder(kind, _bytes(identity), generation)


def _hold(given: Sequence[Any] | None) -> LegalHold | None:
    if given is None:
        return None
    by, when_, second, ending = given
    return LegalHold(_bytes(by), when_, _bytes(second), _bytes(ending))


def when(whole_minutes: int) -> datetime | None:
    """A label's time as a moment; zero is not yet."""
    return moment(whole_minutes) if whole_minutes else None


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, Deadline):
        return value.plain()
    if isinstance(value, Exclusion | Question | Place | Link | Pending | LegalHold):
        return tuple(vars(value).values())
    raise TypeError(type(value).__name__)


def _text(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode()


def _bytes(text: str) -> bytes:
    return a2b_base64(text)


def _mark(once: bytes) -> bytes:
    return hashlib.sha256(b"page" + once).digest()[:8]


def _where(case: bytes, token: bytes) -> bytes:
    return context("case", "label", case, token)
