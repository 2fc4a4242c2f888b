from __future__ import annotations

import itertools
import threading

import pytest

from scraper.engine import fetch as workers
from scraper.engine.fetch import Workers, ahead
from scraper.errors import Stopped


def test_everything_lands_with_what_it_gave_or_raised() -> None:
    """Each job comes back once, with its value or its error."""
    pool: Workers[int, int] = Workers(3, threading.Event())
    for number in range(6):
        pool.submit(number, lambda number=number: 10 // (number - 3))  # type: ignore[misc]
    landed = [pool.next() for _ in range(6)]
    assert pool.in_flight == 0
    came = dict(one for one in landed if one is not None)
    assert type(came.pop(3).exception()) is ZeroDivisionError
    assert {key: future.result() for key, future in came.items()} == {0: -4, 1: -5, 2: -10, 4: 10, 5: 5}


def test_what_never_lands_is_given_up_once_the_run_is_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the stop event a job that hangs is not waited for beyond the grace."""
    monkeypatch.setattr(workers, "GRACE", 0.3)
    stop, hang = threading.Event(), threading.Event()
    pool: Workers[str, bool] = Workers(2, stop)
    pool.submit("hangs", hang.wait)
    stop.set()
    assert pool.next() is None
    hang.set()


def test_a_source_is_read_one_step_ahead_and_no_further() -> None:
    """Pages wait to be taken in, so that memory stays flat however long the list is."""
    made = itertools.count()
    source = ahead((next(made) for _ in itertools.count()), threading.Event())
    assert [next(source) for _ in range(3)] == [0, 1, 2]
    source.close()
    assert next(made) <= 6


def test_what_a_source_raises_comes_through() -> None:
    """After what it had yielded."""

    def source() -> object:
        yield 1
        raise KeyError("cut")

    pages = ahead(source(), threading.Event())  # type: ignore[arg-type, var-annotated]
    assert next(pages) == 1
    with pytest.raises(KeyError, match="cut"):
        next(pages)


def test_a_stop_ends_it_behind_the_step_at_hand() -> None:
    """What has come is given, then it ends."""
    stop = threading.Event()
    source = ahead(itertools.count(), stop)
    assert next(source) == 0
    stop.set()
    with pytest.raises(Stopped):
        list(itertools.islice(source, 3))
