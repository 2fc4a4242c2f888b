"""The budget of requests to one archive: the window, the pace, the cool-down. Pure; times are monotonic seconds."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.config import Config

LONGEST_WINDOW = 61.0
"""Seconds after which a request counts no more, whatever the budget."""
BURST = 8
"""One part in so many of the budget may go at once, the rest is spread evenly."""
LEAST_BURST = 6
"""So many may go at once of any budget: what recovering one article takes, so that nobody waits for that."""
PROBE_LEASE = 150.0
"""Seconds after which a probe that never reported back counts as lost (its process was killed)."""
RECOVERY = 1_800.0
"""Seconds in which the rate grows by the whole budget after a refusal."""
LEAST_SHARE = 1 / 16
LONGEST_COOL_DOWN = 6 * 3_600.0
FAILURE_WINDOW = 60.0
SEVERAL = 3
"""So many different captures that fail within FAILURE_WINDOW, with no answer between, are an outage of the archive."""
_HOUR = 3_600.0
_DAY = 86_400.0


def budgets_of(config: Config) -> dict[str, int]:
    """Return service to requests in any window of 60 s, as the settings say."""
    return {"cdx": config.cdx_per_minute, "replay": config.replay_per_minute}


def limits(budget: int) -> tuple[int, float]:
    """Return how many requests go in how many seconds, so that the archive never sees more than `budget` in 60 s.

    What goes out evenly arrives unevenly. Of a large budget one request in sixty is held back, which makes up for
    single ones that were long on their way; of a small one none can be spared, so the window is longer. Either way 98 %
    is used.
    """
    return (budget - budget // 60, 60.2) if budget >= 60 else (budget, LONGEST_WINDOW)


class Budget:
    """What all processes remember together of one archive. Its attributes are what the state file holds.

    Attributes:
        sent: service to the times of its requests in the last window, oldest first.
        due: service to the time from which an evenly spread request would be due.
        until: end of the cool-down, or of the last one.
        level: refusals since the last clean day; the next cool-down is 2 ** level times the shortest.
        serial: counts the cool-downs, so that a request knows whether one began since it was permitted.
        probing: a cool-down came and no answer since: one request at a time.
        probe: when the probe that is out was permitted, or None.
        share: part of the budget in use at `share_at`; grows from there.
        refused_at: when the last refusal came, or None.
        reason: what the last refusal was.
        troubles: (time, service, key) of failures since that service's last answer.
    """

    def __init__(self) -> None:
        self.sent: dict[str, list[float]] = {}
        self.due: dict[str, float] = {}
        self.until = 0.0
        self.level = 0
        self.serial = 0
        self.probing = False
        self.probe: float | None = None
        self.share = 1.0
        self.share_at = 0.0
        self.refused_at: float | None = None
        self.reason = ""
        self.troubles: list[tuple[float, str, str]] = []

    def forget(self, now: float) -> None:
        """Drop what no longer counts: requests out of the window, old failures, refusals before a clean day."""
        for moments in self.sent.values():
            del moments[: bisect.bisect_right(moments, now - LONGEST_WINDOW)]
        self.troubles = [failure for failure in self.troubles if failure[0] > now - FAILURE_WINDOW]
        if self.refused_at is not None and now - max(self.refused_at, self.until) > _DAY:
            self.level, self.refused_at, self.reason = 0, None, ""
            self.share, self.probing, self.probe = 1.0, False, None

    def usable_share(self, now: float) -> float:
        """Return the part of the budget that may be used now, 0 to 1."""
        return min(1.0, self.share + max(0.0, now - self.share_at) / RECOVERY)

    def cooling(self, now: float) -> float:
        """Return the seconds of cool-down left, 0 or less if there is none."""
        return self.until - now

    def delay(self, service: str, budget: int, now: float) -> float:
        """Return the seconds until this service's next request may go, cool-downs and probes aside; 0 or less: now."""
        share = self.usable_share(now)
        burst = max(1, int(max(LEAST_BURST, budget / BURST) * share))
        slack = (burst - 1) * _interval(budget, share)
        return max(self._until_room(service, budget, now), self.due.get(service, now) - slack - now)

    def _until_room(self, service: str, budget: int, now: float) -> float:
        """Return the seconds until the window has room for one more request, whatever the pace."""
        moments = self.sent.get(service, [])
        most, window = limits(budget)
        return moments[-most] + window - now if len(moments) >= most else 0.0

    def admit(self, service: str, budget: int, now: float) -> None:
        """Count a request that goes now."""
        bisect.insort(self.sent.setdefault(service, []), now)
        self.due[service] = max(self.due.get(service, now), now) + _interval(budget, self.usable_share(now))

    def add_failure(self, now: float, service: str, key: str) -> bool:
        """Note a failure of one thing asked for; return whether several things have failed by now."""
        self.troubles = [failure for failure in self.troubles if failure[1:] != (service, key)]
        self.troubles.append((now, service, key))
        return sum(failed == service for _, failed, _ in self.troubles) >= SEVERAL

    def cool_down(self, now: float, shortest: float, at_least: float, reason: str) -> None:
        """Begin a cool-down, twice as long as the last one of this day."""
        pause = min(shortest * 2.0**self.level, max(shortest, LONGEST_COOL_DOWN))
        self.share = max(LEAST_SHARE, self.usable_share(now) / 2)
        self.until = max(self.until, now + max(pause, at_least))
        self.share_at = self.until
        self.level += 1
        self.serial += 1
        self.refused_at = now
        self.reason = reason
        self.probing, self.probe = True, None
        self.troubles = []

    def shift(self, seconds: float) -> None:
        """Move all times, after the machine's monotonic clock began anew."""
        self.sent = {service: [moment + seconds for moment in moments] for service, moments in self.sent.items()}
        self.due = {service: moment + seconds for service, moment in self.due.items()}
        self.until += seconds
        self.share_at += seconds
        self.probe = None
        self.refused_at = None if self.refused_at is None else self.refused_at + seconds
        self.troubles = [(moment + seconds, service, key) for moment, service, key in self.troubles]

    def clamp(self, now: float) -> None:
        """Let nothing lie so far ahead that only a broken clock can have put it there."""
        self.sent = {service: sorted(min(moment, now) for moment in moments) for service, moments in self.sent.items()}
        self.due = {service: min(moment, now + _HOUR) for service, moment in self.due.items()}
        self.until = min(self.until, now + _DAY)
        self.share_at = min(self.share_at, max(self.until, now))


def _interval(budget: int, share: float) -> float:
    most, window = limits(budget)
    return window / (most * share)
