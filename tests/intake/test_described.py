"""Who is described is counted once, and what still happens is for today."""

from __future__ import annotations

import pytest

from casefile.intake import classify
from casefile.intake.inbound import InboundReport


def report(**answers: str) -> InboundReport:
    given = {name: (code,) for name, code in answers.items()}
    return InboundReport("x", given, "en", "web_anonymous", b"o" * 32)


def test_what_is_still_happening_is_for_today() -> None:
    assert classify.act_today(report(now="goes_on"))


@pytest.mark.parametrize(
    ("answers", "column"),
    [
        ({"sex": "female"}, "victims_female_age_unknown"),
        ({"sex": "male"}, "victims_male_age_unknown"),
        ({"age": "both", "sex": "female"}, None),
        ({"age": "both"}, None),
    ],
)
def test_a_person_of_no_age_is_counted_and_some_and_some_are_several(
    answers: dict[str, str], column: str | None
) -> None:
    assert classify.victim_column(report(**answers)) == column
