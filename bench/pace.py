"""The pace in virtual time: all pages from an archive whose limit the program has to find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.measure import Row
from tests.archive.virtual_archive import BUDGET, HOUR, PAGES, Ran, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = (40, 60, 105, 200, 480)
MARKS = {"1 h": HOUR, "4 h": 4 * HOUR, "24 h": 24 * HOUR, "7 days": 168 * HOUR}
GOAL = round(1 / 0.92, 3)
SOON = 120.0


def used(ran: Ran, limit: int, runs_of: float) -> float:
    """Return the part of the limit that was used in whole hours from the second on; of a short run from 2 min on."""
    hours = ran.done[-1] // HOUR
    begin, end = (HOUR, hours * HOUR) if hours >= 2 else (SOON, min(ran.done[-1], runs_of))
    possible = limit * (end - begin) / 60 * (min(1.0, runs_of / HOUR) if hours >= 2 else 1.0)
    return sum(begin <= moment < end for moment in ran.done) / possible


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each limit, for one long run and for hourly runs of 50 minutes; then one for a short run."""
    for limit in LIMITS:
        for name, runs_of in (("one run", float("inf")), ("50 minutes each hour", 3_000.0)):
            ran = simulate(limit, pages=2_000 if quick else PAGES, runs_of=runs_of)
            share = used(ran, min(limit, BUDGET), runs_of)
            gaps = [later - earlier for earlier, later in zip(ran.refusals, ran.refusals[1:], strict=False)]
            figures = {f"pages after {mark}": sum(moment <= end for moment in ran.done) for mark, end in MARKS.items()}
            yield Row(
                f"pace, {limit} a minute, {name}",
                "the limit, from the second hour on",
                1 / share,
                None if quick else GOAL,
                "the limit is 1",
                figures
                | {
                    "all after, h": round(ran.done[-1] / HOUR, 1),
                    "% of the limit": round(100 * share, 1),
                    "cool-downs": len(ran.refusals),
                    "in the first hour": sum(moment < HOUR for moment in ran.refusals),
                    "shortest time between, min": round(min(gaps) / 60) if gaps else "-",
                    "requests refused": ran.refused,
                    "blocks": ran.blocks,
                    "runs ended by a refusal": ran.ended,
                },
            )
    ran = simulate(60, pages=300, latency=(0.2, 0.8))
    yield Row(
        "pace, 300 articles at 60 a minute",
        "articles ÷ limit",
        ran.done[-1] / 300,
        1.35,
        "a cool-down of a minute is a fifth",
        {"s": round(ran.done[-1]), "cool-downs": len(ran.refusals), "requests refused": ran.refused},
    )
