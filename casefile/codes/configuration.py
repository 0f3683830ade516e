"""The configuration as a whole: read once at start, so that a mistake in it stops the start.

It must never be read for the first time in front of a reporter.
"""

from __future__ import annotations

from pathlib import Path

from casefile.codes.lists import read_list
from casefile.codes.problem import ConfigProblem
from casefile.codes.questions import load_questions
from casefile.codes.routes import read_routing
from casefile.codes.sops import read_profile
from casefile.codes.texts import load_letters

LISTS = (
    "agency_class",
    "case_state",
    "category",
    "channel",
    "decline_reason",
    "desk_function",
    "investigates",
    "language",
    "service",
    "source",
    "status",
    "step",
    "told",
)
DEADLINES = (
    "acknowledge",
    "offer_help",
    "offer_help_today",
    "answer_message",
    "write_to_reporter",
    "same_person",
    "triage",
    "second_person",
    "refer",
    "confirm_referral",
    "reroute",
    "open_investigation",
    "conclude_investigation",
    "final_action",
    "give_feedback",
    "close_case",
    "assess_risk",
    "review_risk",
    "confirm_packet",
    "follow_up",
)
"""Deadlines the verbs start: a profile must have each."""


def read_configuration(config: Path) -> None:
    """Read every list, question, letter, rule and deadline; ConfigProblem says what is wrong."""
    for name in LISTS:
        read_list(config, name)
    load_questions(config / "questions" / "form.toml")
    load_letters(config)
    read_routing(config)
    profile = read_profile(config)
    for kind in DEADLINES:
        if kind not in profile:
            raise ConfigProblem(f"sops/default.toml: [{kind}] is missing.")
    for kind, limit in profile.items():
        if limit.step not in read_list(config, "step") or limit.told not in read_list(
            config, "told"
        ):
            raise ConfigProblem(
                f"sops/default.toml: [{kind}] names a step or a person no list has."
            )
