"""Ends exchanges that take too long in all. Socket timeouts do not: one byte every ten seconds never times out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLL = 0.25


class Exchange:
    """One request and its answer, from the moment it may go; `overdue` once the watchdog has ended it."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.socket: socket.socket | None = None
        self.overdue = False

    def end(self) -> None:
        """Shut the connection, so that whoever reads from it gets an error at once."""
        self.overdue = True
        if self.socket is not None:
            with contextlib.suppress(OSError, ValueError):
                # Not the method of an SSL socket, which is not made to be called from another thread.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class Watchdog:
    """A thread that ends overdue exchanges. Real time, since sockets run on it.

    What is in the air may take `grace` seconds more once `stop` is set.
    """

    def __init__(self, stop: threading.Event, grace: float = 8.0) -> None:
        self._stop = stop
        self._grace = grace
        self._lock = threading.Lock()
        self._watched: set[Exchange] = set()
        self._closed = threading.Event()
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    @contextlib.contextmanager
    def watch(self, seconds: float) -> Iterator[Exchange]:
        """Give an exchange that ends by itself after so many real seconds."""
        exchange = Exchange(time.monotonic() + seconds)
        with self._lock:
            self._watched.add(exchange)
        try:
            yield exchange
        finally:
            with self._lock:  # not while it is being ended: the connection may serve the next request already
                self._watched.discard(exchange)

    def close(self) -> None:
        """End the thread."""
        self._closed.set()

    def _run(self) -> None:
        stopped_at = float("inf")
        while not self._closed.wait(_POLL):
            now = time.monotonic()
            if self._stop.is_set():
                stopped_at = min(stopped_at, now)
            with self._lock:
                for exchange in self._watched:
                    if now >= min(exchange.deadline, stopped_at + self._grace):
                        exchange.end()
