"""An HTTP adapter that says when a request is about to be written and on which socket: `requests` does not tell."""

from __future__ import annotations

import contextlib
import ssl
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator


_THREAD = threading.local()


@contextlib.contextmanager
def announcing(before_sending: Callable[[socket.socket | None], None]) -> Iterator[None]:
    """Have `before_sending` called, with the socket, just before this thread's next request is written."""
    _THREAD.before_sending = before_sending
    try:
        yield
    finally:
        del _THREAD.before_sending


class _Announced(urllib3.connection.HTTPConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        if before_sending := getattr(_THREAD, "before_sending", None):
            before_sending(self.sock)
        super().request(*args, **kwargs)


class _TlsAnnounced(_Announced, urllib3.connection.HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Announced


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsAnnounced


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # any other way obeys SSLKEYLOGFILE of the environment
        super().init_poolmanager(*args, ssl_context=context, **kwargs)
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
