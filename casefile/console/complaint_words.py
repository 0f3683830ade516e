"""The words of the part *complaint*: states of a referral, its steps, and a packet line by line.

Every line of a packet is said: what leaves must never be more than what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _

from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.questions import Field, Question, Questionnaire
from casefile.console.spoken import Spoken, channels, languages
from casefile.platform.language import digits
from casefile.platform.now import moment

Lines = tuple[tuple[str, tuple[str, ...]], ...]
ASKED: Final = {"when": "when", "who": "who", "age": "age", "sex": "sex"} | {
    "danger": "now",
    "needs": "help",
}
"""What a packet calls an answer, and the field of the form it is an answer to."""


@dataclass(frozen=True)
class ComplaintWords:
    """The words of the part."""

    state: Mapping[str, str]
    arrived: Mapping[str, str]
    """The same at the end it was passed on to."""
    waits: Mapping[str, str]
    step: Mapping[str, str]
    verb: Mapping[str, str]
    decline: Mapping[str, str]
    reasons: tuple[str, ...]
    refused: Mapping[str, str]


def complaint_words(config: Path) -> ComplaintWords:
    """Look up every word once."""
    return ComplaintWords(
        state=_states(),
        arrived=_states() | _arrived(),
        waits=_waits(),
        step=_steps(),
        verb=_verbs(),
        decline=_declined(),
        reasons=tuple(one for one in read_list(config, "decline_reason") if one != UNKNOWN),
        refused=_refused(),
    )


def options_of(form: Questionnaire, name: str) -> tuple[tuple[str, str], ...]:
    """What can be chosen for an answer of a packet: codes of the form and their words."""
    field = _fields(form)[ASKED[name]][1]
    return tuple((option.code, _(option.label)) for option in field.options)


def packet_lines(form: Questionnaire, packet: Mapping[str, Any], area: str) -> Lines:
    """Everything that stands in a packet, each with what it is; what is empty was not passed on."""
    return (
        (_("Reference of the sender"), (packet["reference"],)),
        (_("Received there"), (_day(packet["received"]),)),
        (_("How it came"), (channels()[packet["channel"]],)),
        (_("Written in"), (languages()[packet["language"]],)),
        *_typed(packet, "summary", _("What it is about, in the sender’s words")),
        *_typed(packet, "employer", _("Organisation")),
        *_typed(packet, "subject", _("Person reported, as it was told")),
        *(((_("Area"), (area,)),) if packet["area"] and area else ()),
        *_typed(packet, "place", _("Where, in words")),
        *(line for name in ASKED for line in _answered(form, packet, name)),
        (_("Help was offered"), (_("yes") if packet["help_offered"] else _("not yet"),)),
        (_("Agrees to be named"), (_("yes") if packet["name_agreed"] else _("no"),)),
        *_typed(packet, "name", _("Name")),
        *_typed(packet, "contact", _("How to reach this person")),
    )


def _typed(packet: Mapping[str, Any], name: str, words: str) -> Lines:
    return ((words, (packet[name],)),) if packet.get(name) else ()


def _answered(form: Questionnaire, packet: Mapping[str, Any], name: str) -> Lines:
    question, field = _fields(form)[ASKED[name]]
    given = packet[name]
    codes = (given,) if isinstance(given, str) else tuple(given)
    said = {option.code: _(option.label) for option in field.options}
    shown = tuple(said.get(one, one) for one in codes if one)
    return ((_(field.label or question.title), shown),) if shown else ()


def _fields(form: Questionnaire) -> Mapping[str, tuple[Question, Field]]:
    return {one.name: (question, one) for question in form.questions for one in question.fields}


def _day(received: int) -> str:
    return digits(moment(received).strftime("%Y-%m-%d"))


def _states() -> Spoken:
    return Spoken(
        sent=_("Sent. Nobody there has opened it yet."),
        delivered=_("Opened there. Nobody has confirmed it yet."),
        confirmed=_("Confirmed by a named person."),
        accepted=_("Taken on."),
        investigation_opened=_("An investigation was opened."),
        concluded=_("The investigation has ended."),
        outcome_shared=_("The words for the reporter have come."),
        closed=_("Nothing more is waited for."),
        declined=_("Declined."),
        recalled=_("Called back."),
        superseded=_("Another one has taken its place."),
    )


def _arrived() -> dict[str, str]:
    return {
        "sent": _("It arrived. Nobody here has opened it yet."),
        "delivered": _("It was opened here. Nobody has confirmed it yet."),
        "outcome_shared": _("The words for the reporter were sent."),
    }


def _waits() -> Spoken:
    return Spoken(us=_("It is your turn."), them=_("The other end is waited for."))


def _steps() -> Spoken:
    """The dates both ends know."""
    return Spoken(
        send=_("sent"),
        deliver=_("opened there"),
        confirm=_("confirmed"),
        accept=_("taken on"),
        decline=_("declined"),
        recall=_("called back"),
        open_investigation=_("investigation opened"),
        conclude=_("investigation ended"),
        share_outcome=_("words for the reporter sent"),
        supersede=_("replaced"),
        close=_("nothing more waited for"),
    )


def _verbs() -> Spoken:
    """What can be pressed."""
    return Spoken(
        confirm=_("Confirm, with my name"),
        accept=_("Take it on"),
        decline=_("Decline it"),
        recall=_("Call it back"),
        open_investigation=_("An investigation was opened"),
        conclude=_("The investigation has ended"),
        share_outcome=_("Send words for the reporter"),
        close=_("Nothing more is waited for"),
    )


def _declined() -> Spoken:
    return Spoken(
        not_our_personnel=_("Nobody of ours"),
        another_entity=_("Another organisation’s people"),
        entity_unclear=_("It cannot be told whose people"),
        already_received=_("We have it already"),
        conflict_of_interest=_("We should not look into this ourselves"),
        outside_mandate=_("Not ours to look into"),
    )


def _refused() -> Spoken:
    """Why nothing was done, beside what was typed."""
    return Spoken(
        nobody_there=_(
            "Nobody is left at that desk who may have it. Choose another recipient,"
            " or ask the inter-agency desk."
        ),
        not_now=_("This cannot be done as things stand now. Look at what has happened."),
        reason=_("Say why: the other end or your colleagues have to know."),
        words=_("Say in your own words what it is about."),
        recipient=_("Choose who receives it."),
        letter=_("There is nothing to send yet."),
    )
