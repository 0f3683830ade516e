"""The network pages of places: a place, its desks, and where people find help there.

For whoever keeps the network. A place's code is given once and shown, never typed.
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from casefile.console.frame import named
from casefile.console.network_forms import PlaceForm, ServiceForm, filled, spelt
from casefile.console.network_pages import place_row, service_rows
from casefile.console.network_saving import Wrong, added, directory_now, missing, opened, saved
from casefile.network.entries import Area, HelpPlace
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.platform.deployment import current_deployment

places = Blueprint("places", __name__, url_prefix="/network/places")


@places.get("/new")
@needs(Permission.KEEP_NETWORK)
def new_place() -> ResponseReturnValue:
    """The form of a place that is not listed yet."""
    form = PlaceForm(formdata=None)
    form.offer(directory_now())
    return _place_page(form, None)


@places.post("/new")
@needs(Permission.KEEP_NETWORK)
def add_place() -> ResponseReturnValue:
    """List a place; the form offers it from then on."""
    form = PlaceForm()
    form.offer(directory_now())
    if not form.validate_on_submit():
        return _place_page(form, None, missing()), 400
    area = Area(current_deployment().random(16), code=0, **form.changes())
    return added(
        area,
        lambda wrong: _place_page(form, None, wrong),
        lambda new: _address(new.code) if isinstance(new, Area) else "",
    )


@places.get("/<int:code>")
@needs(Permission.KEEP_NETWORK)
def place(code: int) -> ResponseReturnValue:
    """One place with its desks and services, to be read and changed."""
    found, since = opened(Area, _area(code).id)
    form = PlaceForm(formdata=None, data=filled(found, since))
    form.offer(directory_now())
    return _place_page(form, found)


@places.post("/<int:code>")
@needs(Permission.KEEP_NETWORK)
def change_place(code: int) -> ResponseReturnValue:
    """Change a place's names and country."""
    found, form = _area(code), PlaceForm()
    form.offer(directory_now())
    if not form.validate_on_submit():
        return _place_page(form, found, missing()), 400
    return saved(
        found,
        form.version(),
        form.changes(),
        lambda wrong: _place_page(form, found, wrong),
        _address(code),
    )


@places.get("/<int:code>/services/<int:number>")
@needs(Permission.KEEP_NETWORK)
def service(code: int, number: int) -> ResponseReturnValue:
    """One service of a place, counted from 1; the number after the last is a new one."""
    area, since = opened(Area, _area(code).id)
    found = _service(area, number)
    shown: dict[str, object] = {"since": since.hex()}
    if found is not None:
        shown |= {"what": found.what, "provided_by": found.provided_by}
        shown |= {"provider": found.provider.hex() if found.provider else ""}
        shown |= spelt("name", found.names) | spelt("find", found.how_to_find)
        shown |= spelt("hours", found.hours)
    form = ServiceForm(formdata=None, data=shown)
    form.offer(directory_now())
    return _service_page(form, area, number)


@places.post("/<int:code>/services/<int:number>")
@needs(Permission.KEEP_NETWORK)
def change_service(code: int, number: int) -> ResponseReturnValue:
    """Write one service of a place."""
    area, form = _area(code), ServiceForm()
    _service(area, number)
    form.offer(directory_now())
    if not form.validate_on_submit():
        return _service_page(form, area, number, missing()), 400
    return _with_service(form, area, number, form.service())


@places.post("/<int:code>/services/<int:number>/remove")
@needs(Permission.KEEP_NETWORK)
def remove_service(code: int, number: int) -> ResponseReturnValue:
    """Take a service off the list: it is shown to nobody any more."""
    area, form = _area(code), ServiceForm()
    _service(area, number)
    form.offer(directory_now())
    return _with_service(form, area, number)


def _with_service(
    form: ServiceForm, area: Area, number: int, *instead: HelpPlace
) -> ResponseReturnValue:
    """Save the place with another service under this number, or with none."""
    services = (*area.help[: number - 1], *instead, *area.help[number:])
    return saved(
        area,
        form.version(),
        {"help": services},
        lambda wrong: _service_page(form, area, number, wrong),
        _address(area.code),
    )


def _area(code: int) -> Area:
    return directory_now().areas.get(code) or abort(404)


def _service(area: Area, number: int) -> HelpPlace | None:
    if not 1 <= number <= len(area.help) + 1:
        abort(404)
    return area.help[number - 1] if number <= len(area.help) else None


def _place_page(form: PlaceForm, found: Area | None, wrong: Wrong = ()) -> str:
    directory = directory_now()
    return render_template(
        "console/network/place.html",
        form=form,
        place=found,
        title=named(found.names) if found else "",
        wrong=wrong,
        listed=place_row(directory, found) if found else None,
        services=service_rows(directory, found) if found else (),
    )


def _service_page(form: ServiceForm, area: Area, number: int, wrong: Wrong = ()) -> str:
    return render_template(
        "console/network/service.html",
        form=form,
        place=area,
        title=named(area.help[number - 1].names) if number <= len(area.help) else "",
        number=number,
        listed=number <= len(area.help),
        wrong=wrong,
    )


def _address(code: int) -> str:
    return url_for("places.place", code=code)
