"""The network pages: the whole network, its agencies and its countries.

For whoever keeps the network. No case is ever counted. Four moves each: load, form, verb, redirect
or render.
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from casefile.console.frame import named
from casefile.console.network_forms import AgencyForm, CountryForm, as_bytes, filled, spelt
from casefile.console.network_pages import overview as whole_network
from casefile.console.network_saving import (
    Wrong,
    added,
    directory_now,
    missing,
    opened,
    people_now,
    saved,
    to_overview,
)
from casefile.network.entries import Agency, Country
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.platform.deployment import current_deployment

network = Blueprint("network", __name__, url_prefix="/network")


@network.get("/", endpoint="overview")
@needs(Permission.KEEP_NETWORK)
def overview() -> ResponseReturnValue:
    """Agencies, places with their desks, and who is away in the coming week."""
    shown = whole_network(directory_now(), people_now())
    return render_template("console/network/overview.html", network=shown)


@network.get("/agencies/new")
@needs(Permission.KEEP_NETWORK)
def new_agency() -> ResponseReturnValue:
    """The form of an agency that is not listed yet."""
    return _agency_page(_agency_form(None, fresh=True), None)


@network.post("/agencies/new")
@needs(Permission.KEEP_NETWORK)
def add_agency() -> ResponseReturnValue:
    """List an agency."""
    form = _agency_form(None)
    if not form.validate_on_submit():
        return _agency_page(form, None, missing()), 400
    agency = Agency(current_deployment().random(16), **form.changes())
    return added(agency, lambda wrong: _agency_page(form, None, wrong), to_overview)


@network.get("/agencies/<entry>")
@needs(Permission.KEEP_NETWORK)
def agency(entry: str) -> ResponseReturnValue:
    """One agency, to be read and changed."""
    found, since = opened(Agency, as_bytes(entry))
    form = AgencyForm(formdata=None, data=filled(found, since))
    form.offer(directory_now(), found)
    return _agency_page(form, found)


@network.post("/agencies/<entry>")
@needs(Permission.KEEP_NETWORK)
def change_agency(entry: str) -> ResponseReturnValue:
    """Change an agency."""
    found, _ = opened(Agency, as_bytes(entry))
    form = _agency_form(found)
    if not form.validate_on_submit():
        return _agency_page(form, found, missing()), 400
    return saved(
        found,
        form.version(),
        form.changes(),
        lambda wrong: _agency_page(form, found, wrong),
        to_overview(),
    )


@network.get("/countries/new")
@needs(Permission.KEEP_NETWORK)
def new_country() -> ResponseReturnValue:
    """The form of a country that is not listed yet."""
    return _country_page(CountryForm(formdata=None), None)


@network.post("/countries/new")
@needs(Permission.KEEP_NETWORK)
def add_country() -> ResponseReturnValue:
    """List a country."""
    form = CountryForm()
    if not form.validate_on_submit() or form.iso.data in directory_now().countries:
        return _country_page(form, None, missing()), 400
    country = Country(current_deployment().random(16), iso=form.iso.data, **form.changes())
    return added(country, lambda wrong: _country_page(form, None, wrong), to_overview)


@network.get("/countries/<iso>")
@needs(Permission.KEEP_NETWORK)
def country(iso: str) -> ResponseReturnValue:
    """One country, to be read and changed."""
    found, since = opened(Country, _country(iso).id)
    data = {"since": since.hex(), "iso": found.iso, **spelt("name", found.names)}
    return _country_page(CountryForm(formdata=None, data=data), found)


@network.post("/countries/<iso>")
@needs(Permission.KEEP_NETWORK)
def change_country(iso: str) -> ResponseReturnValue:
    """Change a country's names."""
    found, form = _country(iso), CountryForm()
    if not form.validate_on_submit():
        return _country_page(form, found, missing()), 400
    return saved(
        found,
        form.version(),
        form.changes(),
        lambda wrong: _country_page(form, found, wrong),
        to_overview(),
    )


def _country(iso: str) -> Country:
    return directory_now().countries.get(iso) or abort(404)


def _agency_form(found: Agency | None, *, fresh: bool = False) -> AgencyForm:
    form = AgencyForm(formdata=None) if fresh else AgencyForm()
    form.offer(directory_now(), found)
    return form


def _agency_page(form: AgencyForm, found: Agency | None, wrong: Wrong = ()) -> str:
    title = named(found.names) if found else ""
    return render_template(
        "console/network/agency.html", form=form, agency=found, title=title, wrong=wrong
    )


def _country_page(form: CountryForm, found: Country | None, wrong: Wrong = ()) -> str:
    title = named(found.names) if found else ""
    return render_template(
        "console/network/country.html", form=form, country=found, title=title, wrong=wrong
    )
