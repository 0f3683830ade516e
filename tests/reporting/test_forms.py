"""What a browser sends becomes what a person wrote: nothing lost, nothing invented."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from casefile.codes.questions import Kind, Questionnaire, load_questions
from casefile.reporting.forms import Mistake, clean, read_letter, read_report, says_something
from casefile.settings import ROOT

QUESTIONS = load_questions(ROOT / "config" / "questions" / "form.toml")
ONCE = "0a" * 32


def test_one_line_is_a_whole_report(questions: Questionnaire) -> None:
    filled = read_report(MultiDict({"what": "He asked for money."}), questions)

    assert filled.text == "He asked for money."
    assert filled.mistake is None
    assert filled.answers == {}
    assert filled.once is None


def test_every_question_can_be_answered(questions: Questionnaire) -> None:
    sent = MultiDict({"what": "It happened at the gate.", "once": ONCE, "seen": "abc"})
    answered = [field for field in questions.optional if field.kind is not Kind.FILES]
    for field in answered:
        first = field.options[0].code if field.options else "1"
        sent[field.name] = "in the evening" if field.kind is Kind.LINE else first

    filled = read_report(sent, questions)

    assert set(filled.answers) == {field.name for field in answered}
    assert filled.once == bytes.fromhex(ONCE)
    assert filled.seen == "abc"


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200f\u200b\u2066", "\x00\x07", "\u2028"])
def test_a_text_nobody_could_see_is_empty(questions: Questionnaire, text: str) -> None:
    filled = read_report(MultiDict({"what": text, "now": "danger"}), questions)

    assert filled.mistake is Mistake.EMPTY
    assert filled.chose("now", "danger")


def test_a_single_sign_is_enough(questions: Questionnaire) -> None:
    for sign in ("🆘", "؟", "x", "े"):
        assert read_report(MultiDict({"what": sign}), questions).mistake is None


def test_emoji_and_the_direction_of_writing_are_kept() -> None:
    written = "قال \u202aOK\u202c 👩🏾‍⚕️ \u200fثم\tذهب\nإلى البيت"

    assert clean(written) == written


def test_line_ends_become_one_kind_and_control_characters_go() -> None:
    assert clean("a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert clean("a\x00b\x1b\x7f\x9fc\td") == "abc\td"
    assert clean("\ud83d half") == "\N{REPLACEMENT CHARACTER} half"


def test_answers_we_never_offered_are_not_kept(questions: Questionnaire) -> None:
    sent = MultiDict(
        [
            ("what", "x"),
            ("who", "admin"),
            ("now", "danger"),
            ("now", "1' OR 1"),
            ("area", "*"),
            ("staff", "yes"),
            ("colour", "red"),
        ]
    )

    assert read_report(sent, questions).answers == {"now": ("danger",)}


def test_of_two_answers_where_one_is_asked_one_is_kept(questions: Questionnaire) -> None:
    sent = MultiDict(
        [
            ("what", ""),
            ("what", "told"),
            ("who", "zz"),
            ("who", "me"),
            ("who", "other"),
            ("employer", " "),
            ("employer", "the blue cars"),
        ]
    )

    filled = read_report(sent, questions)

    assert filled.text == "told"
    assert filled.answers == {"who": ("me",), "employer": ("the blue cars",)}


def test_a_wish_for_help_counts_more_than_none_now(questions: Questionnaire) -> None:
    both = MultiDict([("what", "x"), ("help", "none"), ("help", "health")])
    none = MultiDict([("what", "x"), ("help", "none")])

    assert read_report(both, questions).answers["help"] == ("health",)
    assert read_report(none, questions).answers["help"] == ("none",)


def test_a_typed_line_never_breaks_into_two(questions: Questionnaire) -> None:
    sent = MultiDict({"what": "x", "keep_from": "  the office\r\nin  the north\x00 "})

    assert read_report(sent, questions).typed("keep_from") == "the office in the north"


def test_an_area_is_kept_by_its_code_and_nonsense_is_not(questions: Questionnaire) -> None:
    for code, kept in {"17": "17", "elsewhere": "elsewhere", "<b>": "", "a b": "", "": ""}.items():
        filled = read_report(MultiDict({"what": "x", "area": code}), questions)
        assert filled.typed("area") == kept


@pytest.mark.parametrize("once", ["", "00", "zz" * 32, "0a" * 33, "٠" * 64])
def test_a_page_without_its_token_is_read_all_the_same(questions: Questionnaire, once: str) -> None:
    filled = read_report(MultiDict({"what": "x", "once": once}), questions)

    assert filled.once is None
    assert filled.mistake is None


def test_a_letter_carries_its_number_as_it_was_typed() -> None:
    letter = read_letter(MultiDict({"text": "more\r\n", "number": " ٤٨٢ 019-735 ", "token": "t"}))

    assert (letter.text, letter.number, letter.token) == ("more\n", "٤٨٢ 019-735", "t")
    assert read_letter(MultiDict({"text": " "})).mistake is Mistake.EMPTY


def test_a_megabyte_of_writing_stays_whole(questions: Questionnaire) -> None:
    long = "ب" * 1_000_000

    assert read_report(MultiDict({"what": long}), questions).text == long


names = st.sampled_from(
    [field.name for field in QUESTIONS.optional] + ["what", "once", "seen", "x"]
)
codes = sorted({option.code for field in QUESTIONS.optional for option in field.options})
values = st.text(max_size=40) | st.sampled_from([*codes, "1", "2", ONCE])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(names, values), max_size=30))
def test_whatever_is_sent_is_read(pairs: list[tuple[str, str]]) -> None:
    filled = read_report(MultiDict(pairs), QUESTIONS)

    assert (filled.mistake is None) == says_something(filled.text)
    for field in QUESTIONS.optional:
        given_codes = filled.answers.get(field.name, ())
        if field.kind in (Kind.ONE, Kind.SOME):
            assert set(given_codes) <= {option.code for option in field.options}
        assert len(given_codes) <= 1 or field.kind is Kind.SOME
        assert all(given_codes)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_cleaning_keeps_every_visible_sign_and_is_done_once(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert _visible(cleaned) == _visible(text)
    cleaned.encode("utf-8")


def _visible(text: str) -> list[str]:
    return [sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs")]
