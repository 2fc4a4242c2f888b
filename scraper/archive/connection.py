"""An HTTP adapter that says when a request really goes out and on which socket, which `requests` keeps to itself."""

from __future__ import annotations

import contextlib
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Protocol

import requests
import urllib3
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator


class Listener(Protocol):
    """Somebody who wants to know of the request that this thread makes."""

    def going_out(self, sock: socket.socket | None) -> None:
        """The connection stands, the request is about to be written."""

    def gone_out(self) -> None:
        """The request was written."""


_LISTENING = threading.local()


def listen(listener: Listener | None) -> None:
    """Tell `listener` of this thread's next request; None ends it."""
    _LISTENING.listener = listener


@contextlib.contextmanager
def _announced(sock: socket.socket | None) -> Iterator[None]:
    listener: Listener | None = getattr(_LISTENING, "listener", None)
    if listener is None:
        yield
        return
    listener.going_out(sock)
    yield
    listener.gone_out()


class _PlainConnection(urllib3.connection.HTTPConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        with _announced(self.sock):
            super().request(*args, **kwargs)


class _TlsConnection(urllib3.connection.HTTPSConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        with _announced(self.sock):
            super().request(*args, **kwargs)


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


def new_session(user_agent: str) -> requests.Session:
    """Return a session that keeps connections, verifies certificates, and takes nothing from its surroundings.

    ``trust_env`` is off: no proxy, no ``.netrc`` and no certificate bundle from the environment. The budget counts what
    one address asks for, and a proxy that nobody named in the settings would change that address. Cookies are neither
    kept nor sent. Retries are ours alone (`retries`), the adapter makes none.
    """
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers["User-Agent"] = user_agent
    adapter = _Adapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
