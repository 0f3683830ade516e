"""The network file: what it asks for, and every mistake in it as a sentence with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from casefile.network.entries import Agency, Area, Desk, Directory, Post
from casefile.network.file import read_network_file
from casefile.network.filling import Account
from casefile.network.proposal import Proposal, propose
from casefile.network.rules import Fault, Problem, Warned, problems, read_codes, warnings
from casefile.settings import ROOT

CODES = read_codes(ROOT / "config")
EXAMPLE = (ROOT / "config" / "network.example.toml").read_text("utf-8")
NETWORK = Agency(b"n" * 16, {"en": "Inter-agency network"}, "inter_agency", code=1)
FIRST = Desk(b"f" * 16, {"en": "First desk"}, NETWORK.id, 0, "intake", 1, (b"i" * 16,), (), 1)
BEGINNING = Directory({NETWORK.id: NETWORK}, {}, {FIRST.id: FIRST})
SARAH = Account(b"s" * 16, "Sarah Okello", True)
AMAL = Account(b"a" * 16, "Amal Haddad", True)
CLAIRE = Account(b"c" * 16, "Claire Dubois", False)
PEOPLE = {"sarah@x.org": SARAH, "amal@x.org": AMAL, "claire@x.org": CLAIRE}


def proposed(
    text: str,
    directory: Directory = BEGINNING,
    accounts: Mapping[str, Account] = PEOPLE,
) -> Proposal:
    wanted, misshapen = read_network_file(text)
    assert misshapen == ()
    return propose(directory, wanted, accounts, Random("file").randbytes)


def faults(text: str, directory: Directory = BEGINNING) -> set[Problem]:
    called = {account.person: account.name for account in PEOPLE.values()}
    return set(problems(proposed(text, directory).after, CODES, called))


SMALL = """
[agency.terra]
name = "Terra Aid"
class = "un_agency"
[place.north]
name = "North"
[desk.north]
name = "Intake, North"
agency = "terra"
place = "north"
function = "intake"
"""


def test_the_example_is_complete_and_nothing_is_wrong_with_it() -> None:
    proposal = proposed(EXAMPLE)
    assert proposal.wrong == ()
    assert problems(proposal.after, CODES, {}) == ()
    assert warnings(proposal.after) == ()
    after = proposal.after
    assert (len(after.agencies), len(after.countries), len(after.areas)) == (4, 1, 2)
    named = {one.names["en"]: one for one in after.agencies.values()}
    recipient = after.desks[named["Terra Aid"].recipient_desk or b""]
    assert recipient.names["en"] == "Investigations"
    assert named["Well and Way"].contracted_by == named["Terra Aid"].id
    clinic, centre = after.areas[1].help
    assert (clinic.provided_by, centre.provider) == ("Ministry of Health", named["Well and Way"].id)


def test_a_file_that_was_loaded_changes_nothing_more() -> None:
    after = proposed(EXAMPLE).after
    assert proposed(EXAMPLE, after).changes == ()


def test_what_the_file_leaves_out_stays_as_it_is() -> None:
    after = proposed(EXAMPLE).after
    (change,) = proposed('[agency.terra]\nalso_called = ["The blue ones"]\n', after).changes
    assert isinstance(change.before, Agency)
    assert change.after == replace(change.before, also_called=("The blue ones",))


def test_a_key_finds_an_entry_whose_name_changes() -> None:
    after = proposed(SMALL).after
    (change,) = proposed('[place.north]\nname = "The north"\n', after).changes
    assert isinstance(change.after, Area)
    assert (change.after.code, change.after.names) == (1, {"en": "The north"})


def test_what_has_no_key_yet_is_found_by_its_name_and_given_the_key() -> None:
    text = '[agency.net]\nname = "Inter-agency network"\nclass = "inter_agency"\n'
    (change,) = proposed(text).changes
    assert change.before == NETWORK
    assert change.after == replace(NETWORK, key="net")


def test_codes_are_given_in_order_and_never_twice() -> None:
    text = '[place.a]\nname = "A"\n[place.b]\nname = "B"\ncode = 1\n[place.c]\nname = "C"\n'
    after = proposed(text).after
    assert {area.names["en"]: code for code, area in after.areas.items()} == {
        "B": 1,
        "A": 2,
        "C": 3,
    }


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[place.south]\nname = "South"\ncode = 1\n', "[place.south]: the code 1 is used"),
        ("[place.north]\ncode = 9\n", "[place.north]: its code is 1"),
        ("[desk.north]\nfunction = 'assistance'\n", "the function of a desk stays"),
        ("[desk.north]\nplace = 'moon'\n", "place 'moon' is not listed"),
        ("[agency.terra]\nrecipient_desk = 'moon'\n", "desk 'moon' is not listed"),
        ("[agency.terra]\ncontracted_by = 'moon'\n", "agency 'moon' is not listed"),
        ("[agency.terra]\nrecipient = 'x'\nrecipient_desk = 'north'\n", "not both"),
        ("[agency.terra]\nclass = 'inter_agency'\n", "its class is un_agency"),
        ("[agency.moon]\nname = 'Moon'\n", "[agency.moon]: class is missing"),
        ("[place.north]\ncountry = 'XXB'\n", "country 'XXB' is not listed"),
        ("[desk.north]\nmembers = ['sarah@x.org']\n", "has no keys yet"),
        ("[desk.north]\nalternates = ['no@x.org']\n", "no@x.org has an account"),
        ("[post.'no@x.org']\nagency = 'terra'\n", "no@x.org has an account"),
        ("[post.'sarah@x.org']\njob = 'x'\n", "agency is missing"),
        (
            "[[place.north.service]]\nwhat = 'talk'\nname = 'x'\nprovider = 'moon'\n",
            "service: agency 'moon' is not listed",
        ),
    ],
)
def test_what_is_not_known_is_said_with_its_place(more: str, says: str) -> None:
    directory = proposed(SMALL).after
    assert any(says in one for one in proposed(more, directory).wrong)


def test_who_is_named_waits_and_nobody_is_put_on_a_desk() -> None:
    begun = replace(proposed(SMALL).after, desks={})
    desk = Desk(
        b"d" * 16, {"en": "Here"}, NETWORK.id, 0, "intake", 2, (SARAH.person,), (), 1, "here"
    )
    directory = begun.holding(desk)
    both = "[desk.here]\nmembers = ['sarah@x.org', 'amal@x.org']\nalternates = ['amal@x.org']\n"
    (change,) = proposed(both, directory).changes
    assert change.after == replace(desk, waiting=(AMAL.person,), alternates=(AMAL.person,))
    assert proposed(both, directory.holding(change.after)).changes == ()
    no_desk = "[desk.here]\nmembers = ['claire@x.org']\n"
    assert "sits on no desk" in proposed(no_desk, directory).wrong[0]


def test_a_post_says_where_somebody_works_and_keeps_the_days_she_set() -> None:
    text = "[post.'sarah@x.org']\nagency = 'terra'\nplace = 'north'\njob = 'Officer'\n"
    after = proposed(SMALL + text + "away = [[2026-12-12, 2026-12-19]]\n").after
    post = after.posts[SARAH.person]
    assert (post.area, post.job, post.away) == (
        1,
        "Officer",
        ((date(2026, 12, 12), date(2026, 12, 19)),),
    )
    (change,) = proposed("[post.'sarah@x.org']\nsupervisor = 'amal@x.org'\n", after).changes
    assert change.after == replace(post, supervisor=AMAL.person)
    assert proposed(text, after).changes == ()


def test_several_mistakes_are_one_list() -> None:
    _, wrong = read_network_file(
        "[agency.A]\nname = 3\ncolour = 'blue'\n[moon.x]\n[country.here]\n[post.x]\n"
        "[desk.a]\ncode = 0\nmembers = 'x'\n[[place.a.service]]\nwhat = 'talk'\n"
    )
    for part in (
        "[agency.A]: a key",
        "name must",
        "colour is not known",
        "[moon]",
        "capital",
        "e-mail",
    ):
        assert any(part in one for one in wrong), part
    assert len(wrong) == 9


@pytest.mark.parametrize(
    "text",
    [
        "agency = 1",
        "[agency]\nx = 1",
        "this is not TOML",
        "[post.'a@b']\naway = [[2026-12-19, 2026-12-12]]",
        "[post.'a@b']\naway = ['soon']",
        "[post.'a@b']\naway = [[2026-12-19T10:00:00, 2026-12-20]]",
        "[agency.a]\nname = { de = 'Haus' }",
        "[agency.a]\nname = { fr = 'Maison' }",
        "[agency.a]\nname = ' a'",
        "[agency.a]\nname = '" + "x" * 301 + "'",
        "[place.a]\nservice = 3",
        "[place.a]\nservice = [{ what = 'talk', name = 'x', colour = 'blue' }]",
    ],
)
def test_what_cannot_be_meant_is_never_taken(text: str) -> None:
    assert read_network_file(text)[1]


TWO = SMALL + "[place.river]\nname = 'River'\n"


@pytest.mark.parametrize(
    ("text", "fault", "about"),
    [
        (SMALL + "[desk.two]\nname='intake,  north'\nagency='terra'\nfunction='intake'\n",
         Fault.SAME_DESK, "intake,  north"),
        (SMALL + "[agency.two]\nname='TERRA AID'\nclass='ngo'\n", Fault.SAME_AGENCY, "TERRA AID"),
        (SMALL + "[place.two]\nname='North'\n", Fault.SAME_PLACE, "North"),
        (SMALL.replace("un_agency", "un"), Fault.WRONG_CLASS, "Terra Aid"),
        (SMALL.replace('"intake"', '"shop"'), Fault.WRONG_FUNCTION, "Intake, North"),
        (SMALL + "[[place.north.service]]\nwhat='tea'\nname='x'\n", Fault.WRONG_SERVICE, "North"),
        (SMALL.replace("[place.north]", "investigates='often'\n[place.north]"),
         Fault.WRONG_INVESTIGATES, "Terra Aid"),
        (SMALL.replace("[place.north]", "contracted_by='terra'\n[place.north]"),
         Fault.CONTRACT_LOOP, "Terra Aid"),
        (SMALL + "[agency.two]\nname='Two'\nclass='ngo'\nrecipient_desk='north'\n",
         Fault.RECIPIENT_ELSEWHERE, "Two"),
        (SMALL + "[post.'sarah@x.org']\nagency='terra'\nsupervisor='amal@x.org'\n"
         "[post.'amal@x.org']\nagency='terra'\nsupervisor='sarah@x.org'\n",
         Fault.SUPERVISOR_LOOP, "Amal Haddad"),
        (SMALL + "[desk.north2]\nname='x'\nagency='terra'\nfunction='intake'\n"
         "alternates=['amal@x.org']\n", Fault.ALTERNATE_NOT_MEMBER, "x"),
    ],
)  # fmt: skip
def test_what_a_network_may_not_be_is_found(text: str, fault: Fault, about: str) -> None:
    assert any(one.fault is fault and one.about[0] == about for one in faults(text))


def test_a_place_without_a_desk_is_worth_knowing() -> None:
    told = warnings(proposed(TWO).after)
    assert Problem(Warned.PLACE_WITHOUT_DESK, ("River",)) in told
    assert Problem(Warned.PLACE_WITHOUT_DESK, ("North",)) not in told


def test_a_supervisor_above_a_loop_is_not_in_it() -> None:
    posts = {
        person: Post(person, NETWORK.id, 0, "job", above)
        for person, above in ((b"1", b"2"), (b"2", b"3"), (b"3", b"2"))
    }
    found = problems(replace(BEGINNING, posts=posts), CODES, {b"1": "A", b"2": "B", b"3": "C"})
    assert {one.about[0] for one in found if one.fault is Fault.SUPERVISOR_LOOP} == {"B", "C"}
