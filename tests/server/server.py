"""The test archive as a server on loopback: a thread per connection, faults on the wire, a listener to take away."""

from __future__ import annotations

import random
import socket
import threading
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from tests.server import cdx, pages, replay
from tests.server.answers import Answer, html
from tests.server.captures import Index, RawRow, Saved, surt
from tests.server.faults import KINDS, Context, Fault, Faults, play
from tests.server.log import Entry, RequestLog
from tests.server.wire import STALL_SECONDS, reset, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HOST = "127.0.0.1"


class TestArchive:
    """A Wayback Machine of our own.

    Use as a context manager; `base` is its address.

    Args:
        saved: what it holds; see `make` for generators and `captures.read_warc`.
        raw_rows: CDX lines that stand in the index as they are.
        faults: the plan; none by default. May be exchanged while it runs.
        port: 0 for any free one.
        excluded: URLs (prefixes) that replay answers as excluded.
        blocked: URLs (prefixes) that CDX answers with 403.
        clock: seconds that the log and the faults go by; a scaled one makes them run faster. Real time by default.
        public_base: what absolute links in answers name; the archive's own address by default.
    """

    __test__ = False  # not a test case, whatever pytest thinks of the name

    def __init__(
        self,
        saved: Iterable[Saved] = (),
        *,
        raw_rows: Iterable[RawRow] = (),
        faults: Faults | None = None,
        port: int = 0,
        excluded: Iterable[str] = (),
        blocked: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
        public_base: str = "",
    ) -> None:
        self.index = Index(saved, raw_rows)
        self.faults = faults or Faults()
        self.log = RequestLog()
        self.excluded = {surt(url, keep_tail=True) for url in excluded}
        self.blocked = {surt(url, keep_tail=True) for url in blocked}
        self.clock = clock
        self._listener = _bind(port)
        self.port: int = self._listener.getsockname()[1]
        self._public_base = public_base
        self._stop = threading.Event()
        self._closed_until = 0.0
        self._shut = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name="test-archive", daemon=True)

    @property
    def base(self) -> str:
        """The address to give to ``--archive``."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._listener.listen(128)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop: no thread, no socket is left."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._listener.close()
        self._drop_connections()

    def refuse_connections(self, seconds: float) -> None:
        """Refuse all connections for some seconds of the archive's clock, and break those that stand.

        When this returns the door is shut.
        """
        with self._lock:
            self._closed_until = max(self._closed_until, self.clock() + seconds)
        while not self._shut.wait(0.01) and self._closed_until > self.clock() and not self._stop.is_set():
            pass

    # -- the listener

    def _accept(self) -> None:
        while not self._stop.is_set():
            if self._closed_until > self.clock():
                self._shut_for_a_while()
            self._listener.settimeout(0.02)
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body go out one by one
            connection.settimeout(STALL_SECONDS)
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _shut_for_a_while(self) -> None:
        """Keep the port, but do not listen on it: the kernel then refuses."""
        self._listener.close()
        self._listener = _bind(self.port)
        self._drop_connections()
        self._shut.set()
        while self._closed_until > self.clock() and not self._stop.wait(0.005):
            pass
        self._shut.clear()
        self._listener.listen(128)

    def _drop_connections(self) -> None:
        with self._lock:
            connections, self._connections = self._connections, set()
        for connection in connections:
            reset(connection)

    # -- one connection

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as reader:
                while not self._stop.is_set() and self._one_request(connection, reader.readline):
                    pass
        except OSError:
            pass  # the client left, or a fault tore the line
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _one_request(self, connection: socket.socket, readline: Callable[[int], bytes]) -> bool:
        line = readline(65536).decode("latin-1").split()
        if len(line) != 3:
            return False
        arrival = (self.clock(), time.monotonic())
        method, target, _version = line
        headers: dict[str, str] = {}
        while (text := readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = text.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        service = "cdx" if urlsplit(target).path.startswith("/cdx/") else "replay"
        entry = Entry(arrival[0], arrival[1], service, target, headers.get("user-agent"))
        self.log.add(entry)
        answer, fault = self._answer(target, service, headers)
        entry.kind, entry.status = answer.kind, answer.status
        entry.fault = fault.kind if fault else ""
        entry.answered_at, entry.answered_real = self.clock(), time.monotonic()
        if fault and fault.kind == "refuse":  # no word of it reaches the client: its next connection tells it
            self.refuse_connections(fault.seconds)
            reset(connection)
            return False
        if fault and KINDS[fault.kind].refusal:
            entry.cool_down = max(60.0, fault.seconds)
        entry.whole = send(connection, answer, method, self._stop)
        return entry.whole and headers.get("connection", "").lower() != "close"

    def _answer(self, target: str, service: str, headers: dict[str, str]) -> tuple[Answer, Fault | None]:
        if not headers.get("user-agent"):
            return html(400, "Bad Request", pages.gateway(400, "Bad Request"), "no_user_agent"), None
        base = self._public_base or self.base
        query = parse_qs(urlsplit(target).query, keep_blank_values=True) if service == "cdx" else {}
        answer = (
            self._cdx(query)
            if service == "cdx"
            else replay.answer(self.index, target, base=base, excluded=self.excluded)
        )
        fault = self.faults.choose(service, target)
        if fault is not None:
            answer = play(fault, answer, Context(self.index, base, target, query))
        return answer.compressed(headers.get("accept-encoding", "")), fault

    def _cdx(self, query: dict[str, list[str]]) -> Answer:
        url = query.get("url", [""])[0]
        if url and surt(url, keep_tail=True).startswith(tuple(self.blocked)):
            plain = (("Content-Type", "text/plain;charset=UTF-8"),)
            reason = pages.blocked_site().decode().strip()
            return Answer(
                403, "Forbidden", (*plain, ("X-Archive-Wayback-Runtime-Error", reason)), pages.blocked_site(), "blocked"
            )
        try:
            found = cdx.answer(self.index, query)
        except (ValueError, IndexError) as error:
            return Answer(400, "Bad Request", (("Content-Type", "text/plain"),), f"{error}\n".encode(), "bad_question")
        return Answer(200, "OK", (("Content-Type", found.content_type),), found.body(), "cdx")


def _bind(port: int) -> socket.socket:
    """Bind a port of loopback, by default one below those that the kernel hands out for outgoing connections.

    So nobody takes it while we refuse connections.
    """
    choices = [port] if port else random.sample(range(20000, 32000), 200)
    for choice in choices:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, choice))
        except OSError:
            listener.close()
            if port:
                raise
            continue
        return listener
    raise OSError("no free port on loopback")
