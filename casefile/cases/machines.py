"""How a report, a case and the protection of who reported go on: three machines as data.

To be read by a protection officer. Nothing is decided here and nothing is written: `take` of
`casefile.codes.machines` takes a step, a verb of the field does what the step names.
What looks like junk is no state: it is a mark beside whatever state the report is in.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from casefile.codes.machines import Machine, State, Step


class Part(StrEnum):
    """Who takes a step, or is waited for: a part people play in a case, not their account."""

    SYSTEM = "system"
    FOCAL_POINT = "focal_point"
    ASSISTANCE_WORKER = "assistance_worker"
    INVESTIGATOR = "investigator"
    COORDINATOR = "coordinator"
    CONCERNED_ENTITY = "concerned_entity"
    HEAD_OF_AGENCY = "head_of_agency"
    ETHICS_OFFICE = "ethics_office"
    REPORTER = "reporter"


ANYBODY: Final = (Part.FOCAL_POINT, Part.ASSISTANCE_WORKER, Part.INVESTIGATOR)
"""Whoever holds the case: what has come to a desk must never wait for another function."""

PLAYED: Final[Mapping[str, frozenset[str]]] = {
    "intake": frozenset({Part.FOCAL_POINT}),
    "investigation": frozenset({Part.INVESTIGATOR, Part.FOCAL_POINT}),
    "assistance": frozenset({Part.ASSISTANCE_WORKER}),
    "child_protection": frozenset({Part.ASSISTANCE_WORKER, Part.FOCAL_POINT}),
    "coordination": frozenset({Part.COORDINATOR, Part.FOCAL_POINT}),
    "legal": frozenset({Part.INVESTIGATOR}),
}
"""Function of the desk through which somebody opens the case → the parts she plays in it.

