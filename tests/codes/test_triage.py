"""Sorting: what the answers say a report is, one line a rule of the field."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from casefile.codes.triage import Decision, TriageProblem, read_triage
from casefile.settings import ROOT

TRIAGE = read_triage(ROOT / "config")
STAFF = ("aid", "related", "mandated_forces")
HR, CHILD = "human_resources", "child_protection"


@pytest.mark.parametrize(
    ("conduct", "by", "to_us", "age", "category", "office"),
    [
        ("sexual", "aid", "recipient", "adult", "sea", "unknown"),
        ("sexual", "related", "recipient", "unknown", "sea", "unknown"),
        ("sexual", "aid", "personnel", "adult", "sexual_harassment_workplace", HR),
        ("sexual", "aid", "unknown", "unknown", "possible_sea", "unknown"),
        ("sexual", "unknown", "personnel", "adult", "possible_sea", "unknown"),
        ("sexual", "unknown", "unknown", "child", "possible_sea", "unknown"),
        ("sexual", "not_aid", "recipient", "adult", "gbv_non_staff", "gbv_services"),
        ("sexual", "not_aid", "recipient", "child", "gbv_non_staff", CHILD),
        ("sexual", "armed", "recipient", "child", "protection_other", "protection"),
        ("child_harm", "aid", "recipient", "child", "child_safeguarding_non_sexual", CHILD),
        ("child_harm", "not_aid", "recipient", "child", "protection_other", CHILD),
        ("harassment", "aid", "personnel", "adult", "other_misconduct", HR),
        ("harassment", "not_aid", "recipient", "adult", "protection_other", "protection"),
        ("fraud", "unknown", "unknown", "unknown", "fraud_corruption", "integrity"),
        ("security", "armed", "unknown", "unknown", "out_of_scope", "security_advisers"),
        ("data", "aid", "unknown", "unknown", "data_protection", "data_protection"),
        ("feedback_good", "aid", "recipient", "adult", "programme_feedback_positive", "programme"),
        ("feedback_bad", "aid", "recipient", "adult", "programme_feedback_negative", "programme"),
        ("information", "unknown", "unknown", "unknown", "information_request", "programme"),
        ("assistance", "unknown", "unknown", "unknown", "assistance_request", "programme"),
        ("unknown", "unknown", "unknown", "unknown", "possible_sea", "unknown"),
    ],
)
def test_the_answers_say_what_it_is(
    conduct: str, by: str, to_us: str, age: str, category: str, office: str
) -> None:
    decided = TRIAGE.decide({"conduct": conduct, "by": by, "to_us": to_us, "age": age})
    assert (decided.category, decided.office) == (category, office)


@pytest.mark.parametrize("by", STAFF)
@pytest.mark.parametrize("to_us", ["recipient", "both", "personnel", "unknown"])
def test_sexual_conduct_of_aid_personnel_toward_a_child_is_always_sea(by: str, to_us: str) -> None:
    answers = {"conduct": "sexual", "by": by, "to_us": to_us, "age": "child"}
    assert TRIAGE.decide(answers) == Decision("sea")


@pytest.mark.parametrize("by", STAFF)
def test_two_roles_are_sea_first_and_another_person_looks(by: str) -> None:
    answers = {"conduct": "sexual", "by": by, "to_us": "both", "age": "adult"}
    assert TRIAGE.decide(answers) == Decision("sea", review=True)


def test_whose_personnel_it_is_must_be_known_before_sexual_conduct_leaves_sea() -> None:
    options = {one.id: one.options for one in TRIAGE.questions}
    for to_us, age in itertools.product(options["to_us"], options["age"]):
        answers = {"conduct": "sexual", "by": "unknown", "to_us": to_us, "age": age}
        assert TRIAGE.decide(answers).category == "possible_sea"


def test_nothing_is_ever_sorted_out_as_a_hoax_or_for_want_of_an_answer() -> None:
    options = [one.options for one in TRIAGE.questions]
    ids = [one.id for one in TRIAGE.questions]
    every = [
        TRIAGE.decide(dict(zip(ids, given, strict=True))) for given in itertools.product(*options)
    ]
    assert "spam_or_hoax_test" not in {one.category for one in every}
    assert TRIAGE.decide({}) == TRIAGE.decide({"conduct": ""}) == Decision("possible_sea")


def test_an_answer_that_cannot_be_chosen_is_not_known() -> None:
    kept = TRIAGE.kept({"conduct": "sexual", "by": "<b>", "other": "x"})
    assert kept == {"conduct": "sexual", "by": "unknown", "to_us": "unknown", "age": "unknown"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('category = "sea"', 'category = "no_such"'),
        ('office = "integrity"', 'office = "nowhere"'),
        ('by = ["not_aid"]', 'by = ["a_stranger"]'),
        ('"security", "unknown"]', '"security"]'),
        ("[[rule]]", "[[rule"),
    ],
)
def test_rules_that_contradict_the_lists_stop_the_start(
    tmp_path: Path, before: str, after: str
) -> None:
    (tmp_path / "questions").mkdir()
    (tmp_path / "lists").symlink_to(ROOT / "config" / "lists")
    text = (ROOT / "config" / "questions" / "triage.toml").read_text("utf-8")
    assert before in text
    (tmp_path / "questions" / "triage.toml").write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(TriageProblem):
        read_triage(tmp_path)
