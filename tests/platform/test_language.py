"""Languages: whose page this is in, and how its days, digits and spans of time are said."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.platform.language import (
    BY_CODE,
    LANGUAGES,
    catalogue,
    current_language,
    day,
    digits,
    lasting,
    said_moment,
    use_language,
    wished_language,
)
from tests.world import World

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
UTC_ZONE, KABUL = ZoneInfo("UTC"), ZoneInfo("Asia/Kabul")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
UNITS = {"min": timedelta(minutes=1), "hr": timedelta(hours=1), "day": timedelta(days=1)}
CODES = [language.code for language in LANGUAGES]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("", "en"),
        ("ar", "ar"),
        ("ar-SY,fr;q=0.5", "ar"),
        ("de,sw;q=0.9,fr;q=0.1", "fr"),
        ("de", "en"),
        ("es-419", "es"),
        ("fr;q=0, ar;q=0.2", "ar"),
        ("fr;q=0.3, es;q=0.8", "es"),
        ("*", "en"),
        ("ﷺ; q=x ,,,", "en"),
    ],
)
def test_a_page_comes_in_the_first_wished_language_we_speak(
    standing_world: World, wish: str, code: str
) -> None:
    headers = {"Accept-Language": wish.encode("utf-8").decode("latin-1")}
    page = standing_world.client().get("/", headers=headers).get_data(as_text=True)
    assert f'<html lang="{code}" dir="{BY_CODE[code].direction}"' in page


def test_the_address_counts_more_than_the_wish(standing_world: World) -> None:
    page = (
        standing_world.client()
        .get("/es/", headers={"Accept-Language": "ar"})
        .get_data(as_text=True)
    )
    assert '<html lang="es"' in page


@given(wishes=st.lists(st.tuples(st.text(max_size=8), st.floats(0, 1)), max_size=5))
def test_any_wish_gives_a_language_we_speak_or_none(wishes: list[tuple[str, float]]) -> None:
    assert wished_language(wishes, BY_CODE) in {None, *BY_CODE}


def test_an_unknown_code_leaves_a_request_in_english(standing_world: World) -> None:
    with standing_world.app.test_request_context("/", headers={"Accept-Language": "fr"}):
        use_language("xx")
        assert current_language().code == "en"


@pytest.mark.parametrize("code", CODES)
def test_digits_are_those_of_the_language_and_nothing_else_changes(
    standing_world: World, code: str
) -> None:
    with standing_world.app.test_request_context("/"):
        use_language(code)
        said = digits("Case 1234567890, N° 42!")
    ascii_left = re.findall(r"[0-9]", said)
    assert bool(ascii_left) == (code != "ar")
    assert said.translate(str.maketrans(BY_CODE[code].digits, "0123456789")) == (
        "Case 1234567890, N° 42!"
    )


@pytest.mark.parametrize("code", CODES)
def test_a_day_is_named_without_its_year_in_the_languages_own_words(
    standing_world: World, code: str
) -> None:
    with standing_world.app.test_request_context("/"):
        use_language(code)
        said = day(NOON, UTC_ZONE, NOON)
        assert "2026" not in said
        assert digits(26) in said
        assert said != day(NOON + timedelta(days=1), UTC_ZONE, NOON)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("days", [-400, 36])
def test_a_day_of_another_year_says_the_year(standing_world: World, code: str, days: int) -> None:
    then = NOON + timedelta(days=days)
    with standing_world.app.test_request_context("/"):
        use_language(code)
        assert day(then, UTC_ZONE, NOON).endswith(digits(then.year))
        assert said_moment(then, UTC_ZONE, NOON).endswith(digits(then.year))


def test_the_year_is_that_of_the_duty_station(standing_world: World) -> None:
    eve = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
    with standing_world.app.test_request_context("/"):
        use_language("en")
        assert day(eve, UTC_ZONE, NOON) == "Thursday 31 December"
        assert day(eve, KABUL, NOON) == "Friday 1 January 2027"


def test_the_same_day_is_another_word_in_every_language(standing_world: World) -> None:
    said = set()
    for code in CODES:
        with standing_world.app.test_request_context("/"):
            use_language(code)
            said.add(day(NOON, UTC_ZONE, NOON))
    assert len(said) == len(CODES)


def test_a_day_is_that_of_the_duty_station(standing_world: World) -> None:
    late = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
    with standing_world.app.test_request_context("/"):
        use_language("en")
        assert (day(late, UTC_ZONE, NOON), day(late, KABUL, NOON)) == (
            "Thursday 26 November",
            "Friday 27 November",
        )


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "today 12:00"),
        (11.9, "today 23:54"),
        (-12, "today 00:00"),
        (-13, "yesterday 23:00"),
        (12, "Friday 00:00"),
        (6 * 24 + 11, "Wednesday 23:00"),
        (7 * 24, "Thursday 3 December"),
        (-48, "Tuesday 24 November"),
    ],
)
def test_a_moment_is_said_the_way_people_say_it(
    standing_world: World, hours: float, said: str
) -> None:
    with standing_world.app.test_request_context("/"):
        use_language("en")
        assert said_moment(NOON + timedelta(hours=hours), UTC_ZONE, NOON) == said


def test_today_is_the_duty_stations_today(standing_world: World) -> None:
    evening = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    soon = evening + timedelta(hours=1)
    with standing_world.app.test_request_context("/"):
        use_language("en")
        assert said_moment(soon, UTC_ZONE, evening) == "Friday 00:30"
        assert said_moment(soon, KIRITIMATI, evening) == "today 14:30"


@settings(max_examples=60)
@given(
    ahead=st.integers(-90 * 24 * 60, 90 * 24 * 60),
    at=st.integers(0, 24 * 60),
    code=st.sampled_from(CODES),
)
def test_no_moment_is_said_as_if_it_were_now(
    standing_world: World, ahead: int, at: int, code: str
) -> None:
    now = NOON + timedelta(minutes=at)
    with standing_world.app.test_request_context("/"):
        use_language(code)
        said = said_moment(now + timedelta(minutes=ahead), KABUL, now)
        assert (said == said_moment(now, KABUL, now)) == (ahead == 0)


@pytest.mark.parametrize(
    ("length", "number"),
    [
        (timedelta(minutes=1), 1),
        (timedelta(minutes=40), 40),
        (timedelta(minutes=59, seconds=30), 1),
        (timedelta(hours=3), 3),
        (timedelta(hours=1, minutes=10), 2),
        (timedelta(hours=23, minutes=10), 1),
        (timedelta(days=1), 1),
        (timedelta(days=6), 6),
        (timedelta(days=10), 10),
        (timedelta(days=45, minutes=1), 46),
        (timedelta(days=400), 400),
    ],
)
@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_a_span_is_said_with_the_number_of_its_largest_unit(
    standing_world: World, code: str, length: timedelta, number: int
) -> None:
    with standing_world.app.test_request_context("/"):
        use_language(code)
        assert re.findall(r"\d+", lasting(length)) == [str(number)]


@settings(max_examples=100)
@given(length=st.timedeltas(timedelta(0), timedelta(days=900)))
def test_no_span_is_said_shorter_than_it_is_nor_a_whole_unit_longer(
    standing_world: World, length: timedelta
) -> None:
    with standing_world.app.test_request_context("/"):
        use_language("en")
        number, unit = lasting(length).split()
    one = next(each for name, each in UNITS.items() if unit.startswith(name))
    assert timedelta(0) <= int(number) * one - length <= one


def test_spans_of_different_units_are_never_said_alike(standing_world: World) -> None:
    spans = [timedelta(minutes=2), timedelta(hours=2), timedelta(days=2)]
    for code in CODES:
        with standing_world.app.test_request_context("/"):
            use_language(code)
            assert len({lasting(span) for span in spans}) == 3


def test_a_language_without_any_catalogue_speaks_english(tmp_path: Path) -> None:
    assert catalogue(tmp_path, "fr").gettext("First page") == "First page"


def test_the_catalogues_of_all_features_are_one(tmp_path: Path) -> None:
    for feature, said in (("one", "Un"), ("two", "Deux")):
        folder = tmp_path / feature / "translations" / "fr" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        entry = f'msgid "{feature}"\nmsgstr "{said}"\n'
        (folder / "messages.po").write_text(head + entry, "utf-8")
    read = catalogue(tmp_path, "fr")
    assert (read.gettext("one"), read.gettext("two")) == ("Un", "Deux")
