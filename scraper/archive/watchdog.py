"""Ends exchanges that take too long in all. Socket timeouts do not: one byte every ten seconds never times out."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Exchange:
    """One request and its answer, from the moment it may go; `overdue` once it was ended for taking too long."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.overdue = False
        self.over = False
        self.lock = threading.Lock()

    def end(self) -> None:
        """Shut the connection, so that who reads from it gets an error; not once it may serve the next request."""
        with self.lock:
            self.overdue = not self.over
            if self.overdue and self.socket is not None:
                with contextlib.suppress(OSError, ValueError):
                    # Not the method of an SSL socket, which is not made to be called from another thread.
                    socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


@contextlib.contextmanager
def watched(seconds: float) -> Iterator[Exchange]:
    """Give an exchange that ends by itself after so many real seconds, since sockets run on those."""
    exchange = Exchange()
    timer = threading.Timer(seconds, exchange.end)
    timer.daemon = True
    timer.start()
    try:
        yield exchange
    finally:
        timer.cancel()
        with exchange.lock:
            exchange.over = True
