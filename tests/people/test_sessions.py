"""Sessions: the cookie and the row open together or not at all, and end when they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from casefile.people.accounts import person_holder
from casefile.people.models import SessionRow
from casefile.people.roles import Role
from casefile.people.rules import SESSION_HOLDS
from casefile.people.sessions import (
    COOKIE,
    Member,
    NotSignedIn,
    current_member,
    end_session,
    resume_session,
    secret_of,
)
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_key_of
from casefile.sealing.contexts import context
from casefile.sealing.padding import RECORD_BUCKET, pad, unpad
from casefile.sealing.sessions import session_keys
from tests.people.conftest import BASE, House, Joined


def resume(house: House, cookie: str) -> Member | None:
    return house.do(lambda session, deployment: resume_session(session, deployment, cookie))


def row_of(cookie: str) -> bytes:
    keys = session_keys(secret_of(cookie))
    assert keys is not None
    return keys.row


def rows_left(house: House) -> int:
    return house.do(lambda s, _: s.scalar(select(func.count()).select_from(SessionRow)) or 0)


def change_row(house: House, row: bytes, change: Callable[[SessionRow], dict[str, object]]) -> None:
    """What somebody with the database in hand could do to one row."""

    def verb(session: Session, _: Deployment) -> None:
        read = session.get_one(SessionRow, row)
        values = change(read)
        write(
            lambda s: s.execute(update(SessionRow).where(SessionRow.id == row).values(**values)),
            session,
        )

    house.do(verb)


def test_the_cookie_brings_the_member_and_the_key_back(house: House, ada: Joined) -> None:
    member = resume(house, house.cookie(ada))
    assert member is not None
    assert (member.person, member.name, member.role) == (ada.person, ada.name, Role.ADMINISTRATOR)
    listed = house.do(lambda s, d: public_key_of(s, d, person_holder(ada.person)))
    assert member.private.public == listed


def test_a_member_does_not_print_what_it_holds(house: House, ada: Joined) -> None:
    member = resume(house, house.cookie(ada))
    assert ada.name not in repr(member)
    assert ada.person.hex() not in repr(member)


def test_a_changed_cookie_opens_nothing(house: House, ada: Joined) -> None:
    cookie = house.cookie(ada)
    for at in (0, 20, len(cookie) - 1):
        changed = cookie[:at] + ("A" if cookie[at] != "A" else "Q") + cookie[at + 1 :]
        assert resume(house, changed) is None
    for broken in ("", "x", cookie[:-1], cookie + "A", "é" * 43):
        assert resume(house, broken) is None


@pytest.mark.parametrize("cookie", ["x", "A" * 43, "\x80" * 43, '"' * 43])
def test_a_browser_with_a_strange_cookie_is_asked_to_sign_in(house: House, cookie: str) -> None:
    answer = house.browser().get("/people", headers={"Cookie": f"{COOKIE}={cookie}"}, base_url=BASE)
    assert answer.status_code == 303
    assert answer.location.endswith("/sign-in")


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(
    house: House, ada: Joined
) -> None:
    browser = house.sign_in(ada)
    copied = browser.get_cookie(COOKIE, domain="localhost")
    assert copied is not None
    page = browser.get("/people", base_url=BASE)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post("/sign-out", data={"csrf_token": token}, base_url=BASE)
    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert rows_left(house) == 0
    assert resume(house, copied.value) is None


def test_ending_one_session_leaves_the_other(house: House, ada: Joined) -> None:
    one, other = house.cookie(ada), house.cookie(ada)
    member = resume(house, one)
    assert member is not None
    house.do(lambda session, deployment: end_session(session, deployment, member))
    assert resume(house, one) is None
    assert resume(house, other) is not None


def test_a_body_moved_to_another_persons_row_opens_nothing(house: House, ada: Joined) -> None:
    ben = house.join("Ben", Role.AUDITOR)
    hers, his = house.cookie(ada), house.cookie(ben)
    body = house.do(lambda s, _: s.get_one(SessionRow, row_of(hers)).body)
    change_row(house, row_of(his), lambda _: {"body": body})
    assert resume(house, his) is None


def test_a_label_moved_to_another_persons_row_opens_nothing(house: House, ada: Joined) -> None:
    ben = house.join("Ben", Role.AUDITOR)
    hers, his = house.cookie(ada), house.cookie(ben)
    label = house.do(lambda s, _: s.get_one(SessionRow, row_of(hers)).label)
    change_row(house, row_of(his), lambda _: {"label": label})
    assert resume(house, his) is None


def test_a_label_sealed_anew_for_another_person_opens_nothing(house: House, ada: Joined) -> None:
    """Even who holds the deployment's keys cannot give a session to somebody else."""
    ben = house.join("Ben", Role.AUDITOR)
    his = house.cookie(ben)
    deployment: Deployment = house.app.extensions["casefile.deployment"]
    where = context("session", "label", row_of(his))

    def forged(row: SessionRow) -> dict[str, object]:
        label = json.loads(unpad(deployment.keyring.open(row.label, where)))
        assert label["person"] == ben.person.hex()
        label["person"] = ada.person.hex()
        words = pad(json.dumps(label).encode(), RECORD_BUCKET)
        return {"label": deployment.keyring.seal(words, where)}

    change_row(house, row_of(his), forged)
    assert resume(house, his) is None


def test_a_session_cannot_be_made_longer_by_hand(house: House, ada: Joined) -> None:
    cookie = house.cookie(ada)
    change_row(house, row_of(cookie), lambda row: {"expires": row.expires + 60})
    assert resume(house, cookie) is None


def test_a_session_ends_after_twelve_hours(house: House, ada: Joined) -> None:
    cookie = house.cookie(ada)
    begun = house.clock.now - timedelta(seconds=30)
    house.clock.now = begun + SESSION_HOLDS - timedelta(minutes=1)
    assert resume(house, cookie) is not None
    house.clock.now = begun + SESSION_HOLDS
    assert resume(house, cookie) is None


def test_expired_rows_are_deleted_when_somebody_signs_in(house: House, ada: Joined) -> None:
    house.cookie(ada)
    house.cookie(ada)
    house.clock.pass_by(SESSION_HOLDS + timedelta(minutes=15))
    house.cookie(ada)
    assert rows_left(house) == 1


def test_a_row_shows_its_expiry_to_the_quarter_of_an_hour(house: House, ada: Joined) -> None:
    house.clock.pass_by(timedelta(minutes=7, seconds=13))
    cookie = house.cookie(ada)
    expires = house.do(lambda s, _: s.get_one(SessionRow, row_of(cookie)).expires)
    assert expires % 15 == 0


def test_asking_for_a_member_where_nobody_is_signed_in_is_an_error(house: House) -> None:
    with house.app.test_request_context("/"), pytest.raises(NotSignedIn):
        current_member()
