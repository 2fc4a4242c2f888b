"""Requests: each has an end, each failure is in the table, nothing comes from the surroundings."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.archive import retries
from scraper.archive.client import Archive
from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.archive.retries import Blame
from scraper.engine import fetch as workers
from scraper.errors import ArchiveRefused, CaptureError, Stopped
from scraper.models import UNREAD, Verdict
from tests.archive.conftest import Reply
from tests.archive.test_replay import HEAD, memento
from tests.clocks import ManualClock, ScaledClock

if TYPE_CHECKING:
    from scraper.config import Config
    from scraper.models import Capture
    from tests.archive.conftest import Request, Server

DOCUMENT = Path(__file__).parents[2] / "docs" / "retries.md"


def markdown_table() -> str:
    """Return the table as it stands in `docs/retries.md`."""
    head = "| failure | known by | tried again | first wait | counts against | remembered as |\n" + "| --- " * 6 + "|\n"
    return head + "".join(map(_line, retries.TABLE))


def _line(rule: retries.Rule) -> str:
    again = "`tries_per_capture`" if rule.retried else "no"
    wait = f"{rule.wait:g} s, doubling" if rule.retried else "–"
    if rule.blame is Blame.ARCHIVE:
        again, wait = "until cool-downs exceed `sit_out`", "cool-down"
    remembered = rule.verdict.value + (", final" if rule.final else "")
    return f"| {rule.name} | {rule.sign} | {again} | {wait} | {rule.blame.value} | {remembered} |\n"


def test_the_document_shows_the_table_that_the_program_runs_by() -> None:
    """The table of docs/retries.md is the program's; `python -m tests.archive.test_transport` makes it anew."""
    assert markdown_table() in DOCUMENT.read_text(encoding="utf-8")


def test_only_what_the_service_did_leaves_a_capture_unread() -> None:
    """What counts against the archive, in part or as a whole, is never a final word about a capture."""
    for rule in retries.TABLE:
        assert not rule.final or rule.blame is Blame.CAPTURE
        assert (
            rule.final != (rule.verdict in UNREAD) or rule.verdict is Verdict.TRUNCATED or rule is retries.BLOCKED_SITE
        )
    assert len({rule.name for rule in retries.TABLE}) == len(retries.TABLE)


SLOW = {
    "a stall before the headers": (b"HTTP/1.1 200", 2.0),
    "headers byte by byte": (HEAD + b"Content-Length: 5\r\n\r\nabcde", 0.3),
    "headers that are cut by the time": (HEAD + b"\r\n", 0.025),
    "a body byte by byte": (HEAD + b"\r\n" + b"x" * 300, 0.01),
    "chunks byte by byte": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 300, 0.005),
}


@pytest.fixture
def config(config: Config) -> Config:
    return config._replace(
        tries_per_capture=1, read_timeout=0.6, total_timeout=1.2, connect_timeout=1.0, max_body_megabytes=1
    )


@pytest.mark.parametrize("name", SLOW)
def test_every_answer_has_an_end(server: Server, archive: Archive, capture: Capture, name: str) -> None:
    """Neither a stall nor one byte now and then holds a worker for longer than the total time."""
    raw, drip = SLOW[name]
    server.answer = lambda request: Reply(raw=raw, drip=drip)
    began = time.monotonic()
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert caught.value.verdict is Verdict.REFUSED
    assert isinstance(caught.value.__cause__, retries.Failure)
    assert caught.value.__cause__.rule in (retries.READ_TIMEOUT, retries.TOO_SLOW)
    assert time.monotonic() - began < 10


def test_an_exchange_that_is_ended_leaves_its_former_connection_alone(server: Server, archive: Archive) -> None:
    """Its answer was read and its connection serves another request, while it is still at work on what came."""

    def answer(request: Request) -> Reply:
        time.sleep(0.5 if "second" in request.path else 0.0)
        return Reply(headers=[("Memento-Datetime", "Sun, 07 Jun 2020 08:09:10 GMT")], body=b"whole")

    server.answer = answer
    transport = archive._transport
    bodies: list[tuple[bytes, str | None]] = []

    def ask_second() -> None:
        time.sleep(0.95)
        with transport.get("replay", f"{server.base}/second") as second:
            bodies.append((second.read(99), second.cut))

    with transport.get("replay", f"{server.base}/first") as first:
        assert first.read(99) == b"whole"
        thread = threading.Thread(target=ask_second)
        thread.start()
        thread.join()  # 1.45 s after the first began, which was to end at 1.2 s
    assert bodies == [(b"whole", None)]


