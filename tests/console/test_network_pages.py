"""Keeping the network on pages: each change is saved once, on the log, and never over another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from casefile.audit.events import Event
from casefile.audit.log import read_row
from casefile.audit.models import AuditRow
from casefile.network.directory import change_desk
from casefile.network.entries import Agency, Desk
from tests.console.conftest import AtDesk
from tests.world import World

At = Callable[[str], AtDesk]
SELECTED = re.compile(r'<select name="(\w+)"[^>]*>(.*?)</select>', re.S)
OPTION = re.compile(r'<option value="([^"]*)"( selected)?>')
TYPED = re.compile(r'<input type="(?:text|hidden)" name="(\w+)" value="([^"]*)"')
AREA = re.compile(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', re.S)


def fields(page: str) -> dict[str, str]:
    """Everything the first form of a page would send as it stands."""
    form = page.split('autocomplete="off">')[1].split("</form>")[0]
    given = {name: unescape(value) for name, value in TYPED.findall(form)}
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token
    given["csrf_token"] = token.group(1)
    given |= {name: unescape(text) for name, text in AREA.findall(form)}
    for name, options in SELECTED.findall(form):
        chosen = [value for value, mark in OPTION.findall(options) if mark]
        given[name] = (chosen or [OPTION.findall(options)[0][0]])[0]
    return given


def agency(world: World, name: str) -> Agency:
    return next(one for one in world.directory().agencies.values() if one.names["en"] == name)


def address(entry: Agency | Desk) -> str:
    kind = "agencies" if isinstance(entry, Agency) else "desks"
    return f"/network/{kind}/{entry.id.hex()}"


@pytest.fixture
def omar(at_desk: At) -> AtDesk:
    """The administrator."""
    return at_desk("Omar")


def test_the_network_shows_who_is_there_and_what_has_no_desk(omar: AtDesk) -> None:
    page = omar.opens("/network/")
    for said in ("Meridian Relief", "Intake desk, River", "2 of 2 there", "South"):
        assert said in page
    assert "the inter-agency desk takes its reports" in page


def test_an_agency_saved_as_it_was_opened_does_not_change(world: World, omar: AtDesk) -> None:
    before = agency(world, "Terra Aid")
    page = omar.opens(address(before))
    omar.posts(address(before), fields(page))
    after = agency(world, "Terra Aid")
    assert after == before


def test_a_change_is_saved_and_the_one_who_made_it_is_on_the_log(
    world: World, omar: AtDesk
) -> None:
    terra, investigations = agency(world, "Terra Aid"), world.desk("Investigations")
    given = fields(omar.opens(address(terra))) | {
        "also_called": "Terra\r\nblue vests\r\n",
        "investigates": "full",
        "recipient_desk": investigations.id.hex(),
        "contracted_by": agency(world, "Meridian Relief").id.hex(),
    }
    omar.posts(address(terra), given)
    now = agency(world, "Terra Aid")
    assert (now.also_called, now.investigates) == (("Terra", "blue vests"), "full")
    assert now.recipient_desk == investigations.id
    assert now.contracted_by == agency(world, "Meridian Relief").id
    with world.session() as session:
        lines = [read_row(world.deployment, row) for row in session.query(AuditRow).all()]
    by = world.member("Omar").person
    assert [
        one.about for one in lines if one.by == by and one.event is Event.DIRECTORY_CHANGED
    ] == [terra.id]


def test_who_was_overtaken_is_told_and_keeps_what_was_typed(world: World, omar: AtDesk) -> None:
    terra = agency(world, "Terra Aid")
    opened = fields(omar.opens(address(terra)))
    omar.posts(address(terra), opened | {"recipient": "The first"})
    page = omar.posts(address(terra), opened | {"recipient": "The second"}, 409)
    assert "changed since you opened it" in page
    assert "The second" in page
    assert agency(world, "Terra Aid").recipient == "The first"


def test_what_breaks_a_rule_is_said_in_a_sentence(world: World, omar: AtDesk) -> None:
    terra = agency(world, "Terra Aid")
    given = fields(omar.opens(address(terra)))
    page = omar.posts(address(terra), given | {"name_en": "Meridian relief"}, 409)
    assert "Two agencies are called" in page
    assert agency(world, "Terra Aid") == terra


@pytest.mark.parametrize(
    "wrong", [{"name_en": ""}, {"entity_class": "inter_agency"}, {"recipient": "x" * 301}]
)
def test_what_cannot_be_meant_is_marked_and_nothing_is_saved(
    world: World, omar: AtDesk, wrong: dict[str, str]
) -> None:
    terra = agency(world, "Terra Aid")
    page = omar.posts(address(terra), fields(omar.opens(address(terra))) | wrong, 400)
    assert 'aria-invalid="true"' in page
    assert agency(world, "Terra Aid") == terra


def test_the_network_of_no_single_agency_stays_one(world: World, omar: AtDesk) -> None:
    page = omar.opens(address(agency(world, "Inter-agency network")))
    assert re.findall(r'<option value="(inter_agency|ngo)"', page) == ["inter_agency"]


def test_an_agency_a_country_and_a_place_are_added(world: World, omar: AtDesk) -> None:
    for kind, more in (
        ("agencies", {"name_en": "Delta Aid"}),
        ("countries", {"name_en": "Examplia", "iso": "XXA"}),
    ):
        omar.posts(f"/network/{kind}/new", fields(omar.opens(f"/network/{kind}/new")) | more)
    given = fields(omar.opens("/network/places/new"))
    omar.posts("/network/places/new", given | {"name_en": "Delta", "country": "XXA"})
    now = world.directory()
    assert agency(world, "Delta Aid").code == 6
    assert (now.areas[5].names["en"], now.areas[5].country) == ("Delta", "XXA")
    same = fields(omar.opens("/network/countries/new")) | {"name_en": "Other", "iso": "XXA"}
    omar.posts("/network/countries/new", same, 400)


def test_the_first_desk_of_an_agency_shows_its_shares_this_once(world: World, omar: AtDesk) -> None:
    omar.posts(
        "/network/agencies/new",
        fields(omar.opens("/network/agencies/new"))
        | {"name_en": "Delta Aid", "entity_class": "ngo"},
    )
    told = {
        "name_en": "Intake desk, Delta",
        "agency": agency(world, "Delta Aid").id.hex(),
        "function": "intake",
        "place": "4",
    }
    given = fields(omar.opens("/network/desks/new"))
    shown = omar.posts("/network/desks/new", given | told, 200)
    assert shown.count('class="passphrase"') == 3
    assert world.desk("Intake desk, Delta").place == 4
    omar.posts("/network/desks/new", given | told | {"name_en": "Second desk, Delta"}, 303)
    assert "first member has still to join" in omar.opens("/network/")


def test_a_desk_says_who_sits_on_it_and_who_stands_in(world: World, omar: AtDesk) -> None:
    river = world.desk("Intake desk, River")
    page = omar.opens(address(river))
    assert "Sarah Okello" in page
    amal = world.member("Amal").person
    omar.posts(address(river), fields(page) | {"alternates": amal.hex()})
    assert world.desk("Intake desk, River").alternates == (amal,)
    assert "alternate" in omar.opens(address(river))


def test_a_desk_that_somebody_joined_meanwhile_is_not_written_over(
    world: World, omar: AtDesk
) -> None:
    river = world.desk("Intake desk, River")
    opened = fields(omar.opens(address(river)))
    with world.session() as session:
        change_desk(session, world.deployment, river.id, waiting=(b"w" * 16,))
    omar.posts(address(river), opened | {"name_en": "Old name"}, 409)
    assert world.desk("Intake desk, River").waiting == (b"w" * 16,)


def test_services_of_a_place_are_added_changed_and_taken_away(world: World, omar: AtDesk) -> None:
    new = "/network/places/2/services/3"
    well = agency(world, "Well and Way")
    told = {
        "what": "legal",
        "name_en": "Legal desk",
        "find_en": "Behind the mosque",
        "hours_ar": "كل صباح",
        "provider": well.id.hex(),
    }
    omar.posts(new, fields(omar.opens(new)) | told)
    added = world.directory().areas[2].help[2]
    assert (added.what, added.names, added.how_to_find, added.hours, added.provider) == (
        "legal",
        {"en": "Legal desk"},
        {"en": "Behind the mosque"},
        {"ar": "كل صباح"},
        well.id,
    )
    omar.posts(new, fields(omar.opens(new)) | {"provider": "", "provided_by": "The bar"})
    assert world.directory().areas[2].help[2].provided_by == "The bar"
    omar.sends(omar.opens(new), "/remove")
    assert len(world.directory().areas[2].help) == 2
    for number in (0, 4):
        omar.opens(f"/network/places/2/services/{number}", 404)


def test_where_somebody_works_is_written_and_changed(world: World, omar: AtDesk) -> None:
    sarah, ines = world.member("Sarah").person, world.member("Ines").person
    page = f"/network/people/{sarah.hex()}"
    meridian = agency(world, "Meridian Relief").id
    told = {"agency": meridian.hex(), "area": "2", "job": "Officer", "supervisor": ines.hex()}
    omar.posts(page, fields(omar.opens(page)) | told)
    post = world.directory().posts[sarah]
    assert (post.agency, post.area, post.job, post.supervisor) == (meridian, 2, "Officer", ines)
    omar.posts(page, fields(omar.opens(page)) | {"supervisor": ""})
    assert world.directory().posts[sarah].supervisor is None
    loop = fields(omar.opens(page)) | {"supervisor": ines.hex()}
    omar.posts(page, loop)
    other = f"/network/people/{ines.hex()}"
    above = fields(omar.opens(other)) | {"agency": meridian.hex(), "supervisor": sarah.hex()}
    assert "own supervisor" in omar.posts(other, above, 409)


def test_a_coordinator_sets_days_off_for_somebody_who_cannot(world: World, at_desk: At) -> None:
    claire, sarah = at_desk("Claire"), world.member("Sarah").person
    page = f"/network/people/{sarah.hex()}"
    days = {"first": "2026-11-24", "last": "2026-12-19"}
    claire.sends(claire.opens(page), "/away", **days)
    assert "24" in claire.opens("/network/")
    assert "1" in claire.opens(address(world.desk("Intake desk, River")))
    claire.sends(claire.opens(page), "/away", 400, first="soon")
    claire.sends(claire.opens(page), "/away", 409, first="2020-01-01")
    claire.sends(claire.opens(page), "/back")
    assert world.directory().posts[sarah].away == ()


def test_nobody_else_opens_these_pages(world: World, at_desk: At) -> None:
    river = address(world.desk("Intake desk, River"))
    for name in ("Sarah", "Anders", "Grace"):
        member = at_desk(name)
        for page in ("/network/", river, "/network/agencies/new", "/network/places/1"):
            member.opens(page, 403)


@pytest.mark.parametrize(
    "page", ["agencies/00", "agencies/moon", "desks/00", "places/99", "countries/XXB", "people/00"]
)
def test_what_is_not_listed_is_not_there(omar: AtDesk, page: str) -> None:
    omar.opens(f"/network/{page}", 404)
