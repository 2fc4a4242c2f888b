"""SIGTERM, SIGINT and SIGHUP: end the run in good order; the second one ends it at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


_TOGETHER = 0.5
"""Seconds within which a second signal is the first one's echo: `timeout` signals a process and then its group."""


class Signals:
    """Sets `stop` when a signal comes; `exit_status` is then 128 and the signal's number, before that None."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.exit_status: int | None = None
        self._came_at = 0.0

    def handle(self, number: int, _: FrameType | None) -> None:
        """Take in a signal. What is in the air may land; whoever sends a second one does not want to wait for that."""
        if self.exit_status is not None:
            if time.monotonic() - self._came_at > _TOGETHER:
                os._exit(128 + number)
            return
        self._came_at = time.monotonic()
        self.exit_status = 128 + number
        self.stop.set()


@contextlib.contextmanager
def stop_on_signals() -> Iterator[Signals]:
    """Handle the signals as long as this lasts. Outside of the main thread nothing can be handled.

    SIGHUP stays ignored where it is, as under nohup.
    """
    signals = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, signals.handle) for number in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
