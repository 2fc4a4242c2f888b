"""Each fault that the test archive can play, once, against the client: the same bytes and rows as without it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scraper.archive.cdx import ListingPage
from scraper.archive.client import Archive
from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.config import Config
from scraper.errors import CaptureError, ListingFailed
from scraper.models import Capture, Verdict
from tests.clocks import ScaledClock
from tests.server import KINDS, Faults, Rule, TestArchive
from tests.server.make import saved_article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FACTOR = 600.0
SAVED = [saved_article(number, "20200607080910") for number in range(300, 312)]


@contextmanager
def client(server: TestArchive, folder: Path, clock: ScaledClock) -> Iterator[Archive]:
    """The client, with short real timeouts, pages of five rows, and time that runs."""
    stop = threading.Event()
    config = Config(
        archive=server.base,
        contact="tests@example.org",
        connect_timeout=0.4,
        read_timeout=0.4,
        total_timeout=0.8,
        max_body_megabytes=1,
        cdx_page_rows=5,
    )
    limiter = RateLimiter(config, clock=clock, stop=stop, path=folder / "budget.json")
    with Archive(config, limiter, clock, stop) as archive:
        yield archive


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "replay" in KINDS[kind].services])
def test_a_page_comes_whole_after_a_fault_of_each_kind(kind: str, tmp_path: Path) -> None:
    """The first answer for a capture is struck; what `fetch` gives in the end is what was archived."""
    clock = ScaledClock(FACTOR)
    wanted = SAVED[5]
    columns = wanted.columns()
    plan = Faults([Rule(kind, service="replay")])
    with TestArchive(SAVED, faults=plan, clock=clock.monotonic) as server, client(server, tmp_path, clock) as archive:
        memento = archive.replay.fetch(Capture(**columns))
        assert memento.body == wanted.payload
        assert memento.payload == wanted.payload
        assert (memento.original, memento.timestamp, memento.status) == (wanted.url, wanted.timestamp, 200)
        assert memento.truncated is None
        assert server.log.faults() == {kind: 1}
        assert server.log.during_cool_downs(in_the_air=0) == []


@pytest.mark.parametrize("slug", ["灣仔/巴士 改道", "%E7%81%A3%E4%BB%94", "%e7%81%a3", "%EF%BF%BD", "a?page=灣&b=%3F"])
@pytest.mark.parametrize("stamp", ["20200607080910", "20200607080911"])
def test_a_page_is_fetched_however_its_url_is_spelled(slug: str, stamp: str, tmp_path: Path) -> None:
    """Raw or encoded, in capitals or not, at its time or through a redirect to it: the capture is recognised."""
    clock = ScaledClock(FACTOR)
    wanted = saved_article(300, url=f"https://www.hkcnews.com/article/300/{slug}")
    with TestArchive([wanted], clock=clock.monotonic) as server, client(server, tmp_path, clock) as archive:
        memento = archive.replay.fetch(Capture(**wanted.columns())._replace(timestamp=stamp))
        assert (memento.original, memento.timestamp) == (wanted.url, wanted.timestamp)
        assert memento.body == wanted.payload


@pytest.mark.parametrize("skip", [0, 2])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if "cdx" in KINDS[kind].services])
def test_a_listing_is_complete_or_says_that_it_is_not_after_a_fault_of_each_kind(
    kind: str, skip: int, tmp_path: Path
) -> None:
    """Whichever page of a listing is struck: all rows come, in order, and only then is it called complete."""
    clock = ScaledClock(FACTOR)
    plan = Faults([Rule(kind, service="cdx", skip=skip)])
    with TestArchive(SAVED, faults=plan, clock=clock.monotonic) as server, client(server, tmp_path, clock) as archive:
        pages = listed(archive)
        rows = [row for page in pages for row in page.rows]
        assert list(dict.fromkeys(rows)) == [Capture(**one.columns()) for one in SAVED]
        assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
        assert server.log.faults() == {kind: 1}
        assert server.log.during_cool_downs(in_the_air=0) == []


def listed(archive: Archive) -> list[ListingPage]:
    """All pages of the listing; one that failed goes on where it stood, as the next run does it."""
    pages: list[ListingPage] = []
    for _ in range(2):
        key = pages[-1].resume_key if pages else None
        try:
            pages.extend(archive.cdx.pages("hkcnews.com/article/", "prefix", resume_key=key))
        except ListingFailed:
            assert not any(page.complete for page in pages)
            continue
        return pages
    raise AssertionError("the listing failed twice for one fault")


def test_a_redirect_to_a_page_that_is_kept_is_not_followed(tmp_path: Path) -> None:
    """A listed capture that the archive answers with another one costs a request, not that page once more."""
    clock = ScaledClock(FACTOR)
    listed = Capture(**SAVED[5].columns())._replace(timestamp="20200607090000")
    with TestArchive(SAVED, clock=clock.monotonic) as server, client(server, tmp_path, clock) as archive:
        assert archive.replay.fetch(listed).timestamp == SAVED[5].timestamp
        with pytest.raises(CaptureError) as caught:
            archive.replay.fetch(listed, kept={SAVED[5].timestamp})
        assert (caught.value.verdict, caught.value.final) == (Verdict.WRONG_ANSWER, False)
        assert [entry.kind for entry in server.log.entries()] == ["redirect", "memento", "redirect"]
