"""Leaving a desk: those who stay take its cases over, and the leaver's keys open nothing new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Holder, read_label
from casefile.cases.leaving import leave, leave_desk
from casefile.cases.models import CaseRow, WrapRow
from casefile.cases.queue import queue_page
from casefile.cases.quick_keys import read_quick
from casefile.cases.securing import secure_batch, secure_some, unsecured
from casefile.cases.wraps import wrap_tag
from casefile.network.custody import NoSeat, open_desk
from casefile.platform.database import write
from casefile.sealing.compartments import unwrap_bundle
from casefile.sealing.desks import DeskSecret
from casefile.sealing.errors import SealBroken
from tests.cases.excluding import joins
from tests.world import World

RIVER = "Intake desk, River"


def goes(world: World, who: str) -> None:
    """An administrator marks somebody as having left."""
    person, omar = world.member(who).person, world.member("Omar").person
    with world.session() as session:
        write(lambda writing: leave(writing, world.deployment, person, by=omar), session)


def secret_of(world: World, who: str) -> DeskSecret:
    with world.session() as session:
        return open_desk(session, world.deployment, world.member(who), world.desk(RIVER))


def secures(world: World, who: str, batches: int = 10) -> int:
    with world.session() as session:
        return secure_some(session, world.deployment, world.member(who), batches=batches)


def cases_of(world: World) -> list[bytes]:
    with world.session() as session:
        return sorted(session.scalars(select(CaseRow.id)))


def opens(world: World, who: str, case: bytes) -> bool:
    with world.session() as session:
        try:
            return bool(unlock(session, world.deployment, world.member(who), case).keys)
        except CaseNotFound:
            return False


def opened_by_hand(world: World, case: bytes, secret: DeskSecret) -> bool:
    """Whether a desk's secret, in whatever generation, opens any wrap or quick key of a case."""
    deployment, river = world.deployment, world.desk(RIVER)
    with world.session() as session:
        label = read_label(session, deployment, case).label
        for slot in range(len(label.holders)):
            row = session.get_one(WrapRow, wrap_tag(deployment, case, slot))
            try:
                unwrap_bundle(
                    secret.private,
                    row.body,
                    case=case,
                    holder=river.id,
                    slot=slot,
                    token=row.token,
                )
            except SealBroken:
                continue
            return True
        generations = (replace(river, generation=one) for one in range(1, river.generation + 1))
        return any(read_quick(session, deployment, case, desk, secret) for desk in generations)


def test_who_leaves_opens_nothing_any_more_and_who_stays_opens_everything(
    both_worlds: World,
) -> None:
    world = both_worlds
    for number in range(3):
        world.report(f"Report {number}.", area="2")
    assert all(opens(world, "Amal", case) for case in cases_of(world))
    old = secret_of(world, "Amal")
    goes(world, "Amal")
    assert not any(opens(world, "Amal", case) for case in cases_of(world))
    assert all(opens(world, "Sarah", case) for case in cases_of(world))
    assert secures(world, "Sarah") == 3
    for case in cases_of(world):
        assert opens(world, "Sarah", case)
        assert not opened_by_hand(world, case, old)
        assert opened_by_hand(world, case, secret_of(world, "Sarah"))
    with world.session() as session, pytest.raises(NoSeat):
        open_desk(session, world.deployment, world.member("Amal"), world.desk(RIVER))


def test_a_new_case_is_held_by_the_new_generation_at_once(both_worlds: World) -> None:
    world = both_worlds
    old = secret_of(world, "Amal")
    goes(world, "Amal")
    world.report(area="2")
    (case,) = cases_of(world)
    assert opens(world, "Sarah", case)
    assert not opened_by_hand(world, case, old)
    assert secures(world, "Sarah") == 0


def test_securing_can_be_stopped_and_taken_up_again(both_worlds: World) -> None:
    world = both_worlds
    for number in range(5):
        world.report(f"Report {number}.", area="2")
    goes(world, "Amal")
    sarah = world.member("Sarah")
    with world.session() as session:
        waiting = unsecured(session, world.deployment, sarah)
        assert secure_batch(session, world.deployment, sarah, waiting[:2]) == 2
    with world.session() as session:
        page = queue_page(session, world.deployment, sarah, view="all", page=1)
    assert (page.all_open, page.unsecured) == (5, 3)
    with world.session() as session:
        assert secure_batch(session, world.deployment, sarah, waiting) == 3
        assert unsecured(session, world.deployment, sarah) == []
    assert all(opens(world, "Sarah", case) for case in cases_of(world))


def test_a_damaged_case_keeps_nobody_from_the_others(both_worlds: World) -> None:
    """One wrap, one label and one circle are damaged: the list opens, and the rest is secured."""
    world = both_worlds
    joins(world, "Lucia", let_in_by="Sarah")
    circle = "It was Amal Haddad."
    for text in ("One.", "Two.", "Three.", circle, circle):
        world.report(text, area="2")
    wrap, label, whole, ring, other = by_circle(world)
    with world.session() as session:
        session.execute(update(CaseRow).where(CaseRow.id == label).values(label=b"x" * 1000))
        tag = wrap_tag(world.deployment, wrap, 0)
        session.execute(update(WrapRow).where(WrapRow.tag == tag).values(body=b"x" * 1330))
        hers = Holder("member", world.member("Sarah").person)
        holders = read_label(session, world.deployment, ring).label.holders
        tag = wrap_tag(world.deployment, ring, holders.index(hers))
        session.execute(delete(WrapRow).where(WrapRow.tag == tag))
    goes(world, "Lucia")
    page = world.signed_in("Sarah").get("/queue", base_url="https://localhost")
    assert page.status_code == 200
    with world.session() as session:
        left = unsecured(session, world.deployment, world.member("Sarah"))
    assert set(left) == {wrap, label, ring}
    assert opens(world, "Sarah", whole)
    assert opens(world, "Sarah", other)


def by_circle(world: World) -> list[bytes]:
    """The cases, those with a circle last."""
    with world.session() as session:
        rings = {
            one: bool(read_label(session, world.deployment, one).label.circle)
            for one in session.scalars(select(CaseRow.id))
        }
    return sorted(rings, key=lambda one: (rings[one], one))


def test_the_last_member_leaves_and_nothing_is_lost(both_worlds: World) -> None:
    world = both_worlds
    for number in range(4):
        world.report(f"Report {number}.", area="2")
    goes(world, "Amal")
    river = world.desk(RIVER)
    sarah = world.member("Sarah").person
    with world.session() as session:
        left = write(
            lambda writing: leave_desk(writing, world.deployment, river.id, sarah, by=sarah),
            session,
        )
    assert left.empty
    assert not world.desk(RIVER).live
    assert not any(opens(world, who, one) for who in ("Sarah", "Amal") for one in cases_of(world))
    world.report("After them.", area="2")
    with world.session() as session:
        label = [read_label(session, world.deployment, one).label for one in cases_of(world)]
    assert sum(river.id not in one.desks for one in label) == 1
    assert all(any(holder.kind == "recovery" for holder in one.holders) for one in label)


def test_the_operator_ends_an_account_and_is_told_which_desk_is_without_anybody(
    world: World,
) -> None:
    def ends(who: str) -> str:
        email = world.seated[who].person.email
        words = ["casefile", "people", "leave", "--yes", "--email", email]
        return world.app.test_cli_runner().invoke(args=words).output

    assert "nobody is left" not in ends("Amal")
    assert "nobody is left" in ends("Sarah")
    assert "ended already" in ends("Sarah")
    assert not world.desk(RIVER).members
