"""What the answers of a form mean before anybody has read the report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.codes.lists import read_list
from casefile.codes.questions import Kind, load_questions
from casefile.facts.register import PEOPLE
from casefile.intake import classify
from casefile.intake.inbound import InboundReport
from casefile.settings import ROOT

KABUL, LIMA = ZoneInfo("Asia/Kabul"), ZoneInfo("America/Lima")
NOON = datetime(2026, 7, 15, 12, 0, tzinfo=UTC)
FORM = load_questions(ROOT / "config" / "questions" / "form.toml")


def report(text: str = "Something happened.", **answers: str | tuple[str, ...]) -> InboundReport:
    given = {name: (one,) if isinstance(one, str) else one for name, one in answers.items()}
    return InboundReport(text, given, "en", "web_anonymous", b"o" * 32)


def test_a_report_that_says_nothing_more_can_wait_until_tomorrow() -> None:
    assert not classify.act_today(report())


@pytest.mark.parametrize(
    "answers",
    [
        {"now": "danger"},
        {"now": "health"},
        {"now": ("danger", "goes_on")},
        {"age": "child"},
        {"age": "both"},
        {"when": "d3"},
        {"when": "d5"},
        {"help": ("talk", "health")},
    ],
)
def test_danger_hurt_a_child_and_a_recent_act_are_for_today(answers: dict[str, str]) -> None:
    assert classify.act_today(report(**answers))


@pytest.mark.parametrize(
    "answers",
    [
        {"age": "adult"},
        {"age": "unknown"},
        {"when": "month"},
        {"when": "longer"},
        {"when": "unknown"},
        {"help": ("safety", "talk", "legal", "material")},
        {"help": "none"},
    ],
)
def test_what_is_neither_near_nor_dangerous_has_its_day(answers: dict[str, str]) -> None:
    assert not classify.act_today(report(**answers))


def test_one_child_among_several_makes_it_a_childs_report() -> None:
    assert classify.is_child(report(age="child"))
    assert classify.is_child(report(age="both", who="several"))
    assert not classify.is_child(report(age="adult"))
    assert not classify.is_child(report(text="She is twelve."))


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [
        ({"contact": "way", "contact_how": "By the neighbour"}, True),
        ({"contact": "way"}, False),
        ({"contact": "way", "contact_when": "Mondays"}, False),
        ({"contact": "number", "contact_how": "By the neighbour"}, False),
        ({"contact_how": "By the neighbour"}, False),
        ({}, False),
    ],
)
def test_we_may_contact_only_who_said_so_and_said_how(
    answers: dict[str, str], agreed: bool
) -> None:
    assert classify.may_contact(report(**answers)) is agreed


@pytest.mark.parametrize(
    ("answers", "source"),
    [
        ({}, "anonymous"),
        ({"who": "me"}, "victim_survivor"),
        ({"who": "other_knows"}, "third_party_unspecified"),
        ({"who": "other"}, "third_party_unspecified"),
        ({"who": "several"}, "third_party_unspecified"),
        ({"staff": "1"}, "staff_fellow_worker"),
        ({"staff": "1", "who": "me"}, "staff_fellow_worker"),
    ],
)
def test_the_source_is_said_in_the_codes_of_the_list(answers: dict[str, str], source: str) -> None:
    assert classify.source_of(report(**answers)) == source
    assert source in read_list(ROOT / "config", "source")


@pytest.mark.parametrize(
    ("age", "sex", "column"),
    [
        ("child", "female", "victims_girls"),
        ("adult", "female", "victims_women"),
        ("unknown", "female", "victims_female_age_unknown"),
        ("child", "male", "victims_boys"),
        ("adult", "male", "victims_men"),
        ("unknown", "male", "victims_male_age_unknown"),
        ("child", "other", "victims_sex_unknown"),
        ("adult", "unknown", "victims_sex_unknown"),
        ("adult", "", "victims_sex_unknown"),
    ],
)
@pytest.mark.parametrize("who", ["me", "other", "other_knows", ""])
def test_one_person_described_is_counted_in_one_column(
    who: str, age: str, sex: str, column: str
) -> None:
    told = {name: code for name, code in (("who", who), ("age", age), ("sex", sex)) if code}
    assert classify.victim_column(report(**told)) == column
    assert column in (PEOPLE.names or ())


def test_several_people_and_nobody_described_are_counted_later() -> None:
    assert classify.victim_column(report(who="several", age="adult", sex="female")) is None
    assert classify.victim_column(report()) is None
    assert classify.victim_column(report(who="me")) is None


@pytest.mark.parametrize(
    ("now", "when", "year"),
    [
        (NOON, "d3", 2026),
        (NOON, "d5", 2026),
        (NOON, "month", 2026),
        (NOON, "longer", 0),
        (NOON, "unknown", 0),
        (NOON, "", 0),
        (datetime(2027, 1, 1, tzinfo=UTC), "d3", 0),
        (datetime(2027, 1, 3, 23, 59, tzinfo=UTC), "d3", 0),
        (datetime(2027, 1, 4, tzinfo=UTC), "d3", 2027),
        (datetime(2027, 1, 5, 23, 59, tzinfo=UTC), "d5", 0),
        (datetime(2027, 1, 6, tzinfo=UTC), "d5", 2027),
        (datetime(2027, 1, 31, 23, 59, tzinfo=UTC), "month", 0),
        (datetime(2027, 2, 1, tzinfo=UTC), "month", 2027),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "d3", 2026),
        (datetime(2027, 1, 3, 20, 0, tzinfo=UTC).astimezone(KABUL), "d3", 2027),
        (datetime(2027, 1, 4, 2, 0, tzinfo=UTC).astimezone(LIMA), "d3", 0),
    ],
)
def test_the_year_is_written_only_where_the_answer_leaves_one(
    now: datetime, when: str, year: int
) -> None:
    assert classify.incident_year(report(when=when), now) == year


@given(
    hour=st.integers(0, 6 * 366 * 24),
    when=st.sampled_from(["d3", "d5", "month"]),
    back=st.floats(0, 1),
)
def test_a_year_that_is_written_is_the_year_of_every_day_it_could_have_been(
    hour: int, when: str, back: float
) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    days = {"d3": 3, "d5": 5, "month": 31}[when]
    day = now - timedelta(days=days * back)
    assert classify.incident_year(report(when=when), now) in (0, day.year)


@pytest.mark.parametrize(
    ("given_code", "area"),
    [("2", 2), ("002", 2), ("elsewhere", 0), ("unsaid", 0), ("-1", 0), ("٢", 0), ("2.0", 0)],
)
def test_an_area_is_a_number_of_ours_or_unknown(given_code: str, area: int) -> None:
    assert classify.area_code(report(area=given_code)) == area


def test_an_area_not_said_is_unknown() -> None:
    assert classify.area_code(report()) == 0


def any_answers() -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Any page the form could send: chosen codes as listed, typed lines as unlikely words."""
    fields: dict[str, st.SearchStrategy[tuple[str, ...]]] = {}
    for each in FORM.optional:
        codes = [option.code for option in each.options]
        if each.kind is Kind.SOME:
            chosen = st.sets(st.sampled_from(codes), min_size=1).map(sorted).map(tuple)
        elif each.kind is Kind.LINE:
            chosen = st.just((f"typed-{each.name}",))
        else:
            chosen = st.sampled_from([(code,) for code in (codes or ["1"])])
        fields[each.name] = chosen
    return st.fixed_dictionaries({}, optional=fields)


