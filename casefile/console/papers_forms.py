"""What members send from the papers of a case: which sections, why, and words about keeping it.

Nothing is ticked beforehand: what leaves is what somebody chose.
"""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length

from casefile.cases.copies import Section
from casefile.cases.keeping import Keeping
from casefile.console.forms import as_written
from casefile.people.forms import StaffForm

LONGEST_WHY: Final = 1_000
"""Characters of a reason."""
REASONS: Final = ("investigation", "authority", "person_asked", "meeting", "other")
"""Codes of the list `export_reason`, in the order they are offered."""


class CopyForm(StaffForm):
    """A copy of the case: at least one section, a reason from the list, and why in words."""

    sections = SelectMultipleField(
        choices=[section.value for section in Section],
        validators=[DataRequired(_l("Choose what you need, and no more."))],
    )
    reason = SelectField(
        choices=("", *REASONS), validators=[DataRequired(_l("Say what it is needed for."))]
    )
    text = TextAreaField(
        filters=[as_written],
        validators=[
            DataRequired(_l("Say in a few words why, for your colleagues.")),
            Length(max=LONGEST_WHY, message=_l("This is too long. Please make it shorter.")),
        ],
    )
    once = HiddenField()


class TicketForm(StaffForm):
    """The button that takes a sealed copy whose words were just shown."""

    ticket = HiddenField(validators=[DataRequired()])


class KeepForm(StaffForm):
    """A word about keeping the case; who begins something says why."""

    word = SelectField(choices=[word.value for word in Keeping])
    why = TextAreaField(
        filters=[as_written],
        validators=[
            Length(max=LONGEST_WHY, message=_l("This is too long. Please make it shorter."))
        ],
    )
    once = HiddenField()
