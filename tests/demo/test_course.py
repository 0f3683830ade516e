"""What becomes of the invented reports: believable, always the same, never in the future."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from casefile.codes.lists import read_list
from casefile.codes.questions import Kind, load_questions
from casefile.demo.course import QUARTERS, Deed, arrival, course, first_day
from casefile.demo.stories import LANGUAGES, SEA, SENSITIVE, chosen, every_story, replies
from casefile.settings import ROOT

CONFIG = ROOT / "config"
WHOLE = 200
HOURS = (
    datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("UTC")),
    datetime(2027, 1, 1, 0, 5, tzinfo=ZoneInfo("Asia/Kathmandu")),
    datetime(2028, 2, 29, 23, 59, tzinfo=ZoneInfo("America/Bogota")),
)


def test_two_hundred_stories_are_told_and_none_twice() -> None:
    assert len({story.text for story in every_story()}) == len(every_story()) == WHOLE
    assert chosen(WHOLE + 1)[-1] == chosen(1)[0]


@pytest.mark.parametrize("part", [50, 100, WHOLE])
def test_any_first_part_is_mixed_as_feedback_really_is(part: int) -> None:
    kinds = Counter(story.kind for story in chosen(part))
    assert 0.05 <= kinds[SEA] / part <= 0.09
    assert max(kinds, key=lambda kind: kinds[kind]) == "programme_feedback_negative"
    assert set(Counter(story.language for story in chosen(part))) == set(LANGUAGES)


def test_most_who_are_accused_of_abuse_work_for_partners_and_contractors() -> None:
    sea = [story for story in every_story() if story.kind == SEA]
    assert sum("employer" in story.answers for story in sea) > len(sea) / 2


def test_every_answer_is_one_the_form_can_give() -> None:
    form = load_questions(CONFIG / "questions" / "form.toml")
    fields = {each.name: each for question in form.questions for each in question.fields}
    for story in every_story():
        assert read_list(CONFIG, "category").number(story.kind)
        for name, given in story.answers.items():
            codes = {option.code for option in fields[name].options}
            if fields[name].kind is Kind.AREA:
                codes |= {"1", "2", "3", "4"}
            elif fields[name].kind is Kind.TICK:
                codes = {"1"}
            elif not codes:
                continue
            assert set(given) <= codes, f"{name} of: {story.text}"


def test_no_story_has_an_address_or_a_telephone_number() -> None:
    lines = [story.text for story in every_story()]
    lines += [one for several in replies().messages.values() for one in several]
    assert not [line for line in lines if re.search(r"[@/]|\d{4}", line)]
    assert max(map(len, lines)) < 300


@pytest.mark.parametrize("now", HOURS)
def test_reports_come_in_each_of_eight_quarters_and_more_of_them_later(now: datetime) -> None:
    came = [arrival(number, now) for number in range(WHOLE)]
    begun = first_day(now)
    assert all(begun <= one < now for one in came)
    quarters = Counter((one.year, (one.month - 1) // 3) for one in came)
    assert QUARTERS - 1 <= len(quarters) <= QUARTERS, "on its first day a quarter may have none"
    middle = sorted(came)[WHOLE // 2]
    assert middle - begun > now - middle


@pytest.mark.parametrize("now", HOURS)
def test_nothing_happens_before_its_report_or_after_now(now: datetime) -> None:
    for number in range(WHOLE):
        deeds = course(number, urgent=number % 2 == 0, now=now)
        assert deeds[0].deed is Deed.REPORT
        assert [one.when for one in deeds] == sorted(one.when for one in deeds)
        assert deeds[-1].when < now
        done = [one.deed for one in deeds]
        if Deed.LETTER in done:
            assert done.index(Deed.CONFIRM) < done.index(Deed.LETTER)


def test_a_list_of_work_has_something_of_everything() -> None:
    now = HOURS[0]
    courses = [
        course(number, urgent=story.kind in SENSITIVE, now=now)
        for number, story in enumerate(chosen(WHOLE))
    ]
    unread = [each for each in courses if all(one.deed is not Deed.CONFIRM for one in each)]
    new = [each for each in unread if now - each[0].when < timedelta(hours=48)]
    assert new
    assert len(new) < len(unread), "none is late"
    assert any(each[-1].deed is Deed.MESSAGE for each in courses), "nobody waits for an answer"
    assert sum(now - each[-1].when < timedelta(days=30) for each in courses) > 0.8 * WHOLE


def test_one_child_writes_of_itself() -> None:
    told = [(story.answers.get("who"), story.answers.get("age")) for story in every_story()]
    assert told.count((("me",), ("child",))) == 1
