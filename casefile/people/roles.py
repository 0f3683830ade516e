"""Roles, and what each may do: data, to be read by whoever answers for protection.

A permission opens a kind of page. It never opens a case: that needs a key as well. Whoever
watches, coordinates, audits or administers must never be given a permission over cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person does here; one role for one account."""

    HOTLINE_OPERATOR = "hotline_operator"
    FOCAL_POINT = "focal_point"
    ASSISTANCE_WORKER = "assistance_worker"
    INVESTIGATOR = "investigator"
    SENIOR_FOCAL_POINT = "senior_focal_point"
    SECRETARIAT = "secretariat"
    DATA_STEWARD = "data_steward"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a page asks for. Each view declares exactly one."""

    SEE_OWN_ACCOUNT = "see_own_account"
    TAKE_CALLS = "take_calls"
    READ_QUEUE = "read_queue"
    OPEN_CASE = "open_case"
    ANSWER_REPORTER = "answer_reporter"
    WRITE_NOTE = "write_note"
    EXPORT_CASE = "export_case"
    SEE_FIGURES = "see_figures"
    SEE_LATE = "see_late"
    READ_AUDIT = "read_audit"
    INVITE_PEOPLE = "invite_people"
    KEEP_NETWORK = "keep_network"


CASE_PERMISSIONS: Final = frozenset(
    {
        Permission.READ_QUEUE,
        Permission.OPEN_CASE,
        Permission.ANSWER_REPORTER,
        Permission.WRITE_NOTE,
        Permission.EXPORT_CASE,
    }
)
"""Permissions over cases. The roles without any hold no key to a case either."""

_EVERYONE: Final = frozenset({Permission.SEE_OWN_ACCOUNT})

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.HOTLINE_OPERATOR: _EVERYONE | {Permission.TAKE_CALLS},
    Role.FOCAL_POINT: _EVERYONE | CASE_PERMISSIONS | {Permission.TAKE_CALLS, Permission.SEE_LATE},
    Role.ASSISTANCE_WORKER: _EVERYONE
    | CASE_PERMISSIONS - {Permission.ANSWER_REPORTER, Permission.EXPORT_CASE},
    Role.INVESTIGATOR: _EVERYONE | CASE_PERMISSIONS - {Permission.ANSWER_REPORTER},
    Role.SENIOR_FOCAL_POINT: _EVERYONE | {Permission.SEE_FIGURES, Permission.SEE_LATE},
    Role.SECRETARIAT: _EVERYONE | {Permission.SEE_FIGURES, Permission.KEEP_NETWORK},
    Role.DATA_STEWARD: _EVERYONE | {Permission.SEE_FIGURES},
    Role.AUDITOR: _EVERYONE | {Permission.READ_AUDIT},
    Role.ADMINISTRATOR: _EVERYONE | {Permission.INVITE_PEOPLE, Permission.KEEP_NETWORK},
}
"""Role → what it may do. Source: the table of users in the design, one line a role."""


def may(role: Role, permission: Permission) -> bool:
    """Whether somebody in this role may open pages that ask for `permission`."""
    return permission in PERMISSIONS[role]
