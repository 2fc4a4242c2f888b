"""A real HTTP server on loopback that answers what a test tells it to, and an archive client that talks to it."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from scraper.archive.client import Archive
from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.config import Config
from scraper.models import Capture
from tests.clocks import ManualClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass
class Reply:
    """What the server sends. `raw` is sent as it is instead; `close` cuts the connection after it."""

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    length: int | None = -1
    raw: bytes | None = None
    drip: float = 0.0


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    at: float

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}


def _handler(owner: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            request = Request(self.path, {key.lower(): value for key, value in self.headers.items()}, owner.now())
            owner.requests.append(request)
            try:
                self._reply(owner.answer(request))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _reply(self, reply: Reply) -> None:
            if reply.raw is not None:
                self.close_connection = True
                self._write(reply.raw, reply.drip)
                return
            self.send_response_only(reply.status)
            for key, value in reply.headers:
                self.send_header(key, value)
            if reply.length is not None:
                self.send_header("Content-Length", str(len(reply.body) if reply.length < 0 else reply.length))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            self._write(reply.body, reply.drip)
            if reply.length is None or reply.length > len(reply.body):
                self.close_connection = True

        def _write(self, content: bytes, drip: float) -> None:
            if not drip:
                self.wfile.write(content)
                return
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(drip)

    return Handler


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().finish_request(request, client_address)


class Server:
    """Answers with `answer(request)`; keeps all requests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Reply] = lambda request: Reply(404)
        self.now: Callable[[], float] = time.monotonic
        self._server = Quiet(("127.0.0.1", 0), _handler(self))
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close_socket(self) -> None:
        """Refuse all connections from now on."""
        self._server.shutdown()
        self._server.server_close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def config(server: Server) -> Config:
    return Config(
        archive=server.base, contact="someone@example.org", connect_timeout=2.0, read_timeout=1.0, total_timeout=3.0
    )


@pytest.fixture
def limiter(tmp_path: Path, clock: ManualClock, stop: threading.Event, config: Config) -> RateLimiter:
    return RateLimiter(config, clock=clock, stop=stop, path=tmp_path / "state" / "budget.json")


@pytest.fixture
def archive(config: Config, limiter: RateLimiter, clock: ManualClock, stop: threading.Event) -> Iterator[Archive]:
    with Archive(config, limiter, clock, stop) as opened:
        yield opened


URL = "https://www.hkcnews.com/article/28325/some-slug"


@pytest.fixture
def capture() -> Capture:
    return Capture("com,hkcnews)/article/28325/some-slug", "20200401123456", URL, "text/html", "200", "-", "1234")
