"""A member at her desk: a signed-in browser that presses buttons the way the pages offer them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from casefile.cases.queue import queue_page
from tests.invariants.pages import forms, read_page
from tests.world import World

Case = Callable[[str], str]
BASE = "https://localhost"


@dataclass(frozen=True)
class AtDesk:
    """What one member does: opens addresses, fills forms, presses buttons."""

    client: FlaskClient

    def opens(self, address: str, status: int = 200) -> str:
        """Open an address and give the page."""
        answer = self.client.get(address, base_url=BASE)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def sends(self, page: str, to: str, /, status: int = 303, **written: str) -> str:
        """Fill the form of `page` that posts to an address with this end, and press its button."""
        address, hidden = form_of(page, to)
        return self.posts(address, hidden | written, status)

    def posts(self, address: str, fields: dict[str, str], status: int = 303) -> str:
        """Post these fields."""
        answer = self.client.post(address, data=fields, base_url=BASE)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.get_data(as_text=True)


def form_of(page: str, to: str) -> tuple[str, dict[str, str]]:
    """Address and fields, as they stand, of the form that posts to `to`."""
    for form in forms(read_page(page)):
        if form.method == "post" and form.address.endswith(to):
            return form.address, form.fields
    raise AssertionError(f"no form posts to {to}")


@pytest.fixture
def at_desk(world: World) -> Callable[[str], AtDesk]:
    """Somebody of the world, by first name, signed in over the real pages."""
    return lambda first_name: AtDesk(world.signed_in(first_name))


@pytest.fixture
def only_case(world: World) -> Callable[[str], str]:
    """The address of the one case on a member's desk."""

    def find(first_name: str) -> str:
        with world.session() as session:
            member = world.member(first_name)
            (line,) = queue_page(session, world.deployment, member, view="all", page=1).lines
        return f"/cases/{line.case}"

    return find