@settings(max_examples=200)
@given(answers=any_answers())
def test_what_an_assistance_worker_reads_never_says_who_did_it(
    answers: dict[str, tuple[str, ...]],
) -> None:
    told = InboundReport("typed-story", answers, "en", "web_anonymous", b"o" * 32)
    needs = repr(classify.needs_record(told))
    for name in ("story", "employer", "keep_from"):
        assert f"typed-{name}" not in needs
    agreed = "way" in answers.get("contact", ()) and "contact_how" in answers
    wished = set(answers.get("help", ())) - {"none"}
    assert ("typed-contact_how" in needs) == bool(agreed and wished)
    assert ("typed-contact_when" in needs) == bool(agreed and wished and "contact_when" in answers)


@settings(max_examples=200)
@given(answers=any_answers())
def test_how_to_reach_the_reporter_lies_in_no_record_but_her_own(
    answers: dict[str, tuple[str, ...]],
) -> None:
    told = InboundReport("typed-story", answers, "en", "web_anonymous", b"o" * 32)
    apart = repr((classify.report_record(told), classify.work_record(told)))
    assert "typed-contact_how" not in apart
    assert "typed-contact_when" not in apart
    contact = classify.contact_record(told)
    assert contact["how"] == ("typed-contact_how" if "contact_how" in answers else "")
    assert contact["when"] == ("typed-contact_when" if "contact_when" in answers else "")


@settings(max_examples=100)
@given(answers=any_answers())
def test_the_summary_above_the_text_never_holds_the_text(
    answers: dict[str, tuple[str, ...]],
) -> None:
    told = InboundReport("typed-story", answers, "en", "web_anonymous", b"o" * 32)
    assert "typed-story" not in repr(classify.work_record(told))
    assert classify.report_record(told)["text"] == "typed-story"


def test_a_wish_for_nothing_copies_no_contact() -> None:
    told = report(help="none", contact="way", contact_how="By the neighbour")
    assert classify.needs_record(told)["contact"] == {}
    assert classify.needs_record(told)["help"] == []
