"""The part *triage*: what a member does there, what a second person says, what is refused."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import address_of, reference_of
from tests.cases.working import case_of, confirms, label_of
from tests.world import World

HTTPS = "https://localhost"
FRAUD = {"conduct": "fraud"}


def opened(world: World) -> str:
    world.report(area="2")
    confirms(world, "Sarah")
    return f"/cases/{address_of(case_of(world))}/triage"


def shown(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address, base_url=HTTPS)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def sends(browser: FlaskClient, address: str, to: str, **given: str) -> tuple[int, str]:
    """Press a button of the page with its own hidden fields."""
    page = shown(browser, address)
    hidden = dict(re.findall(r'name="(csrf_token|seen|once)" value="([^"]*)"', page))
    answer = browser.post(f"{address}/{to}", data={**hidden, **given}, base_url=HTTPS)
    return answer.status_code, answer.get_data(as_text=True)


def test_what_was_chosen_stands_on_the_page_again(world: World) -> None:
    address, sarah = opened(world), world.signed_in("Sarah")
    answers = {"conduct": "sexual", "by": "related", "to_us": "recipient", "age": "child"}
    numbers = {"victims_girls": "2", "perpetrators_men": "1", "personnel_category": "consultant"}
    assert sends(sarah, address, "sort", **answers, **numbers)[0] == 303
    page = shown(sarah, address)
    for code in (*answers.values(), "consultant"):
        assert f'<option value="{code}" selected' in page
    assert re.search(r'name="victims_girls" value="2"', page)
    assert label_of(world).category == "sea"


def test_a_second_person_confirms_on_the_page_and_the_first_is_offered_nothing(
    world: World,
) -> None:
    address, sarah, amal = opened(world), world.signed_in("Sarah"), world.signed_in("Amal")
    sends(sarah, address, "sort", **FRAUD)
    assert "/triage/confirm" not in shown(sarah, address)
    status, page = sends(sarah, address, "confirm", reason="Mine.")
    assert (status, 'role="alert"' in page) == (422, True)
    assert label_of(world).category == "possible_sea"
    assert "/triage/confirm" in shown(amal, address)
    assert sends(amal, address, "confirm", reason="Yes.")[0] == 303
    assert label_of(world).category == "fraud_corruption"


def test_what_was_typed_is_given_back_when_something_is_missing(world: World) -> None:
    address, sarah = opened(world), world.signed_in("Sarah")
    sends(sarah, address, "sort", **FRAUD)
    typed = {"verb": "link", "form": "link-why", "reference": "ZZZZZZ", "reason": "The same well."}
    sends(world.signed_in("Amal"), address, "refuse", reason="No.")
    status, page = sends(sarah, address, "end", **typed)
    assert status == 422
    assert "The same well." in page
    assert 'value="ZZZZZZ"' in page
    assert label_of(world).pending is None


def test_another_case_is_found_by_its_six_letters(world: World) -> None:
    address, sarah = opened(world), world.signed_in("Sarah")
    first = case_of(world)
    world.report("The same again.", area="2")
    with world.session() as session:
        other = next(one for one in session.scalars(select(CaseRow.id)) if one != first)
    sends(sarah, address, "sort", conduct="sexual")
    status, _page = sends(
        sarah, address, "end", verb="link", reference=reference_of(other), reason="The same."
    )
    assert status == 303
    assert "/triage/confirm" not in shown(sarah, address)


def test_nobody_beside_the_desk_finds_the_part(world: World) -> None:
    address, peter = opened(world), world.signed_in("Peter")
    assert peter.get(address, base_url=HTTPS).status_code == 404


def test_an_old_page_does_nothing_and_says_what_happened(world: World) -> None:
    address, sarah = opened(world), world.signed_in("Sarah")
    old = shown(sarah, address)
    hidden = dict(re.findall(r'name="(csrf_token|seen|once)" value="([^"]*)"', old))
    sends(sarah, address, "sort", conduct="sexual", by="aid", to_us="recipient")
    sent = {**hidden, "once": "0" * 64, **FRAUD}
    answer = sarah.post(f"{address}/sort", data=sent, base_url=HTTPS)
    assert answer.status_code == 409
    assert label_of(world).category == "sea"
    assert "/triage/sort" in answer.get_data(as_text=True)
