"""The forms of members, and their shape: every one carries the token of the page it is on.

Wording stands in the templates; here stand limits alone. (WTForms comes without types, hence the
three classes that extend what mypy cannot see.)
"""

from __future__ import annotations

from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.csrf.core import CSRF
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from casefile.people.page_token import FIELD, is_genuine, page_token
from casefile.people.roles import Role
from casefile.people.sessions import current_member
from casefile.platform.deployment import current_deployment
from casefile.platform.language import LANGUAGES

LONGEST_EMAIL: Final = 254
LONGEST_NAME: Final = 120
LONGEST_PASSPHRASE: Final = 500
EMAIL: Final = r"^\s*[^@\s]+@[^@\s]+\s*$"


class PageToken(CSRF):  # type: ignore[misc]
    """Flask-WTF's place for the token of `page_token`."""

    def generate_csrf_token(self, _field: Field) -> str:
        """The token of this session's pages."""
        return page_token(current_deployment(), current_member())

    def validate_csrf_token(self, _form: FlaskForm, field: Field) -> None:
        """Refuse a post that is not from a page of this session; the gate has refused it before."""
        if not is_genuine(current_deployment(), current_member(), field.data or ""):
            raise ValidationError


class StaffForm(FlaskForm):  # type: ignore[misc]
    """What every form of a member's page extends."""

    class Meta:
        """No browser session and no key of Flask's stands behind the token."""

        csrf = True
        csrf_class = PageToken
        csrf_field_name = FIELD
        csrf_context = None
        csrf_secret = None
        csrf_time_limit = None


class DoorForm(FlaskForm):  # type: ignore[misc]
    """A form for somebody who is not signed in; the gate refuses other sites' posts."""

    class Meta:
        """There is no session to bind a token to."""

        csrf = False


class SignInForm(DoorForm):
    """The first step. `kept` is what an ended session had written, sealed."""

    email = StringField(validators=[InputRequired(), Length(max=LONGEST_EMAIL)])
    passphrase = PasswordField(validators=[InputRequired(), Length(max=LONGEST_PASSPHRASE)])
    kept = StringField()


class SecondStepForm(DoorForm):
    """The second step: the sealed ticket of the first, and a code."""

    ticket = StringField(validators=[InputRequired()])
    code = StringField(validators=[InputRequired(), Length(max=100)])
    kept = StringField()


class UnlockForm(DoorForm):
    """The passphrase at a locked screen. `kept` is what was being written, sealed."""

    passphrase = PasswordField()
    kept = StringField()


class InviteForm(StaffForm):
    """Whom to invite, as what, and onto which desks (their ids in hex)."""

    name = StringField(validators=[InputRequired(), Length(max=LONGEST_NAME), Regexp(r".*\S")])
    email = StringField(validators=[InputRequired(), Length(max=LONGEST_EMAIL), Regexp(EMAIL)])
    role = SelectField(choices=[role.value for role in Role])
    language = SelectField(choices=[language.code for language in LANGUAGES])
    desks = SelectMultipleField()


class CorrectForm(StaffForm):
    """A name and an e-mail as they should have been."""

    name = StringField(validators=[InputRequired(), Length(max=LONGEST_NAME), Regexp(r".*\S")])
    email = StringField(validators=[InputRequired(), Length(max=LONGEST_EMAIL), Regexp(EMAIL)])


class ProofForm(DoorForm):
    """The second joining page: what shows that passphrase and authenticator were kept."""

    offer = StringField(validators=[InputRequired()])
    passphrase = PasswordField(validators=[InputRequired(), Length(max=LONGEST_PASSPHRASE)])
    code = StringField(validators=[InputRequired(), Length(max=100)])


def typed(field: Any) -> str:
    """What was typed into a field, never None."""
    return str(field.data or "")
