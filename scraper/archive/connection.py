"""HTTP connections: what `requests` and `urllib3` do, and four things that they do not.

They say nothing of when a request is written and on which socket; many threads open as many connections at once; an
idle connection stays open until the server ends it; and an answer of which one byte comes every ten seconds never times
out. The pool itself is urllib3's: it is shared by all threads and gives out the connection first that was used last.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_THREAD = threading.local()
_CONNECTING = threading.Lock()
_IDLE = 30.0
"""Seconds after which an idle connection is closed; servers keep them for 15 to 75."""


class Exchange:
    """One request and its answer, from the moment it may go; `overdue` once it was ended for taking too long."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.overdue = False
        self._lock = threading.Lock()

    def end(self) -> None:
        """Shut the connection, so that whatever thread reads from it gets an error at once."""
        with self._lock:
            self.overdue = True
            if self.socket is not None:
                with contextlib.suppress(OSError, ValueError):
                    # Not the method of an SSL socket, which is not made to be called from another thread.
                    socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def release(self) -> None:
        """Forget the connection, which may serve another request from now on: `end` does not shut it any more."""
        with self._lock:
            self.socket = None


@contextlib.contextmanager
def watched(seconds: float) -> Iterator[Exchange]:
    """Give an exchange that a timer ends after so many seconds of real time, on which sockets run as well."""
    exchange = Exchange()
    timer = threading.Timer(seconds, exchange.end)
    timer.daemon = True
    timer.start()
    try:
        yield exchange
    finally:
        timer.cancel()
        exchange.release()


@contextlib.contextmanager
def announcing(exchange: Exchange, before_sending: Callable[[], None]) -> Iterator[None]:
    """Tie this thread's next request to an exchange, which holds its socket as long as the answer is read.

    `before_sending` is called before a connection is opened for it, and just before it is written; what that raises
    ends the request.
    """
    _THREAD.announced = exchange, before_sending
    try:
        yield
    finally:
        del _THREAD.announced


class _Announced(urllib3.connection.HTTPConnection):
    exchange: Exchange | None = None
    idle_since = 0.0

    def request(self, *args: Any, **kwargs: Any) -> None:
        exchange, before_sending = getattr(_THREAD, "announced", (Exchange(), lambda: None))
        if self.sock is None:
            with _CONNECTING:  # one handshake after the other
                before_sending()
                self.connect()
        self.exchange, exchange.socket = exchange, self.sock
        before_sending()
        super().request(*args, **kwargs)


class _TlsAnnounced(_Announced, urllib3.connection.HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Announced

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.idle_since = time.monotonic()
            if conn.exchange is not None:  # has its answer; the connection may serve another
                conn.exchange.release()
        super()._put_conn(conn)
        # Close the connection that was not used for longest, if that is long.
        pool: Any = self.pool
        if pool is None:
            return
        with pool.mutex:  # of the LIFO queue: its first connection is the one that was used least
            place = next((place for place, conn in enumerate(pool.queue) if conn is not None), None)
            if place is None or pool.queue[place].idle_since > time.monotonic() - _IDLE:
                return
            oldest, pool.queue[place] = pool.queue[place], None
        oldest.close()


class _TlsPool(_PlainPool, urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsAnnounced


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # any other way obeys SSLKEYLOGFILE of the environment
        super().init_poolmanager(*args, ssl_context=context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


class Session(requests.Session):
    """Keeps connections, verifies certificates, and takes nothing from its surroundings.

    ``trust_env`` is off: no proxy, no ``.netrc`` and no certificate bundle from the environment. The budget counts what
    one address asks for, and a proxy that nobody named in the settings would change that address. Cookies are neither
    kept nor sent. Retries are ours alone (`retries`), the adapter makes none. The archive answers 400 to requests
    without a `user_agent`.
    """

    def __init__(self, user_agent: str, *, most_connections: int) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self.headers.update({"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"})
        adapter = _Adapter(pool_connections=2, pool_maxsize=most_connections)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None, or the body of a redirect is read, whole and without limit, to see where it leads."""
