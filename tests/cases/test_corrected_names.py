"""A name that was corrected still keeps a report from its bearer."""

from __future__ import annotations

import pytest

from casefile.people.correcting import correct
from tests.cases.excluding import asked, held
from tests.world import World

PETER = "Peter"


@pytest.fixture
def renamed(both_worlds: World) -> World:
    """Peter Nyambura works under another name since today."""
    world, seated = both_worlds, both_worlds.seated[PETER]
    with world.session() as session:
        correct(
            session,
            world.deployment,
            seated.member.person,
            name="Zeno Qaraqosh",
            email=seated.person.email,
            by=world.member("Omar").person,
        )
    return world


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Peter Nyambura asks for visits.", True),
        ("Zeno Qaraqosh asks for visits.", True),
        ("Peter says that Zeno comes late.", False),
        ("Somebody asks for visits.", False),
    ],
)
def test_a_report_is_kept_from_whom_either_name_means(
    renamed: World, text: str, kept: bool
) -> None:
    renamed.report(text, area="1")
    person = renamed.member(PETER).person
    assert (person in held(renamed).label.excluded) is kept


def test_whoever_is_asked_sees_the_name_as_it_was_written(renamed: World) -> None:
    renamed.report("Peter Nyambura asks for visits.", area="1")
    (question,) = asked(renamed, "Ines")
    assert question.said is not None
    assert "Nyambura" in question.said.name
    assert "Zeno" not in question.said.name
