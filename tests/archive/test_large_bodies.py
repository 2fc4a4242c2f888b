"""Of large bodies only a few are in memory at a time, and each holds its slot until it is done with."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from scraper.archive.large_bodies import SLOTS, acquire_slot, release_slot
from scraper.engine.fetch import Workers


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Set after some seconds: then a pool whose jobs wait for ever gives None, and the test fails."""
    event = threading.Event()
    timer = threading.Timer(5, event.set)
    timer.start()
    yield event
    timer.cancel()


def test_large_things_are_held_a_few_at_a_time_until_they_are_done_with(stop: threading.Event) -> None:
    """Jobs with small bodies are not held up, and none waits for ever."""
    held, most = set[int](), 0
    lock = threading.Lock()

    def job(number: int) -> int:
        nonlocal most
        if number % 2:
            acquire_slot()
            acquire_slot()  # asking again is free
            with lock:
                held.add(number)
                most = max(most, len(held))
            time.sleep(0.01)
        return number

    pool: Workers[int, int] = Workers(8, stop)
    for number in range(8):
        pool.submit(number, lambda number=number: job(number))  # type: ignore[misc]
    seen = []
    for following in range(8, 32):
        landed = pool.next()
        assert landed is not None
        key, future = landed
        assert future.result() == key
        seen.append(key)
        time.sleep(0.002)  # the main thread is at work on it
        with lock:
            held.discard(key)
        if following < 24:
            pool.submit(following, lambda number=following: job(number))  # type: ignore[misc]
    assert sorted(seen) == list(range(24))
    assert most <= SLOTS


def test_a_slot_is_free_again_after_a_job_that_failed(stop: threading.Event) -> None:
    """And behind the last one, after which nobody asks for more."""

    def fail() -> int:
        acquire_slot()
        raise ValueError

    for job in (fail, lambda: acquire_slot() or 1):
        pool: Workers[int, int] = Workers(1, stop)
        for _ in range(2 * SLOTS):
            pool.submit(0, job)
            assert pool.next() is not None
    threads = [threading.Thread(target=lambda: (acquire_slot(), release_slot()), daemon=True) for _ in range(SLOTS)]
    for thread in threads:
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
