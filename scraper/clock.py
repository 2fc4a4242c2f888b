"""Time, handed in through constructors so that tests can make it run."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading


class Clock(Protocol):
    """What the program knows of time."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC. May jump."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment, the same for all processes while the machine is up. Never jumps."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Sleep that long, or until `stop` is set; return whether it is set."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the kernel's monotonic seconds."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Sleep that long, or until `stop` is set; return whether it is set."""
        return stop.wait(max(0.0, seconds))
