"""Two ends, two people, two windows: one wins and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.queue_rows import address_of
from casefile.cases.seen import seal_seen
from casefile.codes.machines import Forbidden
from casefile.platform.database import StaleRow
from casefile.referral.answering import Said, take_step
from casefile.referral.sending import NobodyThere
from tests.cases.coming_and_going import leaves
from tests.cases.excluding import declares, joins, looks
from tests.cases.working import case_of
from tests.referral.passing_on import label_of, opens_case, passes_on, sorted_out, steps
from tests.world import World

INVESTIGATIONS = "Investigations"
WHY = Said(reason="For a reason.", reason_code="another_entity")
TOLD = (Forbidden, CaseNotFound, StaleRow, ChangedMeanwhile)


def passed_on(world: World) -> tuple[bytes, bytes, bytes]:
    world.report("Something happened.", area="2")
    origin = case_of(world)
    sorted_out(world, "Sarah", origin)
    referral = passes_on(world, "Sarah", origin, INVESTIGATIONS)
    return origin, label_of(world, origin).link(referral).other, referral


def together(*verbs: Callable[[], None]) -> list[str]:
    """Run them at once; what each came to: `done`, or the name of what it was told."""
    gate = Barrier(len(verbs))

    def run(verb: Callable[[], None]) -> str:
        gate.wait()
        try:
            verb()
        except TOLD as told:
            return type(told).__name__
        return "done"

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


@pytest.mark.parametrize("verb", ["confirm", "decline"])
def test_calling_back_and_answering_at_once_leaves_one_of_the_two(
    both_worlds: World, verb: str
) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    came = together(
        lambda: steps(world, "Sarah", origin, referral, "recall", WHY),
        lambda: steps(world, "Joseph", packet, referral, verb, WHY),
    )
    assert came.count("done") == 1
    ours, theirs = label_of(world, origin).link(referral), label_of(world, packet).link(referral)
    assert ours.state == theirs.state
    assert ours.steps == theirs.steps
    assert bool(opens_case(world, "Joseph", packet)) == (ours.state == "confirmed")


def test_two_of_the_desk_who_confirm_at_once_sign_once(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Joseph", english=INVESTIGATIONS)
    origin, packet, referral = passed_on(world)
    came = together(
        lambda: steps(world, "Joseph", packet, referral, "confirm"),
        lambda: steps(world, "Peter", packet, referral, "confirm"),
    )
    assert came.count("done") == 1
    assert [one for one, _ in label_of(world, origin).link(referral).steps].count("confirm") == 1


def test_a_conflict_declared_in_between_is_told_to_an_old_page_at_the_other_end(
    both_worlds: World,
) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    joins(world, "Peter", let_in_by="Joseph", english=INVESTIGATIONS)
    with world.session() as session:
        deployment, joseph = world.deployment, world.member("Joseph")
        opened = unlock(session, deployment, joseph, packet)
        seen = seal_seen(deployment, joseph, packet, opened.label)
    steps(world, "Peter", packet, referral, "confirm")
    with pytest.raises(ChangedMeanwhile), world.session() as session:
        take_step(
            session,
            deployment,
            joseph,
            address_of(packet),
            referral,
            "accept",
            once=b"x" * 32,
            seen=seen,
        )
    declares(world, "Joseph", packet)
    assert not looks(world, "Joseph", packet)
    with pytest.raises(CaseNotFound):
        steps(world, "Joseph", packet, referral, "accept")
    assert looks(world, "Peter", packet)
    steps(world, "Peter", packet, referral, "accept")
    assert label_of(world, origin).link(referral).state == "accepted"


def test_a_desk_whose_last_member_left_gets_nothing_and_what_it_had_can_be_called_back(
    both_worlds: World,
) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    leaves(world, "Joseph", INVESTIGATIONS)
    assert not opens_case(world, "Joseph", packet)
    steps(world, "Sarah", origin, referral, "recall", WHY)
    assert label_of(world, packet).link(referral).state == "recalled"
    with pytest.raises(NobodyThere):
        passes_on(world, "Sarah", origin, INVESTIGATIONS)
    assert label_of(world, origin).state == "referral_pending"
