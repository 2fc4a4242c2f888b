"""How much of the archive's budget a run uses, and that it never uses more. The budget is the limit."""

from __future__ import annotations

import bisect
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import PYTHON, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WINDOW = 60.0
GOAL = round(1 / 0.97, 3)


def arrivals(count: int, budget: int, factor: float) -> list[float]:
    """Fetch so many articles, each answer after 1 to 8 s, in time that runs `factor` times as fast.

    Returns:
        when each request came, in scaled seconds, ascending.
    """
    command = [PYTHON, "-m", "bench.pacing_server", str(count), str(factor)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        assert server.stdin is not None
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        done = subprocess.run(
            [PYTHON, "-m", "bench.pacing_worker", base, str(Path(folder) / "output"), str(budget), str(factor)],
            env=os.environ | {"XDG_STATE_HOME": folder},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        server.stdin.close()
        came: list[float] = json.loads(server.stdout.read())
    result = json.loads(done.stdout)
    assert result == {"written": count, "refusals": 0}, result
    return sorted(came)


def most_within(came: Sequence[float], window: float) -> int:
    """Return how many requests came at most in any window of so many seconds."""
    return max(place - bisect.bisect_right(came, moment - window) + 1 for place, moment in enumerate(came))


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each budget. Time runs no faster than the machine can keep up with."""
    plans = ((40, 480, 8.0),) if quick else ((1_000, 480, 4.0), (1_000, 60, 10.0))
    for count, budget, factor in plans:
        came = arrivals(count, budget, factor)
        taken = came[-1] - came[0]
        ideal = (count - 1) * WINDOW / budget
        most = most_within(came, WINDOW)
        yield Row(
            f"pacing, {count:,} articles at {budget} a minute",
            "articles ÷ budget",
            taken / ideal,
            None if quick else GOAL,
            "the budget is 1",
            {
                "% of the budget used": round(100 * ideal / taken, 1),
                "most in any 60 s": most,
                "over it": max(0, most - budget),
                "times real time": factor,
            },
        )
