"""The words of a case's page, each looked up once however often it stands there.

It must never make a code sound more certain than it is: what was not said is called so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from casefile.console.spoken import (
    Spoken,
    categories,
    languages,
    stamps,
    states,
    steps,
    told_before,
    told_late,
    told_next,
)


@dataclass(frozen=True)
class CaseWords:
    """The words of a case's page."""

    stamp: Mapping[str, str]
    step: Mapping[str, str]
    told: Mapping[str, str]
    told_next: Mapping[str, str]
    told_before: Mapping[str, str]
    told_late: Mapping[str, str]
    language: Mapping[str, str]
    category: Mapping[str, str]
    state: Mapping[str, str]
    danger: Mapping[str, str]
    age: Mapping[str, str]
    last_time: Mapping[str, str]
    share_name: Mapping[str, str]
    help: Mapping[str, str]
    told_by: Mapping[str, str]
    family: Mapping[str, str]
    mark: Mapping[str, str]
    choice: Mapping[str, str]
    passed: Mapping[str, str]


def case_words() -> CaseWords:
    """Look up every word of the case page once."""
    return CaseWords(
        stamp=stamps(),
        step=steps(),
        told=_told(),
        told_next=told_next(),
        told_before=told_before(),
        told_late=told_late(),
        language=languages(),
        category=categories(),
        state=states(),
        danger=_dangers(),
        age=_ages(),
        last_time=_last_times(),
        share_name=_name_answers(),
        help=_wishes(),
        told_by=_tellers(),
        family=families(),
        mark=_marks(),
        choice=_reporter_choices(),
        passed=_passed(),
    )


def _told() -> Spoken:
    """Who must hear of it if the deadline passes."""
    return Spoken(
        desk_head=_("If late, the head of the desk must know."),
        senior_focal_point=_("If late, the senior focal point must know."),
        inter_agency_desk=_("If late, the inter-agency desk must know."),
        nobody="",
        unknown="",
    )


def _dangers() -> Spoken:
    return Spoken(
        danger=_("someone is in danger"),
        health=_("someone needs a health worker"),
        goes_on=_("it is still happening"),
    )


def _ages() -> Spoken:
    return Spoken(
        child=_("yes"),
        adult=_("no"),
        both=_("some of them"),
        unknown=_("not known"),
        not_said=_("not said"),
    )


def _last_times() -> Spoken:
    return Spoken(
        d3=_("today or in the last 3 days"),
        d5=_("4 to 5 days ago"),
        month=_("in the last month"),
        longer=_("longer ago"),
        unknown=_("not known"),
        not_said=_("not said"),
    )


def _name_answers() -> Spoken:
    return Spoken(
        no=_("no"),
        ask=_("ask first"),
        yes=_("yes"),
        not_said=_("no (nothing was said)"),
        taken_back=_("no (the reporter took it back)"),
    )


def _reporter_choices() -> Spoken:
    """What a reporter chose in the mailbox."""
    return Spoken(
        stop_contact=_("contact stopped"),
        take_back_name=_("permission to use the name taken back"),
        no_help=_("no more help wanted"),
        second_look=_("another person should look"),
    )


def _wishes() -> Spoken:
    return Spoken(
        safety=_("a safe place"),
        health=_("health care"),
        talk=_("someone to talk to"),
        legal=_("legal advice"),
        material=_("food, clothes, shelter, money"),
        none=_("none now"),
    )


def _tellers() -> Spoken:
    return Spoken(
        me=_("the person it happened to"),
        other_knows=_("another person, and the one it happened to knows"),
        other=_("another person, and the one it happened to does not know"),
        several=_("someone writing for several people"),
        not_said=_("not said"),
    )


def families() -> Spoken:
    """What a file is, in one word."""
    return Spoken(
        picture=_("picture"),
        pdf=_("PDF"),
        document=_("office document"),
        sound=_("sound"),
        video=_("video"),
        text=_("text"),
        other=_("another kind of file"),
    )


def _marks() -> Spoken:
    """What is known of the details inside a file."""
    return Spoken(
        cleaned=_("hidden details removed"),
        remain=_("details inside may remain"),
        failed=_("could not be cleaned: details inside remain"),
    )


def _passed() -> Spoken:
    """What happened to what was passed on, for the line of dates; `there_`: at the other end."""
    return Spoken(
        referral_sent=_("Passed on."),
        letter_between=_("A letter came from the other end."),
        letter_delivered=_("A letter was handed on to the reporter."),
        fund_asked=_("Investigators were asked for from the inter-agency fund."),
        referral_deliver=_("What was passed on to us was opened."),
        referral_confirm=_("Confirmed that it arrived."),
        referral_accept=_("Taken on."),
        referral_decline=_("Declined."),
        referral_recall=_("Called back."),
        referral_open_investigation=_("Told the sender that an investigation was opened."),
        referral_conclude=_("Told the sender that the investigation has ended."),
        referral_share_outcome=_("The words for the reporter were sent."),
        referral_close=_("Nothing more is waited for."),
        referral_wrote=_("A letter was sent to the other end."),
        referral_receive=_("The help was received."),
        referral_complete=_("Nothing more is asked of the specialist."),
        there_send=_("Passed on to us."),
        there_recall=_("Called back by who sent it."),
        there_close=_("Who sent it waits for nothing more."),
        there_deliver=_("The recipient opened it."),
        there_confirm=_("The recipient confirmed that it arrived."),
        there_accept=_("The recipient takes it on."),
        there_decline=_("The recipient declined it."),
        there_open_investigation=_("The recipient opened an investigation."),
        there_conclude=_("The investigation there has ended."),
        there_share_outcome=_("The recipient sent words for the reporter."),
        there_receive=_("The help was received."),
        there_complete=_("The specialist has ended the help."),
    )
