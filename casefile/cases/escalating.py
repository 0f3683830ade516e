"""Escalating: the worker finds what is late and tells who is next, once for each rung.

One pass over the queue register finds the cases; no job carries a case's due time. Label, row and
notice are written together, some cases at a time: killed at any moment, the next pass goes on where
this one stood, and nobody is told twice. It opens nothing that is sealed to people, and it must
never tell anybody the case is kept from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from casefile.cases.keys import visible_desk
from casefile.cases.label import CaseNotFound, Held, Label, hold_labels, read_label, write_labels
from casefile.cases.notices import let_wait, send_notice
from casefile.cases.queue_rows import QUEUE, case_of, change_rows, rungs_of
from casefile.cases.rules import is_late
from casefile.network.desks import watches_all
from casefile.network.directory import Desk, Directory, read_directory
from casefile.people.accounts import State, everybody, person_by_id
from casefile.people.roles import Role
from casefile.platform import logs
from casefile.platform.database import StaleRow, write_now
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.registers.storage import scan

JOB = "tell_late"
BATCH = 100
"""Cases in one transaction: a fraction of a second, in which a report may wait for the writer."""

People = frozenset[bytes]
GoesOn = Callable[[], bool]


@dataclass(frozen=True)
class Ladder:
    """Who can be told: the directory, and the senior focal points with an account."""

    directory: Directory
    senior: People

    def people(self, who: str, label: Label) -> People:
        """Everybody a rung names for this case; nobody it is kept from."""
        found: People = frozenset()
        match who:
            case "desk_head":
                found = self._head(label)
            case "senior_focal_point":
                found = self._senior(label)
            case "inter_agency_desk":
                found = self._inter_agency()
        return found - set(label.excluded)

    def _desks(self, label: Label) -> list[Desk]:
        return [self.directory.desks[one] for one in label.desks if one in self.directory.desks]

    def _head(self, label: Label) -> People:
        """Who supervises somebody on the desk and sits on it; without one, everybody on it.

        Only those who may see the case: to others on the desk a circle is not there.
        """
        members = {one for desk in self._desks(label) for one in desk.members}
        posts = (self.directory.posts.get(one) for one in members)
        heads = {post.supervisor for post in posts if post and post.supervisor in members}
        sees = {one for one in members if visible_desk(label, self.directory, one) is not None}
        return frozenset(heads & sees or sees)

    def _senior(self, label: Label) -> People:
        agencies = {desk.agency for desk in self._desks(label)}
        posts = self.directory.posts
        return frozenset(
            one for one in self.senior if one in posts and posts[one].agency in agencies
        )

    def _inter_agency(self) -> People:
        desks = self.directory.desks.values()
        inter_agency = (desk for desk in desks if watches_all(self.directory, desk))
        return frozenset(person for desk in inter_agency for person in desk.members)

    def reached(self, whos: Iterable[str], label: Label, later: Sequence[str]) -> People:
        """Whom these rungs reach: of each those who are there, else the next rung above."""
        found: set[bytes] = set()
        for who in whos:
            above = later[later.index(who) :] if who in later else (who,)
            here = (self.directory.here(self.people(one, label)) for one in above)
            found.update(next((people for people in here if people), ()))
        return frozenset(found)


def escalate_late(
    session: Session,
    deployment: Deployment,
    goes_on: GoesOn = lambda: True,
    batch: int = BATCH,
) -> int:
    """Tell of everything that has become late, `batch` cases at a time; returns of how many.

    `goes_on` is asked before each batch.
    """
    cases, done = cases_to_tell(session, deployment), 0
    ladder = read_ladder(session, deployment) if cases else None
    for start in range(0, len(cases), batch):
        if ladder is None or not goes_on():
            break
        done += tell_some(session, deployment, ladder, cases[start : start + batch])
    session.rollback()
    return done


def cases_to_tell(session: Session, deployment: Deployment) -> list[bytes]:
    """The cases of which somebody has to be told now: one pass over the queue register."""
    now, found = minutes(deployment.now()), []
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        tell = columns["tell"]
        for at in np.flatnonzero((tell != 0) & (tell <= now)):
            found.append(case_of(columns["case_1"][at], columns["case_2"][at]))
    return sorted(found)


def read_ladder(session: Session, deployment: Deployment) -> Ladder:
    """Who can be told, as the network and the accounts stand."""
    senior = frozenset(
        person
        for person, account in everybody(session, deployment)
        if account.role is Role.SENIOR_FOCAL_POINT and account.state is State.ACTIVE
    )
    return Ladder(read_directory(session, deployment), senior)


def tell_some(
    session: Session, deployment: Deployment, ladder: Ladder, cases: Sequence[bytes]
) -> int:
    """Tell of these cases in one transaction, committed; of how many somebody was told.

    A batch that a colleague's write overtook is left for the next pass.
    """
    session.rollback()
    try:
        return write_now(lambda writing: _tell(writing, deployment, ladder, cases), session)
    except StaleRow as overtaken:
        session.rollback()
        logs.fault(overtaken, state="escalating")
        return 0


def _tell(session: Session, deployment: Deployment, ladder: Ladder, cases: Sequence[bytes]) -> int:
    """Labels, then the register, then the notices: in one order, so that nobody waits in a ring."""
    held = hold_labels(session, deployment, cases)
    now, changed = minutes(deployment.now()), []
    people: dict[bytes, list[str]] = defaultdict(list)
    for one in held:
        label, told = climb(one.label, ladder, now)
        for person in told:
            people[person].append(one.case.hex())
        if label != one.label:
            changed.append((one, label))
        if label != one.label and not told:
            logs.note("nobody_to_tell", state="late_case")
    write_labels(session, deployment, changed)
    change_rows(session, deployment, _as_written(held, changed))
    if people and deployment.settings.mail_host:
        let_wait(session, deployment, people, JOB)
    return len(changed)


def climb(label: Label, ladder: Ladder, now: int) -> tuple[Label, People]:
    """The label that remembers every rung whose time has come, and whom those rungs reach."""
    told: People = frozenset()
    deadlines = []
    for one in label.deadlines:
        climbed, whos = one.climbed(now, rungs_of(label))
        later = [rung.who for rung in one.course.ladder]
        told |= ladder.reached(whos, label, later)
        deadlines.append(climbed)
    return replace(label, deadlines=tuple(deadlines)), told


def _as_written(held: Iterable[Held], changed: Iterable[tuple[Held, Label]]) -> list[Label]:
    """Every label as it stands now: a row that was behind its label is brought up to it too."""
    written: Mapping[bytes, Label] = {one.case: label for one, label in changed}
    return [written.get(one.case, one.label) for one in held]


def tell_late(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Send the notice, if something this person was told of is late still, and hers to know."""
    person = bytes.fromhex(body["person"])
    ladder = read_ladder(session, deployment)
    now = minutes(deployment.now())
    cases = (_label(session, deployment, one) for one in body["cases"].split(","))
    late = any(label is not None and _concerns(label, ladder, person, now) for label in cases)
    known = person_by_id(session, deployment, person)
    session.rollback()
    if late and known is not None and known.account.state is State.ACTIVE:
        send_notice(deployment, known.account)


def _concerns(label: Label, ladder: Ladder, person: bytes, now: int) -> bool:
    late = [one for one in label.deadlines if one.told and one.runs and is_late(one.due, now)]
    whos = {rung.who for one in late for rung in one.course.ladder}
    return any(person in ladder.people(who, label) for who in whos)


def _label(session: Session, deployment: Deployment, case: str) -> Label | None:
    try:
        return read_label(session, deployment, bytes.fromhex(case)).label
    except CaseNotFound:
        return None
