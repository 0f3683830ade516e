"""Leaving, losing a passphrase, coming back and custodians at work, as a world plays them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from casefile.cases.handing_over import Handing, cases_to_hand_over, hand_over, seat_by_custodians
from casefile.cases.label import read_label
from casefile.cases.leaving import leave_desk, lose_key
from casefile.cases.securing import secure_some
from casefile.network.custodians import read_custodians
from casefile.network.directory import Desk
from casefile.network.recovery import Meeting, PaperShare, found_recovery, join_shares, type_share
from casefile.people.sessions import Member
from casefile.platform.database import write
from tests.cases.keyholders import Reach, reach, ring_of, stored
from tests.cases.working import case_of
from tests.world import World, accept, offered

Shares = Mapping[bytes, tuple[PaperShare, ...]]
"""What the custodians keep on paper, by the id of their agency."""


def draw_all_shares(world: World, desks: tuple[Desk, ...]) -> Shares:
    """The custodians of these desks' agencies draw shares that the test keeps."""
    drawn: dict[bytes, tuple[PaperShare, ...]] = {}
    for agency in sorted({desk.agency for desk in desks}):
        with world.session() as session:
            drawn[agency] = write(
                lambda it, one=agency: found_recovery(it, world.deployment, one), session
            )
    return drawn


def leaves(world: World, who: str, english: str) -> None:
    """Somebody leaves a desk by herself."""
    person, desk = world.member(who).person, world.desk(english)
    with world.session() as session:
        write(lambda it: leave_desk(it, world.deployment, desk.id, person, by=person), session)


def new_key(world: World, person: bytes) -> Member:
    """Somebody loses her passphrase and accepts the new invitation: a member with a new key."""
    with world.session() as session:
        token, _ = write(lambda it: lose_key(it, world.deployment, person, by=None), session)
    with world.session():
        return accept(token, offered(token))


def loses(world: World, who: str) -> Member:
    """The same for somebody of the world, who has her new key from then on; the old one."""
    seated = world.seated[who]
    again = new_key(world, seated.member.person)
    world.seated = {**world.seated, who: replace(seated, member=again)}
    return seated.member


def secures(world: World, who: str) -> int:
    """Somebody wraps anew what an earlier key still holds; how many cases it were."""
    with world.session() as session:
        return secure_some(session, world.deployment, world.member(who))


def custodians_meet(world: World, shares: Shares, source: Desk, target: Desk) -> Handing:
    """Two custodians of the agency of `source` type their shares."""
    with world.session() as session:
        meeting = Meeting(read_custodians(session, world.deployment, source.agency))
        for share in shares[source.agency][:2]:
            meeting = type_share(session, world.deployment, meeting, share.text)
        recovery = join_shares(session, world.deployment, meeting)
    return Handing(meeting, recovery, target.id)


def custodians_seat(world: World, handing: Handing, person: bytes) -> None:
    """They give a seat back, and no case yet."""
    with world.session() as session:
        write(lambda it: seat_by_custodians(it, world.deployment, handing, person), session)


def custodians_give(world: World, handing: Handing, source: Desk) -> int:
    """They give what waits for them over; how many cases it were."""
    with world.session() as session:
        cases = cases_to_hand_over(session, world.deployment, handing, source)
    given = 0
    for case in cases:
        with world.session() as session:
            given += hand_over(session, world.deployment, handing, case)
    return given


def in_hand(world: World, *members: Member, case: bytes | None = None) -> Reach:
    """What all the keys of one person open of the case, whatever a page would let her."""
    with world.session() as session:
        held = read_label(session, world.deployment, case or case_of(world))
        rows = stored(session, world.deployment, held)
        ring = ring_of(session, world.deployment, world.directory(), members)
        return reach(session, world.deployment, ring, rows)
