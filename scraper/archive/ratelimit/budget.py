"""The state of the rate limiter for one archive: paces, refusals, failures. Pure; times are monotonic seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper.archive.ratelimit.pace import DAY, Pace

if TYPE_CHECKING:
    from scraper.config import Config

PROBE_LEASE = 150.0
"""Seconds after which a probe that never reported back counts as lost (its process was killed)."""
LONGEST_COOL_DOWN = 6 * 3_600.0
MARGIN = 1.0
"""Seconds added to a cool-down: one that ends a moment too early counts as going on."""
_SEVERAL = 3
"""Different captures that make an outage of the archive when they fail within a minute with no answer between."""
_GOING_WELL = 4
"""Requests since a refusal that show that the archive answers again: the next refusal counts as a first one."""
_LONG_REST = 3_600.0


def budgets_of(config: Config) -> dict[str, int]:
    """Return service to requests in any window of 60 s, as the settings say."""
    return {"cdx": config.cdx_per_minute, "replay": config.replay_per_minute}


class Permit(NamedTuple):
    """Permission for one request to ``cdx`` or ``replay``: `serial` cool-downs had begun when it was granted.

    Everybody else waits for the answer to a `probe`.
    """

    service: str
    granted_at: float
    serial: int
    probe: bool


class Budget:
    """The state that all processes share for one archive. Its attributes are what the state file holds.

    Attributes:
        paces: service to its pace.
        until: end of the cool-down, or of the last one.
        level: refusals in a row, without `_GOING_WELL` requests between; a cool-down is 2 ** level times the shortest.
        since: requests permitted since the last refusal.
        refusals: how many there were since the last day without any.
        serial: counts the cool-downs, so that a request knows whether one began since it was permitted.
        probing: a cool-down came and no answer since: one request at a time.
        probe: when the probe that is out was permitted.
        refused_at, reason: when the last refusal came, and what it was.
        unprovoked: whether nothing was asked for an hour before the request that was refused last.
        failures: (time, service, key) of failures since that service's last answer.
    """

    def __init__(self) -> None:
        self.paces: dict[str, Pace] = {}
        self.until = 0.0
        self.level = 0
        self.since = 0
        self.refusals = 0
        self.serial = 0
        self.probing = False
        self.probe: float | None = None
        self.refused_at: float | None = None
        self.reason = ""
        self.unprovoked = False
        self.failures: list[tuple[float, str, str]] = []

    def pace(self, service: str) -> Pace:
        """Return the pace of a service."""
        return self.paces.setdefault(service, Pace())

    def forget(self, now: float) -> None:
        """Drop what no longer counts: requests out of the window, old failures, refusals before a clean day."""
        for pace in self.paces.values():
            pace.forget(now)
        self.failures = [failure for failure in self.failures if failure[0] > now - 60]
        if self.refused_at is not None and now - max(self.refused_at, self.until) > DAY:
            self.level, self.refusals, self.refused_at, self.reason = 0, 0, None, ""
            self.probing, self.probe = False, None

    def request(self, service: str, budget: int, now: float) -> Permit | float:
        """Return the permit for a request that goes now, or the seconds after which to ask again."""
        self.forget(now)
        if now < self.until:
            return self.until - now
        if self.probing and self.probe is not None and now < self.probe + PROBE_LEASE:
            return 0.5
        if (wait := self.pace(service).delay(budget, now)) > 0:
            return wait
        if self.probing:
            self.probe = now
        return self.permit(service, budget, now, probe=self.probing)

    def permit(self, service: str, budget: int, now: float, *, probe: bool = False) -> Permit:
        """Count a request that goes now, whatever the pace."""
        self.pace(service).admit(budget, now)
        self.since += 1
        return Permit(service, now, self.serial, probe)

    def answered(self, permit: Permit) -> bool:
        """Note an answer of the archive; return whether everybody was waiting for that of a probe."""
        if permit.serial != self.serial:
            return False
        self.failures = [failure for failure in self.failures if failure[1] != permit.service]
        was_probing = self.probing
        self.probing, self.probe = False, None
        return was_probing

    def refuse(self, permit: Permit, now: float, shortest: float, at_least: float, reason: str) -> bool:
        """Begin a cool-down; return False if the request was permitted before the current one, which it prolongs.

        It lasts `shortest` seconds when all went well before, and the seconds that the archive asked for `at_least`.
        """
        if permit.serial != self.serial:
            self.until = max(self.until, now + max(shortest, at_least) + MARGIN)
            return False
        self.level = self.level + 1 if self.refused_at is not None and self.since < _GOING_WELL else 0
        self.since = 0
        pause = min(shortest * 2.0**self.level, max(shortest, LONGEST_COOL_DOWN))
        self.until = max(self.until, now + max(pause, at_least) + MARGIN)
        self.unprovoked = not permit.probe and self.pace(permit.service).rested > _LONG_REST
        self.pace(permit.service).refused(permit.granted_at, self.until, reason)
        self.refusals += 1
        self.serial += 1
        self.refused_at = now
        self.reason = reason
        self.probing, self.probe = True, None
        self.failures = []
        return True

    def add_failure(self, now: float, service: str, key: str) -> bool:
        """Note a failure of one thing asked for; return whether several things have failed by now."""
        self.failures = [failure for failure in self.failures if failure[1:] != (service, key)]
        self.failures.append((now, service, key))
        return sum(failed == service for _, failed, _ in self.failures) >= _SEVERAL
