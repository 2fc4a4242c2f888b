"""Work spread over processes: the same results in the same order, whoever did it."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from itertools import islice
from operator import call
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ProcessLost
from scraper.parallel import _AHEAD, map_processes

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 40


def slowly(number: int) -> tuple[int, int]:
    time.sleep(0.01)
    return number, os.getpid()


def failing() -> None:
    raise ValueError("a piece")


def test_a_few_pieces_are_worth_no_process() -> None:
    """What is done before another process had started is done here."""
    results = list(map_processes(slowly, range(5), jobs=4))
    assert results == [(number, os.getpid()) for number in range(5)]


@pytest.mark.parametrize("jobs", [0, 1, 2, 3])
def test_the_order_is_that_of_the_pieces(jobs: int) -> None:
    """Whatever the number of processes."""
    results = list(map_processes(slowly, range(MANY), jobs=jobs))
    assert [number for number, _ in results] == list(range(MANY))
    processes = {process for _, process in results}
    assert processes == {os.getpid()} if jobs < 2 else os.getpid() not in processes


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_behind_the_results_before_it(jobs: int) -> None:
    """Wherever it was raised, and however far others had come."""
    pieces = [*[partial(int, number) for number in range(MANY)], failing, *[int] * MANY]
    results = map_processes(call, pieces, jobs=jobs)
    assert list(islice(results, MANY)) == list(range(MANY))
    with pytest.raises(ValueError, match="a piece"):
        next(results)


def test_who_has_seen_enough_waits_for_no_piece_that_was_not_begun() -> None:
    """Pieces are made as they are needed, of which there may be no end, and closing ends the other processes."""
    results = map_processes(slowly, itertools.count(), jobs=2)
    assert next(results)[0] == 0
    results.close()  # type: ignore[attr-defined] # a generator
    assert multiprocessing.active_children() == []


def interrupted(number: int) -> int:
    if number == 0:
        os.killpg(0, signal.SIGINT)
    time.sleep(0.01)
    return number


ON_A_TERMINAL = """
import signal
from scraper.parallel import map_processes
from tests.test_parallel import MANY, interrupted
if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda *_: print("told", flush=True))
    print(sum(map_processes(interrupted, range(MANY), jobs=2)))
"""


def test_ctrl_c_is_for_the_process_that_wants_the_work(tmp_path: Path) -> None:
    """A terminal sends it to all of them; the others go on, and that one decides."""
    (tmp_path / "program.py").write_text(ON_A_TERMINAL)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "program.py")], env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True, text=True, start_new_session=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == (f"told\n{sum(range(MANY))}\n", "", 0)


def ended(number: int) -> int:
    if multiprocessing.parent_process() is not None and number:
        os._exit(9)
    time.sleep(0.01)
    return number


def test_a_process_that_is_ended_by_somebody_else_is_told() -> None:
    """As an error that says what to do, and not as a broken pool."""
    with pytest.raises(ProcessLost, match="--jobs 1"):
        list(map_processes(ended, range(10 * MANY), jobs=2))


def hindered(number: int) -> int:
    if number == 0:
        while not Path(os.environ["HINDRANCE"]).exists():
            time.sleep(0.01)
    return number


def test_what_waits_for_a_slow_piece_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One piece that takes long holds everybody up before memory grows."""
    monkeypatch.setenv("HINDRANCE", str(tmp_path / "over"))
    begun = 0

    def pieces() -> Iterator[int]:
        nonlocal begun
        while True:
            yield begun
            begun += 1
            if begun == 40 * _AHEAD:
                (tmp_path / "over").touch()

    results = map_processes(hindered, pieces(), jobs=2)
    threading.Timer(1, (tmp_path / "over").touch).start()
    assert next(results) == 0
    assert begun <= 3 * _AHEAD
    results.close()  # type: ignore[attr-defined] # a generator
