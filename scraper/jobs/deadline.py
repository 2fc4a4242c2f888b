"""The time that a run may take."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.times import Clock


class Deadline:
    """Sets the stop event when a run's time is up."""

    def __init__(self, seconds: float | None, *, clock: Clock, stop: threading.Event) -> None:
        self.over = False
        self._clock = clock
        self._stop = stop
        self._done = threading.Event()
        if seconds is not None:
            threading.Thread(target=self._watch, args=(seconds,), name="deadline", daemon=True).start()

    def _watch(self, seconds: float) -> None:
        if not self._clock.wait(seconds, self._done):
            self.over = True
            self._stop.set()

    @property
    def reason(self) -> str:
        """What has ended the run, if it was ended."""
        return "max_runtime" if self.over else "signal"

    def close(self) -> None:
        """The run has ended before."""
        self._done.set()
