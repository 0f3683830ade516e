"""Custodians: any two of the three shares on paper give the recovery key back, one never does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from casefile.network.models import CustodianPart
from casefile.network.recovery import recovery_holder
from casefile.registers.directory import public_key_of
from casefile.sealing.contexts import context
from casefile.sealing.custodians import (
    Part,
    join,
    open_part,
    private_key_from_paper,
)
from casefile.sealing.errors import PaperShareUnreadable, SealBroken, TooFewParts
from tests.network.founding import PAIRS, Beginning, beginning, recovered


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginning]:
    with beginning(tmp_path_factory.mktemp("recovery")) as one:
        yield one


@pytest.mark.parametrize("pair", PAIRS)
def test_any_two_of_three_custodians_join_the_key_that_is_listed(
    begun: Beginning, pair: tuple[int, int]
) -> None:
    joined = recovered(begun, pair)
    with begun.world.session() as session:
        agency = begun.made.desk.agency
        listed = public_key_of(session, begun.world.deployment, recovery_holder(agency))
    assert joined.public.raw == listed.raw


def test_three_shares_are_printed_and_six_parts_are_stored(begun: Beginning) -> None:
    with begun.world.session() as session:
        stored = session.scalar(select(func.count()).select_from(CustodianPart))
    assert [share.number for share in begun.made.shares] == [1, 2, 3]
    assert stored == 6
    assert len({share.text for share in begun.made.shares}) == 3


def test_a_share_does_not_show_itself_in_print(begun: Beginning) -> None:
    for share in begun.made.shares:
        assert share.text.split()[0] not in repr(begun.made)
        assert share.text.split()[0] not in repr(share)


def test_one_custodian_alone_opens_nothing(begun: Beginning) -> None:
    agency, keyring = begun.made.desk.agency, begun.world.deployment.keyring
    purpose = context("recovery", agency)
    with begun.world.session() as session:
        tag = keyring.tag("custodian_part", agency, "0,1", "0")
        body = session.get_one(CustodianPart, tag).body
    alone = private_key_from_paper(begun.made.shares[0].text)
    opened = open_part(alone, Part((0, 1), 0, body), purpose=purpose)
    with pytest.raises(TooFewParts):
        join({0: opened}, purpose=purpose)


def test_a_custodian_cannot_open_the_part_of_another(begun: Beginning) -> None:
    agency, keyring = begun.made.desk.agency, begun.world.deployment.keyring
    with begun.world.session() as session:
        tag = keyring.tag("custodian_part", agency, "0,1", "1")
        body = session.get_one(CustodianPart, tag).body
    other = private_key_from_paper(begun.made.shares[2].text)
    with pytest.raises(SealBroken):
        open_part(other, Part((0, 1), 1, body), purpose=context("recovery", agency))


def test_a_mistyped_word_on_a_share_is_noticed(begun: Beginning) -> None:
    words = begun.made.shares[0].text.split()
    words[3] = "babab" if words[3] != "babab" else "dadad"
    with pytest.raises(PaperShareUnreadable):
        private_key_from_paper(" ".join(words))


def test_the_whole_secret_is_stored_nowhere(begun: Beginning) -> None:
    seeds = recovered(begun, (1, 2)).seeds().reveal()
    disk = b"".join(
        file.read_bytes() for file in begun.world.settings.instance.iterdir() if file.is_file()
    )
    assert seeds not in disk
    assert seeds[:32] not in disk
