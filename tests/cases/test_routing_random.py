"""Routing over random networks and random rules: it always answers, and never the wrong people."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.cases.routing import Facts, Route, route
from casefile.codes.routes import Given, Routing, Rule, Where, Whose, read_routing
from casefile.network.desks import INTAKE
from casefile.network.directory import INTER_AGENCY, Agency, Area, Desk, Directory, Post
from casefile.settings import ROOT

PEOPLE = tuple(bytes([number]) * 16 for number in range(11, 17))
NETWORK, MERIDIAN, TERRA = AGENCY_IDS = tuple(bytes([number]) * 16 for number in (1, 2, 3))
DAY = date(2026, 12, 14)
AWAY = ((date(2026, 12, 12), date(2026, 12, 19)),)
CLASSES = {NETWORK: INTER_AGENCY, MERIDIAN: "ingo", TERRA: "un_agency"}
AGENCIES = {
    one: Agency(one, {"en": str(code)}, CLASSES[one], code=code, recipient="outside")
    for code, one in enumerate(AGENCY_IDS, start=1)
}
FUNCTIONS = (INTAKE, INTAKE, "investigation", "child_protection", "assistance")
AREAS = {
    code: Area(bytes([50 + code]) * 16, {"en": str(code)}, code, country="XYZ" if code < 3 else "")
    for code in (1, 2, 3)
}
SHIPPED = read_routing(ROOT / "config")

some_people = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True).map(tuple)
some_agencies = st.frozensets(st.sampled_from(AGENCY_IDS), max_size=2)
places = st.integers(0, 3)


def desk(code: int, agency: bytes, place: int, function: str, members: tuple[bytes, ...]) -> Desk:
    identity = bytes([100 + code]) * 16
    return Desk(identity, {"en": str(code)}, agency, place, function, code, members, generation=1)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """A network with its inter-agency desk, which may be empty, and up to six desks more."""
    desks = [desk(1, NETWORK, 0, INTAKE, draw(some_people))]
    for code in range(2, draw(st.integers(2, 8))):
        agency, function = draw(st.sampled_from(AGENCY_IDS)), draw(st.sampled_from(FUNCTIONS))
        desks.append(desk(code, agency, draw(places), function, draw(some_people)))
    posts = {
        person: Post(
            person,
            draw(st.sampled_from(AGENCY_IDS)),
            draw(places),
            "",
            away=draw(st.sampled_from([(), AWAY])),
        )
        for person in draw(some_people)
    }
    return Directory(AGENCIES, AREAS, {one.id: one for one in desks}, posts, {}, DAY)


facts = st.builds(
    Facts,
    area=st.integers(0, 4),
    concerned=some_agencies,
    kept_from=some_agencies,
    keep_area=st.booleans(),
    excluded=st.frozensets(st.sampled_from(PEOPLE)),
    category=st.sampled_from(["possible_sea", "fraud_corruption"]),
    child=st.booleans(),
)
rules = st.builds(
    Rule,
    name=st.just("drawn"),
    function=st.sampled_from(FUNCTIONS),
    place=st.sampled_from(Where),
    agency=st.sampled_from(Whose),
    categories=st.sampled_from([frozenset(), frozenset({"fraud_corruption"})]),
    only=st.frozensets(st.sampled_from(Given), max_size=1),
    unless=st.frozensets(st.sampled_from(Given), max_size=1),
)
LAST_RULE = Rule("last", INTAKE, Where.ANY, Whose.INTER_AGENCY)
routings = st.one_of(
    st.just(SHIPPED),
    st.lists(rules, max_size=5).map(lambda drawn: Routing((*drawn, LAST_RULE), True)),
)


@settings(max_examples=500)
@given(where=directories(), told=facts, routing=routings)
def test_no_route_reaches_a_barred_agencys_desk_or_an_excluded_person(
    where: Directory, told: Facts, routing: Routing
) -> None:
    chosen = route(where, told, routing)
    assert not set(chosen.members) & told.excluded
    assert set(chosen.members) <= set(chosen.desk.members)
    if chosen.members:
        assert chosen.desk.agency not in told.concerned | told.kept_from
        assert not (told.keep_area and chosen.desk.place and chosen.desk.place == told.area)
    assert chosen.circle or set(chosen.members) == set(chosen.desk.members)


@settings(max_examples=500)
@given(where=directories(), told=facts)
def test_whoever_may_read_it_and_is_there_gets_it_before_anybody_away(
    where: Directory, told: Facts
) -> None:
    chosen = route(where, told, SHIPPED)
    assert isinstance(chosen, Route)
    best = [one for one in where.desks.values() if may_read(where, told, one)]
    there = [one for one in best if where.here(left(one, told))]
    if there:
        assert where.here(chosen.members)
    elif best:
        assert chosen.members
    else:
        assert (chosen.members, chosen.circle, chosen.external) == ((), True, "outside")


@settings(max_examples=300)
@given(where=directories(), told=facts)
def test_another_agencys_desk_of_the_place_comes_first(where: Directory, told: Facts) -> None:
    local = [
        one
        for one in where.desks.values()
        if one.function == INTAKE
        and one.agency != NETWORK
        and one.place == told.area != 0
        and may_read(where, told, one)
        and where.here(left(one, told))
    ]
    if local and not told.child:
        assert route(where, told, SHIPPED).desk in local


def left(one: Desk, told: Facts) -> list[bytes]:
    return [person for person in one.members if person not in told.excluded]


def may_read(where: Directory, told: Facts, one: Desk) -> bool:
    """The model: a desk that takes such reports, is not barred, and has anybody left."""
    takes = one.function in {INTAKE, *(("child_protection",) if told.child else ())}
    end = one.function == "investigation" and not (one.place and one.place == told.area)
    barred = one.agency in told.concerned | told.kept_from
    kept = told.keep_area and one.place and (told.area in (0, one.place))
    offices = {
        (where.posts[who].agency, where.posts[who].area) for who in told.excluded & set(where.posts)
    }
    office = one.agency != NETWORK and (one.agency, one.place) in offices
    return bool((takes or end) and left(one, told) and not (barred or kept or office))
