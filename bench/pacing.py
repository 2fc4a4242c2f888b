"""How much of the archive's budget a run uses, and that it never uses more. The budget is the limit."""

from __future__ import annotations

import bisect
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import PYTHON, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WINDOW = 60.0
GOAL = round(1 / 0.97, 3)
SOON = 120.0
"""Seconds in which the pace grows from its beginning to the largest budget."""


@dataclass(frozen=True, slots=True)
class Paced:
    """One run. Times are scaled seconds, ascending.

    Attributes:
        departures: when the client was about to write each request.
        arrivals: when the service saw each.
        held: the longest that a request took from its permit to its departure.
        stall: the longest that the service stood still by itself.
        connections: how many were opened, and how many were open at the same time at most.
    """

    departures: list[float]
    arrivals: list[float]
    held: float
    stall: float
    connections: tuple[int, int]


def paced(count: int, budget: int, factor: float, latency: tuple[float, float]) -> Paced:
    """Fetch so many articles, each answer after such a time, in time that runs `factor` times as fast."""
    command = [PYTHON, "-m", "bench.pacing_server", str(count), str(factor), *map(str, latency)]
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
        seen = json.loads(server.stdout.read())
    result = json.loads(done.stdout)
    assert (result["written"], result["refusals"]) == (count, 0), result
    held, departures = zip(*result["departures"], strict=True)
    return Paced(sorted(departures), sorted(seen["arrivals"]), max(held), seen["stall"], tuple(seen["connections"]))


def most_within(moments: Sequence[float], window: float) -> int:
    """Return how many requests fall at most into any window of so many seconds."""
    return max(place - bisect.bisect_right(moments, moment - window) + 1 for place, moment in enumerate(moments))


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each budget. Time runs no faster than the machine can keep up with.

    What is measured begins two minutes after the first request: by then the pace has grown to the budget.
    """
    plans = ((1_500, 480, 2.0, (1.0, 8.0)), (500, 60, 4.0, (1.0, 8.0)), (1_500, 480, 4.0, (3.0, 3.0)))
    for count, budget, factor, latency in ((40, 480, 8.0, (1.0, 8.0)),) if quick else plans:
        one = paced(count, budget, factor, latency)
        begin = one.arrivals[0] if quick else one.arrivals[0] + SOON
        later = [moment for moment in one.arrivals if moment >= begin]
        taken = later[-1] - later[0]
        ideal = (len(later) - 1) * WINDOW / budget
        most = most_within(one.departures, WINDOW)
        opened, at_once = one.connections
        yield Row(
            f"pacing, {count:,} articles at {budget} a minute, answers after {latency[0]:g} to {latency[1]:g} s",
            "articles ÷ budget",
            taken / ideal,
            None if quick else GOAL,
            "the budget is 1",
            {
                "% of the budget used": round(100 * ideal / taken, 1),
                "most departures in any 60 s": most,
                "over it": max(0, most - budget),
                "most arrivals in any 60 s": most_within(one.arrivals, WINDOW),
                "connections opened per 1,000 pages": round(1000 * opened / count),
                "at the same time": at_once,
                "rate x latency + 2": round(budget / 60 * sum(latency) / 2 + 2),
                "longest from permit to departure, s": round(one.held, 2),
                "longest stall of the service, s": round(one.stall, 2),
                "times real time": factor,
            },
        )
