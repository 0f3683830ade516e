"""Custodians meet: what nobody on a desk can open goes to a desk again, and to nobody it names."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from click.testing import Result
from sqlalchemy import select, update

from casefile.audit.events import Event
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label, read_label
from casefile.cases.leaving import leave, lose_key
from casefile.cases.membership import join_desk
from casefile.cases.models import CaseRow, EntryRow
from casefile.cases.queue import queue_page
from casefile.cases.records import entry_tag
from casefile.network.custodians import Custodian, name_custodian, read_custodians
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Agency, change_entry
from casefile.network.recovery import PaperShare, found_recovery
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.people.sessions import Member
from casefile.platform.database import write
from tests.cases.excluding import adds
from tests.cases.working import events
from tests.network.founding import shares_in
from tests.world import World, accept, offered

RIVER, NORTH = "Intake desk, River", "Intake desk, North"
FORTY = 40
NEWCOMER = "Zebedee Newcomer"


@pytest.fixture
def shares(both_worlds: World) -> tuple[PaperShare, ...]:
    """The shares of River's agency, named after people who are no members of it."""
    return drawn(both_worlds)


def drawn(world: World) -> tuple[PaperShare, ...]:
    agency = world.desk(RIVER).agency
    with world.session() as session:
        papers = write(lambda it: found_recovery(it, world.deployment, agency), session)
    for number, who in ((1, "Ruth"), (2, "Lucia"), (3, "Omar")):
        keeps(world, number, who)
    return papers


def keeps(world: World, number: int, who: str) -> None:
    known = world.seated.get(who)
    said = Custodian(number, who, known.member.person if known else b"")
    agency = world.desk(RIVER).agency
    with world.session() as session:
        write(lambda it: name_custodian(it, world.deployment, agency, said), session)


def run(world: World, *words: str, typed: Sequence[str] = ()) -> Result:
    given = "".join(f"{one}\n" for one in typed)
    return world.app.test_cli_runner().invoke(args=["casefile", "custody", *words], input=given)


def goes(world: World, *names: str) -> None:
    for who in names:
        person = world.member(who).person
        with world.session() as session:
            write(lambda it, one=person: leave(it, world.deployment, one, by=None), session)


def invited(world: World, name: str) -> Member:
    """Somebody new has an account and waits at River."""
    with world.session() as session:
        token = invite(
            session,
            world.deployment,
            email="new@example.org",
            name=name,
            role=Role.FOCAL_POINT,
            language="en",
            desks=[world.desk(RIVER).id],
            by=None,
        )
    with world.session():
        return accept(token, offered(token))


def begins_again(world: World, who: str) -> Member:
    """Somebody lost her passphrase, and has a new key and no seat."""
    person = world.member(who).person
    with world.session() as session:
        token, _ = write(lambda it: lose_key(it, world.deployment, person, by=None), session)
    with world.session():
        return accept(token, offered(token))


def opens(world: World, member: Member) -> int:
    """How many cases open for her."""
    opened = 0
    with world.session() as session:
        for case in session.scalars(select(CaseRow.id)).all():
            with suppress(CaseNotFound):
                opened += bool(unlock(session, world.deployment, member, case).keys)
    return opened


def labels(world: World) -> dict[bytes, Label]:
    with world.session() as session:
        return {
            case: read_label(session, world.deployment, case).label
            for case in session.scalars(select(CaseRow.id))
        }


def opened_by(world: World, who: str) -> int:
    return opens(world, world.member(who))


def listed(world: World, who: str) -> int:
    with world.session() as session:
        return queue_page(session, world.deployment, world.member(who), view="all", page=1).all_open


def emptied(world: World, *texts: str) -> None:
    """River has these cases, and then nobody."""
    for text in texts:
        world.report(text, area="2")
    goes(world, "Sarah", "Amal")


def recovers(world: World, what: str, who: str, *shares: PaperShare) -> Result:
    """The custodians with these shares meet, for River."""
    asked = ("--desk", RIVER, what, email(world, who), "--yes")
    return run(world, "recover", *asked, typed=[share.text for share in shares])


