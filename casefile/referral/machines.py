"""How a referral goes on between its two ends: two machines as data.

A complaint referral and an assistance referral are two things and share nothing but that both
ends know the dates. To be read by a protection officer; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from casefile.cases.machines import REASON
from casefile.codes.machines import Machine, State, Step


class End(StrEnum):
    """Who takes a step of a referral: one of its two ends, or the system."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    SYSTEM = "system"


class Kind(StrEnum):
    """What is passed on: a complaint to those it concerns, or a wish for help to a specialist."""

    COMPLAINT = "complaint"
    ASSISTANCE = "assistance"


_UNCONFIRMED = ("sent", "delivered")
_OPEN = ("confirmed", "accepted", "investigation_opened")

COMPLAINT: Final = Machine(
    name="complaint_referral",
    source="IASC guidance note on inter-agency SEA referral procedures (2023)",
    begins="draft",
    states=(
        State("draft", "Somebody writes what is to be passed on.", waits=End.SENDER),
        State(
            "conflict_checked", "Who must not have it at the other end is known.", waits=End.SENDER
        ),
        State("minimised", "What leaves was looked at and agreed.", waits=End.SENDER),
        State("sent", "It lies with the recipient.", waits=End.RECIPIENT),
        State("delivered", "The recipient has opened it.", waits=End.RECIPIENT),
        State("confirmed", "A named person has confirmed it.", waits=End.RECIPIENT),
        State("accepted", "The recipient takes it on.", waits=End.RECIPIENT),
        State("investigation_opened", "An investigation was opened.", waits=End.RECIPIENT),
        State("concluded", "The investigation has ended.", waits=End.RECIPIENT),
        State("outcome_shared", "The words for who reported have come.", waits=End.SENDER),
        State("closed", "Nothing more is waited for.", final=True),
        State("declined", "The recipient says that it is another's.", final=True),
        State("recalled", "It was called back before anybody confirmed it.", final=True),
        State("superseded", "Another referral has taken its place.", final=True),
    ),
    steps=(
        Step("check_conflict", ("draft",), "conflict_checked", (End.SENDER, End.SYSTEM)),
        Step("minimise", ("conflict_checked",), "minimised", (End.SENDER,), guards=("agreed",)),
        Step(
            "send",
            ("minimised",),
            "sent",
            (End.SENDER,),
            effects=("A case with keys of its own opens at the recipient.",),
        ),
        Step("deliver", ("sent",), "delivered", (End.RECIPIENT, End.SYSTEM)),
        Step(
            "confirm",
            _UNCONFIRMED,
            "confirmed",
            (End.RECIPIENT,),
            effects=("Who confirmed is named in the recipient's case, the date in both.",),
        ),
        Step("accept", ("confirmed",), "accepted", (End.RECIPIENT,)),
        Step(
            "decline",
            (*_UNCONFIRMED, "confirmed"),
            "declined",
            (End.RECIPIENT,),
            guards=(REASON,),
            effects=("The recipient's case loses its keys.",),
        ),
        Step(
            "recall",
            _UNCONFIRMED,
            "recalled",
            (End.SENDER,),
            guards=(REASON,),
            effects=("The recipient's case loses its keys.",),
        ),
        Step("open_investigation", ("accepted",), "investigation_opened", (End.RECIPIENT,)),
        Step("conclude", ("accepted", "investigation_opened"), "concluded", (End.RECIPIENT,)),
        Step(
            "share_outcome",
            (*_OPEN, "concluded"),
            "outcome_shared",
            (End.RECIPIENT,),
            effects=("A letter for who reported is left at the sender's door.",),
        ),
        Step("supersede", (*_UNCONFIRMED, *_OPEN), "superseded", (End.SENDER,), guards=(REASON,)),
        Step("close", ("concluded", "outcome_shared"), "closed", (End.SENDER,)),
    ),
)
"""One for each entity that is concerned."""

ASSISTANCE: Final = Machine(
    name="assistance_referral",
    source="UN Protocol on the provision of assistance to victims of SEA (2019); GBVIMS services",
    begins="identified",
    states=(
        State("identified", "Somebody wishes for help.", waits=End.SENDER),
        State("sent", "A specialist was asked.", waits=End.RECIPIENT),
        State("delivered", "The specialist has opened it.", waits=End.RECIPIENT),
        State("confirmed", "The specialist has taken it on.", waits=End.RECIPIENT),
        State("received", "The help was received.", waits=End.RECIPIENT),
        State("completed", "Nothing more is asked for.", final=True),
        State("declined", "The specialist cannot take it on.", final=True),
        State("recalled", "It was called back before it was taken on.", final=True),
    ),
    steps=(
        Step(
            "send",
            ("identified",),
            "sent",
            (End.SENDER,),
            guards=("consent",),
            effects=("A case with keys of its own opens at the specialist's desk.",),
        ),
        Step("deliver", ("sent",), "delivered", (End.RECIPIENT, End.SYSTEM)),
        Step("confirm", _UNCONFIRMED, "confirmed", (End.RECIPIENT,)),
        Step("receive", ("confirmed",), "received", (End.RECIPIENT,)),
        Step(
            "complete", ("confirmed", "received"), "completed", (End.RECIPIENT,), guards=(REASON,)
        ),
        Step(
            "decline", (*_UNCONFIRMED, "confirmed"), "declined", (End.RECIPIENT,), guards=(REASON,)
        ),
        Step("recall", _UNCONFIRMED, "recalled", (End.SENDER,), guards=(REASON,)),
    ),
)
"""One for each specialist who is asked. No state of an investigation is a guard of it."""

REFERRALS: Final[Mapping[Kind, Machine]] = {Kind.COMPLAINT: COMPLAINT, Kind.ASSISTANCE: ASSISTANCE}


def is_open(kind: str, state: str) -> bool:
    """Whether anything is still waited for in a referral."""
    return not REFERRALS[Kind(kind)].state(state).final
