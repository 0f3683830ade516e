"""The answers of a report in words: the questions it was asked, and what was chosen or typed.

It must never change what was typed, and never leave out an answer because its question is gone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from casefile.codes.questions import Field, Kind, Question, Questionnaire, load_questions


@cache
def questionnaire(config: Path) -> Questionnaire:
    """What the deployment asks, on the form and on the young people's page, read once."""
    forms = (load_questions(config / "questions" / f"{name}.toml") for name in ("young", "form"))
    return Questionnaire(tuple(question for form in forms for question in form.questions))


def spoken_answers(
    form: Questionnaire, answers: tuple[tuple[str, tuple[str, ...]], ...], area: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Question and answers in words, in the order given; what was typed stays as it was typed.

    `area` is the name of the area that was chosen, for the form knows areas by code alone.
    """
    asked = {each.name: (question, each) for question in form.questions for each in question.fields}
    return tuple(_spoken(asked.get(name), name, given, area) for name, given in answers)


def _spoken(
    asked: tuple[Question, Field] | None, name: str, given: tuple[str, ...], area: str
) -> tuple[str, tuple[str, ...]]:
    """One answer in words; a question the form no longer asks shows under its own name."""
    if asked is None:
        return name.replace("_", " "), given
    question, field = asked
    if field.kind is Kind.TICK:
        return _(question.title), (_(field.label),)
    chosen = {option.code: _(option.label) for option in field.options}
    if field.kind is Kind.AREA and area:
        given = tuple(each if each in chosen else area for each in given)
    return _(field.label or question.title), tuple(chosen.get(each, each) for each in given)
