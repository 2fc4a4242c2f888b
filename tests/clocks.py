"""Clocks for tests, so that cool-downs and budgets take no real time. Each is a `scraper.times.Clock`, no mock."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from scraper.times import SystemClock

SCALE_VARIABLE = "HKCNEWS_TEST_CLOCK_FACTOR"
EPOCH_VARIABLE = "HKCNEWS_TEST_CLOCK_EPOCH"


class ScaledClock:
    """Time that runs `factor` times as fast, the same in every process that has the same factor and epoch.

    Args:
        factor: seconds that pass in one real second.
        epoch: the real wall-clock time (seconds since 1970) at which both clocks showed the same.
        jump: seconds by which `now` is off; `monotonic` knows nothing of it. May be changed at any time.
    """

    def __init__(self, factor: float, epoch: float | None = None, jump: float = 0.0) -> None:
        self.factor = factor
        self.epoch = time.time() if epoch is None else epoch
        self.jump = jump

    @classmethod
    def from_environment(cls) -> ScaledClock:
        """Return the clock that `environment` of another process describes (factor 1 if it says nothing)."""
        epoch = os.environ.get(EPOCH_VARIABLE)
        return cls(float(os.environ.get(SCALE_VARIABLE, "1")), float(epoch) if epoch else None)

    def environment(self) -> dict[str, str]:
        """Return the variables that make a child process's `from_environment` give this clock."""
        return {SCALE_VARIABLE: repr(self.factor), EPOCH_VARIABLE: repr(self.epoch)}

    def now(self) -> datetime:
        seconds = self.epoch + (time.time() - self.epoch) * self.factor + self.jump
        return datetime.fromtimestamp(seconds, UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.factor

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        return stop.wait(max(0.0, seconds) / self.factor)

    def stand_in(self, set_attribute: Callable[[object, str, object], None] = setattr) -> None:
        """Let the program take this clock for the system's; a test gives its monkeypatch's `setattr`."""
        for name in ("now", "monotonic", "wait"):
            set_attribute(SystemClock, name, staticmethod(getattr(self, name)))


class ManualClock:
    """Time that passes only when somebody waits or calls `advance`. For one process; threads may share it."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, tzinfo=UTC)) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._passed = 0.0
        self.jump = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed + self.jump)

    def monotonic(self) -> float:
        return 1000.0 + self._passed

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._passed += seconds

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        with self._lock:
            self.waits.append(seconds)
            self._passed += max(0.0, seconds)
        time.sleep(0)
        return stop.is_set()
