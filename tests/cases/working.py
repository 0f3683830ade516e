"""What members do with the one case of a world, and what lies in it afterwards."""

from __future__ import annotations

from sqlalchemy import select

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.acting import WrittenLetter, acknowledge, answer, write_note
from casefile.cases.keys import unlock
from casefile.cases.label import Label, read_label, write_label
from casefile.cases.machines import CASE, machine_of
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import QUEUE, address_of, change_row
from casefile.cases.records import Record, read_records
from casefile.cases.stepping import gone_on
from casefile.codes.machines import take
from casefile.codes.sops import read_profile
from casefile.facts.register import FACTS
from casefile.registers.storage import Place, read_row
from tests.world import World


def case_of(world: World) -> bytes:
    """The id of the one case."""
    with world.session() as session:
        return session.scalars(select(CaseRow.id)).one()


def label_of(world: World) -> Label:
    """Its label as it stands."""
    with world.session() as session:
        return read_label(session, world.deployment, case_of(world)).label


def confirms(world: World, who: str, _page: bytes = b"") -> None:
    """Somebody confirms that the report was read."""
    with world.session() as session:
        acknowledge(session, world.deployment, world.member(who), address_of(case_of(world)))


def answers(world: World, who: str, page: bytes, reviewed: str | None = "help") -> None:
    """Somebody writes to the number, with a reviewed text or in her own words."""
    with world.session() as session:
        answer(
            session,
            world.deployment,
            world.member(who),
            address_of(case_of(world)),
            lambda language: WrittenLetter(
                "Help is free.", language, reviewed or "", "" if reviewed else "She asked."
            ),
            once=page,
        )


def notes(world: World, who: str, page: bytes) -> None:
    """Somebody leaves a note."""
    with world.session() as session:
        address = address_of(case_of(world))
        member = world.member(who)
        write_note(session, world.deployment, member, address, text="Called.", once=page)


def goes_to_whom_it_concerns(world: World) -> None:
    """The case is sorted, sent and confirmed there: nothing is left to do but to write."""
    limits = read_profile(world.settings.config)
    holds = {guard for step in CASE.steps for guard in step.guards}
    who = {part for step in CASE.steps for part in step.who}
    verbs = ("begin_triage", "prepare_referral", "refer", "confirm_by_entity")
    with world.session() as session:
        held = read_label(session, world.deployment, case_of(world), for_change=True)
        label = held.label
        for verb in verbs:
            step = take(machine_of(label.state), label.state, verb, who, holds)
            label = gone_on(label, step, limits, world.clock())
        change_row(session, world.deployment, write_label(session, world.deployment, held, label))


def records(world: World, who: str = "Sarah") -> list[Record]:
    """All records of the case that somebody can open."""
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member(who), case_of(world))
        return read_records(session, world.deployment, opened.case, opened.label, opened.keys)


def kinds(world: World) -> list[str]:
    """The kinds of all records of the case, in order."""
    return [record.kind for record in records(world)]


def events(world: World, event: Event) -> int:
    """How often an event stands on the log."""
    with world.session() as session:
        return sum(line.event is event for line in lines_newest_first(session, world.deployment))


def fact(world: World) -> dict[str, int]:
    """Every column of the steps of the one fact, found as the case finds it."""
    return _fact(world, "Sarah", "steps")


def fact_restricted(world: World, who: str) -> bool:
    """Whether the fact of the case says that somebody is excluded, found as `who` finds it."""
    return bool(_fact(world, who, "coded")["left_out"])


def _fact(world: World, who: str, part: str) -> dict[str, int]:
    pointer = next(record.content for record in records(world, who) if record.kind == "fact")
    place = Place(bytes.fromhex(pointer["segment"]), pointer["slot"])
    with world.session() as session:
        row = read_row(session, world.deployment, FACTS, place, part)
    return {name: int(row[name]) for name in row.dtype.names}


def queue_row(world: World) -> dict[str, int]:
    """The case's row of the queue."""
    with world.session() as session:
        row = read_row(session, world.deployment, QUEUE, label_of(world).queue, "queue")
    return {name: int(row[name]) for name in row.dtype.names}
