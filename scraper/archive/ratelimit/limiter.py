"""Permits requests within the pace that all processes share, and none to anybody after a refusal.

The archive's own figures are 30 CDX and 600 other requests a minute per address; we stay at 80 %. Going on after a 429
makes its firewall refuse connections for an hour, then two. So the memory outlives the process.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.archive.ratelimit.budget import Budget, Permit, budgets_of
from scraper.archive.ratelimit.pace import Latency
from scraper.archive.ratelimit.statefile import StateFile, state_path
from scraper.archive.ratelimit.status import status_of, why_refused
from scraper.errors import ArchiveRefused, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.archive.ratelimit.status import RateStatus
    from scraper.config import Config
    from scraper.times import Clock

log = logging.getLogger(__name__)
_UNTIL_ONE_LANDS = 0.1
"""Seconds between two looks at whether one of the requests in flight has landed, where no more may go before."""


class RateLimiter:
    """Permits requests, and stops them all after a refusal. Thread-safe; processes share it by its file.

    Args:
        config: the budgets, beyond which the pace never goes; the shortest cool-down; the longest that is waited for.
        clock, stop: tell the time, and when the run is to end.
        path: the file that all processes share, if not the one in the user's state folder.
    """

    def __init__(self, config: Config, *, clock: Clock, stop: threading.Event, path: Path | None = None) -> None:
        self.budgets = budgets_of(config)
        self._config = config
        self._clock = clock
        self._stop = stop
        self._file = StateFile(path or state_path(config.replay), clock, cool_down=config.cool_down)
        self._turns = {service: threading.Lock() for service in self.budgets}
        self._counting = threading.Lock()
        self._in_flight = dict.fromkeys(self.budgets, 0)
        self._latency = {service: Latency() for service in self.budgets}
        # Of the file as it was last seen, so that not every answer has to open it.
        self._serial = 0
        self._failing = True

    def acquire(self, service: str) -> Permit:
        """Wait until a request to this service may go; count it and permit it.

        Raises:
            ArchiveRefused: a cool-down is on that lasts longer than `sit_out`.
            Stopped: the run is to end.
            StoreError: the state file cannot be written.
        """
        with self._turns[service]:  # one thread looks at the file, the others wait here
            while not self._stop.is_set():
                answer = self._try(service)
                if isinstance(answer, Permit):
                    return answer
                self._clock.wait(min(answer, 10.0), self._stop)  # another process may change the state meanwhile
            raise Stopped("stopped while waiting for the archive")

    @contextlib.contextmanager
    def in_flight(self, permit: Permit) -> Iterator[None]:
        """Count a permitted request as in flight until the block ends; how long that takes tells the latency."""
        service = permit.service
        with self._counting:
            self._in_flight[service] += 1
        began = self._clock.monotonic()
        try:
            yield
        finally:
            seconds = self._clock.monotonic() - began
            with self._counting:
                self._in_flight[service] -= 1
                why = self._latency[service].add(seconds)
            if why:
                with self._file.edit() as state:
                    if state.pace(service).slow_down(self._clock.monotonic(), why):
                        log.info("%s: going on at %s", why, self._paces(state))

    def _try(self, service: str) -> Permit | float:
        """Return a permit, or the seconds after which to ask again."""
        with self._file.edit() as state:
            now, budget = self._clock.monotonic(), self.budgets[service]
            most = self._latency[service].in_flight(state.pace(service).per_minute(budget))
            answer = state.request(service, budget, now) if self._in_flight[service] < most else _UNTIL_ONE_LANDS
            name, seconds = f"the archive at {urlsplit(self._config.replay).netloc}", state.until - now
            if seconds > self._config.sit_out:
                until = self._clock.now() + timedelta(seconds=seconds)
                raise ArchiveRefused(
                    f"{name} refused or is down "
                    f"({state.reason or 'no reason known'}); no request before {until:%Y-%m-%d %H:%M:%S} UTC. "
                    f"{why_refused(state)}Run again then; all that was done is kept.",
                    until=until,
                )
            if state.serial != self._serial and seconds > 0:
                log.warning("waiting %.0f s for %s, which refused or is down (%s)", seconds, name, state.reason)
            self._failing = bool(state.failures) or state.probing
            self._serial = state.serial
        return answer

    def try_acquire(self, service: str) -> Permit | None:
        """Permit a request at once, whatever the pace, for the canary; None in a cool-down or without budget."""
        with self._file.edit() as state:
            now = self._clock.monotonic()
            state.forget(now)
            if now < state.until or len(state.pace(service).sent) >= self.budgets[service]:
                return None
            return state.permit(service, self.budgets[service], now)

    def still_permits(self, permit: Permit) -> bool:
        """Say whether a request may still be written: not if a cool-down has begun since it was permitted."""
        return self._serial == permit.serial

    def record_answer(self, permit: Permit) -> None:
        """Note that the archive answered, so that earlier failures do not count towards an outage any more."""
        if not (self._failing or permit.probe):
            return
        with self._file.edit() as state:
            if state.answered(permit):
                log.info("the archive answers again; going on at %s", self._paces(state))
            self._failing = bool(state.failures) or state.probing

    def record_refusal(
        self, permit: Permit, reason: str, retry_after: float = 0.0, *, what: str = "the archive refused"
    ) -> None:
        """Note that the archive refused: all stop. A request permitted before the current cool-down only extends it."""
        with self._file.edit() as state:
            now = self._clock.monotonic()
            if not state.refuse(permit, now, self._config.cool_down, retry_after, reason):
                return
            self._serial = state.serial
            log.warning("%s (%s); all requests stop for %.0f s", what, reason, state.until - now)
            log.info("then at most %s", self._paces(state))

    def record_failure(
        self,
        permit: Permit,
        key: str,
        reason: str,
        *,
        strained: bool = False,
        archive_answers: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Note a failure that may be one capture's or everybody's; return whether it is everybody's.

        Several different captures within a minute, with no answer of the service between, are an outage; so is
        a probe's failure. Neither is, if `archive_answers` says that the archive still answers what it has answered
        before. `strained`: it may be a sign that the archive has too much to do, so that the pace is cut.
        """
        with self._file.edit() as state:
            now = self._clock.monotonic()
            state.forget(now)
            if permit.serial != state.serial:
                return True
            several = state.add_failure(now, permit.service, key)
            self._failing = True
            if strained and state.pace(permit.service).strain(now, reason):
                log.info("many failures (%s): going on at %s", reason, self._paces(state))
        if not (several or permit.probe):
            return False
        if archive_answers():
            self.record_answer(permit)
            return False
        if self._file.peek().serial == permit.serial:  # else all have stopped meanwhile, and may be going on again
            self.record_refusal(permit, reason, what="the archive is down")
        return True

    def _paces(self, state: Budget) -> str:
        return ", ".join(
            f"{service} {state.pace(service).per_minute(budget):.0f} a minute"
            for service, budget in self.budgets.items()
        )

    def status(self) -> RateStatus:
        """Return the state for people, without changing anything."""
        return status_of(self._file.peek(), self.budgets, clock=self._clock)
