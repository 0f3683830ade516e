"""The file of questions is read whole or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.codes.questions import (
    Kind,
    Questionnaire,
    QuestionsProblem,
    load_questions,
)

STORY = """
[[question]]
id = "story"
title = "What happened?"
folded = false
[[question.field]]
name = "what"
kind = "story"
"""
CHOICE = """
[[question]]
id = "whom"
title = "Who?"
[[question.field]]
name = "who"
kind = "one"
options = [{ code = "me", label = "Me" }, { code = "other", label = "Another" }]
"""


def read(tmp_path: Path, text: str) -> Questionnaire:
    file = tmp_path / "form.toml"
    file.write_text(text, encoding="utf-8")
    return load_questions(file)


def test_the_story_comes_first_and_everything_else_is_optional(tmp_path: Path) -> None:
    form = read(tmp_path, STORY + CHOICE)

    assert form.story.name == "what"
    assert [field.name for field in form.optional] == ["who"]
    assert form.optional[0].kind is Kind.ONE
    assert "Another" in list(form.sentences())


def test_the_form_as_shipped_asks_for_no_name_and_leads_with_danger(
    questions: Questionnaire,
) -> None:
    assert [question.folded for question in questions.questions[:3]] == [False, False, True]
    assert questions.questions[1].fields[0].name == "now"
    assert not {"name", "birth", "phone"} & {field.name for field in questions.optional}


@pytest.mark.parametrize(
    ("damage", "where", "why"),
    [
        (("[[question]]", "[[question"), "form.toml", "cannot be read"),
        (('title = "Who?"', ""), "question 2 (whom)", "title is missing"),
        (('title = "Who?"', 'title = "Who?"\ncolour = "red"'), "question 2", "'colour'"),
        (('kind = "one"', 'kind = "maybe"'), "field who", "'maybe'"),
        (('kind = "one"', 'kind = "line"'), "field who", "no options"),
        (('kind = "one"', 'kind = "story"'), "field who", "no options"),
        (('code = "other"', 'code = "me"'), "field who", "used twice"),
        (('code = "other"', 'code = "Not a code"'), "an option", "'Not a code'"),
        (('label = "Another"', 'label = "<b>100 %</b>"'), "option other", "plain words"),
        ((', { code = "other", label = "Another" }', ""), "field who", "at least two"),
        (('name = "who"', 'name = "what"'), "field name 'what'", "used twice"),
        (('name = "who"', 'name = "once"'), "field once", "themselves"),
        (('id = "whom"', 'id = "story"'), "question id 'story'", "used twice"),
        (("folded = false", "folded = true"), "kind story", "not folded"),
        (("folded = false", 'folded = "no"'), "question 1 (story)", "true or false"),
        (('kind = "story"', 'kind = "line"'), "kind story", "exactly one"),
    ],
)
def test_a_file_that_could_lose_an_answer_is_refused_with_the_reason(
    tmp_path: Path, damage: tuple[str, str], where: str, why: str
) -> None:
    whole = STORY + CHOICE
    assert damage[0] in whole

    with pytest.raises(QuestionsProblem) as refused:
        read(tmp_path, whole.replace(damage[0], damage[1], 1))

    assert where in str(refused.value)
    assert why in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionsProblem, match=r"nowhere\.toml"):
        load_questions(tmp_path / "nowhere.toml")
