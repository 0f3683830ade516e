"""Who may do what, and how long one waits: the data and the pure decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.people.roles import CASE_PERMISSIONS, PERMISSIONS, Permission, Role, may
from casefile.people.rules import FREE_FAILURES, LONGEST_WAIT, wait_after

WATCHERS = (
    Role.SENIOR_FOCAL_POINT,
    Role.SECRETARIAT,
    Role.DATA_STEWARD,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


@pytest.mark.parametrize("role", WATCHERS)
def test_who_watches_has_no_permission_over_cases(role: Role) -> None:
    assert not any(may(role, permission) for permission in CASE_PERMISSIONS)


def test_every_role_sees_its_own_account_and_has_something_to_do() -> None:
    for role in Role:
        assert may(role, Permission.SEE_OWN_ACCOUNT)
        assert len(PERMISSIONS[role]) > 1


def test_who_takes_calls_cannot_search_or_list() -> None:
    assert may(Role.HOTLINE_OPERATOR, Permission.TAKE_CALLS)
    assert not any(may(Role.HOTLINE_OPERATOR, each) for each in CASE_PERMISSIONS)


def test_only_the_administrator_invites() -> None:
    assert [role for role in Role if may(role, Permission.INVITE_PEOPLE)] == [Role.ADMINISTRATOR]


@given(st.integers(min_value=0, max_value=10**9))
def test_waiting_never_gets_shorter_and_never_too_long(failures: int) -> None:
    assert wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT


def test_a_few_mistakes_cost_no_wait() -> None:
    assert wait_after(FREE_FAILURES - 1) == timedelta()
    assert wait_after(FREE_FAILURES) > timedelta()
