"""What people do about conflicts of interest in a world, and every key one of them can reach."""

from __future__ import annotations

from collections.abc import Iterator

from casefile.cases.exclusion_circle import let_into_circle
from casefile.cases.exclusion_declared import declare_conflict
from casefile.cases.exclusion_questions import OpenQuestion, answer_question, open_questions
from casefile.cases.keys import bundle_at, read_wraps, unlock
from casefile.cases.label import CaseNotFound, Held, read_label
from casefile.cases.mailbox import open_by_number, write_to_us
from casefile.cases.membership import join_desk
from casefile.cases.queue_rows import address_of
from casefile.cases.quick_keys import read_quick
from casefile.cases.reading import open_case, show_report
from casefile.intake.receive import Receipt
from casefile.network.custody import open_desk
from casefile.network.directory import Post, list_entry
from casefile.platform.database import write
from casefile.sealing.circles import unwrap_circle_seed
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import PrivateKey
from tests.cases.working import case_of
from tests.world import World

RIVER = "Intake desk, River"


def declares(world: World, who: str, case: bytes | None = None) -> None:
    """Somebody gives the case up."""
    with world.session() as session:
        address = address_of(case or case_of(world))
        declare_conflict(session, world.deployment, world.member(who), address)


def looks(world: World, who: str, case: bytes | None = None) -> bool:
    """Somebody opens the page of the case, if it is there for her."""
    with world.session() as session:
        address = address_of(case or case_of(world))
        try:
            open_case(session, world.deployment, world.member(who), address)
        except CaseNotFound:
            return False
        return True


def reads(world: World, who: str) -> str:
    """The report and the messages, as somebody reads them."""
    with world.session() as session:
        shown = show_report(
            session, world.deployment, world.member(who), address_of(case_of(world))
        )
        return "\n".join((shown.text, *(one.text for one in shown.messages)))


def adds(world: World, receipt: Receipt, text: str) -> None:
    """The reporter adds a message."""
    with world.session() as session:
        token = open_by_number(session, world.deployment, receipt.code.digits()).token
        write_to_us(session, world.deployment, token=token, text=text, once=text.encode()[:32])


def asked(world: World, who: str) -> tuple[OpenQuestion, ...]:
    """What somebody's desks are asked."""
    with world.session() as session:
        return open_questions(session, world.deployment, world.member(who))


def says(world: World, who: str, answer: str) -> None:
    """Somebody answers the one question her desks are asked."""
    (one,) = asked(world, who)
    with world.session() as session:
        answer_question(session, world.deployment, world.member(who), one.id, answer)


def joins(world: World, who: str, *, let_in_by: str, english: str = RIVER) -> None:
    """Somebody joins a desk, let in by a member of it."""
    with world.session() as session:
        fellow, desk = world.member(let_in_by), world.desk(english)
        person = world.member(who).person
        write(lambda writing: join_desk(writing, world.deployment, fellow, desk, person), session)


def lets_in(world: World, who: str, whom: str) -> None:
    """A member of the circle lets another of the desk in."""
    with world.session() as session:
        address, person = address_of(case_of(world)), world.member(whom).person
        let_into_circle(session, world.deployment, world.member(who), address, person)


def works(world: World, who: str, at: str, *, under: str | None = None, area: int = 2) -> None:
    """Somebody has a post in the agency that has this desk."""
    supervisor = world.member(under).person if under else None
    post = Post(world.member(who).person, world.desk(at).agency, area, "Officer", supervisor)
    with world.session() as session:
        write(lambda writing: list_entry(writing, world.deployment, post), session)


def held(world: World, case: bytes | None = None) -> Held:
    """The label of the case."""
    with world.session() as session:
        return read_label(session, world.deployment, case or case_of(world))


def opens(world: World, who: str) -> set[Compartment]:
    """The parts the pages open for somebody."""
    with world.session() as session:
        try:
            return set(unlock(session, world.deployment, world.member(who), case_of(world)).keys)
        except CaseNotFound:
            return set()


def forced(world: World, who: str, label: Held) -> dict[Compartment, Key]:
    """Every key of the case that any key she can reach opens, wrap by wrap and quick by quick."""
    return by_wraps(world, who, label) | quickly(world, who, label)


def by_wraps(world: World, who: str, label: Held) -> dict[Compartment, Key]:
    """What opens when somebody tries every private key she can reach on every wrap."""
    found: dict[Compartment, Key] = {}
    for private in _reach(world, who, label):
        found |= opened_by(world, label, private)
    return found


def _reach(world: World, who: str, label: Held) -> Iterator[PrivateKey]:
    """Her own key, her desks' keys, and every circle whose seed opens for her."""
    member = world.member(who)
    yield member.private
    with world.session() as session:
        for desk in world.directory().desks_of(member.person):
            yield open_desk(session, world.deployment, member, desk).private
        wraps = read_wraps(session, world.deployment, label, range(len(label.label.wraps)))
        for slot, (body, token) in wraps.items():
            try:
                yield unwrap_circle_seed(
                    member.private,
                    body,
                    case=label.case,
                    person=member.person,
                    slot=slot,
                    token=token,
                )
            except SealBroken:
                continue


def opened_by(world: World, label: Held, private: PrivateKey) -> dict[Compartment, Key]:
    """What one private key opens, tried on every wrap."""
    found: dict[Compartment, Key] = {}
    with world.session() as session:
        for slot in range(len(label.label.wraps)):
            try:
                found |= bundle_at(session, world.deployment, label, slot, private)
            except SealBroken:
                continue
    return found


def quickly(world: World, who: str, label: Held) -> dict[Compartment, Key]:
    """What the symmetric keys of her desks open, without any public-key work."""
    found: dict[Compartment, Key] = {}
    member = world.member(who)
    with world.session() as session:
        for desk in world.directory().desks_of(member.person):
            secret = open_desk(session, world.deployment, member, desk)
            found |= read_quick(session, world.deployment, label.case, desk, secret)
    return found
