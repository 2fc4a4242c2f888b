"""The same client against a real pywb (`make interop`): another make-up of CDX and replay."""

from __future__ import annotations

import gzip
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import requests

from scraper.archive.client import Archive
from scraper.errors import CaptureError
from scraper.models import DigestCheck, Memento, Verdict
from scraper.store.warc import WarcStore
from scraper.times import SystemClock

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.archive.ratelimit.limiter import RateLimiter
    from scraper.config import Config
    from tests.clocks import ManualClock

PAGES = 30


def keep_some_pages(folder: Path) -> Path:
    """Keep pages as a run keeps them; the file that holds them."""
    store = WarcStore(folder, clock=SystemClock(), max_bytes=1 << 30, find=lambda _: None)

    def keep(number: int, timestamp: str, payload: bytes, status: int = 200, **headers: str) -> None:
        lines = [("Content-Type", "text/html; charset=utf-8")]
        lines += [(name.replace("_", "-"), value) for name, value in headers.items()]
        url = f"https://www.hkcnews.com/article/{number}/x"
        store.keep(Memento(url, timestamp, status, "OK", tuple(lines), payload, payload))

    for number in range(1, PAGES):
        keep(number, f"202001{number:02}000000", f"<html>{number} <a href='/x'>社會</a></html>".encode())
    keep(50, "20210101000000", gzip.compress(b"<html>packed</html>"), Content_Encoding="gzip")
    keep(51, "20210101000000", b"", 301, Location="https://www.hkcnews.com/article/1/x")
    store.close()
    return store.files()[0]


@pytest.fixture(scope="module")
def pywb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pywb")
    pages = keep_some_pages(folder / "kept")
    for command in (["wb-manager", "init", "hk"], ["wb-manager", "add", "hk", str(pages)]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["wayback", "-p", str(port), "-b", "127.0.0.1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}/hk"
    for _ in range(150):
        try:
            requests.get(f"{base}/cdx?url=x.com", timeout=5)
            break
        except requests.ConnectionError:
            time.sleep(0.2)
    yield base
    process.terminate()
    process.wait(10)


@pytest.fixture
def opened(
    pywb: str, config: Config, limiter: RateLimiter, clock: ManualClock, stop: threading.Event
) -> Iterator[Archive]:
    settings = config._replace(cdx_url=f"{pywb}/cdx", replay_url=pywb, read_timeout=20.0, total_timeout=30.0)
    with Archive(settings._replace(cdx_page_rows=7), limiter, clock, stop) as archive:
        yield archive


def test_pywb_is_listed_whole_and_every_capture_is_read(opened: Archive) -> None:
    """pywb knows limits but no keys, and has other names for columns; all its rows come, and all can be fetched."""
    pages = list(opened.cdx.pages("www.hkcnews.com/article/", "prefix"))
    rows = {row for page in pages for row in page.rows}
    assert len(rows) == PAGES - 1 + 2
    assert pages[-1].complete
    for row in rows:
        found = opened.replay.fetch(row)
        assert found.timestamp == row.timestamp
        assert found.original == row.original
        assert found.digest_check is DigestCheck.MATCH or found.status == 301
    by_url = {row.original.split("/")[4]: row for row in rows}
    packed = opened.replay.fetch(by_url["50"])
    assert packed.body == b"<html>packed</html>"
    moved = opened.replay.fetch(by_url["51"])
    assert (moved.status, moved.header("Location")) == (301, "https://www.hkcnews.com/article/1/x")


def test_what_pywb_does_not_have_is_an_empty_listing_and_not_archived(opened: Archive) -> None:
    """Nothing found is an empty body here; a page that is not there is a 404 without Memento-Datetime."""
    pages = list(opened.cdx.pages("www.hkcnews.com/nothing", "exact"))
    assert [page.rows for page in pages] == [[]]
    some = next(opened.cdx.pages("www.hkcnews.com/article/1/x", "exact")).rows[0]
    with pytest.raises(CaptureError) as caught:
        opened.replay.fetch(some._replace(original="https://www.hkcnews.com/nothing"))
    assert caught.value.verdict is Verdict.NOT_ARCHIVED


def test_a_near_time_answers_only_if_it_was_not_exact(opened: Archive) -> None:
    """pywb replays the nearest capture without a redirect; for a listed capture that is another one's answer."""
    some = next(opened.cdx.pages("www.hkcnews.com/article/1/x", "exact")).rows[0]
    with pytest.raises(CaptureError) as caught:
        opened.replay.fetch(some._replace(timestamp="20200101000001"))
    assert caught.value.verdict is Verdict.WRONG_ANSWER
