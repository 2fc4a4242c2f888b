"""Leave for each request, by the budget that all processes share, and none for anybody after a refusal.

The archive's own figures are 30 CDX and 600 other requests a minute per address; we stay at 80 %. Going on after a 429
makes its firewall refuse connections for an hour, then two. So the memory outlives the process.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from scraper.archive.ratelimit import budget as pacing
from scraper.archive.ratelimit.budget import State, budgets_of
from scraper.archive.ratelimit.statefile import StateFile, state_path
from scraper.archive.ratelimit.status import snapshot
from scraper.errors import ArchiveRefused, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from scraper.archive.ratelimit.status import Snapshot
    from scraper.config import Config
    from scraper.times import Clock

log = logging.getLogger(__name__)
_LONGEST_NAP = 10.0
_LATE = 0.05
_VERY_LATE = 2.0
"""Seconds between leave and departure: from which on the time is put right, and from which on before it goes."""


class Ticket(NamedTuple):
    """Leave for one request.

    Attributes:
        service: ``cdx`` or ``replay``.
        counted: monotonic seconds at which it was counted.
        serial: how many cool-downs had begun by then.
        probe: True if everybody else waits for this one's answer.
    """

    service: str
    counted: float
    serial: int
    probe: bool


class Governor:
    """Lets requests go, one at a time, and stops them all after a refusal. Thread-safe; processes share it by its file.

    Args:
        path: the file that all processes share.
        budgets: service to requests in any window of 60 s.
        clock: tells the time and waits.
        stop: set when the run is to end.
        cool_down: seconds of the shortest cool-down.
        sit_out: the longest cool-down, in seconds, that is waited for; a longer one raises.
        name: what messages call the archive.
    """

    def __init__(
        self,
        path: Path,
        budgets: Mapping[str, int],
        *,
        clock: Clock,
        stop: threading.Event,
        cool_down: float = 60,
        sit_out: float = 90,
        name: str = "the archive",
    ) -> None:
        self.budgets = dict(budgets)
        self._clock = clock
        self._stop = stop
        self._cool_down = float(cool_down)
        self._sit_out = float(sit_out)
        self._name = name
        self._file = StateFile(path, clock, cool_down=self._cool_down)
        self._gates = {service: threading.Lock() for service in budgets}
        self._serial = 0
        self._late: deque[tuple[str, float, float]] = deque()
        self._troubled = True  # until the first look at the file says otherwise

    @classmethod
    def of(cls, config: Config, *, clock: Clock, stop: threading.Event) -> Governor:
        """Make the governor that the settings ask for, in the user's state folder."""
        return cls(
            state_path(config.replay),
            budgets_of(config),
            clock=clock,
            stop=stop,
            cool_down=config.cool_down,
            sit_out=config.sit_out,
            name=f"the archive at {urlsplit(config.replay).netloc}",
        )

    def acquire(self, service: str) -> Ticket:
        """Wait until a request to this service may go, and count it.

        Raises:
            ArchiveRefused: a cool-down is on that lasts longer than `sit_out`.
            Stopped: the run is to end.
            StoreError: the state file cannot be written.
        """
        with self._turn(service):
            while True:
                if self._stop.is_set():
                    raise Stopped("stopped while waiting for the archive")
                answer = self._try(service)
                if isinstance(answer, Ticket):
                    return answer
                self._clock.wait(min(answer, _LONGEST_NAP), self._stop)

    @contextlib.contextmanager
    def _turn(self, service: str) -> Iterator[None]:
        """Let one thread of this process ask the file, the others wait here."""
        gate = self._gates[service]
        while not gate.acquire(timeout=0.25):
            if self._stop.is_set():
                raise Stopped("stopped while waiting for the archive")
        try:
            yield
        finally:
            gate.release()

    def _try(self, service: str) -> Ticket | float:
        """Return leave, or the seconds after which to ask again."""
        with self._file.edit() as state:
            now = self._clock.monotonic()
            while self._late:
                late, counted, departed = self._late.popleft()
                pacing.take_back(state, late, counted)
                pacing.stamp(state, late, departed)
            pacing.forget(state, now)
            left = pacing.cooling(state, now)
            if left > 0:
                if left > self._sit_out:
                    raise self.refusal(state, now)
                return left
            if state.probing and state.probe is not None and now < state.probe + pacing.PROBE_LEASE:
                return 0.5
            wait = pacing.delay(state, service, self.budgets[service], now)
            if wait > 0:
                return wait
            pacing.admit(state, service, self.budgets[service], now)
            if state.probing:
                state.probe = now
            self._troubled = bool(state.troubles) or state.probing
            self._serial = state.serial
            return Ticket(service, now, state.serial, probe=state.probing)

    def sent(self, ticket: Ticket) -> Ticket | None:
        """Say that the request is about to go out; return its ticket as it is counted now.

        None: it must not go, since a cool-down has begun meanwhile. One that took long to get here (a slow name server
        or connection) is counted anew, and waits if the others have used up its place in the window.

        Raises:
            Stopped: the run is to end.
        """
        if self._clock.monotonic() - ticket.counted > _VERY_LATE:
            ticket = self._counted_anew(ticket)
        return ticket if self._serial == ticket.serial else None

    def _counted_anew(self, ticket: Ticket) -> Ticket:
        budget, counted = self.budgets[ticket.service], True
        while True:
            with self._file.edit() as state:
                now = self._clock.monotonic()
                if counted:  # once: another may have been counted in the same millisecond
                    pacing.take_back(state, ticket.service, ticket.counted)
                    counted = False
                wait = pacing.until_room(state, ticket.service, budget, now)
                if wait <= 0:
                    pacing.stamp(state, ticket.service, now)
                    self._serial = state.serial
                    return ticket._replace(counted=now)
            if self._clock.wait(min(wait, _LONGEST_NAP), self._stop):
                raise Stopped("stopped while waiting for the archive")

    def departed(self, ticket: Ticket) -> None:
        """Note that the request was written to its connection: if later than counted, it is counted at that time.

        A busy machine may hold a thread up between leave and writing, and others with it, which then go together.
        """
        now = self._clock.monotonic()
        if now - ticket.counted > _LATE:
            self._late.append((ticket.service, ticket.counted, now))

    def answered(self, ticket: Ticket) -> None:
        """Note that the archive gave a proper answer: it is there, and lets us in."""
        if not (self._troubled or ticket.probe):
            return
        with self._file.edit() as state:
            if ticket.serial != state.serial:
                return  # let go before the cool-down began, it says nothing about now
            state.troubles = [trouble for trouble in state.troubles if trouble[1] != ticket.service]
            if state.probing:
                state.probing, state.probe = False, None
                state.share_at = self._clock.monotonic()
                log.info("the archive answers again; going on at %.0f %% of the budget", state.share * 100)
            self._troubled = bool(state.troubles)

    def refused(self, ticket: Ticket, reason: str, retry_after: float = 0.0) -> None:
        """Note that the archive refused: everybody stops.

        A request that was let go before the current cool-down began only prolongs it, if it must.
        """
        with self._file.edit() as state:
            now = self._clock.monotonic()
            if ticket.serial != state.serial:
                state.until = max(state.until, now + retry_after)
                return
            pacing.cool_down(state, now, self._cool_down, retry_after, reason)
            self._serial = state.serial
            log.warning("the archive refused (%s); all requests stop for %.0f s", reason, state.until - now)

    def trouble(self, ticket: Ticket, key: str, reason: str, *, vouch: Callable[[], bool] = lambda: False) -> bool:
        """Note a failure that may be one capture's or everybody's; return whether it is everybody's.

        Several different captures within a minute, with no answer of the service between, are an outage; so is
        a probe's failure. Unless somebody vouches for the archive: what was answered before is answered still.

        Args:
            ticket: of the failed request.
            key: what was asked for, the same for every try.
            reason: what happened.
            vouch: asks the archive for something that it has answered before; says whether it does so now.
        """
        with self._file.edit() as state:
            now = self._clock.monotonic()
            pacing.forget(state, now)
            if ticket.serial != state.serial:
                return True
            state.troubles = [trouble for trouble in state.troubles if trouble[1:] != (ticket.service, key)]
            state.troubles.append((now, ticket.service, key))
            self._troubled = True
            several = sum(service == ticket.service for _, service, _ in state.troubles) >= pacing.SEVERAL
        if not (several or ticket.probe):
            return False
        if not ticket.probe and vouch():
            self.answered(ticket)
            return False
        with self._file.edit() as state:
            if ticket.serial == state.serial:
                pacing.cool_down(state, self._clock.monotonic(), self._cool_down, 0.0, reason)
                self._serial = state.serial
                log.warning("the archive is down (%s); all requests stop for %.0f s", reason, state.until - now)
        return True

    def count(self, service: str) -> Ticket | None:
        """Give leave for a request that is to find out whether the archive is there; None: none may be made now."""
        with self._file.edit() as state:
            now = self._clock.monotonic()
            pacing.forget(state, now)
            if pacing.cooling(state, now) > 0 or len(state.sent.get(service, [])) >= self.budgets[service]:
                return None
            pacing.admit(state, service, self.budgets[service], now)
            return Ticket(service, now, state.serial, probe=False)

    def release(self, ticket: Ticket) -> None:
        """Note that the request ended without saying anything about the archive (the run was stopped)."""
        if ticket.probe:
            with self._file.edit() as state:
                if ticket.serial == state.serial:
                    state.probe = None

    def serial(self) -> int:
        """Return how many cool-downs have begun so far."""
        return self._file.peek().serial

    def reason(self) -> str:
        """Return why the last cool-down began, as the table of retries names it; empty if there was none."""
        return self._file.peek().reason

    def refusal(self, state: State | None = None, now: float | None = None) -> ArchiveRefused:
        """Return the error that says until when the archive is to be left alone."""
        state = self._file.peek() if state is None else state
        now = self._clock.monotonic() if now is None else now
        until = self._clock.now() + timedelta(seconds=max(0.0, pacing.cooling(state, now)))
        return ArchiveRefused(
            f"{self._name} refused or is down ({state.reason or 'no reason known'}); no request before "
            f"{until:%Y-%m-%d %H:%M:%S} UTC. Run again then; all that was done is kept.",
            until=until,
        )

    def next_request_at(self) -> datetime:
        """Return when the next request may be made, aware UTC; now or earlier if at once."""
        return self.snapshot().next_request_at

    def snapshot(self) -> Snapshot:
        """Return how things stand, without changing anything."""
        return snapshot(self._file.peek(), self.budgets, clock=self._clock)
