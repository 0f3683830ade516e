"""Passing a case on over the pages: what leaves is shown first, and both ends follow it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casefile.cases.changing import change_case, told_by
from casefile.cases.keys import unlock
from casefile.cases.queue_rows import address_of, case_at
from casefile.cases.records import add_record
from casefile.sealing.compartments import Compartment
from tests.cases.working import case_of
from tests.console.conftest import AtDesk
from tests.referral.passing_on import designates, label_of, sorted_out
from tests.world import World

Sits = Callable[[str], AtDesk]
SAID = "She told it to me at the well, in the blue tent."
SUMMARY = "A distributor asked for something in return for a ration."
NAMED = "Halima Yusuf"


@pytest.fixture
def ready(world: World) -> str:
    """A case of Sarah's about people of Terra Aid, sorted; its address."""
    designates(world, "Terra Aid", "Investigations")
    world.report(SAID, area="2", employer="Terra Aid", when="d5", age="adult")
    case = case_of(world)
    sorted_out(world, "Sarah", case)
    return f"/cases/{address_of(case)}"


def recipient(world: World) -> str:
    return world.desk("Investigations").id.hex()


def sent(world: World, sarah: AtDesk, case: str) -> str:
    """Sarah passes it on; the address of the packet."""
    page = sarah.opens(f"{case}/complaint")
    shown = sarah.sends(page, "/preview", 200, to=recipient(world), summary=SUMMARY, when="d5")
    sarah.sends(shown, "/send")
    (link,) = label_of(world, case_at(case.rpartition("/")[2])).links
    return f"/cases/{address_of(link.other)}"


def consents(world: World, case: str, *, given: bool) -> None:
    """What the part of permissions leaves behind."""
    with world.session() as session:
        deployment, sarah = world.deployment, world.member("Sarah")
        opened = unlock(session, deployment, sarah, case_at(case.rpartition("/")[2]))
        told = told_by(sarah, deployment.now(), purpose="C3", given=given)
        change_case(
            session,
            deployment,
            sarah,
            opened,
            lambda writing, label: add_record(
                writing,
                deployment,
                opened.case,
                label,
                Compartment.WORK,
                opened.keys,
                "consent",
                told,
            ),
        )


