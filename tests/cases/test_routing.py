"""Where a report goes first: never to whom it is about, never to whom it is kept from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from casefile.cases import routing
from casefile.cases.routing import Facts, Route, ServiceNotOpen
from casefile.codes.routes import read_routing
from casefile.network.desks import INTAKE
from casefile.network.directory import INTER_AGENCY, Agency, Area, Country, Desk, Directory, Post
from casefile.settings import ROOT

NETWORK, MERIDIAN, TERRA = (bytes([number]) * 16 for number in (1, 2, 3))
ADA, BEN, CLEO, DINA, ELIF = (bytes([number]) * 16 for number in range(11, 16))
PEOPLE = (ADA, BEN, CLEO, DINA, ELIF)
RULES = read_routing(ROOT / "config")
AWAY = (date(2026, 12, 12), date(2026, 12, 19))
AGENCIES = {
    NETWORK: Agency(NETWORK, {"en": "Network"}, INTER_AGENCY, code=1, recipient="The ombudsman"),
    MERIDIAN: Agency(MERIDIAN, {"en": "Meridian"}, "ingo", code=2),
    TERRA: Agency(TERRA, {"en": "Terra"}, "un_agency", code=3),
}
COUNTRY = Country(b"c" * 16, {"en": "Land"}, "XYZ")
AREAS = {
    code: Area(bytes([50 + code]) * 16, {"en": str(code)}, code, country=country)
    for code, country in ((1, "XYZ"), (2, ""), (3, "XYZ"), (4, "XYZ"))
}


def desk(
    code: int,
    agency: bytes,
    place: int,
    *members: bytes,
    function: str = INTAKE,
    generation: int = 1,
) -> Desk:
    name = {"en": f"Desk {code}"}
    identity = bytes([100 + code]) * 16
    return Desk(identity, name, agency, place, function, code, members, (), generation)


def directory(*desks: Desk, posts: Iterable[Post] = (), day: date = AWAY[0]) -> Directory:
    return Directory(
        AGENCIES,
        AREAS,
        {one.id: one for one in desks},
        {post.person: post for post in posts},
        {"XYZ": COUNTRY},
        day,
    )


def off(person: bytes) -> Post:
    return Post(person, NETWORK, 0, "Focal point", away=(AWAY,))


def route(where: Directory, told: Facts) -> Route:
    return routing.route(where, told, RULES)


def candidates(where: Directory, told: Facts) -> list[Desk]:
    return list(routing.candidates(where, told, RULES))


def about(
    *,
    area: int = 1,
    concerned: Iterable[bytes] = (),
    kept_from: Iterable[bytes] = (),
    keep_area: bool = False,
    excluded: Iterable[bytes] = (),
    child: bool = False,
) -> Facts:
    return Facts(
        area,
        frozenset(concerned),
        frozenset(kept_from),
        keep_area,
        frozenset(excluded),
        child=child,
    )


LAST = desk(1, NETWORK, 0, ADA)
HERE_MERIDIAN = desk(2, MERIDIAN, 1, BEN, CLEO)
HERE_TERRA = desk(3, TERRA, 1, DINA)
THERE_TERRA = desk(4, TERRA, 2, ELIF)
USUAL = directory(LAST, HERE_MERIDIAN, HERE_TERRA, THERE_TERRA)


def test_a_report_goes_to_a_desk_of_its_place() -> None:
    assert route(USUAL, about(area=1)) == Route(HERE_MERIDIAN, (BEN, CLEO))
    assert route(USUAL, about(area=2)).desk == THERE_TERRA


def test_a_place_without_a_desk_and_a_place_not_said_go_to_the_inter_agency_desk() -> None:
    for area in (0, 3):
        assert route(USUAL, about(area=area)) == Route(LAST, (ADA,))


def test_a_report_never_goes_first_to_the_organisation_it_is_about() -> None:
    assert route(USUAL, about(concerned=[MERIDIAN])).desk == HERE_TERRA
    assert route(USUAL, about(area=2, concerned=[TERRA])).desk == LAST
    assert route(USUAL, about(concerned=[MERIDIAN, TERRA])).desk == LAST


def test_a_report_never_goes_first_to_an_organisation_it_is_kept_from() -> None:
    assert route(USUAL, about(kept_from=[MERIDIAN])).desk == HERE_TERRA


def test_no_office_in_the_area_is_asked_where_the_reporter_says_so() -> None:
    offered = candidates(USUAL, about(keep_area=True))
    assert offered == [LAST, THERE_TERRA]


def test_who_is_excluded_is_left_out_and_the_others_get_a_circle() -> None:
    chosen = route(USUAL, about(excluded=[BEN]))
    assert (chosen.desk, chosen.members, chosen.circle) == (HERE_MERIDIAN, (CLEO,), True)


def test_who_is_excluded_and_not_on_the_desk_changes_nothing() -> None:
    chosen = route(USUAL, about(excluded=[DINA, ELIF]))
    assert (chosen.members, chosen.circle) == ((BEN, CLEO), False)


def test_where_nobody_of_a_desk_is_left_the_next_one_is_asked() -> None:
    assert route(USUAL, about(excluded=[BEN, CLEO])).desk == HERE_TERRA
    assert route(USUAL, about(excluded=[BEN, CLEO, DINA])).desk == LAST
    assert route(USUAL, about(excluded=[BEN, CLEO, DINA, ADA])).desk == THERE_TERRA


def test_where_nobody_is_left_anywhere_the_case_lies_in_a_circle_of_nobody() -> None:
    chosen = route(USUAL, about(excluded=PEOPLE))
    assert (chosen.members, chosen.circle) == ((), True)


def test_a_desk_without_keys_or_without_people_is_never_asked() -> None:
    empty = directory(LAST, desk(2, MERIDIAN, 1, BEN, generation=0), desk(3, TERRA, 1))
    assert route(empty, about()).desk == LAST


@pytest.mark.parametrize("function", ["assistance", "child_protection", "coordination"])
def test_other_desks_do_not_receive_reports(function: str) -> None:
    others = directory(LAST, desk(2, MERIDIAN, 1, BEN, function=function))
    assert candidates(others, about()) == [LAST]


def test_without_any_desk_that_holds_keys_the_service_is_not_open() -> None:
    with pytest.raises(ServiceNotOpen):
        route(directory(desk(1, NETWORK, 0, generation=0)), about())


def test_headquarters_investigations_are_the_end_of_the_line() -> None:
    end = desk(5, TERRA, 0, ELIF, function="investigation")
    where = directory(LAST, HERE_MERIDIAN, end)
    assert candidates(where, about()) == [HERE_MERIDIAN, LAST, end]
    assert route(where, about(excluded=[ADA, BEN, CLEO])).desk == end


def test_where_the_place_is_not_known_no_offices_place_can_be_the_reporters() -> None:
    assert candidates(USUAL, about(area=0, keep_area=True)) == [LAST]


def test_an_office_of_the_same_country_is_asked_before_one_elsewhere() -> None:
    far, near = desk(5, TERRA, 2, DINA), desk(6, TERRA, 3, ELIF)
    assert candidates(directory(LAST, far, near), about(area=4)) == [LAST, near, far]


def test_the_inter_agency_desk_does_not_have_what_is_about_its_own_people() -> None:
    where = directory(LAST, HERE_TERRA)
    assert route(where, about(area=3, concerned=[NETWORK])).desk == HERE_TERRA
    assert route(directory(LAST), about(kept_from=[NETWORK])) == Route(LAST, (), "The ombudsman")


def test_a_report_never_goes_first_to_the_office_of_somebody_it_names() -> None:
    at_work = Post(BEN, MERIDIAN, 1, "Guard")
    assert route(directory(*USUAL.desks.values(), posts=[at_work]), about(excluded=[BEN])) == Route(
        HERE_TERRA, (DINA,)
    )
    elsewhere = replace(at_work, area=2)
    there = directory(*USUAL.desks.values(), posts=[elsewhere])
    assert route(there, about(excluded=[BEN])).desk == HERE_MERIDIAN


def test_a_desk_whose_members_are_all_away_counts_as_empty() -> None:
    one_away = directory(*USUAL.desks.values(), posts=[off(BEN)])
    assert route(one_away, about()) == Route(HERE_MERIDIAN, (BEN, CLEO))
    all_away = directory(*USUAL.desks.values(), posts=[off(BEN), off(CLEO)])
    assert route(all_away, about()).desk == HERE_TERRA
    back = replace(all_away, day=date(2026, 12, 20))
    assert route(back, about()).desk == HERE_MERIDIAN


def test_who_is_left_must_be_there_and_not_only_who_is_kept_out() -> None:
    where = directory(*USUAL.desks.values(), posts=[off(CLEO)])
    assert route(where, about(excluded=[BEN])).desk == HERE_TERRA


def test_where_everybody_is_away_the_report_waits_for_the_first_to_come_back() -> None:
    where = directory(*USUAL.desks.values(), posts=map(off, PEOPLE))
    assert route(where, about()) == Route(HERE_MERIDIAN, (BEN, CLEO))
    assert route(where, about(excluded=[BEN])) == Route(HERE_MERIDIAN, (CLEO,))


def test_where_nobody_is_left_the_recipient_outside_is_named() -> None:
    assert route(USUAL, about(excluded=PEOPLE)) == Route(LAST, (), "The ombudsman")


def test_a_young_persons_report_goes_to_a_specialist_and_never_the_barred_one() -> None:
    here = desk(5, MERIDIAN, 1, ELIF, function="child_protection")
    there = desk(6, TERRA, 2, DINA, function="child_protection")
    where = directory(LAST, HERE_TERRA, here, there)
    assert route(where, about(child=True)).desk == here
    assert route(where, about(child=True, concerned=[MERIDIAN])).desk == there
    assert route(where, about(child=True, concerned=[MERIDIAN, TERRA])).desk == LAST


def test_an_organisation_nobody_knows_does_not_stop_a_report() -> None:
    assert route(USUAL, about(concerned=[b"?" * 16])).desk == HERE_MERIDIAN
