"""A question about a name can be answered whatever became of the key it was sealed to."""

from __future__ import annotations

from dataclasses import replace

from casefile.cases.exclusion_renewing import questions_lag, renew_questions
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk
from tests.cases.coming_and_going import (
    custodians_meet,
    custodians_seat,
    draw_all_shares,
    leaves,
    loses,
    secures,
)
from tests.cases.excluding import adds, asked, held, joins, looks, opens, says
from tests.world import World

FIRST = "Inter-agency intake desk"
STORY = "Sarah Okello asked my cousin for money."


def holds(world: World, who: str, desk: Desk, generation: int) -> bool:
    with world.session() as session:
        try:
            open_desk(
                session, world.deployment, world.member(who), replace(desk, generation=generation)
            )
        except NoSeat:
            return False
        return True


def lags(world: World, who: str) -> bool:
    with world.session() as session:
        return questions_lag(session, world.deployment, world.member(who))


def name_shown(world: World, who: str) -> str | None:
    (one,) = asked(world, who)
    return one.said.name if one.said else None


def test_after_a_colleague_left_it_is_wrapped_to_the_new_key_and_answered(
    both_worlds: World,
) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Ines", english=FIRST)
    world.report(STORY, area="2")
    leaves(world, "Ines", FIRST)
    first = world.desk(FIRST)
    assert lags(world, "Peter")
    assert holds(world, "Peter", first, first.generation - 1)
    secures(world, "Peter")
    assert not lags(world, "Peter")
    assert not holds(world, "Peter", first, first.generation - 1)
    assert held(world).label.questions[0].generation == first.generation
    assert name_shown(world, "Peter") == "Sarah Okello"
    says(world, "Peter", "lifted")
    assert looks(world, "Amal")
    assert looks(world, "Sarah")


def test_who_joins_after_the_key_changed_reads_what_was_asked_before(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Ines", english=FIRST)
    world.report(STORY, area="2")
    leaves(world, "Ines", FIRST)
    joins(world, "Lucia", let_in_by="Peter", english=FIRST)
    assert name_shown(world, "Lucia") == "Sarah Okello"
    secures(world, "Lucia")
    assert {name_shown(world, who) for who in ("Lucia", "Peter")} == {"Sarah Okello"}


def test_wrapping_it_anew_opens_nothing_of_the_report(world: World) -> None:
    joins(world, "Peter", let_in_by="Ines", english=FIRST)
    world.report(STORY, area="2")
    leaves(world, "Ines", FIRST)
    secures(world, "Peter")
    assert opens(world, "Peter") == set()


def test_a_question_nobody_holds_the_key_of_is_asked_of_another_desk(both_worlds: World) -> None:
    world = both_worlds
    world.report(STORY, area="2")
    loses(world, "Ines")
    assert asked(world, "Ines") == ()
    assert looks(world, "Amal")
    assert name_shown(world, "Peter") == "Sarah Okello"
    says(world, "Peter", "lifted")
    assert looks(world, "Amal")
    assert looks(world, "Sarah")


def test_a_desk_whose_line_custodians_began_anew_is_asked_again(both_worlds: World) -> None:
    world = both_worlds
    first = world.desk(FIRST)
    shares = draw_all_shares(world, (first,))
    world.report(STORY, area="2")
    ines = loses(world, "Ines").person
    custodians_seat(world, custodians_meet(world, shares, first, first), ines)
    assert name_shown(world, "Ines") is None
    assert looks(world, "Amal")
    assert name_shown(world, "Ines") == "Sarah Okello"


def test_whom_a_message_names_is_not_asked_any_more_and_another_is(both_worlds: World) -> None:
    """She sits on the desk that was asked and has no key of the case: nothing is taken from her."""
    world = both_worlds
    receipt = world.report(STORY, area="2")
    adds(world, receipt, "Ines Moreau knows him.")
    assert looks(world, "Amal")
    assert asked(world, "Ines") == ()
    shown = asked(world, "Peter")
    assert {one.said.name for one in shown if one.said} == {"Ines Moreau", "Sarah Okello"}


def test_what_is_kept_from_a_colleague_on_the_asked_desk_is_not_wrapped_for_her(
    both_worlds: World,
) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Ines", english=FIRST)
    joins(world, "Lucia", let_in_by="Ines", english=FIRST)
    receipt = world.report(STORY, area="2")
    adds(world, receipt, "Peter Nyambura knows him.")
    leaves(world, "Ines", FIRST)
    before = held(world).label.wraps
    with world.session() as session:
        assert renew_questions(session, world.deployment, world.member("Lucia")) == 0
    assert held(world).label.wraps == before
