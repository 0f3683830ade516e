"""Slots of which whoever sent many never takes the last, and that rest after a wrong number."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from casefile.platform.throttle import REST_S, Ahead, Busy, Turn


def test_a_new_sender_finds_a_slot_however_many_a_noisy_one_waits_for() -> None:
    slots, let_go = Ahead(2), Event()
    waiting = [slots.begin(lambda: let_go.wait(10), sent_many=True) for _ in range(4)]
    assert slots.begin(lambda: "new").result(5) == "new"
    assert not any(one.done() for one in waiting)
    let_go.set()
    assert all(one.result(10) for one in waiting)


def test_where_there_is_one_slot_everybody_shares_it() -> None:
    slots = Ahead(1)
    told = [slots.begin(lambda: True, sent_many=many).result(5) for many in (True, False, True)]
    assert told == [True, True, True]


def test_a_slot_rests_after_a_number_that_opened_nothing_and_only_then() -> None:
    turn = Turn(1)
    begun = time.monotonic()
    with turn:
        pass
    with turn:
        turn.rest()
    assert time.monotonic() - begun < REST_S
    with turn:
        assert time.monotonic() - begun >= REST_S


def test_whoever_finds_the_slot_and_the_place_to_wait_taken_comes_back_later() -> None:
    turn = Turn(1)
    with turn, ThreadPoolExecutor(1) as beside:
        first = beside.submit(turn.__enter__)
        while turn._waiting._value:
            time.sleep(0.01)
        with pytest.raises(Busy):
            turn.__enter__()
        with pytest.raises(Busy):
            first.result(10)
