"""Who sends very much lies apart and is never refused; who guesses is asked to come back."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from casefile.cases.label import read_label
from casefile.cases.models import CaseRow
from casefile.intake.junk import CROWD
from tests.world import World

NOISY, QUIET = "203.0.113.9", "198.51.100.7"
WRONG = {"number": "123 456"}


def sends(world: World, text: str, address: str, *, waits: bool = True, **more: str) -> int:
    """Open the form, take some time, write, send; the answer's status."""
    client, near = world.client(), {"REMOTE_ADDR": address}
    marks = dict(re.findall(r'name="(once|seen)" value="([^"]*)"', client.get("/en/").text))
    world.clock.pass_by(seconds=90 if waits else 0)
    sent = client.post("/en/report", data=marks | {"what": text} | more, environ_base=near)
    return sent.status_code


def junk(world: World) -> list[bool]:
    with world.session() as session:
        cases = session.query(CaseRow.id).all()
        return sorted(read_label(session, world.deployment, one.id).label.junk for one in cases)


def types(world: World, address: str, **typed: str) -> TestResponse:
    path = "/en/answer/write" if "text" in typed else "/en/answer"
    return world.client().post(path, data=WRONG | typed, environ_base={"REMOTE_ADDR": address})


def test_what_is_over_the_limit_of_a_network_lies_apart_and_others_do_not_feel_it(
    world: World,
) -> None:
    most = world.settings.reports_per_sender
    letters = [chr(ord("a") + at // 26) + chr(ord("a") + at % 26) for at in range(most + 3)]
    told = [sends(world, f"It happened to {one * 12}.", NOISY) for one in letters]
    assert set(told) == {200}
    assert junk(world) == [False] * most + [True] * 3
    assert sends(world, "I am new here, and it is about the guard.", QUIET) == 200
    assert junk(world).count(False) == most + 1


def test_an_hour_later_the_network_is_like_any_other(world: World) -> None:
    world.deployment.lately.reports.count(None, world.clock())
    for _ in range(world.settings.reports_per_sender + 1):
        world.deployment.lately.reports.count(b"\xcb\x00\x71\x00", world.clock())
    assert sends(world, "One too many for now.", NOISY) == 200
    world.clock.pass_by(hours=1)
    assert sends(world, "And one that is not.", NOISY) == 200
    assert junk(world) == [False, True]


def test_the_trap_weighs_and_never_refuses(world: World) -> None:
    assert sends(world, "A telephone filled everything in.", QUIET, url="x") == 200
    assert sends(world, "So did a machine.", QUIET, waits=False, url="x") == 200
    assert junk(world) == [False, True]


def test_a_shaking_hand_is_no_flood(world: World) -> None:
    """One page pressed again and again is one report, of one sender, and no copy of itself."""
    sent = {"what": "He took the card from my mother.", "once": "ab" * 32, "seen": ""}
    for _ in range(world.settings.reports_per_sender * 2):
        answer = world.client().post("/en/report", data=sent, environ_base={"REMOTE_ADDR": NOISY})
        assert answer.status_code == 200
    assert sends(world, "Another thing happened.", NOISY) == 200
    assert junk(world) == [False, False]


def test_the_fourth_copy_of_a_text_lies_apart(world: World) -> None:
    for at in range(4):
        sends(world, f"Buy our pills at once, offer number {at}!", f"198.51.{at}.7")
    assert junk(world) == [False, False, False, True]


def test_in_a_crowd_a_person_who_wrote_on_the_page_is_in_the_ordinary_list(world: World) -> None:
    for _ in range(CROWD + 1):
        world.deployment.lately.reports.count(None, world.clock())
    sends(world, "Written on the page.", QUIET)
    bare = {"what": "Never opened the page."}
    world.client().post("/en/report", data=bare, environ_base={"REMOTE_ADDR": QUIET})
    assert junk(world) == [False, True]


@pytest.mark.parametrize("more", [{}, {"text": "What I wrote <here>."}])
def test_after_very_many_wrong_numbers_a_network_is_asked_to_come_back_and_loses_nothing(
    world: World, more: dict[str, str]
) -> None:
    known = world.deployment.lately.numbers
    for _ in range(world.settings.numbers_per_sender):
        known.count(b"\xcb\x00\x71\x00", world.clock())
    told = types(world, NOISY, **more)
    assert told.status_code == 429
    assert WRONG["number"] in told.text
    assert more.get("text", "") in unescape(told.text)
    assert types(world, QUIET, **more).status_code == 422
    world.clock.pass_by(minutes=10)
    assert types(world, NOISY, **more).status_code == 422


def test_wrong_numbers_do_not_count_against_reports(world: World) -> None:
    for _ in range(3):
        types(world, NOISY)
    assert world.deployment.lately.reports.total(world.clock()) == 0
    assert world.deployment.lately.numbers.total(world.clock()) == 3
    right = world.report()
    world.clock.pass_by(minutes=1)
    opened = world.client().post("/en/answer", data={"number": right.code.digits()})
    assert opened.status_code == 200
    assert world.deployment.lately.numbers.total(world.clock()) == 3


def test_a_page_that_is_days_old_is_an_ordinary_report(world: World) -> None:
    client = world.client()
    marks = dict(re.findall(r'name="(once|seen)" value="([^"]*)"', client.get("/en/").text))
    world.clock.pass_by(days=timedelta(days=9).days)
    assert client.post("/en/report", data=marks | {"what": "Written slowly."}).status_code == 200
    assert junk(world) == [False]


def test_a_full_mailbox_keeps_what_was_written_on_the_page(world: World) -> None:
    number = world.report().code.digits()
    client = world.client()
    box = client.post("/en/answer", data={"number": number}).text
    found = re.search(r'name="token" value="([^"]+)"', box)
    assert found is not None
    for at in range(world.settings.unread_messages + 1):
        told = client.post(
            "/en/answer/write",
            data={"token": found.group(1), "text": f"Part {at}.", "once": f"{at:064x}"},
        )
    assert told.status_code == 429
    assert f"Part {world.settings.unread_messages}." in told.text
    assert found.group(1) in told.text