def email(world: World, who: str) -> str:
    return world.seated[who].person.email


def test_forty_cases_of_an_empty_desk_go_to_a_desk_that_has_members(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world = both_worlds
    emptied(world, *(f"Report {number}." for number in range(FORTY)))
    done = recovers(world, "--give-to", "Peter", shares[0], shares[2])
    assert done.exit_code == 0, done.output
    assert listed(world, "Peter") == opened_by(world, "Peter") == FORTY
    assert events(world, Event.CASE_GIVEN) == FORTY
    assert events(world, Event.CUSTODIANS_MET) == 2


def test_a_damaged_case_stays_with_the_custodians_and_the_others_go(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world = both_worlds
    emptied(world, *(f"Report {number}." for number in range(4)))
    record, label, *_ = sorted(labels(world))
    with world.session() as session:
        tag = entry_tag(world.deployment, record, 0)
        session.execute(update(EntryRow).where(EntryRow.tag == tag).values(body=b"x" * 4129))
        session.execute(update(CaseRow).where(CaseRow.id == label).values(label=b"x" * 1000))
    done = recovers(world, "--give-to", "Peter", shares[0], shares[2])
    assert done.exit_code == 0, done.output
    assert "2 cases were given over" in done.output
    assert "2 cases stay where they are" in done.output
    assert listed(world, "Peter") == 2


def test_a_case_that_names_who_would_get_it_is_not_on_her_list(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world = both_worlds
    north, joseph = world.desk(NORTH), world.member("Joseph").person
    with world.session() as session:
        write(
            lambda it: join_desk(it, world.deployment, world.member("Peter"), north, joseph),
            session,
        )
    emptied(world, "Nothing about anybody.", "It was Peter Nyambura who asked me.")
    assert recovers(world, "--give-to", "Peter", *shares[:2]).exit_code == 0
    assert listed(world, "Peter") == opened_by(world, "Peter") == 1
    assert listed(world, "Joseph") == opened_by(world, "Joseph") == 2


def test_a_wrong_share_is_named_and_the_right_ones_count(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world, agency = both_worlds, both_worlds.directory().agencies[both_worlds.desk(RIVER).agency]
    words = shares[1].text.split()
    mistyped = " ".join([*words[:3], "babab" if words[3] != "babab" else "dadad", *words[4:]])
    typed = [shares[0].text, mistyped, shares[0].text, "one two three", shares[1].text]
    tried = run(world, "try", "--agency", agency.names["en"], typed=typed)
    assert tried.exit_code == 0, tried.output
    assert tried.output.count("is right") == 2
    assert tried.output.count("mistyped") == 2
    assert tried.output.count("already") == 1
    with world.session() as session:
        assert read_custodians(session, world.deployment, agency.id).tried
    assert not any(word in tried.output for word in shares[1].text.split())


def test_a_custodian_has_no_part_in_opening_a_case_that_is_kept_from_her(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world = both_worlds
    lucia = world.seated["Lucia"].person.name
    emptied(world, "Nothing about anybody.", f"Ask {lucia} what happened.")
    with_her = recovers(world, "--give-to", "Peter", shares[0], shares[1])
    assert "1 cases were given over" in with_her.output
    assert opened_by(world, "Peter") == 1
    without = recovers(world, "--give-to", "Peter", shares[0], shares[2])
    assert "1 cases were given over" in without.output
    assert opened_by(world, "Peter") == 2


def test_custodians_give_a_member_with_a_new_key_her_seat_and_her_cases_back(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world = both_worlds
    world.report("Nothing about anybody.", area="2")
    world.report(f"It was {world.seated['Sarah'].person.name}.", area="2")
    goes(world, "Amal")
    again = begins_again(world, "Sarah")
    assert again.person == world.member("Sarah").person
    assert world.desk(RIVER).waiting == (again.person,)
    done = recovers(world, "--seat", "Sarah", *shares[:2])
    assert done.exit_code == 0, done.output
    assert world.desk(RIVER).live
    with world.session() as session:
        page = queue_page(session, world.deployment, again, view="all", page=1)
    assert page.all_open == opens(world, again) == 1


def test_a_newcomer_gets_no_key_of_what_the_custodians_hold(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    """Custodians seat Amal beside Sarah; a case about both stays with them, and names a third."""
    world = both_worlds
    world.report("Zebedee Newcomer did it, and Lucia Fernandez knew.", area="2")
    before = world.desk(RIVER)
    begins_again(world, "Amal")
    assert recovers(world, "--seat", "Amal", *shares[1:]).exit_code == 0
    assert opened_by(world, "Sarah") == 0
    newcomer, river, sarah = invited(world, NEWCOMER), world.desk(RIVER), world.member("Sarah")
    with world.session() as session:
        write(lambda it: join_desk(it, world.deployment, sarah, river, newcomer.person), session)
    assert opens(world, newcomer) == 0
    for member in (sarah, newcomer):
        for desk in (before, replace(before, generation=before.generation + 1)):
            with world.session() as session, pytest.raises(NoSeat):
                open_desk(session, world.deployment, member, desk)


def test_a_newcomer_gets_no_case_that_nobody_there_may_open(both_worlds: World) -> None:
    """Sarah is kept from it, so nobody looks whether it names the newcomer: custodians have it."""
    world = both_worlds
    receipt = world.report("Zebedee Newcomer did it.", area="2")
    adds(world, receipt, f"And {world.seated['Sarah'].person.name} knew.")
    goes(world, "Amal")
    newcomer, river, sarah = invited(world, NEWCOMER), world.desk(RIVER), world.member("Sarah")
    with world.session() as session:
        write(lambda it: join_desk(it, world.deployment, sarah, river, newcomer.person), session)
    assert opens(world, newcomer) == 0
    assert opens(world, sarah) == 0


def test_custodians_who_stop_half_way_leave_everything_as_it_was(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world, name = both_worlds, both_worlds.directory().agencies[both_worlds.desk(RIVER).agency]
    emptied(world, "Nothing about anybody.")
    agency = ("--agency", name.names["en"])
    for stopped in (
        run(world, "try", *agency, typed=[shares[0].text]),
        run(world, "sheet", *agency, "--custodians", "4", typed=[shares[0].text]),
        recovers(world, "--give-to", "Peter", shares[0]),
    ):
        assert stopped.exit_code == 1
        assert not shares_in(stopped.output)
    assert opened_by(world, "Peter") == 0
    assert events(world, Event.CUSTODIANS_MET) == events(world, Event.CUSTODIANS_TRIED) == 0
    with world.session() as session:
        known = read_custodians(session, world.deployment, world.desk(RIVER).agency)
    assert (len(known.each), known.tried) == (3, 0)
    assert run(world, "try", *agency, typed=[one.text for one in shares[1:]]).exit_code == 0


def test_new_sheets_make_the_old_shares_worthless(
    both_worlds: World, shares: tuple[PaperShare, ...]
) -> None:
    world = both_worlds
    name = world.directory().agencies[world.desk(RIVER).agency].names["en"]
    typed = [shares[0].text, shares[1].text]
    printed = run(
        world, "sheet", "--agency", name, "--custodians", "4", "--needed", "3", typed=typed
    )
    assert printed.exit_code == 0, printed.output
    old = run(world, "try", "--agency", name, typed=typed)
    assert "earlier drawing" in old.output
    assert old.exit_code != 0
    fresh = shares_in(printed.output)
    assert len(fresh) == 4
    assert run(world, "try", "--agency", name, typed=fresh[1:]).exit_code == 0


def test_custodians_are_told_who_is_named_outside_for_what_nobody_here_may_have(
    world: World,
) -> None:
    said = "The regional ombudsman"
    assert said not in run(world, "status").output
    network = world.desk("Legal questions").agency
    with world.session():
        write(lambda it: change_entry(it, world.deployment, Agency, network, recipient=said))
    assert said in run(world, "status").output
