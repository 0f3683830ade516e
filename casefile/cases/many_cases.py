"""Many cases at once: who answers for them, and one note for all, each case in a write of its own.

It must never do to many what may not be done to one: every case goes through the verb of its page,
is refused where it changed since it was shown, and says so apart from the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from casefile.cases.acting import write_note
from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.keys import Opened, readers, unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.owning import HANDED_OVER, LET_GO, TAKEN, hand_over, let_go, take_over
from casefile.cases.queue_rows import case_at, reference_of
from casefile.cases.seen import seal_seen
from casefile.network.directory import read_directory
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow, commit
from casefile.platform.deployment import Deployment
from casefile.platform.errors import Unavailable
from casefile.sealing.errors import SealBroken

MOST = 50
"""Cases of one press: a page of a list."""
NOTE = "note"


class Outcome(StrEnum):
    """What became of one case, or will."""

    DONE = "done"
    SAME = "same"
    """It is so already."""
    CHANGED = "changed"
    """Something happened to it since the page was shown."""
    GONE = "gone"
    """It is not hers to open, or no longer."""
    NOT_A_READER = "not_a_reader"
    """Whoever is to answer for it may not read it."""
    NOT_SAVED = "not_saved"
    """The database could not write."""


@dataclass(frozen=True)
class Wish:
    """What is to happen to each case: who answers from then on, and a note; either may be nothing.

    `to` is None where nobody is named, and empty where nobody in particular is to answer.
    """

    to: bytes | None
    text: str = field(default="", repr=False)

    @property
    def nothing(self) -> bool:
        """Whether nothing is asked for."""
        return self.to is None and not self.text


@dataclass(frozen=True)
class Planned:
    """One case before it happens: DONE where the wish can be done, and who answers for it now."""

    case: str
    reference: str
    outcome: Outcome
    owner: bytes = b""
    seen: str = ""
    """What the page shows of the case, to be brought back."""


@dataclass(frozen=True)
class Done:
    """One case afterwards."""

    case: str
    reference: str
    outcome: Outcome


def fellows(session: Session, deployment: Deployment, member: Member) -> dict[bytes, str]:
    """Those who sit on a desk with the member, by name; herself not among them."""
    desks = read_directory(session, deployment).desks_of(member.person)
    people = {one for desk in desks for one in desk.members} - {member.person}
    named = names_of(session, deployment, people) if people else {}
    return dict(sorted(named.items(), key=lambda one: one[1].casefold()))


def plan(
    session: Session, deployment: Deployment, member: Member, cases: Iterable[str], wish: Wish
) -> tuple[Planned, ...]:
    """What will happen to each of the first 50 cases; nothing does yet."""
    each = list(dict.fromkeys(cases))[:MOST]
    return tuple(_planned(session, deployment, member, case, wish) for case in each)


def act_on_many(
    session: Session,
    deployment: Deployment,
    member: Member,
    chosen: Sequence[tuple[str, str]],
    wish: Wish,
    *,
    once: bytes,
) -> tuple[Done, ...]:
    """Do it to each of the first 50: (case, what its page showed). The same page twice acts once.

    Every case is committed by itself: what went wrong with one changes nothing for the others.
    """
    done = []
    for case, seen in chosen[:MOST]:
        outcome = _outcome(session, deployment, member, case, seen, wish, once)
        if outcome is not Outcome.DONE:
            session.rollback()
        done.append(Done(case, reference_of(case_at(case)) if case_at(case) else "", outcome))
    return tuple(done)


def _planned(
    session: Session, deployment: Deployment, member: Member, case: str, wish: Wish
) -> Planned:
    identity = case_at(case)
    reference = reference_of(identity) if identity else ""
    try:
        opened = unlock(session, deployment, member, identity)
    except (CaseNotFound, SealBroken):
        return Planned(case, reference, Outcome.GONE)
    seen = seal_seen(deployment, member, identity, opened.label)
    return Planned(case, reference, _possible(opened, wish), opened.label.owner, seen)


def _possible(opened: Opened, wish: Wish) -> Outcome:
    if wish.to and wish.to not in readers(opened.label, opened.directory):
        return Outcome.NOT_A_READER
    same = wish.to is None or wish.to == opened.label.owner
    return Outcome.SAME if same and not wish.text else Outcome.DONE


def _outcome(
    session: Session,
    deployment: Deployment,
    member: Member,
    case: str,
    seen: str,
    wish: Wish,
    once: bytes,
) -> Outcome:
    try:
        opened = unlock(session, deployment, member, case_at(case))
        if any(opened.label.remembers(once + one.encode()) for one in _MARKS):
            return Outcome.DONE
        possible = _possible(opened, wish)
        if possible is Outcome.DONE:
            _act(session, deployment, member, case, seen, wish, once, opened.label.owner)
            commit(session)
    except (ChangedMeanwhile, StaleRow):
        return Outcome.CHANGED
    except (CaseNotFound, SealBroken):
        return Outcome.GONE
    except Unavailable:
        return Outcome.NOT_SAVED
    return possible


_MARKS = (TAKEN, HANDED_OVER, LET_GO, NOTE)


def _act(
    session: Session,
    deployment: Deployment,
    member: Member,
    case: str,
    seen: str,
    wish: Wish,
    once: bytes,
    owner: bytes,
) -> None:
    if wish.to is None or wish.to == owner:
        write_note(session, deployment, member, case, text=wish.text, once=once, seen=seen)
    elif not wish.to:
        let_go(session, deployment, member, case, text=wish.text, seen=seen, once=once)
    elif wish.to == member.person:
        take_over(session, deployment, member, case, text=wish.text, seen=seen, once=once)
    else:
        hand_over(
            session, deployment, member, case, to=wish.to, text=wish.text, seen=seen, once=once
        )
