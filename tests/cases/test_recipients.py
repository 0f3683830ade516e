"""A complaint goes to whom an agency designated, and help never leads back to the one reported."""

from __future__ import annotations

from dataclasses import replace

from casefile.cases.exclusion import Told
from casefile.cases.help_places import services_for
from casefile.cases.recipients import Recipient, end_of_the_line, recipients_of
from casefile.network.directory import Agency, Area, Directory, HelpPlace
from tests.cases.test_routing import (
    AGENCIES,
    HERE_MERIDIAN,
    LAST,
    MERIDIAN,
    NETWORK,
    TERRA,
    USUAL,
)

PARTNER = b"p" * 16


def network(**changes: dict[str, object]) -> Directory:
    """The usual network with a partner of Terra's, its agencies changed as asked."""
    partner = Agency(PARTNER, {"en": "Partner"}, "ngo", code=9, contracted_by=TERRA)
    by_name = {"network": NETWORK, "meridian": MERIDIAN, "terra": TERRA, "partner": PARTNER}
    agencies = {**AGENCIES, PARTNER: partner}
    for name, fields in changes.items():
        agencies[by_name[name]] = replace(agencies[by_name[name]], **fields)
    return replace(USUAL, agencies=agencies)


def test_an_outside_recipient_is_named_and_a_desk_here_is_called_by_its_name() -> None:
    where = network(
        terra={"recipient": "Headquarters, by letter"},
        meridian={"recipient_desk": HERE_MERIDIAN.id},
    )
    assert recipients_of(where, [TERRA, MERIDIAN], "fr") == (
        Recipient("Meridian", desk="Desk 2"),
        Recipient("Terra", outside="Headquarters, by letter"),
    )


def test_the_contracting_agency_is_told_first_and_the_partner_only_if_it_named_somebody() -> None:
    assert recipients_of(network(), [PARTNER], "en") == (Recipient("Terra"),)
    named = network(partner={"recipient": "The director"})
    told = recipients_of(named, [PARTNER], "en")
    assert [one.agency for one in told] == ["Terra", "Partner"]
    assert len(recipients_of(named, [PARTNER, TERRA], "en")) == 2


def test_the_end_of_the_line_is_whom_the_inter_agency_agency_named() -> None:
    assert end_of_the_line(network()) == "The ombudsman"
    assert end_of_the_line(replace(USUAL, desks={HERE_MERIDIAN.id: HERE_MERIDIAN})) == ""
    assert LAST.agency == NETWORK


def place(what: str, name: str, **run_by: object) -> HelpPlace:
    return HelpPlace(what, {"en": name}, {"en": "at the gate"}, {}, **run_by)  # type: ignore[arg-type]


HELP = (
    place("health", "Clinic", provider=MERIDIAN),
    place("talk", "Centre", provider=TERRA),
    place("legal", "Lawyers", provided_by="Bar of the town"),
)


def offered(wishes: tuple[str, ...] = (), **told: str) -> list[tuple[str, bool]]:
    where = replace(USUAL, areas={1: Area(b"1" * 16, {"en": "One"}, 1, HELP)})
    said = Told(
        told.get("text", ""), (), told.get("keep_from", ""), told.get("employer", ""), False, 1
    )
    return [(one.name, one.barred) for one in services_for(where, said, wishes, "ar")]


def test_a_service_of_the_employer_is_marked_and_never_stands_first() -> None:
    barred = [("Centre", False), ("Lawyers", False), ("Clinic", True)]
    assert offered(("health",), employer="a guard of Meridian") == barred
    assert offered(text="The driver is of MERIDIAN.") == barred
    assert offered(keep_from="nobody of Meridian") == barred


def test_a_provider_that_is_no_agency_of_the_network_is_marked_by_its_name() -> None:
    assert offered(employer="Bar of the town")[-1] == ("Lawyers", True)


def test_what_was_asked_for_stands_first() -> None:
    names = [name for name, _ in offered(("legal",))]
    assert names == ["Lawyers", "Clinic", "Centre"]
    assert not any(barred for _, barred in offered())


def test_a_place_nobody_said_has_no_service() -> None:
    said = Told("", (), "", "", False, 0)
    assert services_for(USUAL, said, (), "en") == ()
