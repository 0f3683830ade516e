"""Where a report goes first: never to whom it is about, never to whom it is kept from."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.cases.routing import Facts, Route, ServiceNotOpen, candidates, route
from casefile.network.desks import INTAKE
from casefile.network.directory import INTER_AGENCY, Agency, Desk, Directory

NETWORK, MERIDIAN, TERRA = (bytes([number]) * 16 for number in (1, 2, 3))
ADA, BEN, CLEO, DINA, ELIF = (bytes([number]) * 16 for number in range(11, 16))
PEOPLE = (ADA, BEN, CLEO, DINA, ELIF)
AGENCIES = {
    NETWORK: Agency(NETWORK, {"en": "Network"}, INTER_AGENCY, code=1),
    MERIDIAN: Agency(MERIDIAN, {"en": "Meridian"}, "ingo", code=2),
    TERRA: Agency(TERRA, {"en": "Terra"}, "un_agency", code=3),
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


def directory(*desks: Desk) -> Directory:
    return Directory(AGENCIES, {}, {one.id: one for one in desks})


def about(
    *,
    area: int = 1,
    concerned: Iterable[bytes] = (),
    kept_from: Iterable[bytes] = (),
    keep_area: bool = False,
    excluded: Iterable[bytes] = (),
) -> Facts:
    return Facts(area, frozenset(concerned), frozenset(kept_from), keep_area, frozenset(excluded))


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
    offered = list(candidates(USUAL, about(keep_area=True)))
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


@pytest.mark.parametrize("function", ["assistance", "investigation", "coordination"])
def test_only_intake_desks_receive_reports(function: str) -> None:
    others = directory(LAST, desk(2, MERIDIAN, 1, BEN, function=function))
    assert list(candidates(others, about())) == [LAST]


def test_without_any_desk_that_holds_keys_the_service_is_not_open() -> None:
    with pytest.raises(ServiceNotOpen):
        route(directory(desk(1, NETWORK, 0, generation=0)), about())


desks = st.builds(
    lambda code, agency, place, members, function, generation: desk(
        code, agency, place, *members, function=function, generation=generation
    ),
    st.just(0),
    st.sampled_from([MERIDIAN, TERRA]),
    st.integers(0, 3),
    st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True),
    st.sampled_from([INTAKE, INTAKE, INTAKE, "assistance"]),
    st.sampled_from([0, 1, 1, 1]),
)
directories = st.lists(desks, max_size=6).map(
    lambda drawn: directory(
        LAST, *(desk_numbered(one, code) for code, one in enumerate(drawn, start=2))
    )
)
agencies = st.sets(st.sampled_from([NETWORK, MERIDIAN, TERRA]), max_size=2)
facts = st.builds(
    lambda area, concerned, kept_from, keep_area, excluded: about(
        area=area,
        concerned=concerned,
        kept_from=kept_from,
        keep_area=keep_area,
        excluded=excluded,
    ),
    st.integers(0, 3),
    agencies,
    agencies,
    st.booleans(),
    st.sets(st.sampled_from(PEOPLE)),
)


def desk_numbered(one: Desk, code: int) -> Desk:
    return desk(
        code,
        one.agency,
        one.place,
        *one.members,
        function=one.function,
        generation=one.generation,
    )


def rank(one: Desk, told: Facts) -> int:
    """The model: 0 a desk of the place, 1 the inter-agency desk, 2 another office, 9 never."""
    if one == LAST:
        return 1
    local = one.place != 0 and one.place == told.area
    barred = one.agency in told.concerned or one.agency in told.kept_from
    if one.function != INTAKE or not one.generation or not one.members or barred:
        return 9
    if local:
        return 9 if told.keep_area else 0
    return 2


@settings(max_examples=400)
@given(where=directories, told=facts)
def test_the_best_desk_with_anybody_left_gets_the_report(where: Directory, told: Facts) -> None:
    chosen = route(where, told)
    every = list(where.desks.values())
    left = {one.id: [who for who in one.members if who not in told.excluded] for one in every}
    open_to = [one for one in every if rank(one, told) < 9]
    with_people = [one for one in open_to if left[one.id]]
    assert rank(chosen.desk, told) < 9
    assert not set(chosen.members) & told.excluded
    assert list(chosen.members) == left[chosen.desk.id]
    if with_people:
        assert chosen.members
        assert rank(chosen.desk, told) == min(rank(one, told) for one in with_people)
    else:
        assert (chosen.members, chosen.circle) == ((), True)
    assert chosen.circle == (len(chosen.members) < len(chosen.desk.members))