Headquarters investigations play the focal point too: cases end there when nobody else is left.
"""


def parts_at(function: str) -> frozenset[str]:
    """The parts somebody plays who opens the case through a desk of this function."""
    return PLAYED.get(function, frozenset())


REASON = "reason_given"
SECOND = "second_person"
SORTED = "category_decided"
NOT_COUNTED = "not_counted_as_sea"
"""Two people have said that it is no sexual exploitation or abuse by aid personnel."""

REPORT: Final = Machine(
    name="report",
    source="IASC inter-agency referral procedures (2023); ISO 37002:2021, receiving",
    begins="received",
    states=(
        State("received", "It came in and nobody has confirmed it yet.", ("acknowledge",)),
        State("acknowledged", "A trained person has read it.", ("triage",)),
        State(
            "triage", "The report has become a case and the case goes on.", ("triage",), final=True
        ),
    ),
    steps=(
        Step(
            "acknowledge",
            ("received",),
            "acknowledged",
            ANYBODY,
            effects=(
                "Who confirms first answers the reporter from then on.",
                "The next letter is promised.",
            ),
            starts=("triage",),
            meets=("acknowledge",),
        ),
        Step("begin_triage", ("acknowledged",), "triage", ANYBODY),
    ),
)
"""One for each message that came in. Its last state is the first of the case."""

_UNSORTED = ("triage", "reopened")
_LOOKED_INTO = ("preliminary_assessment", "under_investigation", "under_review_limited_information")

CASE: Final = Machine(
    name="case",
    source="UN Protocol on SEA allegations involving partners (2018); UN quarterly update, status; "
    "ISO 37002:2021, assessing, addressing, concluding",
    begins="triage",
    states=(
        State("triage", "Somebody decides what it is and who must act.", ("triage",)),
        State("referral_pending", "It has to go to whom it concerns.", ("refer",)),
        State(
            "referred",
            "It was sent to whom it concerns and nobody there has confirmed it yet.",
            ("confirm_referral",),
            waits=Part.CONCERNED_ENTITY,
        ),
        State(
            "acknowledged_by_entity",
            "Whom it concerns has confirmed it and looks into it.",
            waits=Part.CONCERNED_ENTITY,
        ),
        State(
            "declined_by_entity",
            "It was said to be another's: somebody has to find out whose.",
            ("reroute",),
            waits=Part.COORDINATOR,
        ),
        State(
            "preliminary_assessment",
            "The investigators decide whether there is something to investigate.",
            ("open_investigation",),
        ),
        State("under_investigation", "It is being investigated.", ("conclude_investigation",)),
        State(
            "under_review_limited_information",
            "There is not enough to go on; anything new is looked at again.",
            ("look_again",),
            waits=Part.REPORTER,
        ),
        State("suspended", "The investigation rests, with a reason.", ("look_again",)),
        State("completed", "The investigation has an outcome.", ("give_feedback",)),
        State(
            "closed_other_circumstances",
            "It ended without an outcome, with a reason.",
            ("give_feedback",),
        ),
        State(
            "action_pending",
            "The outcome asks for action by the head of the agency.",
            ("final_action",),
            waits=Part.HEAD_OF_AGENCY,
        ),
        State("action_taken", "The agency has acted on the outcome.", ("give_feedback",)),
        State("feedback_given", "Who reported was told how it ended.", ("close_case",)),
        State(
            "feedback_not_possible",
            "Who reported could not be told safely, with the reason.",
            ("close_case",),
        ),
        State(
            "forwarded",
            "It is not about how an aid worker behaved and went to the right office.",
            final=True,
        ),
        State("information_given", "The answer was all that was needed.", final=True),
        State("linked", "It is the same as another case and goes on there.", final=True),
        State("returned", "What was sent to us was declined or called back.", final=True),
        State("closed", "Two people have ended it.", final=True),
        State("reopened", "It was ended and is looked at again.", ("triage",)),
    ),
    steps=(
        Step(
            "prepare_referral",
            (*_UNSORTED, "declined_by_entity"),
            "referral_pending",
            (Part.FOCAL_POINT, Part.COORDINATOR),
            guards=(SORTED, "entity_known"),
            starts=("refer",),
            meets=("triage", "reroute"),
        ),
        Step(
            "refer",
            ("referral_pending",),
            "referred",
            (Part.FOCAL_POINT, Part.COORDINATOR),
            effects=("A case with keys of its own opens at the designated recipient.",),
            starts=("confirm_referral",),
            meets=("refer",),
        ),
        *(
            Step(
                "refer_another",
                (waiting,),
                "referred",
                (Part.FOCAL_POINT, Part.COORDINATOR),
                effects=("Another entity that is concerned gets a case of its own.",),
                starts=("confirm_referral",),
            )
            for waiting in ("referred", "acknowledged_by_entity")
        ),
        Step(
            "confirm_by_entity",
            ("referred",),
            "acknowledged_by_entity",
            (Part.CONCERNED_ENTITY,),
            effects=("The date stands in both cases.",),
            meets=("confirm_referral",),
        ),
        Step(
            "decline_by_entity",
            ("referred",),
            "declined_by_entity",
            (Part.CONCERNED_ENTITY,),
            guards=(REASON,),
            starts=("reroute",),
            meets=("confirm_referral",),
        ),
        Step(
            "recall",
            ("referred",),
            "referral_pending",
            (Part.FOCAL_POINT, Part.COORDINATOR),
            guards=(REASON,),
            effects=("The recipient's case loses its keys.",),
            starts=("refer",),
            meets=("confirm_referral",),
        ),
        Step(
            "return_packet",
            ("triage",),
            "returned",
            (Part.INVESTIGATOR, Part.FOCAL_POINT, Part.SYSTEM),
            guards=("packet",),
            effects=("The keys of the case are taken from the desk.",),
            meets=("triage", "confirm_packet"),
        ),
        Step(
            "confirm_packet",
            ("triage",),
            "triage",
            (Part.INVESTIGATOR, Part.FOCAL_POINT),
            guards=("packet",),
            effects=("Who confirmed, and when, is signed in the recipient's case.",),
            meets=("confirm_packet",),
        ),
        Step(
            "assess",
            _UNSORTED,
            "preliminary_assessment",
            (Part.INVESTIGATOR,),
            guards=(SORTED,),
            starts=("open_investigation",),
            meets=("triage",),
        ),
        Step(
            "open_investigation",
            ("preliminary_assessment", "under_review_limited_information", "reopened"),
            "under_investigation",
            (Part.INVESTIGATOR,),
            effects=("The date of the opening stands in both cases.",),
            starts=("conclude_investigation",),
            meets=("open_investigation", "look_again", "triage"),
        ),
        Step(
            "wait_for_more",
            (*_UNSORTED, "preliminary_assessment", "under_investigation"),
            "under_review_limited_information",
            (Part.FOCAL_POINT, Part.INVESTIGATOR),
            guards=(REASON,),
            effects=("The reporter reads that anything can be added at any time.",),
            starts=("look_again",),
            meets=("triage", "open_investigation", "conclude_investigation"),
        ),
        Step(
            "look_again",
            ("under_review_limited_information",),
            "triage",
            (Part.FOCAL_POINT,),
            starts=("triage",),
            meets=("look_again",),
        ),
        Step(
            "suspend",
            ("under_investigation",),
            "suspended",
            (Part.INVESTIGATOR,),
            guards=(REASON,),
            starts=("look_again",),
            meets=("conclude_investigation",),
        ),
        Step(
            "resume",
            ("suspended",),
            "under_investigation",
            (Part.INVESTIGATOR,),
            starts=("conclude_investigation",),
            meets=("look_again",),
        ),
        Step(
            "conclude",
            ("under_investigation",),
            "completed",
            (Part.INVESTIGATOR,),
            guards=("outcome_recorded", "standard_of_proof_noted"),
            effects=("The date of the conclusion stands in both cases.",),
            starts=("give_feedback",),
            meets=("conclude_investigation",),
        ),
        Step(
            "end_without_outcome",
            (*_LOOKED_INTO, "suspended"),
            "closed_other_circumstances",
            (Part.INVESTIGATOR,),
            guards=(REASON, SECOND),
            effects=("That the person reported has left is no reason.",),
            starts=("give_feedback",),
            meets=("open_investigation", "conclude_investigation", "look_again"),
        ),
        Step(
            "ask_for_action",
            ("completed",),
            "action_pending",
            (Part.INVESTIGATOR,),
            starts=("final_action",),
            meets=("give_feedback",),
        ),
        Step(
            "record_action",
            ("action_pending",),
            "action_taken",
            (Part.INVESTIGATOR,),
            guards=("action_recorded",),
            starts=("give_feedback",),
            meets=("final_action",),
        ),
        Step(
            "give_feedback",
            (
                "acknowledged_by_entity",
                "completed",
                "closed_other_circumstances",
                "action_taken",
                "under_review_limited_information",
            ),
            "feedback_given",
            (Part.FOCAL_POINT, Part.INVESTIGATOR),
            guards=("answer_sent",),
            starts=("close_case",),
            meets=("give_feedback", "look_again"),
        ),
        Step(
            "say_feedback_impossible",
            (
                "acknowledged_by_entity",
                "completed",
                "closed_other_circumstances",
                "action_taken",
                "under_review_limited_information",
            ),
            "feedback_not_possible",
            (Part.FOCAL_POINT, Part.INVESTIGATOR),
            guards=(REASON,),
            starts=("close_case",),
            meets=("give_feedback", "look_again"),
        ),
        Step(
            "close",
            ("feedback_given", "feedback_not_possible"),
            "closed",
            (Part.FOCAL_POINT, Part.INVESTIGATOR),
            guards=(SECOND,),
            meets=("close_case",),
        ),
        Step(
            "forward",
            _UNSORTED,
            "forwarded",
            (Part.FOCAL_POINT,),
            guards=(SORTED, NOT_COUNTED, "office_known", REASON),
            effects=(
                "A forwarding note without content stays.",
                "The reporter reads which kind of office can help.",
            ),
            meets=("triage",),
        ),
        Step(
            "end_with_information",
            _UNSORTED,
            "information_given",
            (Part.FOCAL_POINT,),
            guards=(SORTED, REASON, SECOND),
            meets=("triage",),
        ),
        Step(
            "link",
            _UNSORTED,
            "linked",
            (Part.FOCAL_POINT,),
            guards=("other_case", SECOND),
            effects=("Its statistics row is kept and no longer counted.",),
            meets=("triage",),
        ),
        Step(
            "reopen",
            ("closed", "forwarded", "information_given", "linked"),
            "reopened",
            (Part.FOCAL_POINT, Part.INVESTIGATOR),
            guards=(REASON,),
            effects=(
                "The case keeps its number, its keys and everything in it.",
                "A statistics row that was not counted is counted again.",
            ),
            starts=("triage",),
        ),
    ),
)
"""One for each case. That of the receiving entity is referred and waits; the recipient's own
case, opened by the packet, is assessed and investigated."""

HELP: Final = Machine(
    name="help",
    source="UN Protocol on the provision of assistance to victims of SEA (2019)",
    begins="help_asked",
    states=(
        State(
            "help_asked",
            "A specialist was asked to help and has not confirmed yet.",
            ("confirm_packet",),
        ),
        State("helping", "A specialist sees to help.", ("follow_up",)),
        State("help_ended", "Nothing more is asked of the specialist.", final=True),
        State("returned", "What was asked was declined or called back.", final=True),
    ),
    steps=(
        Step(
            "begin_help",
            ("help_asked",),
            "helping",
            ANYBODY,
            effects=("The date stands in both cases.",),
            starts=("follow_up",),
            meets=("confirm_packet",),
        ),
        Step(
            "follow_up",
            ("helping",),
            "helping",
            ANYBODY,
            starts=("follow_up",),
            meets=("follow_up",),
        ),
        Step(
            "end_help",
            ("helping",),
            "help_ended",
            ANYBODY,
            guards=(REASON,),
            effects=("The date stands in both cases.",),
            meets=("follow_up",),
        ),
        Step(
            "return_packet",
            ("help_asked",),
            "returned",
            (*ANYBODY, Part.SYSTEM),
            effects=("The keys of the case are taken from the desk.",),
            meets=("confirm_packet",),
        ),
    ),
)
"""One for each case that an assistance referral opened; it knows of no investigation."""

_ASSESSED = ("levels_given", "review_day_given")

PROTECTION: Final = Machine(
    name="protection",
    source="ISO 37002:2021, 8.3.2 and 8.4.2; ST/SGB/2017/2/Rev.1, protection against retaliation",
    begins="not_assessed",
    states=(
        State("not_assessed", "Nobody has looked at the risk yet.", ("assess_risk",)),
        State("watched", "The risk is known and looked at again on a day.", ("review_risk",)),
        State(
            "protection_asked",
            "The ethics office was asked to protect who reported.",
            ("review_risk",),
            waits=Part.ETHICS_OFFICE,
        ),
        State("protected", "Measures of protection are in force.", ("review_risk",)),
        State(
            "protection_declined",
            "The ethics office sees no ground to protect, with its reason.",
            ("review_risk",),
        ),
        State("ended", "There is no risk left to watch.", final=True),
    ),
    steps=(
        Step(
            "assess_risk",
            ("not_assessed", "watched", "protection_declined"),
            "watched",
            ANYBODY,
            guards=_ASSESSED,
            starts=("review_risk",),
            meets=("assess_risk", "review_risk"),
        ),
        *(
            Step(
                "assess_risk",
                (lasting,),
                lasting,
                ANYBODY,
                guards=_ASSESSED,
                starts=("review_risk",),
                meets=("review_risk",),
            )
            for lasting in ("protection_asked", "protected")
        ),
        Step(
            "ask_protection",
            ("watched", "protection_declined"),
            "protection_asked",
            ANYBODY,
            guards=("staff_reporter", "review_day_given"),
            effects=("Who reported has agreed to be named to the ethics office.",),
            starts=("review_risk",),
            meets=("review_risk",),
        ),
        Step(
            "grant_protection",
            ("protection_asked",),
            "protected",
            ANYBODY,
            guards=("review_day_given",),
            starts=("review_risk",),
            meets=("review_risk",),
        ),
        Step(
            "decline_protection",
            ("protection_asked",),
            "protection_declined",
            ANYBODY,
            guards=(REASON, "review_day_given"),
            starts=("review_risk",),
            meets=("review_risk",),
        ),
        Step(
            "end_watching",
            ("watched", "protected", "protection_declined"),
            "ended",
            ANYBODY,
            guards=(REASON,),
            meets=("review_risk",),
        ),
        Step(
            "watch_again",
            ("ended",),
            "not_assessed",
            ANYBODY,
            guards=(REASON,),
            starts=("assess_risk",),
        ),
    ),
)
"""One for each case, beside its state: the risk of harm to who reported, staff above all."""

MACHINES: Final = (REPORT, CASE, HELP, PROTECTION)


def machine_of(state: str) -> Machine:
    """The machine a label's state belongs to: the report's until it has become a case."""
    early = (one.code for one in REPORT.states if not one.final)
    if state in early:
        return REPORT
    helping = {one.code for one in HELP.states} - {one.code for one in CASE.states}
    return HELP if state in helping else CASE


def is_ended(state: str) -> bool:
    """Whether nothing has to follow in the case."""
    machine = machine_of(state)
    return machine is not REPORT and machine.state(state).final
