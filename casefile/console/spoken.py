"""What every page of a case calls its codes, in the reader's language.

It must never decide anything, and no sentence here may tell more of a case than its code does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from flask_babel import gettext as _

from casefile.platform.language import current_language

Words = TypeVar("Words")


def once_a_language(made: Callable[[], Words]) -> Callable[[], Words]:
    """Look words up the first time a language asks for them: no page changes them."""

    @cache
    def known(_language: str) -> Words:
        return made()

    return lambda: known(current_language().code)


class Spoken(dict[str, str]):
    """Code → words. A code without words shows itself: no page may break for want of one."""

    def __missing__(self, code: str) -> str:
        return code.replace("_", " ")


@once_a_language
def stamps() -> Spoken:
    return Spoken(
        act_today=_("Act today"), late=_("Late"), new=_("New"), due=_("Due"), waiting=_("Waiting")
    )


@once_a_language
def steps() -> Spoken:
    """The one next step of a case, as a call to the member."""
    return Spoken(
        read=_("Read and confirm"),
        confirm=_("Confirm that a person has read it"),
        read_offer_help=_("Read and offer help"),
        offer_help=_("Offer help"),
        read_message=_("Read the new message"),
        answer_message=_("Answer the new message"),
        look_again=_("Look at the case again and leave a note"),
        second_look=_("Let another person look"),
        heed_choice=_("Do what the reporter chose and leave a note"),
        write_to_reporter=_("Write to the reporter"),
        wait_reporter=_("Wait for the reporter"),
        same_person=_("Say whether it is the same person"),
        sort=_("Decide what it is and who must act"),
        second_person=_("Confirm or refuse as the second person"),
        refer=_("Send it to whom it concerns"),
        confirm_referral=_("Wait until whom it concerns confirms"),
        reroute=_("Find out whom it concerns"),
        open_investigation=_("Open the investigation"),
        conclude_investigation=_("Conclude the investigation"),
        final_action=_("Wait for the action of the agency"),
        give_feedback=_("Tell who reported how it ended"),
        close_case=_("Close the case with a second person"),
        assess_risk=_("Look at the risk for who reported"),
        review_risk=_("Look at the risk again"),
        ended=_("Nothing is due: it has ended"),
        confirm_packet=_("Confirm that the complaint arrived"),
        follow_up=_("Ask how the help goes"),
        update_referrer=_("Tell the organisation that referred it where it stands"),
        notify_donor=_("Tell the contracting agency or donor"),
        deleted_soon=_("Look once more: it will be deleted"),
        unknown=_("Look at the case"),
    )


@once_a_language
def states() -> Spoken:
    """How far a case is, in a word or two."""
    return Spoken(
        received=_("received"),
        acknowledged=_("confirmed"),
        triage=_("being sorted"),
        referral_pending=_("to be sent"),
        referred=_("sent, not confirmed"),
        acknowledged_by_entity=_("confirmed by whom it concerns"),
        declined_by_entity=_("said to be another’s"),
        preliminary_assessment=_("being assessed"),
        under_investigation=_("being investigated"),
        under_review_limited_information=_("not enough to go on"),
        suspended=_("resting"),
        completed=_("outcome recorded"),
        closed_other_circumstances=_("ended without an outcome"),
        action_pending=_("waiting for action"),
        action_taken=_("action taken"),
        feedback_given=_("who reported was told"),
        feedback_not_possible=_("who reported could not be told"),
        forwarded=_("sent to the right office"),
        information_given=_("answered with information"),
        linked=_("the same as another case"),
        returned=_("given back"),
        closed=_("closed"),
        reopened=_("looked at again"),
        help_asked=_("help asked for"),
        helping=_("helping"),
        help_ended=_("help ended"),
        unknown=_("not known"),
    )


@once_a_language
def told_next() -> Spoken:
    """Who is told next that a deadline has passed, and when: `when` is still to be put in."""
    return Spoken(
        desk_head=_("The head of the desk is told %(when)s."),
        senior_focal_point=_("The senior focal point is told %(when)s."),
        inter_agency_desk=_("The inter-agency desk is told %(when)s."),
        nobody="",
        unknown="",
    )


@once_a_language
def told_before() -> Spoken:
    """Who has been told that a deadline has passed."""
    return Spoken(
        desk_head=_("The head of the desk was told."),
        senior_focal_point=_("The senior focal point was told."),
        inter_agency_desk=_("The inter-agency desk was told."),
        nobody="",
        unknown="",
    )


@once_a_language
def told_late() -> Spoken:
    """Who must hear of it now that the deadline has passed."""
    return Spoken(
        desk_head=_("The head of the desk must know."),
        senior_focal_point=_("The senior focal point must know."),
        inter_agency_desk=_("The inter-agency desk must know."),
        nobody="",
        unknown="",
    )


@once_a_language
def ages() -> dict[int, str]:
    """How old a case is, by the number of its class (`queue_views.AGES`)."""
    return {
        1: _("up to 7 days"),
        2: _("8 to 30 days"),
        3: _("31 to 90 days"),
        4: _("91 to 180 days"),
        5: _("more than 180 days"),
    }


@once_a_language
def answered() -> dict[int, str]:
    """Whether the reporter was last given what was promised in time (`queue_views.Answered`)."""
    return {
        0: _("not in the last 30 days"),
        1: _("in the last 30 days, in time"),
        2: _("in the last 30 days, late"),
    }


@once_a_language
def languages() -> Spoken:
    """The languages people write in, named in the reader's."""
    return Spoken(
        en=_("English"),
        fr=_("French"),
        es=_("Spanish"),
        ar=_("Arabic"),
        unknown=_("language not known"),
    )


@once_a_language
def categories() -> Spoken:
    return Spoken(
        possible_sea=_("possible SEA"),
        sea=_("SEA"),
        child_safeguarding_non_sexual=_("child safeguarding, not sexual"),
        sexual_harassment_workplace=_("sexual harassment at work"),
        fraud_corruption=_("fraud or corruption"),
        other_misconduct=_("other misconduct"),
        gbv_non_staff=_("gender-based violence, not by personnel"),
        protection_other=_("other protection concern"),
        programme_feedback_positive=_("thanks or praise"),
        programme_feedback_negative=_("complaint about a programme"),
        information_request=_("question"),
        assistance_request=_("request for help"),
        data_protection=_("data protection"),
        out_of_scope=_("for another office"),
        spam_or_hoax_test=_("possibly junk"),
        unknown=_("not sorted yet"),
    )


def channels() -> Spoken:
    """How reports come in."""
    return Spoken(
        web_anonymous=_("the open form"),
        web_identified=_("the form, with a name"),
        hotline=_("hotline"),
        sms=_("text message"),
        rapidpro="RapidPro",
        whatsapp="WhatsApp",
        email=_("e-mail"),
        kobo="KoboToolbox",
        odk="ODK",
        complaint_box=_("complaint box"),
        in_person=_("in person"),
        letter=_("letter"),
        radio=_("radio"),
        social_media=_("social media"),
        survey_fgd=_("survey or group talk"),
        other_agency_referral=_("sent by another agency"),
        media_report=_("the press"),
        internal_audit=_("internal audit"),
        unknown=_("not known"),
    )
