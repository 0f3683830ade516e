"""The figures of a desk: each is a link to exactly the cases it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from casefile.cases.desk_figures import desk_figures, scopes_of
from casefile.cases.queue import queue_page
from casefile.cases.queue_views import Filters
from tests.cases.excluding import joins
from tests.cases.test_junk import sends_junk
from tests.cases.working import answers, confirms
from tests.console.conftest import AtDesk
from tests.world import World

Sits = Callable[[str], AtDesk]
FIGURE = re.compile(r'<td class="f"><a href="([^"]+)" aria-label="[^"]*">(\d+)</a>')
HEADING = re.compile(r"<h1>[^<]*\((\d+)\)</h1>")


def fill(world: World) -> None:
    """Cases of every kind, over five months: late, answered in time and late, waiting, junk."""
    world.report("old", area="2")
    confirms(world, "Sarah")
    world.clock.pass_by(days=100)
    answers(world, "Sarah", b"a" * 32)
    world.report("slow", area="2", employer="Blue Tent")
    world.clock.pass_by(days=20)
    for text, more in (("now", {"now": "danger"}), ("child", {"age": "child"}), ("plain", {})):
        world.report(text, area="2", **more)
    world.clock.pass_by(days=2)
    sends_junk(world)
    world.report("It was Amal Haddad.", area="2")
    world.report("new", area="2")


def figures_on(page: str) -> list[tuple[str, int]]:
    return [(unescape(address), int(count)) for address, count in FIGURE.findall(page)]


def test_every_figure_opens_a_list_with_as_many_cases(world: World, at_desk: Sits) -> None:
    fill(world)
    for who in ("Sarah", "Amal"):
        member = at_desk(who)
        member.client.get("/queue", base_url="https://localhost")
        page = in_english(world, who, member)
        figures = figures_on(page)
        assert len(figures) > 15
        for address, count in figures:
            (listed,) = HEADING.findall(in_english(world, who, member, address))
            assert (address, count) == (address, int(listed))
        assert len({count for _address, count in figures}) > 3


def in_english(world: World, who: str, member: AtDesk, address: str = "/desk") -> str:
    """The page with the digits of English, whatever the reader's language."""
    page = member.opens(address)
    return page.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))


def counted(world: World, who: str, asked: Filters | None = None) -> dict[str, int]:
    with world.session() as session:
        figures = desk_figures(session, world.deployment, world.member(who), asked or Filters())
    assert figures is not None
    return {"open": figures.open.count} | {one.view: one.count for one in figures.standing}


def test_a_case_kept_from_somebody_is_in_none_of_her_figures(both_worlds: World) -> None:
    world = both_worlds
    world.report("near the well", area="2")
    before = counted(world, "Sarah")
    world.report("It was Sarah Okello.", area="2", now="danger")
    assert counted(world, "Sarah") == before
    assert counted(world, "Amal")["act_today"] == 1


def test_ages_and_answers_are_counted_by_their_days(both_worlds: World) -> None:
    world = both_worlds
    world.report("near the well", area="2")
    confirms(world, "Sarah")
    with world.session() as session:
        figures = desk_figures(session, world.deployment, world.member("Sarah"), Filters())
    assert figures is not None
    assert [one.count for one in figures.answered] == [1, 0]
    assert [(one.number, one.count) for one in figures.ages] == [(1, 1)]
    world.clock.pass_by(days=40)
    answers(world, "Sarah", b"a" * 32)
    with world.session() as session:
        figures = desk_figures(session, world.deployment, world.member("Sarah"), Filters())
    assert figures is not None
    assert [one.count for one in figures.answered] == [0, 1]
    world.clock.pass_by(days=31)
    with world.session() as session:
        figures = desk_figures(session, world.deployment, world.member("Sarah"), Filters())
    assert figures is not None
    assert [one.count for one in figures.answered] == [0, 0]
    assert [(one.number, one.count) for one in figures.ages] == [(3, 1)]


def test_whoever_sits_on_two_desks_of_an_agency_gets_their_sum_first(both_worlds: World) -> None:
    world = both_worlds
    here, there = world.desk("Intake desk, North"), world.desk("Investigations")
    names = {one.member.person: name for name, one in world.seated.items()}
    who, fellow = names[here.members[0]], names[there.members[0]]
    joins(world, who, let_in_by=fellow, english="Investigations")
    world.report("near the well", area="1")
    member = world.member(who)
    scopes = scopes_of(world.directory(), member)
    agency, *desks = (one.filters for one in scopes)
    assert (agency.agency, [one.desk for one in desks]) != (None, [])
    each = [counted(world, who, one)["open"] for one in desks]
    assert counted(world, who)["open"] == sum(each) == 1
    with world.session() as session:
        page = queue_page(session, world.deployment, member, view="all", filters=agency)
    assert page.all_open == 1


def test_the_figures_of_another_desk_are_nobodys_to_ask_for(world: World, at_desk: Sits) -> None:
    world.report("near the well", area="2")
    peter = at_desk("Peter")
    code = world.desk("Intake desk, River").code
    assert all(count == 0 for _at, count in figures_on(peter.opens(f"/desk?desk={code}")))
