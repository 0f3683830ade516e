"""The clock is set back or forward: nobody is locked out for good, and no work is lost."""

from __future__ import annotations

from datetime import timedelta

from casefile.cases.queue import queue_page
from casefile.platform import jobs
from casefile.platform.database import write
from tests.servers.books import open_number, settle
from tests.world import World

FAR = timedelta(days=400)


def serve(world: World) -> int:
    with world.app.app_context():
        return jobs.perform_due(world.deployment)


def late(world: World) -> int:
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member("Sarah"), view="all", page=1)
        assert page.all_open == 1
        return sum(line.late for line in page.lines)


def test_a_session_ends_with_a_clock_ahead_and_never_outlives_its_own(both_worlds: World) -> None:
    client = both_worlds.signed_in("Sarah")

    def inside() -> bool:
        return client.get("/queue", base_url="https://localhost").status_code == 200

    assert inside()
    both_worlds.clock.pass_by(hours=-2)
    assert inside(), "a clock set back a little locks nobody out"
    both_worlds.clock.pass_by(FAR)
    assert not inside()
    both_worlds.clock.pass_by(-FAR)
    again = both_worlds.signed_in("Amal")
    assert again.get("/queue", base_url="https://localhost").status_code == 200


def test_deadlines_follow_the_clock_both_ways(both_worlds: World) -> None:
    both_worlds.report(area="2")
    assert late(both_worlds) == 0
    both_worlds.clock.pass_by(FAR)
    assert late(both_worlds) == 1
    both_worlds.clock.pass_by(-FAR)
    assert late(both_worlds) == 0
    both_worlds.clock.pass_by(days=-1)
    assert late(both_worlds) == 0


def test_a_job_taken_by_a_clock_ahead_is_not_lost(both_worlds: World) -> None:
    both_worlds.report(area="2")
    both_worlds.clock.pass_by(FAR)
    with both_worlds.app.app_context():
        taken = jobs.claim(both_worlds.deployment)
    assert taken is not None, "a worker took it and was killed"
    both_worlds.clock.pass_by(-FAR)
    assert serve(both_worlds) == 1


def test_a_clock_set_back_keeps_a_job_waiting_and_no_longer(both_worlds: World) -> None:
    with both_worlds.session() as session:
        wait, deployment = timedelta(minutes=10), both_worlds.deployment
        body = {"case": bytes(16).hex()}
        write(
            lambda writing: jobs.enqueue(writing, deployment, "tell_desk", body, after=wait),
            session,
        )
    both_worlds.clock.pass_by(hours=-1)
    assert serve(both_worlds) == 0
    both_worlds.clock.pass_by(hours=1, minutes=30)
    assert serve(both_worlds) == 1


def test_what_was_reported_under_a_wrong_clock_is_whole_when_it_is_right_again(
    both_worlds: World,
) -> None:
    numbers = []
    for wrong in (FAR, -FAR, -FAR, FAR):
        both_worlds.clock.pass_by(wrong)
        numbers.append(both_worlds.report(f"At {both_worlds.clock():%d %B %Y}.").code.digits())
    for number in numbers:
        assert open_number(both_worlds, number).text.startswith("At ")
        assert both_worlds.client().post("/en/answer", data={"number": number}).status_code == 200
    settle(both_worlds, len(numbers))
