"""An archive in virtual time whose limit nobody knows, and a user who fetches pages from it at the program's own pace.

The archive refuses (429) what exceeds its limit in any 60 s, for 60 s; a request that comes meanwhile prolongs that.
One that still comes 60 s after the first 429 is answered with a block of an hour, the next such with one of two hours.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.archive.ratelimit.budget import Budget, Permit

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = 3_600.0
PAGES = 49_122
BUDGET = 480
IN_FLIGHT = 48
COOL_DOWN = 60.0
SIT_OUT = 90.0


class Service:
    """The archive's limiter; `limit` gives the limit at a moment."""

    def __init__(self, limit: Callable[[float], int]) -> None:
        self._limit = limit
        self._hits: deque[float] = deque()
        self._cooling = (0.0, 0.0)
        self._blocked_until = 0.0
        self.blocks = 0

    def asked(self, now: float) -> str:
        """Return ``ok``, ``429`` or ``blocked``."""
        if now < self._blocked_until:
            return "blocked"
        since, until = self._cooling
        if now < until:
            if now - since > 60:
                self._blocked_until = now + HOUR * 2**self.blocks
                self.blocks += 1
                self._cooling = (0.0, 0.0)
                self._hits.clear()
                return "blocked"
            self._cooling = (since, now + 60)
            return "429"
        while self._hits and self._hits[0] <= now - 60:
            self._hits.popleft()
        if len(self._hits) >= self._limit(now):
            self._hits.clear()
            self._cooling = (now, now + 60)
            return "429"
        self._hits.append(now)
        return "ok"


@dataclass
class Ran:
    """What one user got. Times are virtual seconds.

    Attributes:
        done: when each page came.
        refusals: when each cool-down began.
        refused: how many requests were refused, those in the air included.
        blocks: how often the address was blocked.
        ended: how many runs a refusal has ended.
    """

    done: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    refused: int = 0
    blocks: int = 0
    ended: int = 0


def simulate(limit: int, *, pages: int = PAGES, runs_of: float = float("inf"), latency: tuple[float, float] = (1, 5),
             refusal: tuple[float, float] = (0.1, 0.5), until: float = 168 * HOUR, seed: int = 1) -> Ran:  # fmt: skip
    """Fetch so many pages: in one run, or in runs that begin every hour and last `runs_of` seconds.

    Args:
        limit: requests that the archive lets through in any 60 s; or what gives it, from the seconds since the begin.
        pages: how many there are to fetch.
        runs_of: seconds of a run.
        latency: seconds of an answer, all between equally likely.
        refusal: seconds of a refusal, likewise.
        until: when to give up.
        seed: of the latencies.
    """
    source = random.Random(seed)
    begin = now = asked_until = 1e6
    number = 0
    service = Service(lambda moment: limit if isinstance(limit, int) else limit(moment - begin))
    budget, ran = Budget(), Ran()
    air: list[tuple[float, int, Permit, str]] = []
    left = pages
    while (left or air) and now - begin < until:
        in_run = (now - begin) % HOUR < runs_of if runs_of < HOUR else True
        if left and len(air) < IN_FLIGHT and in_run and now >= asked_until:
            cooling = budget.until - now
            if cooling > SIT_OUT:  # the run ends; the next one begins with the next hour, or when told to
                ran.ended += 1
                next_hour = begin + ((now - begin) // HOUR + 1) * HOUR if runs_of < HOUR else now + cooling
                asked_until = next_hour
                continue
            permit = budget.request("replay", BUDGET, now)
            if isinstance(permit, Permit):
                left -= 1
                number += 1
                outcome = service.asked(now + source.uniform(0.02, 0.1))
                took = source.uniform(*(latency if outcome == "ok" else refusal))
                heapq.heappush(air, (now + took, number, permit, outcome))
                continue
            asked_until = now + max(permit, 1e-3)
        if not in_run and runs_of < HOUR:
            asked_until = max(asked_until, begin + ((now - begin) // HOUR + 1) * HOUR)
        landing = air[0][0] if air else float("inf")
        if len(air) >= IN_FLIGHT or not left or landing <= asked_until:
            now = landing
        else:
            now = asked_until
            continue
        if landing == float("inf"):
            break
        _, _, permit, outcome = heapq.heappop(air)
        if outcome == "ok":
            budget.answered(permit)
            ran.done.append(now - begin)
        else:
            ran.refused += 1
            left += 1
            if budget.refuse(permit, now, COOL_DOWN, 0.0, outcome):
                ran.refusals.append(now - begin)
                asked_until = now
    ran.blocks = service.blocks
    return ran
