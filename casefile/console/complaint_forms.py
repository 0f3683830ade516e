"""What members write in the part *complaint*: a packet, a step with its reason, a letter.

Codes come from lists; words are kept whatever else is wrong.
"""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from casefile.codes.questions import Questionnaire
from casefile.console.complaint_words import options_of
from casefile.console.forms import SeenForm, as_written
from casefile.network.directory import Directory
from casefile.referral.composing import ANSWERS, Chosen

LONGEST_SUMMARY: Final = 8_000
LONGEST_LINE: Final = 300
TOO_LONG: Final = _l("This is too long. Please make it shorter.")


def _words(longest: int) -> dict[str, object]:
    return {"filters": [as_written], "validators": [Length(max=longest, message=TOO_LONG)]}


class PacketForm(SeenForm):
    """What is to be passed on; the codes are read beside it."""

    once = HiddenField()
    to = StringField()
    summary = TextAreaField(**_words(LONGEST_SUMMARY))
    employer = StringField(**_words(LONGEST_LINE))
    subject = StringField(**_words(LONGEST_LINE))
    place = StringField(**_words(LONGEST_LINE))
    name = StringField(**_words(LONGEST_LINE))
    contact = StringField(**_words(LONGEST_LINE))


class StepForm(SeenForm):
    """One step of a referral: its reason, or the letter that goes with it."""

    once = HiddenField()
    referral = HiddenField()
    verb = HiddenField()
    code = StringField()
    reason = TextAreaField(**_words(LONGEST_SUMMARY))
    letter = TextAreaField(**_words(LONGEST_SUMMARY))
    number = HiddenField()
    agency = HiddenField()


def chosen_of(form: PacketForm, questions: Questionnaire, directory: Directory) -> Chosen:
    """What was chosen and typed; codes the form does not offer are dropped."""
    area = request.form.get("area", "")
    code = int(area) if area.isascii() and area.isdecimal() else 0
    return Chosen(
        summary=form.summary.data or "",
        employer=form.employer.data or "",
        subject=form.subject.data or "",
        place=form.place.data or "",
        area=code if code in directory.areas else 0,
        answers={name: "".join(_known(questions, name)[:1]) for name in ANSWERS},
        danger=_known(questions, "danger"),
        needs=_known(questions, "needs"),
        name=form.name.data or "",
        contact=form.contact.data or "",
    )


def _known(questions: Questionnaire, name: str) -> tuple[str, ...]:
    offered = {code for code, _ in options_of(questions, name)}
    return tuple(one for one in request.form.getlist(name) if one in offered)
