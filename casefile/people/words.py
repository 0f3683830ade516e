"""Names of roles and states, in the reader's language. No sentence of a page stands here."""

from __future__ import annotations

from flask_babel import gettext as _

from casefile.people.accounts import State
from casefile.people.roles import Role


def role_names() -> dict[Role, str]:
    """What a role is called on pages."""
    return {
        Role.HOTLINE_OPERATOR: _("Hotline operator"),
        Role.FOCAL_POINT: _("Focal point"),
        Role.ASSISTANCE_WORKER: _("Assistance worker"),
        Role.INVESTIGATOR: _("Investigator"),
        Role.SENIOR_FOCAL_POINT: _("Senior focal point"),
        Role.SECRETARIAT: _("Secretariat"),
        Role.DATA_STEWARD: _("Data steward"),
        Role.AUDITOR: _("Auditor"),
        Role.ADMINISTRATOR: _("Administrator"),
    }


def state_names() -> dict[State, str]:
    """What the state of an account is called on pages."""
    return {
        State.INVITED: _("invited, has not joined yet"),
        State.ACTIVE: _("in use"),
        State.LEFT: _("has left"),
    }
