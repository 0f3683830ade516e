"""A report is kept from whom it names in any field, and from the area where we know nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from casefile.cases.label import Label, read_label
from casefile.cases.models import CaseRow
from tests.world import World


def only(world: World) -> Label:
    with world.session() as session:
        (case,) = session.scalars(select(CaseRow.id)).all()
        return read_label(session, world.deployment, case).label


@pytest.mark.parametrize("field", ["employer", "contact_how", "contact_when"])
def test_a_name_typed_in_any_field_excludes(world: World, field: str) -> None:
    answers = {"contact": "way", "contact_how": "By radio", field: "not with Sarah Okello"}
    world.report(area="2", **answers)
    assert only(world).excluded == (world.member("Sarah").person,)


def test_an_organisation_named_in_the_story_is_not_the_first_to_read_it(world: World) -> None:
    world.report("A driver of Meridian Relief asked her for sex.", area="2")
    desk = world.directory().desks[only(world).desks[0]]
    assert desk.agency != world.desk("Intake desk, River").agency


@pytest.mark.parametrize("kept", ["the office in River", "the focal point", "my boss", "المكتب"])
def test_what_the_reporter_keeps_it_from_is_never_just_passed_over(world: World, kept: str) -> None:
    world.report(area="2", keep_from=kept)
    assert only(world).desks[0] != world.desk("Intake desk, River").id
