"""SIGTERM and SIGINT: end the run in good order; the second one ends it at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Signals:
    """Sets a stop event when a signal comes.

    Attributes:
        stop: the event.
        exit_status: 128 and the number of the signal that came (143, 130), or None.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.exit_status: int | None = None

    def handle(self, number: int, _: FrameType | None) -> None:
        """Take in a signal. What is in the air may land; whoever sends a second one does not want to wait for that."""
        if self.exit_status is not None:
            os._exit(128 + number)
        self.exit_status = 128 + number
        self.stop.set()


@contextlib.contextmanager
def stop_on_signals() -> Iterator[Signals]:
    """Handle SIGTERM and SIGINT as long as this lasts. Outside of the main thread nothing can be handled."""
    signals = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    before = {number: signal.signal(number, signals.handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
