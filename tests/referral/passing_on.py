"""Passing a case on, in the words of the field: for tests of both ends."""

from __future__ import annotations

from typing import Any

from casefile.cases.changing import change_case
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label, read_label
from casefile.cases.machines import CASE, REPORT, Part, machine_of
from casefile.cases.queue_rows import address_of
from casefile.cases.records import Record, read_records
from casefile.cases.stepping import gone_on
from casefile.codes.machines import take
from casefile.codes.sops import read_profile
from casefile.network.directory import Agency, change_entry
from casefile.platform.database import write
from casefile.referral.answering import NOTHING, Said, take_step, write_between
from casefile.referral.machines import Kind
from casefile.referral.packet import Packet
from casefile.referral.sending import send
from casefile.sealing.compartments import Compartment
from tests.world import World

SUMMARY = "A distributor asked for something in return for a ration."


def sorted_out(world: World, who: str, case: bytes) -> None:
    """Take a case as far as triage takes it: ready to be passed on."""
    with world.session() as session:
        deployment, member = world.deployment, world.member(who)
        opened = unlock(session, deployment, member, case)

        def change(_writing: object, label: Label) -> Label:
            limits, now = read_profile(deployment.settings.config), deployment.now()
            for verb in ("acknowledge", "begin_triage", "prepare_referral"):
                machine = REPORT if verb != "prepare_referral" else CASE
                if machine_of(label.state) is machine or label.state == "triage":
                    holds = ("category_decided", "entity_known")
                    step = take(machine, label.state, verb, tuple(Part), holds)
                    label = gone_on(label, step, limits, now)
            return label

        change_case(session, deployment, member, opened, change)


def packet(**more: Any) -> Packet:
    """A packet with little in it."""
    given = {"reference": "AAAAAA", "received": 1, "channel": "web_anonymous", "language": "en"}
    return Packet(**(given | {"summary": SUMMARY} | more))


def passes_on(
    world: World, who: str, case: bytes, desk: str, kind: Kind = Kind.COMPLAINT, **more: Any
) -> bytes:
    """Send it to a desk by its English name; the referral's id."""
    with world.session() as session:
        return send(
            session,
            world.deployment,
            world.member(who),
            address_of(case),
            kind,
            packet(**more),
            world.desk(desk).id,
            once=b"once" * 8,
        )


def steps(
    world: World, who: str, case: bytes, referral: bytes, verb: str, said: Said = NOTHING
) -> None:
    """Take one step of a referral from whichever end this person has."""
    with world.session() as session:
        deployment, member = world.deployment, world.member(who)
        once = deployment.random(32)
        take_step(session, deployment, member, address_of(case), referral, verb, said, once=once)


def writes(world: World, who: str, case: bytes, referral: bytes, text: str) -> None:
    """Leave a letter at the other end's door."""
    with world.session() as session:
        deployment, member = world.deployment, world.member(who)
        said = Said(letter=text, language="en")
        once = deployment.random(32)
        write_between(session, deployment, member, address_of(case), referral, said, once=once)


def label_of(world: World, case: bytes) -> Label:
    """A case's label as it stands."""
    with world.session() as session:
        return read_label(session, world.deployment, case).label


def opens_case(world: World, who: str, case: bytes) -> set[Compartment]:
    """The parts of a case somebody can open through the pages; none where it is not there."""
    with world.session() as session:
        try:
            return set(unlock(session, world.deployment, world.member(who), case).keys)
        except CaseNotFound:
            return set()


def records_of(world: World, who: str, case: bytes) -> list[Record]:
    """Every record of a case that somebody can open."""
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member(who), case)
        return read_records(session, world.deployment, case, opened.label, opened.keys)


def designates(world: World, agency: str, desk: str) -> None:
    """An agency names a desk as the recipient of complaints about its people."""
    found = next(one for one in world.directory().agencies.values() if one.names["en"] == agency)
    with world.session() as session:
        deployment, to = world.deployment, world.desk(desk).id
        write(lambda it: change_entry(it, deployment, Agency, found.id, recipient_desk=to), session)


def names_outside(world: World, agency: str, recipient: str) -> None:
    """An agency names somebody outside this system instead."""
    found = next(one for one in world.directory().agencies.values() if one.names["en"] == agency)
    with world.session() as session:
        deployment = world.deployment
        write(
            lambda it: change_entry(it, deployment, Agency, found.id, recipient=recipient), session
        )
