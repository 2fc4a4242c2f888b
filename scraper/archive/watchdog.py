"""Ends exchanges that take too long in all. Socket timeouts do not: one byte every ten seconds never times out."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import socket
import threading
import time


class Exchange:
    """One request and its answer, from the moment it may go.

    Attributes:
        socket: the connection it runs on, once there is one.
        overdue: True once the watchdog has ended it.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.socket: socket.socket | None = None
        self.overdue = False
        self.done = False

    def end(self) -> None:
        """Shut the connection, so that whoever reads from it gets an error at once."""
        self.overdue = True
        if self.socket is not None:
            with contextlib.suppress(OSError, ValueError):
                # Not the method of an SSL socket, which is not made to be called from another thread.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class Watchdog:
    """A thread, started with the first exchange, that ends overdue ones. Real time, since sockets run on it.

    Args:
        stop: set when the run is to end.
        grace: seconds that what is in the air may still take once `stop` is set.
    """

    def __init__(self, stop: threading.Event, grace: float = 8.0) -> None:
        self._stop = stop
        self._grace = grace
        self._condition = threading.Condition()
        self._watched: list[tuple[float, int, Exchange]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def watch(self, seconds: float):  # type: ignore[no-untyped-def]
        """Give an exchange that ends by itself after so many real seconds."""
        exchange = Exchange(time.monotonic() + seconds)
        with self._condition:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            heapq.heappush(self._watched, (exchange.deadline, next(self._numbers), exchange))
            self._condition.notify()
        try:
            yield exchange
        finally:
            with self._condition:  # not while it is being ended: the connection may serve the next request already
                exchange.done = True
                exchange.socket = None

    def close(self) -> None:
        """End the thread."""
        with self._condition:
            self._closed = True
            self._condition.notify()

    def _run(self) -> None:
        stopped_at: float | None = None
        while True:
            with self._condition:
                if self._closed:
                    return
                while self._watched and self._watched[0][2].done:
                    heapq.heappop(self._watched)
                self._condition.wait(min(0.5, self._until_next()))
                if self._stop.is_set() and stopped_at is None:
                    stopped_at = time.monotonic()
                self._end_overdue(stopped_at)

    def _until_next(self) -> float:
        return max(0.0, self._watched[0][0] - time.monotonic()) if self._watched else 0.5

    def _end_overdue(self, stopped_at: float | None) -> None:
        now = time.monotonic()
        all_of_them = stopped_at is not None and now - stopped_at > self._grace
        while self._watched and (all_of_them or self._watched[0][0] <= now):
            _, _, exchange = heapq.heappop(self._watched)
            if not exchange.done:
                exchange.end()
