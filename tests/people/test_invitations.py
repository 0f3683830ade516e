"""Invitations: they open one account once, for a week, and the account is its owner's alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casefile.people.accepting import (
    Offer,
    WrongCode,
)
from casefile.people.accounts import State, everybody, person_holder
from casefile.people.invitations import (
    AlreadyAMember,
    InvitationOpensNothing,
    invite,
    read_invitation,
)
from casefile.people.models import InvitationRow, PersonRow
from casefile.people.roles import Role
from casefile.people.rules import INVITATION_HOLDS
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.registers.directory import KeyNotListed, public_key_of
from tests.people.conftest import House, Joined, address_of
from tests.world import accept, offered


def offer(house: House, token: str) -> Offer:
    with house.app.app_context():
        return offered(token)


def take(house: House, token: str, shown: Offer, code: str | None = None) -> Member:
    with house.app.app_context():
        return accept(token, shown, code)


def opens(house: House, token: str) -> bool:
    return (
        house.do(lambda session, deployment: read_invitation(session, deployment, token))
        is not None
    )


def states(house: House) -> dict[str, State]:
    return {account.name: account.state for _, account in house.do(everybody)}


def test_an_invitation_says_what_was_asked_for(house: House) -> None:
    desks = (b"d" * 16, b"e" * 16)
    token = house.do(
        lambda session, deployment: invite(
            session,
            deployment,
            email="  Leila@Planted.Example ",
            name=" Leila Ḥaddād ",
            role=Role.INVESTIGATOR,
            language="ar",
            desks=desks,
            by=None,
        )
    )
    invited = house.do(lambda session, deployment: read_invitation(session, deployment, token))
    assert invited is not None
    assert (invited.name, invited.email) == ("Leila Ḥaddād", "leila@planted.example")
    assert (invited.role, invited.language, invited.desks) == (Role.INVESTIGATOR, "ar", desks)


def test_accepting_opens_the_account_and_lists_its_key(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    assert states(house)["Leila"] is State.INVITED
    member = take(house, token, offer(house, token))
    assert states(house)["Leila"] is State.ACTIVE
    listed = house.do(lambda s, d: public_key_of(s, d, person_holder(member.person)))
    assert listed == member.private.public


def test_an_invited_person_has_no_key_yet(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    invited = house.do(lambda session, deployment: read_invitation(session, deployment, token))
    assert invited is not None
    with pytest.raises(KeyNotListed):
        house.do(lambda s, d: public_key_of(s, d, person_holder(invited.person)))


def test_an_invitation_opens_one_account_once(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    shown = offer(house, token)
    take(house, token, shown)
    assert not opens(house, token)
    with pytest.raises(InvitationOpensNothing):
        take(house, token, shown)


def test_of_two_who_accept_at_once_one_gets_the_account(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    offers = [offer(house, token), offer(house, token)]

    def run(shown: Offer) -> Member | None:
        try:
            return take(house, token, shown)
        except InvitationOpensNothing:
            return None

    with ThreadPoolExecutor(2) as pool:
        members = [member for member in pool.map(run, offers) if member is not None]
    assert len(members) == 1
    listed = house.do(lambda s, d: public_key_of(s, d, person_holder(members[0].person)))
    assert listed == members[0].private.public


def test_an_invitation_is_good_for_a_week(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    house.clock.pass_by(INVITATION_HOLDS - timedelta(seconds=1))
    assert opens(house, token)
    house.clock.pass_by(timedelta(seconds=1))
    assert not opens(house, token)


def test_a_second_invitation_takes_the_place_of_the_first(house: House) -> None:
    first = house.invite("Leila", Role.AUDITOR)
    second = house.invite("Leila", Role.SECRETARIAT)
    assert not opens(house, first)
    invited = house.do(lambda session, deployment: read_invitation(session, deployment, second))
    assert invited is not None
    assert invited.role is Role.SECRETARIAT
    assert list(states(house)).count("Leila") == 1
    assert house.do(lambda s, _: s.scalar(select(func.count()).select_from(InvitationRow))) == 2


def test_an_invitation_put_back_by_hand_opens_nothing(house: House) -> None:
    first = house.invite("Leila", Role.AUDITOR)
    kept = invitation_rows(house)
    second = house.invite("Leila", Role.AUDITOR)
    put_back(house, kept)
    assert not opens(house, first)
    kept = invitation_rows(house)
    take(house, second, offer(house, second))
    put_back(house, kept)
    assert not opens(house, second)


def invitation_rows(house: House) -> list[dict[str, bytes]]:
    columns = InvitationRow.__table__.columns
    return house.do(lambda s, _: [dict(row) for row in s.execute(select(*columns)).mappings()])


def put_back(house: House, rows: list[dict[str, bytes]]) -> None:
    """What somebody with the database in hand could do: write old rows again."""
    there = {row["tag"] for row in invitation_rows(house)}
    gone = [InvitationRow(**row) for row in rows if row["tag"] not in there]
    assert gone
    house.do(lambda session, _: write(lambda s: s.add_all(gone), session))


def test_somebody_with_an_open_account_is_not_invited_again(house: House, ada: Joined) -> None:
    with pytest.raises(AlreadyAMember):
        house.invite(ada.name, Role.AUDITOR)
    assert states(house)[ada.name] is State.ACTIVE


def test_a_wrong_code_opens_no_account_and_keeps_the_invitation(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    shown = offer(house, token)
    with pytest.raises(WrongCode):
        take(house, token, shown, "000000")
    assert opens(house, token)
    assert take(house, token, shown).name == "Leila"


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 43, "A" * 5000])
def test_what_is_no_invitation_opens_nothing(house: House, token: str) -> None:
    assert not opens(house, token)


def test_rows_of_invited_and_joined_people_look_alike(house: House, ada: Joined) -> None:
    house.invite("Leila", Role.FOCAL_POINT)
    rows = house.do(lambda s, _: s.execute(select(*PersonRow.__table__.columns)).all())
    lengths = {tuple(len(column) for column in row) for row in rows}
    assert len(rows) >= 3
    assert len(lengths) == 1


def test_two_offers_share_nothing(house: House) -> None:
    token = house.invite("Leila", Role.FOCAL_POINT)
    one, other = offer(house, token), offer(house, token)
    assert one.passphrase != other.passphrase
    assert one.totp_seed != other.totp_seed
    assert not set(one.recovery_codes) & set(other.recovery_codes)
    assert len(set(one.recovery_codes)) == len(one.recovery_codes)


def test_the_authenticator_is_told_the_neutral_name_of_the_service(house: House) -> None:
    shown = offer(house, house.invite("Leila", Role.FOCAL_POINT))
    assert "casefile" not in shown.totp_uri.lower()
    assert address_of("Leila").split("@", maxsplit=1)[0] in shown.totp_uri
