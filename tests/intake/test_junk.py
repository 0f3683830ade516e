"""Signs of junk are weighed; none of them alone says more than it can."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from casefile.intake.junk import HASTY, Signs, hasty, possibly_junk, same_words

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
STORY = "He asked for more than the list says."
LINKS = "See http://a.invalid and www.b.invalid"


@pytest.mark.parametrize(
    "signs",
    [
        Signs(),
        Signs(trap=True),
        Signs(unseen=True),
        Signs(hasty=True),
        Signs(copies=1),
        Signs(crowd=True),
        Signs(unseen=True, hasty=True),
        Signs(unseen=True, copies=1),
    ],
)
def test_a_story_with_few_signs_is_an_ordinary_report(signs: Signs) -> None:
    assert not possibly_junk(signs, STORY)


@pytest.mark.parametrize(
    ("signs", "text"),
    [
        (Signs(sent_many=True), STORY),
        (Signs(trap=True, unseen=True), STORY),
        (Signs(trap=True), LINKS),
        (Signs(copies=3), STORY),
        (Signs(unseen=True, crowd=True), STORY),
        (Signs(unseen=True), LINKS * 3),
    ],
)
def test_several_signs_or_a_flood_put_it_apart(signs: Signs, text: str) -> None:
    assert possibly_junk(signs, text)


def test_in_a_crowd_who_opened_the_page_and_wrote_is_not_taken_for_it() -> None:
    assert not possibly_junk(Signs(crowd=True), STORY)


def test_nobody_writes_a_report_within_three_seconds() -> None:
    assert hasty(NOW, NOW + HASTY - timedelta(milliseconds=1))
    assert not hasty(NOW, NOW + HASTY)
    assert not hasty(NOW, NOW + timedelta(days=2))
    assert not hasty(None, NOW)


def test_a_copy_is_known_by_its_letters() -> None:
    assert same_words("Cheap pills at our shop, number 12!") == same_words(
        "cheap PILLS at our shop - number 9871"
    )
    assert same_words("He took my card away from me twice.") != same_words(
        "He took my card off me again today."
    )
    assert same_words("Please help me.") is None
    assert same_words("من فضلكم ساعدوني في هذا الأمر الآن") is not None


def test_signs_hold_yes_and_no_and_one_number() -> None:
    assert {each.type for each in fields(Signs)} == {"bool", "int"}
