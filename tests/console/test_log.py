"""The auditor's page: who did what and when, no content, and nothing of what is kept from her."""

from __future__ import annotations

from casefile.audit.events import Event
from casefile.cases.log_page import LINES, Asked, LogPage, log_page
from casefile.console.event_words import event_words
from casefile.intake.receive import Receipt
from tests.world import World


def _page(world: World, number: int = 1, **asked: str) -> LogPage:
    with world.session() as session:
        grace = world.member("Grace")
        return log_page(session, world.deployment, grace, Asked(**asked), number)  # type: ignore[arg-type]


def _report(world: World, text: str) -> Receipt:
    world.clock.pass_by(minutes=1)
    return world.report(text, area="2")


def test_the_auditor_sees_that_a_report_came_and_nothing_of_it(world: World) -> None:
    _report(world, "Plantedword asked for money.")
    page = world.signed_in("Grace").get("/log", base_url="https://localhost")
    told = page.get_data(as_text=True)
    assert "Report received" in told
    assert "Plantedword" not in told
    assert "/cases/" not in told


def test_a_report_that_names_the_auditor_leaves_her_log_as_if_it_had_never_come(
    world: World,
) -> None:
    _report(world, "Somebody asked for money.")
    before = _page(world)
    _report(world, "Grace Mensah asked for money.")
    assert _page(world) == before


def test_lines_kept_from_her_leave_no_short_page(world: World) -> None:
    for _ in range(LINES // 2):
        _report(world, "Grace Mensah asked for money.")
    for _ in range(LINES // 2 + 10):
        _report(world, "Somebody asked for money.")
    page = _page(world, event=Event.REPORT_OPENED)
    assert len(page.lines) == LINES // 2 + 10
    assert not page.more


def test_only_who_audits_opens_the_log(world: World) -> None:
    for name in ("Sarah", "Omar", "Anders"):
        answer = world.signed_in(name).get("/log", base_url="https://localhost")
        assert answer.status_code == 403


def test_every_event_has_words(world: World) -> None:
    with world.app.test_request_context("/"):
        assert set(event_words()) == set(Event)