BROKEN = {
    "closed at once": b"",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01",
    "half a status line": b"HTTP/1.1",
    "odd status": b"HTTP/1.1 abc OK\r\n\r\n",
    "endless header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 300 + b"\r\n",
    "bad length": b"HTTP/1.1 503 OK\r\nContent-Length: -5\r\n\r\n",
    "bad chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_nonsense_is_a_failure_of_the_table(server: Server, archive: Archive, capture: Capture, raw: bytes) -> None:
    """Whatever comes over the line ends as one of our errors or as a truncated memento, never as another exception."""
    server.answer = lambda request: Reply(raw=raw)
    if b"Memento-Datetime" in raw:
        assert archive.replay.fetch(capture).truncated
        return
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert caught.value.verdict in UNREAD


@pytest.mark.parametrize("name", ["no HTTP", "endless header", "too many headers"])
def test_an_answer_that_cannot_be_read_is_no_outage(
    server: Server, archive: Archive, capture: Capture, name: str
) -> None:
    """An answer has come, and it is wrong: that is what the ledger and the messages say."""
    server.answer = lambda request: Reply(raw=BROKEN[name])
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert caught.value.verdict is Verdict.WRONG_ANSWER


def test_nothing_is_taken_from_the_surroundings(
    server: Server, archive: Archive, capture: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither proxies nor passwords of the environment are used."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    server.answer = lambda request: memento()
    archive.replay.fetch(capture)
    assert "authorization" not in server.requests[0].headers


def test_a_name_that_does_not_resolve_is_no_captures_fault(
    config: Config, limiter: RateLimiter, clock: ManualClock, stop: threading.Event, capture: Capture
) -> None:
    """Without network everybody stops; nothing is held against a capture."""
    nowhere = config._replace(archive="http://archive.invalid")
    with Archive(nowhere, limiter, clock, stop) as offline, pytest.raises(ArchiveRefused):
        offline.replay.fetch(capture)
    assert limiter.status().refusals == 2


@pytest.mark.parametrize("behind", ["headers", "body"])
def test_stopping_ends_the_wait_for_what_is_in_the_air(
    config: Config,
    limiter: RateLimiter,
    clock: ManualClock,
    stop: threading.Event,
    server: Server,
    capture: Capture,
    behind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once the run is to end an answer that does not come is left after some seconds, and blames nobody."""
    monkeypatch.setattr(workers, "GRACE", 0.5)
    patient = config._replace(read_timeout=60.0, total_timeout=60.0)
    raw = b"HTTP/1.1 200 OK\r\n" if behind == "headers" else HEAD + b"Content-Length: 9999\r\n\r\nabc"
    server.answer = lambda request: Reply(raw=raw + b"x" * 500, drip=0.2)
    with Archive(patient, limiter, clock, stop) as archive:
        pool: workers.Workers[str, object] = workers.Workers(1, stop)
        pool.submit("slow", lambda: archive.replay.fetch(capture))
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        assert pool.next() is None
        assert time.monotonic() - began < 10
    assert limiter.status().refusals == 0


def test_stopping_ends_the_wait_for_another_try(
    config: Config, tmp_path: Path, stop: threading.Event, server: Server, capture: Capture
) -> None:
    """The pause before another try ends at once."""
    clock = ScaledClock(1)
    limiter = RateLimiter(config, clock=clock, stop=stop, path=tmp_path / "b.json")
    server.answer = lambda request: Reply(503, [], b"")
    with Archive(config._replace(tries_per_capture=4), limiter, clock, stop) as archive:
        threading.Timer(0.3, stop.set).start()
        with pytest.raises(Stopped):
            archive.replay.fetch(capture)


def test_what_was_let_go_but_not_sent_stays_when_a_cool_down_begins(
    server: Server, archive: Archive, limiter: RateLimiter, clock: ManualClock, capture: Capture
) -> None:
    """A request that was permitted before a cool-down began is not sent before the cool-down is over."""
    server.now = clock.monotonic
    server.answer = lambda request: memento()
    let_go = limiter.acquire("replay")
    refused_at = clock.monotonic()
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    assert not limiter.still_permits(let_go)
    archive.replay.fetch(capture)
    assert [request.at for request in server.requests] == [pytest.approx(refused_at + 60, abs=1)]


def test_many_threads_share_one_archive(
    config: Config, tmp_path: Path, stop: threading.Event, server: Server, capture: Capture
) -> None:
    """Sixteen workers fetch at once, each gets its own page, connections are kept, and the budget holds."""
    clock = ScaledClock(15)  # a machine that is busy for 10 ms holds a request up for no more than 0.15 s
    config = config._replace(replay_per_minute=240, read_timeout=60.0, total_timeout=60.0)  # nothing is late here
    limiter = RateLimiter(config, clock=clock, stop=stop, path=tmp_path / "b.json")
    server.now = clock.monotonic

    def answer(request: Request) -> Reply:
        number = request.path.rpartition("/")[2]
        time.sleep(0.02)
        return memento(number.encode(), ("Link", ""))

    server.answer = answer
    found: dict[str, bytes] = {}
    todo = [str(number) for number in range(300)]

    def work(archive: Archive) -> None:
        while todo:
            try:
                number = todo.pop()
            except IndexError:
                return
            found[number] = archive.replay.fetch(
                capture._replace(original=f"https://www.hkcnews.com/article/{number}")
            ).body

    with Archive(config, limiter, clock, stop) as archive:
        threads = [threading.Thread(target=work, args=(archive,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {str(number): str(number).encode() for number in range(300)}
    moments = sorted(request.at for request in server.requests)
    assert all(later - earlier > 60 for earlier, later in zip(moments, moments[240:], strict=False))


if __name__ == "__main__":
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition("| failure |")
    prose = rest.partition("\n\n")[2]
    DOCUMENT.write_text(f"{head}{markdown_table()}\n{prose}", encoding="utf-8")
