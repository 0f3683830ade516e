"""A case whose label is damaged is nobody's; who has nothing to do with it goes on."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from casefile.cases.membership import ExcludedFromACase
from casefile.cases.models import CaseRow, QuestionRow, WrapRow
from casefile.cases.wraps import wrap_tag
from tests.cases.excluding import asked, held, joins, says
from tests.cases.test_leaving import cases_of, goes
from tests.world import World


def spoiled(world: World, case: bytes) -> bytes:
    """Something else stands in its label; what stood there."""
    with world.session() as session:
        before = session.scalars(select(CaseRow.label).where(CaseRow.id == case)).one()
        session.execute(update(CaseRow).where(CaseRow.id == case).values(label=bytes(len(before))))
    return before


def names(world: World, who: str) -> str:
    return f"It was {world.seated[who].person.name}."


@pytest.mark.parametrize("path", ["/queue", "/questions", "/desk"])
def test_pages_open_beside_a_damaged_label(both_worlds: World, path: str) -> None:
    world = both_worlds
    world.report(names(world, "Amal"), area="2")
    spoiled(world, cases_of(world)[0])
    for who in ("Ines", "Sarah"):
        page = world.signed_in(who).get(path, base_url="https://localhost")
        assert page.status_code == 200, who


def test_the_other_questions_are_asked_and_answered(world: World) -> None:
    world.report(names(world, "Amal"), area="2")
    world.report(names(world, "Amal"), area="2")
    spoiled(world, cases_of(world)[0])
    assert len(asked(world, "Ines")) == 1
    says(world, "Ines", "lifted")
    assert asked(world, "Ines") == ()


def test_a_question_whose_words_are_destroyed_can_still_be_answered(world: World) -> None:
    world.report(names(world, "Amal"), area="2")
    with world.session() as session:
        session.execute(delete(QuestionRow))
    (one,) = asked(world, "Ines")
    assert one.said is None
    says(world, "Ines", "confirmed")
    assert asked(world, "Ines") == ()


def test_a_question_whose_wrap_is_damaged_can_still_be_answered(world: World) -> None:
    world.report(names(world, "Amal"), area="2")
    (question,) = held(world).label.open_questions()
    tag = wrap_tag(world.deployment, cases_of(world)[0], question.slot)
    with world.session() as session:
        session.execute(update(WrapRow).where(WrapRow.tag == tag).values(body=bytes(1329)))
    (one,) = asked(world, "Ines")
    assert one.said is None


def test_nobody_joins_a_desk_while_it_may_be_asked_about_her(world: World) -> None:
    world.report(names(world, "Sarah"), area="2")
    spoiled(world, cases_of(world)[0])
    with pytest.raises(ExcludedFromACase):
        joins(world, "Sarah", let_in_by="Ines", english="Inter-agency intake desk")


def test_somebody_leaves_although_the_label_of_a_circle_is_damaged(world: World) -> None:
    world.report(names(world, "Amal"), area="2")
    spoiled(world, cases_of(world)[0])
    goes(world, "Amal")
    assert world.member("Amal").person not in world.desk("Intake desk, River").members