def test_nothing_leaves_that_was_not_shown_and_nothing_of_the_report_is_copied(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{ready}/complaint")
    assert SAID not in page
    shown = sarah.sends(page, "/preview", 200, to=recipient(world), summary=SUMMARY, when="d5")
    assert SUMMARY in shown
    assert SAID not in shown
    assert label_of(world, case_of(world)).links == ()
    sarah.sends(shown, "/send")
    (link,) = label_of(world, case_at(ready.rpartition("/")[2])).links
    joseph = at_desk("Joseph")
    packet = f"/cases/{address_of(link.other)}"
    assert SUMMARY not in joseph.opens(packet)
    read = joseph.sends(joseph.opens(packet), "/report", 200)
    assert SUMMARY in read
    assert SAID not in read
    assert label_of(world, link.other).links[0].state == "delivered"


def test_a_name_leaves_with_a_recorded_consent_alone(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah = at_desk("Sarah")

    def shown() -> str:
        page = sarah.opens(f"{ready}/complaint")
        given = {"to": recipient(world), "summary": SUMMARY, "name": NAMED, "contact": "by radio"}
        return sarah.sends(page, "/preview", 200, **given).split('<dl class="answers">')[1]

    assert f">{NAMED}<" not in shown()
    consents(world, ready, given=True)
    assert f">{NAMED}<" in shown()
    consents(world, ready, given=False)
    assert f">{NAMED}<" not in shown()


def test_the_same_page_sent_twice_passes_it_on_once(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{ready}/complaint")
    shown = sarah.sends(page, "/preview", 200, to=recipient(world), summary=SUMMARY)
    sarah.sends(shown, "/send")
    sarah.sends(shown, "/send")
    assert len(label_of(world, case_at(ready.rpartition("/")[2])).links) == 1


def test_a_page_from_before_a_colleagues_change_sends_nothing_and_keeps_the_words(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah, amal = at_desk("Sarah"), at_desk("Amal")
    page = sarah.opens(f"{ready}/complaint")
    shown = sarah.sends(page, "/preview", 200, to=recipient(world), summary=SUMMARY)
    amal.sends(amal.opens(ready), "/note", note="It is another organisation.")
    back = sarah.sends(shown, "/send", 409)
    assert SUMMARY in back
    assert label_of(world, case_at(ready.rpartition("/")[2])).links == ()


def test_the_preview_says_how_many_stay_out_and_sends_nothing_to_a_desk_without_anybody(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{ready}/complaint")
    given = {"to": recipient(world), "summary": SUMMARY, "subject": "Joseph Okech"}
    back = sarah.sends(page, "/preview", 409, **given)
    assert SUMMARY in back
    assert 'role="alert"' in back


def test_the_recipient_confirms_with_a_name_and_the_sender_sees_the_date_alone(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah, joseph = at_desk("Sarah"), at_desk("Joseph")
    packet = sent(world, sarah, ready)
    joseph.sends(joseph.opens(f"{packet}/complaint"), "/step")
    assert world.member("Joseph").name in joseph.opens(f"{packet}/complaint")
    ours = sarah.opens(f"{ready}/complaint")
    assert world.member("Joseph").name not in ours
    assert "Call it back" not in ours


def test_what_is_declined_tells_the_sender_why_and_leaves_the_desk(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah, joseph = at_desk("Sarah"), at_desk("Joseph")
    packet = sent(world, sarah, ready)
    page = joseph.opens(f"{packet}/complaint")
    fields = {"verb": "decline", "code": "another_entity"}
    joseph.sends(page, "/step", 422, **fields, reason="")
    joseph.sends(page, "/step", **fields, reason="Ask the mill.")
    joseph.opens(packet, 404)
    back = sarah.opens(f"{ready}/complaint")
    assert "Ask the mill." in back
    assert "/preview" not in back, "it is sorted again first"
    assert label_of(world, case_at(ready.rpartition("/")[2])).running("reroute")


def test_letters_go_both_ways_and_one_for_the_reporter_reaches_the_number_once(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah, joseph = at_desk("Sarah"), at_desk("Joseph")
    packet = sent(world, sarah, ready)
    there = f"{packet}/complaint"
    joseph.sends(joseph.opens(there), "/step")
    joseph.sends(joseph.opens(there), "/write", letter="What day was it?")
    assert "What day was it?" in sarah.opens(f"{ready}/complaint")
    sarah.sends(sarah.opens(f"{ready}/complaint"), "/write", letter="A market day.")
    assert "A market day." in joseph.opens(there)
    outcome = {"verb": "share_outcome", "letter": "It was looked into. Thank you."}
    joseph.sends(joseph.opens(there), "/step", **outcome)
    page = sarah.opens(f"{ready}/complaint")
    sarah.sends(page, "/deliver")
    sarah.sends(page, "/deliver")
    assert sarah.opens(ready).count('<p class="voice" lang="en" dir="auto">It was looked') == 1
    assert label_of(world, case_at(ready.rpartition("/")[2])).state == "feedback_given"
    page = sarah.opens(f"{ready}/complaint")
    assert "/deliver" not in page
    sarah.sends(page, "/step", verb="close")
    assert label_of(world, case_at(ready.rpartition("/")[2])).links[0].state == "closed"


def test_what_is_called_back_is_closed_to_the_recipient_and_can_be_sent_again(
    world: World, at_desk: Sits, ready: str
) -> None:
    sarah, joseph = at_desk("Sarah"), at_desk("Joseph")
    packet = sent(world, sarah, ready)
    joseph.opens(packet)
    sarah.sends(sarah.opens(f"{ready}/complaint"), "/step", reason="To another desk.")
    joseph.opens(packet, 404)
    assert label_of(world, case_at(ready.rpartition("/")[2])).state == "referral_pending"
    assert "/preview" in sarah.opens(f"{ready}/complaint")


def test_an_entity_without_investigators_is_noted_as_asked_for_at_the_fund(
    world: World, at_desk: Sits
) -> None:
    designates(world, "Well and Way", "Child protection")
    world.report(SAID, area="2", employer="Well and Way")
    case = f"/cases/{address_of(case_of(world))}"
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{case}/complaint")
    sarah.sends(page, "/fund")
    assert "/fund" not in sarah.opens(f"{case}/complaint")
