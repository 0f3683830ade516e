"""A newcomer is let in on the desk's page by a member, and by nobody else."""

from __future__ import annotations

import re

from casefile.cases.queue import queue_page
from casefile.network.custody import start_desk
from casefile.network.directory import Desk, change_desk, list_entry
from casefile.platform.database import write
from tests.world import World


def _desk_with_one_waiting(world: World) -> Desk:
    """A desk of Lucia's for which Peter waits."""
    with world.session() as session:
        agency = world.desk("Intake desk, River").agency
        desk = Desk(b"d" * 16, {"en": "Market desk"}, agency, 4, "intake", 77)

        def verb(writing: object) -> None:
            list_entry(session, world.deployment, desk)
            start_desk(session, world.deployment, desk, world.member("Lucia"))
            waiting = (world.member("Peter").person,)
            change_desk(session, world.deployment, desk.id, waiting=waiting)

        write(verb, session)
    return world.desk("Market desk")


def _let_in(world: World, who: str, desk: Desk) -> int:
    client = world.signed_in(who)
    page = client.get("/desk", base_url="https://localhost").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    given = {
        "csrf_token": token.group(1),
        "desk": desk.id.hex(),
        "person": world.member("Peter").person.hex(),
    }
    return client.post("/desk/let-in", data=given, base_url="https://localhost").status_code


def test_a_member_lets_in_who_waits_and_the_newcomer_reads_the_desks_cases(world: World) -> None:
    desk = _desk_with_one_waiting(world)
    world.report(area="4")
    assert _let_in(world, "Lucia", desk) == 303
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member("Peter"), view="all", page=1)
    assert page.all_open == 1


def test_nobody_of_another_desk_lets_anybody_in(world: World) -> None:
    desk = _desk_with_one_waiting(world)
    assert _let_in(world, "Sarah", desk) == 404
    assert world.member("Peter").person not in world.desk("Market desk").members


def test_who_is_named_in_a_case_of_the_desk_is_not_let_in(world: World) -> None:
    desk = _desk_with_one_waiting(world)
    world.report("Peter Nyambura asked for money.", area="4")
    assert _let_in(world, "Lucia", desk) == 409
    assert world.member("Peter").person not in world.desk("Market desk").members


def test_a_newcomer_reads_on_the_list_of_work_that_she_waits_and_where_her_digits_are(
    world: World,
) -> None:
    _desk_with_one_waiting(world)
    page = _queue_of(world, "Peter")
    assert "Market desk" in page
    assert 'href="/desk#own-key"' in page


def test_who_can_let_somebody_in_is_told_on_the_list_of_work(world: World) -> None:
    assert "Peter Nyambura" not in _queue_of(world, "Lucia")
    desk = _desk_with_one_waiting(world)
    assert "Peter Nyambura" in _queue_of(world, "Lucia")
    assert "Peter Nyambura" not in _queue_of(world, "Sarah")
    _let_in(world, "Lucia", desk)
    assert "Peter Nyambura" not in _queue_of(world, "Lucia")


def test_who_sits_on_no_desk_is_told_why_the_list_is_empty(world: World) -> None:
    assert "You sit on no desk" not in _queue_of(world, "Peter")
    with world.session() as session:
        peter = world.member("Peter").person
        for desk in world.directory().desks_of(peter):
            left = tuple(one for one in desk.members if one != peter)
            change_desk(session, world.deployment, desk.id, members=left)
    page = _queue_of(world, "Peter")
    assert "You sit on no desk" in page
    assert "Thank you for being there" not in page


def _queue_of(world: World, who: str) -> str:
    return world.signed_in(who).get("/queue", base_url="https://localhost").get_data(as_text=True)
