"""What members write on the case page: a reviewed letter, own words, a note.

The fields of a page have names of their own, for every button of the page carries all of them.
A form keeps what was typed whatever is wrong with it, and never judges the words: that nobody may
be named to a number is said beside the field, not guessed at here.
"""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from casefile.people.forms import StaffForm
from casefile.platform.language import LANGUAGES

LONGEST_LETTER: Final = 4_000
LONGEST_REASON: Final = 300
LONGEST_NOTE: Final = 20_000
"""Characters. A letter is read on a small screen; a note may hold the minutes of a talk."""

ONCE: Final = re.compile(r"[0-9a-f]{64}")
IDENTITY: Final = re.compile(r"[0-9a-f]{32}")
UNWRITTEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and line feed, and halves of characters: nobody typed those."""


def as_written(text: str | None) -> str:
    """What was typed, with one kind of line end and nothing a keyboard does not write."""
    return UNWRITTEN.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def once_of(field: str | None) -> bytes | None:
    """The 32 bytes that make a double press one letter; None if the page brought none."""
    return bytes.fromhex(field) if field and ONCE.fullmatch(field) else None


def identity_of(field: str | None) -> bytes | None:
    """The person chosen in a field, by id in hex; None if that is nobody's."""
    return bytes.fromhex(field) if field and IDENTITY.fullmatch(field) else None


def _text(longest: int, empty: Any) -> dict[str, Any]:
    """Arguments of a field that must hold words, `longest` characters at most."""
    return {"filters": [as_written], "validators": [DataRequired(empty), at_most(longest)]}


def at_most(longest: int) -> Any:
    """What refuses a text of more characters."""
    return Length(max=longest, message=_l("This is too long. Please make it shorter."))


class ButtonForm(StaffForm):
    """A button alone, right whatever happened since the page was opened: showing the report."""


class SeenForm(StaffForm):
    """A button of a page that must still be true; `seen` is what the page showed."""

    seen = HiddenField()


class LetterForm(SeenForm):
    """A reviewed letter; its words come from the list of letters, never from the browser."""

    shown = HiddenField(filters=[as_written])
    once = HiddenField()


class OwnWordsForm(SeenForm):
    """Own words to the number, with the reason why no reviewed letter would do."""

    reason = StringField(
        **_text(LONGEST_REASON, _l("Say in a few words why, for your colleagues."))
    )
    written_in = SelectField(choices=[each.code for each in LANGUAGES])
    letter = TextAreaField(**_text(LONGEST_LETTER, _l("There is nothing to send yet.")))
    asks = BooleanField()
    once = HiddenField()


class FilesForm(StaffForm):
    """Files for the colleagues, or for the reporter; the files themselves are no field."""

    to_reporter = BooleanField()
    once = HiddenField()


class UnlockForm(StaffForm):
    """Why a file that was locked may be opened after all."""

    reason = StringField(
        **_text(LONGEST_REASON, _l("Say why it may be opened, for your colleagues."))
    )


class NoteForm(SeenForm):
    """A note for the colleagues who can read the case."""

    note = TextAreaField(**_text(LONGEST_NOTE, _l("There is nothing to keep yet.")))
    once = HiddenField()


class HandOverForm(SeenForm):
    """Changing who answers: to whom, with a note if one is wanted.

    Taking a case over and letting it go need neither name nor note.
    """

    once = HiddenField()
    fellow = StringField(validators=[Regexp(IDENTITY, message=_l("Choose a colleague."))])
    message = TextAreaField(filters=[as_written], validators=[at_most(LONGEST_NOTE)])
