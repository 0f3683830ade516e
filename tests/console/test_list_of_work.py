"""The list of work: what to do next and by when, and nothing a passer-by could make use of."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import g, render_template

from casefile.cases.queue import LINES, QueueLine, QueuePage
from casefile.cases.queue_views import Filters, View
from casefile.cases.rules import Stamp
from casefile.console.queue_words import list_asked, queue_words
from casefile.console.seats import Waiting
from casefile.platform.language import use_language
from tests.console.conftest import AtDesk
from tests.world import BEGINNING, World

Sits = Callable[[str], AtDesk]
MOST_BYTES = 36_000


def test_the_list_shows_the_case_and_no_word_of_what_was_told(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report("A very particular sentence.", area="2", age="child", employer="Blue Tent")
    page = at_desk("Sarah").opens("/queue")
    assert f'href="{only_case("Sarah")}"' in page
    for told in ("particular", "Blue Tent", "SEA"):
        assert told not in page


def test_what_must_be_done_today_stands_first(world: World, at_desk: Sits) -> None:
    world.report("slow", area="2")
    world.report("now", area="2", now="danger")
    stamps = re.findall(r'class="stamp (\w+)"', at_desk("Sarah").opens("/queue"))
    assert stamps == ["act_today", "new"]


def test_an_empty_list_offers_nothing_to_press_and_opens_the_others(
    world: World, at_desk: Sits
) -> None:
    sarah = at_desk("Sarah")
    page = sarah.opens("/queue")
    assert "<table" not in page
    lists = re.findall(r'href="(/queue\?view=\w+)"', page)
    assert len(lists) == len(View)
    for address in lists:
        assert "<table" not in sarah.opens(address)


@pytest.mark.parametrize(
    "query",
    ["view=everything", "sort=x", "area=x", "area=-1", "page=-3", "page=9999999999999", "page=x"],
)
def test_a_strange_wish_opens_the_list_all_the_same(
    world: World, at_desk: Sits, query: str
) -> None:
    world.report(area="2")
    assert "<table" in at_desk("Sarah").opens(f"/queue?{query}")


def test_each_reader_gets_the_list_in_her_language(world: World, at_desk: Sits) -> None:
    world.report(area="2")
    page = at_desk("Amal").opens("/queue")
    assert '<html lang="ar" dir="rtl">' in page
    assert "(١)" in page.split("<h1>")[1].split("</h1>")[0]


def test_who_has_no_list_of_work_reads_what_the_account_is_for(world: World, at_desk: Sits) -> None:
    for name in ("Hana", "Anders", "Claire", "Tomas", "Omar"):
        person = at_desk(name)
        page = person.opens("/home")
        assert "/queue" not in page
        refused = person.opens("/queue", 403)
        assert page.split("<section")[1] in refused
        assert 'role="status"' in refused
    assert 'href="/people"' in page


def test_what_is_late_ends_with_the_sentence_of_who_must_know(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report(area="2")
    sarah = at_desk("Sarah")
    sarah.sends(sarah.opens(only_case("Sarah")), "/take")
    world.clock.pass_by(days=9)
    row = at_desk("Sarah").opens("/queue?view=late").split("<tbody")[1]
    assert "yours · The " in row
    assert ". ·" not in row


def test_the_auditor_begins_with_the_log(world: World) -> None:
    answer = world.signed_in("Grace").get("/home", base_url="https://localhost")
    assert (answer.status_code, answer.location) == (303, "/log")


def test_a_focal_point_begins_with_the_work(world: World, at_desk: Sits) -> None:
    answer = at_desk("Sarah").client.get("/home", base_url="https://localhost")
    assert (answer.status_code, answer.location) == (303, "/queue")


def test_nobody_reads_a_list_without_signing_in(world: World) -> None:
    for address in ("/home", "/queue", "/cases/" + "A" * 26):
        answer = world.client().get(address, base_url="https://localhost")
        assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_a_full_page_of_the_list_stays_small_on_a_thin_line(world: World, language: str) -> None:
    page = full_page()
    with world.app.test_request_context("/queue?view=all"):
        g.member = world.member("Sarah")
        use_language(language)
        shown = render_template(
            "console/queue.html",
            page=page,
            said=queue_words(),
            asked=list_asked(world.settings.config, page),
            waiting=Waiting((), (), True),
            saved=[],
            may_write=True,
            longest=60,
        )
    assert shown.count("<tr") == 1 + LINES
    assert len(shown.encode()) < MOST_BYTES


def full_page() -> QueuePage:
    """Fifty lines of every kind, with pages before and after."""
    stamps = list(Stamp)
    steps = ("read", "confirm", "offer_help", "read_message", "wait_reporter")
    lines = tuple(
        QueueLine(
            case="A" * 26,
            reference="K7Q4M2",
            stamp=stamps[number % 5],
            lasting=timedelta(days=3) if stamps[number % 5] is Stamp.LATE else None,
            step=steps[number % 5],
            due=BEGINNING + timedelta(hours=7 * (number - 25)),
            late=number < 25,
            area="Somewhere quite far",
            language="ar",
            child=bool(number % 2),
            told_next="senior_focal_point",
            owner="Somebody With A Name",
        )
        for number in range(LINES)
    )
    offered = {"area": (0, 1, 2, 3), "category": tuple(range(16)), "language": (1, 2, 3, 4)}
    offered |= {"channel": tuple(range(19)), "state": (1, 2), "step": tuple(range(12))}
    offered |= {"age": (1, 2, 3, 4, 5), "answered": (0, 1, 2)}
    counts = dict.fromkeys(View, 1000)
    return QueuePage(View.ALL, lines, counts, 2, 3, filters=Filters(area=2), offered=offered)


def test_filters_and_order_stay_in_every_address_until_they_are_cleared(
    world: World, at_desk: Sits
) -> None:
    world.report(area="2")
    amal = at_desk("Amal")
    page = amal.opens("/queue?view=all&area=3&sort=oldest")
    assert "<table" not in page
    assert page.count("area=3&amp;sort=oldest") == len(View)
    assert page.count('href="/queue?view=all&amp;sort=oldest"') == 2
    assert "<table" in amal.opens("/queue?view=all&sort=oldest")
