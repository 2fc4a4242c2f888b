"""What the archive's answer says of where a capture comes from goes with the page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from scraper.store.mementos import memento_of, response_of
from scraper.store.records import read_record
from scraper.store.writing import response_record
from scraper.urls import captures_beside
from tests.archive.conftest import Reply
from tests.archive.test_replay import memento

if TYPE_CHECKING:
    from scraper.archive.client import Archive
    from scraper.models import Capture
    from tests.archive.conftest import Request, Server
    from tests.clocks import ManualClock

SOURCE = ("X-Archive-Src", "spn2-20200401/spn2-0.us.archive.org.warc.gz")
WARNING = ("Warning", '299 web.archive.org "Resource was truncated when it was captured"')


def test_file_warning_and_reason_of_the_redirect_are_noted(server: Server, archive: Archive, capture: Capture) -> None:
    """The archive's own file, and why another moment answered."""
    near = capture._replace(timestamp="20200401123400")

    def answer(request: Request) -> Reply:
        if near.timestamp in request.path:
            location = request.path.replace(near.timestamp, capture.timestamp)
            reason = ("X-Archive-Redirect-Reason", f"found capture at {capture.timestamp}")
            return Reply(302, [("Location", location), reason])
        return memento(b"<p>x</p>", SOURCE)

    server.answer = answer
    found = dict(archive.replay.fetch(near).provenance)
    assert found["X-Archive-Src"] == SOURCE[1]
    assert found["X-Archive-Redirect-Reason"] == f"found capture at {capture.timestamp}"
    assert 'rel="original"' in found["Link"]


def test_a_truncation_that_the_archive_announces_is_asked_for_again_and_kept_as_such(
    server: Server, archive: Archive, capture: Capture
) -> None:
    """Bytes that are said to be a part are not the capture: asked for as often as any, then kept as truncated."""
    server.answer = lambda request: memento(b"<p>x</p>", WARNING)
    found = archive.replay.fetch(capture)
    assert found.truncated == f"Warning: {WARNING[1]}"
    assert len(server.requests) == 4


def test_the_record_gives_back_what_it_was_given(
    server: Server, archive: Archive, capture: Capture, clock: ManualClock
) -> None:
    """Written and read, nothing of it is lost."""
    server.answer = lambda request: memento(b"<p>x</p>", SOURCE, WARNING)
    kept = archive.replay.fetch(capture)
    number = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
    file = io.BytesIO(response_record(kept, record_id=number, created=clock.now()))
    record = read_record(file, 0, max_block=1 << 20)
    response = response_of(record)
    assert response is not None
    again = memento_of(record, response, max_body=1 << 20)
    assert again is not None
    assert sorted(again.provenance) == sorted(kept.provenance)


def test_of_a_link_header_the_moments_of_other_captures_are_told() -> None:
    """The URLs, up to eight times the same, are not; what was shortened before stays as it is."""
    url, archive = "https://www.hkcnews.com/article/28325/x", "https://web.archive.org/web"
    moment = 'datetime="Fri, 22 Dec 2017 12:56:47 GMT"'
    link = (
        f'<{url}>; rel="original", <{archive}/timemap/link/{url}>; rel="timemap"; type="application/link-format", '
        f'<{archive}/{url}>; rel="timegate", <{archive}/20171222125647/{url}>; rel="first prev memento"; {moment}, '
        f'<{archive}/20180102030405/{url}>; rel="memento"; {moment}, '
        f'<{archive}/20190102030405/{url}>; rel="next memento"; {moment}'
    )
    assert captures_beside(link) == "first prev 20171222125647, next 20190102030405"
    assert captures_beside(f'<{url}>; rel="original"') == captures_beside("<" * 10_000) == ""
