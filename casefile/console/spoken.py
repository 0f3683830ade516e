"""What every page of a case calls its codes, in the reader's language.

It must never decide anything, and no sentence here may tell more of a case than its code does.
"""

from __future__ import annotations

from flask_babel import gettext as _


class Spoken(dict[str, str]):
    """Code → words. A code without words shows itself: no page may break for want of one."""

    def __missing__(self, code: str) -> str:
        return code.replace("_", " ")


def stamps() -> Spoken:
    return Spoken(
        act_today=_("Act today"), late=_("Late"), new=_("New"), due=_("Due"), waiting=_("Waiting")
    )


def steps() -> Spoken:
    """The one next step of a case, as a call to the member."""
    return Spoken(
        read=_("Read and confirm"),
        confirm=_("Confirm that a person has read it"),
        read_offer_help=_("Read and offer help"),
        offer_help=_("Offer help"),
        read_message=_("Read the new message"),
        look_again=_("Look at the case again and leave a note"),
        second_look=_("Let another person look"),
        heed_choice=_("Do what the reporter chose and leave a note"),
        write_to_reporter=_("Write to the reporter"),
        wait_reporter=_("Wait for the reporter"),
        same_person=_("Say whether it is the same person"),
        unknown=_("Look at the case"),
    )


def told_late() -> Spoken:
    """Who must hear of it now that the deadline has passed."""
    return Spoken(
        desk_head=_("The head of the desk must know."),
        senior_focal_point=_("The senior focal point must know."),
        inter_agency_desk=_("The inter-agency desk must know."),
        nobody="",
        unknown="",
    )


def languages() -> Spoken:
    """The languages people write in, named in the reader's."""
    return Spoken(
        en=_("English"),
        fr=_("French"),
        es=_("Spanish"),
        ar=_("Arabic"),
        unknown=_("language not known"),
    )


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
