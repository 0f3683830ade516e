"""Words for codes: every code a list or the form can bring has words of its own."""

from __future__ import annotations

import pytest

from casefile.codes.lists import read_list
from casefile.console.answers import questionnaire, spoken_answers
from casefile.console.case_words import case_words
from casefile.console.spoken import Spoken
from casefile.platform.language import use_language
from casefile.settings import ROOT
from tests.world import World

CONFIG = ROOT / "config"


@pytest.mark.parametrize(
    ("name", "where"),
    [("step", "step"), ("told", "told"), ("told", "told_next"),
     ("told", "told_before"), ("language", "language"),
     ("category", "category")],
)  # fmt: skip
def test_every_code_of_a_list_has_words(world: World, name: str, where: str) -> None:
    with world.app.test_request_context():
        use_language("en")
        said = getattr(case_words(), where)
    assert [code for code in read_list(CONFIG, name) if code not in said] == []


@pytest.mark.parametrize(
    ("field", "where"),
    [("now", "danger"), ("age", "age"), ("when", "last_time"), ("name_may", "share_name"),
     ("help", "help"), ("who", "told_by")],
)  # fmt: skip
def test_every_answer_the_form_offers_has_words(world: World, field: str, where: str) -> None:
    form = questionnaire(CONFIG)
    (asked,) = [one for question in form.questions for one in question.fields if one.name == field]
    with world.app.test_request_context():
        use_language("en")
        said = getattr(case_words(), where)
    assert [option.code for option in asked.options if option.code not in said] == []


def test_a_code_without_words_shows_itself() -> None:
    assert Spoken(a="x")["something_new"] == "something new"


def test_an_answer_to_a_question_no_longer_asked_is_still_read(world: World) -> None:
    form = questionnaire(CONFIG)
    with world.app.test_request_context():
        use_language("en")
        given = (("old_question", ("as it was",)), ("area", ("3",)), ("area", ("unsaid",)))
        said = spoken_answers(form, given, area="River")
    assert said[0] == ("old question", ("as it was",))
    assert said[1][1] == ("River",)
    assert said[2][1] == ("I do not want to say",)
