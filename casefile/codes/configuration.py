"""The configuration as a whole: read once at start, so that a mistake in it stops the start.

It must never be read for the first time in front of a reporter.
"""

from __future__ import annotations

from pathlib import Path

from casefile.codes.lists import read_list
from casefile.codes.problem import ConfigProblem
from casefile.codes.questions import load_questions
from casefile.codes.retention import read_retention
from casefile.codes.routes import read_routing
from casefile.codes.sops import profile_names, read_profile
from casefile.codes.texts import load_letters
from casefile.codes.triage import read_triage

LISTS = (
    "agency_class",
    "allegation_subtype",
    "allegation_type",
    "case_state",
    "category",
    "channel",
    "decline_reason",
    "desk_function",
    "entity_class",
    "export_reason",
    "investigates",
    "language",
    "office",
    "paper_section",
    "personnel_category",
    "service",
    "source",
    "start",
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
    "heed_choice",
    "look_again",
    "second_look",
    "deletion",
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
    read_triage(config)
    read_retention(config)
    for name in sorted(profile_names(config)):
        _check_profile(config, name)


def _check_profile(config: Path, name: str) -> None:
    """Every deadline the verbs start is there, and every code it names is on its list."""
    profile = read_profile(config, name)
    for kind in DEADLINES:
        if kind not in profile:
            raise ConfigProblem(f"sops/{name}.toml: [{kind}] is missing.")
    for kind, limit in profile.items():
        named = [("step", limit.step), ("start", limit.start)]
        named += [("told", rung.who) for rung in limit.ladder]
        for listed, code in named:
            if code not in read_list(config, listed):
                raise ConfigProblem(
                    f"sops/{name}.toml: [{kind}] names {code!r}, which lists/{listed}.toml lacks."
                )
