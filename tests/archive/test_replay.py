"""Replays: what counts as archived content, that it is the capture asked for, and bodies as they really come."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import itertools
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest

from scraper.errors import ArchiveRefused, CaptureError
from scraper.models import Capture, DigestCheck, Verdict
from scraper.urls import original_of_link, same_resource
from tests.archive.conftest import URL, Reply, Request

if TYPE_CHECKING:
    from scraper.archive.client import Archive
    from scraper.archive.ratelimit.limiter import RateLimiter
    from scraper.config import Config
    from tests.archive.conftest import Server
    from tests.clocks import ManualClock

MEMENTO = ("Memento-Datetime", "Wed, 01 Apr 2020 12:34:56 GMT")
LINK = (
    "Link",
    f'<{URL}>; rel="original", <http://h/web/timemap/link/{URL}>; rel="timemap"; type="application/link-format"',
)
PAGE = "<!DOCTYPE html><html><h1>立法會今日三讀通過</h1></html>".encode()


def digest(content: bytes) -> str:
    return base64.b32encode(hashlib.sha1(content).digest()).decode()


def memento(body: bytes = PAGE, *headers: tuple[str, str], status: int = 200, **more: object) -> Reply:
    defaults = [("Content-Type", "text/html; charset=UTF-8"), ("X-Archive-Orig-Server", "nginx"), MEMENTO, LINK]
    names = {name.lower() for name, _ in headers}
    kept = [header for header in defaults if header[0].lower() not in names]
    return Reply(status, [*kept, *headers], body, **more)  # type: ignore[arg-type]


def always(server: Server, reply: Reply) -> None:
    server.answer = lambda request: reply


def test_a_capture_is_asked_for_raw_with_an_honest_agent(server: Server, archive: Archive, capture: Capture) -> None:
    """`id_`, the CDX's own timestamp and URL, a User-Agent with version and contact, no cookies."""
    always(server, memento(PAGE, ("Set-Cookie", "a=b")))
    archive.replay.fetch(capture)
    found = archive.replay.fetch(capture._replace(digest=digest(PAGE)))
    assert found.body == found.payload == PAGE
    assert found.digest_check is DigestCheck.MATCH
    assert (found.timestamp, found.original, found.status) == (capture.timestamp, URL, 200)
    assert found.source_uri == server.base + server.requests[0].path
    assert server.requests[0].path == f"/web/20200401123456id_/{URL}"
    agent = server.requests[1].headers["user-agent"]
    assert agent.startswith("hkcnews/")
    assert "someone@example.org" in agent
    assert "cookie" not in server.requests[1].headers


def test_the_archived_headers_are_given_back(server: Server, archive: Archive, capture: Capture) -> None:
    """The prefix goes, what the archive adds goes, what it leaves without prefix stays, order and repeats stay."""
    always(server, memento(
        PAGE, ("x-archive-orig-set-cookie", "a=1"), ("X-Archive-Orig-Set-Cookie", "b=2"), ("X-Archive-Src", "x"),
        ("X-Archive-Orig-Transfer-Encoding", "chunked"), ("X-Archive-Orig-Retry-After", "6"), ("Server", "nginx/1.25"),
    ))  # fmt: skip
    assert archive.replay.fetch(capture).headers == (
        ("Content-Type", "text/html; charset=UTF-8"), ("Server", "nginx"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"),
        ("Retry-After", "6"),
    )  # fmt: skip


@pytest.mark.parametrize("status", [200, 301, 404, 410, 429, 500, 503])
def test_with_memento_datetime_any_status_is_content(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter, status: int
) -> None:
    """An archived 404, 429 or 503 is what was archived: no retry, no slowing down."""
    always(server, memento(status=status))
    assert archive.replay.fetch(capture).status == status
    assert len(server.requests) == 1
    assert not limiter.status().until


NO_CONTENT = [
    (200, "<div id=error><p>This URL has been excluded from the Wayback Machine.</p></div>", Verdict.EXCLUDED, True),
    (403, "<p>This URL has been excluded from the Wayback Machine.</p>", Verdict.EXCLUDED, True),
    (403, "org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots", Verdict.EXCLUDED, True),
    (451, "Unavailable for legal reasons", Verdict.EXCLUDED, True),
    (404, "<h2>Hrm.</h2><p>The Wayback Machine has not archived that URL.</p>", Verdict.NOT_ARCHIVED, True),
    (200, "<h2>Hrm.</h2><p>The Wayback Machine has not archived that URL.</p>", Verdict.NOT_ARCHIVED, True),
    (404, "nothing", Verdict.NOT_ARCHIVED, True),
    (200, '<p class="code">Redirecting to...</p><p class="impatient">', Verdict.INTERSTITIAL, True),
    (200, "<p>Got an HTTP 302 response at crawl time</p>", Verdict.INTERSTITIAL, True),
    (200, '<form><input name="u"><input type="password"></form>', Verdict.LOGIN, True),
    (200, "<title>Wayback Machine</title><p>requires JavaScript</p>", Verdict.WRONG_ANSWER, False),
    (200, "<h1>Internet Archive services are temporarily offline.</h1>", Verdict.OUTAGE, False),
    (200, "", Verdict.WRONG_ANSWER, False),
    (503, "<h1>503 Service Unavailable</h1>", Verdict.REFUSED, False),
    (502, "<center><h1>502 Bad Gateway</h1></center><hr>nginx", Verdict.REFUSED, False),
    (504, "", Verdict.REFUSED, False),
    (520, "", Verdict.REFUSED, False),
    (400, "Bad request", Verdict.WRONG_ANSWER, False),
    (403, "<h1>403 Forbidden</h1>", Verdict.WRONG_ANSWER, False),
    (304, "", Verdict.WRONG_ANSWER, False),
]  # fmt: skip


@pytest.mark.parametrize(("status", "text", "verdict", "final"), NO_CONTENT)
def test_without_memento_datetime_nothing_is_content(
    server: Server, archive: Archive, capture: Capture, status: int, text: str, verdict: Verdict, final: bool
) -> None:
    """A 200 that is no memento is told for what it is; only an exclusion or an absence that stays is final."""
    always(server, Reply(status, [("Content-Type", "text/html")], text.encode(), length=None if status == 304 else -1))
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert (caught.value.verdict, caught.value.final) == (verdict, final)
    assert caught.value.__cause__ is not None
    assert len(server.requests) == (1 if status == 400 else 4)


def test_a_passing_trouble_is_passed_over(
    server: Server, archive: Archive, capture: Capture, clock: ManualClock
) -> None:
    """A 503 page and a landing shell in between cost tries and time, nothing else."""
    replies = [Reply(503, [], b"<html>"), Reply(200, [], b"<title>Wayback Machine</title>"), memento()]
    server.answer = lambda request: replies[len(server.requests) - 1]
    assert archive.replay.fetch(capture).body == PAGE
    assert [wait for wait in clock.waits if wait >= 5] == [5, 10]


@pytest.mark.parametrize("retry_after", [None, "75", "Wed, 01 Apr 2020 00:01:15 GMT", "soon", "-5", "1" * 30])
def test_throttling_is_waited_for_and_costs_no_try(
    server: Server, archive: Archive, capture: Capture, clock: ManualClock, retry_after: str | None
) -> None:
    """429 pauses everything for a minute, or for as long as Retry-After says by the archive's own clock."""
    headers = [] if retry_after is None else [("Retry-After", retry_after)]
    throttled = Reply(429, [*headers, ("Date", "Wed, 01 Apr 2020 00:00:00 GMT")], b"")
    server.now = clock.monotonic
    server.answer = lambda request: throttled if len(server.requests) == 1 else memento()
    if retry_after == "1" * 30:
        with pytest.raises(ArchiveRefused):
            archive.replay.fetch(capture)
        return
    archive.replay.fetch(capture)
    gap = server.requests[1].at - server.requests[0].at
    assert gap == pytest.approx(75 if retry_after in ("75", "Wed, 01 Apr 2020 00:01:15 GMT") else 60, abs=1)


@pytest.mark.parametrize(
    "text", ["Your IP address has been flagged as suspected abusive.", "<b>flagged as suspected abusive</b>"]
)
@pytest.mark.parametrize("status", [200, 403, 503])
def test_the_firewalls_page_is_a_refusal_of_everybody(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter, status: int, text: str
) -> None:
    """ "Flagged as suspected abusive" stops everything, whatever its status."""
    always(server, Reply(status, [], text.encode()))
    with pytest.raises(ArchiveRefused):
        archive.replay.fetch(capture)
    assert len(server.requests) == 2  # and one probe after the first cool-down
    assert limiter.status().reason == "banned"


def test_refused_connections_are_a_refusal_of_everybody(
    server: Server, archive: Archive, capture: Capture, limiter
) -> None:
    """The firewall refuses connections; that is never one capture's fault."""
    server.close_socket()
    with pytest.raises(ArchiveRefused) as caught:
        archive.replay.fetch(capture)
    assert limiter.status().reason == "connection refused"
    assert caught.value.__cause__ is None or "refused" in str(caught.value)


def test_an_outage_uses_up_nobodys_tries(
    server: Server, archive: Archive, capture: Capture, clock: ManualClock
) -> None:
    """Three captures in trouble are an outage; after the cool-down the third has all its tries again."""
    others = [capture._replace(urlkey=f"com,hkcnews)/article/{number}") for number in (1, 2)]
    always(server, Reply(503, [], b""))
    clock.wait = lambda seconds, stop: clock.advance(min(seconds, 8.0)) or False  # tries of all three within a minute
    for other in others:
        with pytest.raises(CaptureError):
            archive.replay.fetch(other)
    server.requests.clear()
    down = [Reply(503, [], b"")]
    replies = down + [Reply(200, [], b"shell")] * 3 + [memento()]
    server.answer = lambda request: replies[len(server.requests) - 1]
    assert archive.replay.fetch(capture).body == PAGE


def test_captures_in_trouble_are_no_outage_while_another_is_still_answered(
    server: Server, archive: Archive, capture: Capture, clock: ManualClock, limiter
) -> None:
    """Many that each keep answering 503 cost nobody a cool-down: what was answered before is asked for again."""
    clock.wait = lambda seconds, stop: clock.advance(min(seconds, 8.0)) or False
    server.answer = lambda request: Reply(503, [], b"") if "/article/9" in request.path else memento()
    archive.replay.fetch(capture)
    for number in range(90, 98):
        bad = capture._replace(
            urlkey=f"com,hkcnews)/article/{number}", original=f"https://www.hkcnews.com/article/{number}"
        )
        with pytest.raises(CaptureError) as caught:
            archive.replay.fetch(bad)
        assert caught.value.verdict is Verdict.REFUSED
    assert limiter.status().refusals == 0
    assert archive.replay.fetch(capture).body == PAGE


def test_an_outage_is_one_also_for_what_was_answered_before(
    server: Server, archive: Archive, capture: Capture, clock: ManualClock, limiter
) -> None:
    """When the capture that was answered before is in trouble too, everybody stops, and no try is used up."""
    clock.wait = lambda seconds, stop: clock.advance(min(seconds, 8.0)) or False
    archive.expect(capture.timestamp, capture.original)
    always(server, Reply(503, [], b""))
    for number in (90, 91):
        with contextlib.suppress(CaptureError):
            archive.replay.fetch(capture._replace(urlkey=f"com,hkcnews)/article/{number}"))
    with pytest.raises(ArchiveRefused):
        archive.replay.fetch(capture)
    assert limiter.status().refusals >= 1


def test_a_probe_that_fails_after_an_outage_is_followed_by_what_was_answered_before(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter
) -> None:
    """After an outage a capture that has its own trouble tells nothing; one that came before does, asked for next."""
    bad = capture._replace(original="https://www.hkcnews.com/article/1/bad")
    server.answer = lambda request: Reply(503, [], b"") if request.path.endswith("bad") else memento()
    archive.replay.fetch(capture)
    limiter.record_refusal(limiter.acquire("replay"), "server error")
    server.requests.clear()
    with pytest.raises(CaptureError):
        archive.replay.fetch(bad)
    assert [request.path.endswith("bad") for request in server.requests] == [True, False, True, True, True]
    assert limiter.status().refusals == 1


def test_after_a_plain_refusal_nothing_is_fetched_twice(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter
) -> None:
    """No capture can have caused a 429: the next one that is due is the probe."""
    server.answer = lambda request: memento(PAGE, ("Link", ""))
    archive.replay.fetch(capture)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    archive.replay.fetch(capture._replace(original="https://www.hkcnews.com/article/1/other"))
    assert len({request.path for request in server.requests}) == len(server.requests) == 2


@pytest.mark.parametrize("answered_before", [True, False])
def test_a_probe_that_fails_is_followed_by_one_question_at_most(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter, *, answered_before: bool
) -> None:
    """While the archive stays down no other try follows the probe; what was answered before is asked for once."""
    server.answer = lambda request: memento()
    if answered_before:
        archive.replay.fetch(capture)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    server.requests.clear()
    server.answer = lambda request: Reply(503, [], b"")
    with pytest.raises(ArchiveRefused):
        archive.replay.fetch(capture._replace(original="https://www.hkcnews.com/article/1/other"))
    assert [request.path.endswith("other") for request in server.requests] == [True, False][: 1 + answered_before]
    assert limiter.status().refusals == 2


def test_a_refusal_of_what_is_asked_after_the_probe_is_obeyed(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter, clock: ManualClock
) -> None:
    """The archive answers the probe with 503 and the next question with 429: it is let alone for as long as it says."""
    server.answer = lambda request: memento()
    archive.replay.fetch(capture)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    server.answer = lambda request: (
        Reply(503, [], b"") if request.path.endswith("other") else Reply(429, [("Retry-After", "3000")], b"")
    )
    with pytest.raises(ArchiveRefused) as caught:
        archive.replay.fetch(capture._replace(original="https://www.hkcnews.com/article/1/other"))
    assert caught.value.until is not None
    assert 2_990 <= (caught.value.until - clock.now()).total_seconds() <= 3_010
    assert limiter.status().refusals == 2


def test_an_inexact_time_is_a_redirect_to_the_nearest_capture(
    server: Server, archive: Archive, capture: Capture
) -> None:
    """The archive's own 302 is followed, and the memento names the capture that answered."""

    def answer(request: Request) -> Reply:
        if request.path.startswith("/web/20200401123456id_/"):
            return memento()
        return Reply(302, [("Location", f"{server.base}/web/20200401123456id_/{URL}")], b"")

    server.answer = answer
    found = archive.replay.fetch(capture._replace(timestamp="20200401000000"))
    assert found.timestamp == "20200401123456"
    assert found.source_uri.endswith(f"/web/20200401123456id_/{URL}")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "location",
    [
        f"/web/20200401123456/{URL}",
        f"//{{host}}/web/20200401123456/{URL}",
        f"https://{{host}}/web/20200401123456/{URL}",
    ],
)
def test_a_redirect_within_the_archive_keeps_modifier_and_address(
    server: Server, archive: Archive, capture: Capture, location: str
) -> None:
    """Relative redirects, and such to another scheme or without `id_`, lead to the same address, raw."""
    target = location.format(host=server.base.partition("://")[2])
    server.answer = lambda request: (
        memento() if "20200401123456" in request.path else Reply(302, [("Location", target)])
    )
    archive.replay.fetch(capture._replace(timestamp="2020"))
    assert server.requests[1].path == f"/web/20200401123456id_/{URL}"


@pytest.mark.parametrize(
    ("location", "verdict"),
    [
        ("http://127.0.0.2:{port}/web/20200401123456id_/" + URL, Verdict.WRONG_ANSWER),
        ("http://localhost:{port}/web/20200401123456id_/" + URL, Verdict.WRONG_ANSWER),
        ("http://127.0.0.1:1/web/20200401123456id_/" + URL, Verdict.WRONG_ANSWER),
        ("http://user@evil.example/web/20200401123456id_/" + URL, Verdict.WRONG_ANSWER),
        ("http://127.0.0.1:{port}@evil.example/web/20200401123456id_/" + URL, Verdict.WRONG_ANSWER),
        ("file:///etc/passwd", Verdict.WRONG_ANSWER),
        ("http://169.254.169.254/latest/meta-data/", Verdict.WRONG_ANSWER),
        ("http://127.0.0.1:{port}/elsewhere", Verdict.WRONG_ANSWER),
        ("http://[::1/web/", Verdict.WRONG_ANSWER),
        ("", Verdict.WRONG_ANSWER),
        ("https://archive.org/account/login?referer=x", Verdict.LOGIN),
    ],
)
def test_a_redirect_out_of_the_archive_is_not_followed(
    server: Server, archive: Archive, capture: Capture, location: str, verdict: Verdict
) -> None:
    """No other host, port, scheme or path is ever asked."""
    target = location.format(port=server.base.rpartition(":")[2])
    server.answer = lambda request: Reply(302, [("Location", target)], b"")
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert caught.value.verdict is verdict
    assert {request.path for request in server.requests} == {f"/web/20200401123456id_/{URL}"}


def test_a_redirect_to_another_url_is_a_wrong_answer(server: Server, archive: Archive, capture: Capture) -> None:
    """It is not followed: that another URL is not archived would say nothing about this one."""
    server.answer = lambda request: (
        Reply(302, [("Location", "/web/20200401123456id_/https://www.hkcnews.com/")], b"")
        if "28325" in request.path
        else Reply(404, [], b"<h2>Hrm.</h2>")
    )
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert (caught.value.verdict, caught.value.final) == (Verdict.WRONG_ANSWER, False)
    assert all("28325" in request.path for request in server.requests)


def test_redirects_in_a_circle_end(server: Server, archive: Archive, capture: Capture) -> None:
    """Two captures that point at each other, and a chain without end, are wrong answers after a few requests."""

    def circle(request: Request) -> Reply:
        other = "20200401123457" if "20200401123456" in request.path else "20200401123456"
        return Reply(302, [("Location", f"/web/{other}id_/{URL}")], b"")

    server.answer = circle
    with pytest.raises(CaptureError, match="circle"):
        archive.replay.fetch(capture)
    assert len(server.requests) == 8
    server.requests.clear()
    server.answer = lambda request: Reply(
        302, [("Location", f"/web/{20200401000000 + len(server.requests)}id_/{URL}")], b""
    )
    with pytest.raises(CaptureError, match="without end"):
        archive.replay.fetch(capture)
    assert len(server.requests) <= 28


@pytest.mark.parametrize(
    ("headers", "location"),
    [
        ([("Location", "{base}/web/20200401123456id_/https://www.hkcnews.com/article/28325/new")], "https://www.hkcnews.com/article/28325/new"),
        ([("Location", "/web/20200401123456id_/https://www.hkcnews.com/")], "https://www.hkcnews.com/"),
        ([("Location", "{base}/web/x"), ("X-Archive-Orig-Location", "/article/28325/new")], "https://www.hkcnews.com/article/28325/new"),
        ([("Location", "https://www.hkcnews.com/404")], "https://www.hkcnews.com/404"),
        ([("Location", "/web/20200401123456id_///www.hkcnews.com/a")], "https://www.hkcnews.com/a"),
    ],
)  # fmt: skip
def test_an_archived_redirect_is_content_with_its_own_target(
    server: Server, archive: Archive, capture: Capture, headers: list[tuple[str, str]], location: str
) -> None:
    """A 3xx with Memento-Datetime is returned, not followed; its Location is the archived one, absolute."""
    filled = [(name, value.format(base=server.base)) for name, value in headers]
    always(server, memento(b"", *filled, status=301))
    found = archive.replay.fetch(capture)
    assert found.status == 301
    assert found.header("Location") == location
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "header",
    [
        ("Memento-Datetime", "Wed, 01 Apr 2020 12:34:57 GMT"),
        ("Memento-Datetime", "Tue, 01 Apr 2025 12:34:56 GMT"),
        ("Memento-Datetime", "yesterday"),
        ("Link", '<https://www.hkcnews.com/article/28326/some-slug>; rel="original"'),
        ("Link", '<https://evil.example/article/28325/some-slug>; rel="original"'),
    ],
)
def test_another_capture_than_the_one_asked_for_is_a_wrong_answer(
    server: Server, archive: Archive, capture: Capture, header: tuple[str, str]
) -> None:
    """Another time or URL that answers without a redirect says nothing about this capture; it stays to be read."""
    always(server, memento(PAGE, header))
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert (caught.value.verdict, caught.value.final) == (Verdict.WRONG_ANSWER, False)


@pytest.mark.parametrize(
    "original",
    [
        "http://hkcnews.com:80/article/28325/some-slug", "https://HKCNEWS.com/article/28325/some%2Dslug/",
        "https://www.hkcnews.com:443/Article/28325/some-slug",
    ],
)  # fmt: skip
def test_spellings_of_one_url_are_one_resource(
    server: Server, archive: Archive, capture: Capture, original: str
) -> None:
    """Scheme, www., default port, case and percent-encoding make no other resource; its spelling is kept."""
    always(server, memento(PAGE, ("Link", f'<{original}>; rel="original"')))
    assert archive.replay.fetch(capture).original == original


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999999999999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -0100"])
def test_a_date_beyond_all_dates_is_none(server: Server, archive: Archive, capture: Capture, date: str) -> None:
    """Neither the moment of a capture nor a pause that is asked for can be told by it; it is no fault of ours."""
    always(server, memento(PAGE, ("Memento-Datetime", date)))
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert caught.value.verdict is Verdict.WRONG_ANSWER
    always(server, Reply(503, [("Retry-After", date), ("Date", MEMENTO[1])], b""))
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert caught.value.verdict is Verdict.REFUSED


def test_urls_are_sent_as_they_were_archived(server: Server, archive: Archive, capture: Capture) -> None:
    """Raw CJK and spaces are encoded, dots and slashes and percent signs stay; a fragment goes."""
    odd = "http://www.hkcnews.com:80/article/28325/../社會 a%E7%a4%be//x?page=1&x=[2]#top"
    always(server, memento(PAGE, ("Link", "")))
    archive.replay.fetch(capture._replace(original=odd))
    assert server.requests[0].path == (
        "/web/20200401123456id_/http://www.hkcnews.com:80/article/28325/../%E7%A4%BE%E6%9C%83%20a%E7%A4%BE//x?page=1&x=%5B2%5D"
    )


def test_a_capture_with_a_fragment_is_found_without_it(server: Server, archive: Archive, capture: Capture) -> None:
    """The index knows no fragments, so the archive does not find a URL with one."""
    always(server, memento(PAGE, ("Link", "")))
    assert archive.replay.fetch(capture._replace(original=f"{URL}#comments")).timestamp == capture.timestamp
    assert [request.path[-9:] for request in server.requests] == [URL[-9:]]


ENCODED = [
    ("gzip", gzip.compress(PAGE, mtime=0)),
    ("x-gzip", gzip.compress(PAGE, mtime=0)),
    ("gzip, gzip", gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0)),
    ("gzip, gzip", gzip.compress(PAGE, mtime=0)),
    ("deflate", zlib.compress(PAGE)),
    ("deflate", zlib.compress(PAGE)[2:-4]),
    ("br", brotli.compress(PAGE)),
    ("gzip", PAGE),
    ("deflate", PAGE),
    ("br", PAGE),
    ("br", gzip.compress(PAGE, mtime=0)),
    ("", PAGE),
    ("none", PAGE),
    ("utf-8", PAGE),
    ("identity", PAGE),
    ("gzip", gzip.compress(PAGE[:9], mtime=0) + gzip.compress(PAGE[9:], mtime=0)),
    ("gzip", gzip.compress(PAGE, mtime=0) + b"\0\0\0\0"),
]


@pytest.mark.parametrize(("encoding", "raw"), ENCODED)
def test_encodings_are_taken_off_as_the_bytes_say(
    server: Server, archive: Archive, capture: Capture, encoding: str, raw: bytes
) -> None:
    """The body is readable however it was encoded; the payload is what the digest is of, and its headers fit it."""
    for prefixed, of in itertools.product((False, True), ("stored", "decoded", "nothing")):
        more = [("X-Archive-Orig-Content-Encoding", encoding)] if prefixed else []
        always(server, memento(raw, ("Content-Encoding", encoding), *more))
        wanted = {"stored": digest(raw), "decoded": digest(PAGE), "nothing": "-"}[of]
        found = archive.replay.fetch(capture._replace(digest=wanted))
        assert found.body == PAGE
        assert found.truncated is None
        assert found.digest_check is (DigestCheck.UNVERIFIABLE if of == "nothing" else DigestCheck.MATCH)
        assert digest(found.payload) == wanted or of == "nothing"
        assert (found.header("Content-Encoding") is None) == (found.payload == PAGE)


def test_an_unknown_encoding_is_left_as_it_is(server: Server, archive: Archive, capture: Capture) -> None:
    """Zstandard is not taken off: the bytes are kept as they are, with their header."""
    always(server, memento(b"\x28\xb5\x2f\xfd....", ("X-Archive-Orig-Content-Encoding", "zstd")))
    found = archive.replay.fetch(capture)
    assert found.body == found.payload == b"\x28\xb5\x2f\xfd...."


@pytest.mark.parametrize("times", [1, 3])
def test_a_decompression_bomb_is_not_taken_in(
    server: Server, archive: Archive, capture: Capture, config: Config, times: int
) -> None:
    """A small answer that would grow beyond the limit is refused, however deep it is packed."""
    bomb = b"0" * (9 << 20)
    for _ in range(times):
        bomb = gzip.compress(bomb, mtime=0)
    always(server, memento(bomb, ("Content-Encoding", ", ".join(["gzip"] * times))))
    with pytest.raises(CaptureError, match="grows") as caught:
        archive.replay.fetch(capture)
    assert (caught.value.verdict, caught.value.final) == (Verdict.WRONG_ANSWER, False)


def test_a_body_without_end_is_not_taken_in(server: Server, archive: Archive, capture: Capture) -> None:
    """The size limit ends it; the capture stays to be read."""
    always(server, memento(b"x" * (2 << 20), length=None))
    with pytest.raises(CaptureError, match="max_body_megabytes") as caught:
        archive.replay.fetch(capture)
    assert not caught.value.final


@pytest.fixture
def config(config: Config) -> Config:
    return config._replace(max_body_megabytes=1)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + ": ".join(MEMENTO).encode() + b"\r\n"
CUT = {
    "by its length": HEAD + b"Content-Length: 500\r\n\r\n" + PAGE,
    "by its chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(PAGE), PAGE),
    "in a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n" + PAGE,
    "by its archived length": HEAD + b"X-Archive-Orig-Content-Length: 500\r\n\r\n" + PAGE,
    "in its encoding": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE + b"x" * 50, mtime=0)[:-12],
}


@pytest.mark.parametrize("raw", CUT.values(), ids=CUT)
def test_a_body_cut_short_is_asked_for_again_and_then_kept_as_cut(
    server: Server, archive: Archive, capture: Capture, raw: bytes
) -> None:
    """A cut transfer is tried again; if it never comes whole, what came is returned, marked as truncated."""
    always(server, Reply(raw=raw))
    found = archive.replay.fetch(capture)
    assert found.truncated
    assert found.body.startswith(PAGE[:30])
    assert len(server.requests) == 4
    server.requests.clear()
    server.answer = lambda request: Reply(raw=raw) if len(server.requests) < 3 else memento()
    assert archive.replay.fetch(capture).truncated is None
    assert len(server.requests) == 3


@pytest.mark.parametrize("place", range(4))
def test_a_cut_among_other_troubles_is_not_believed(
    server: Server, archive: Archive, capture: Capture, place: int
) -> None:
    """A fragment says nothing final when the archive stumbled over the same capture otherwise as well."""
    server.answer = lambda request: (
        Reply(raw=next(iter(CUT.values()))) if len(server.requests) != place + 1 else Reply(200, [], b"shell")
    )
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert not caught.value.final
    assert len(server.requests) == 4


def test_a_short_body_whose_digest_differs_is_asked_for_again(
    server: Server, archive: Archive, capture: Capture
) -> None:
    """Where nothing tells the length, a differing digest is reason to ask again, and only that."""
    half = PAGE[:20]
    server.answer = lambda request: Reply(raw=HEAD + b"\r\n" + (half if len(server.requests) == 1 else PAGE))
    found = archive.replay.fetch(capture._replace(digest=digest(PAGE)))
    assert (found.body, found.truncated, found.digest_check) == (PAGE, None, DigestCheck.MATCH)


def test_no_html_whose_digest_differs_is_no_html_page(server: Server, archive: Archive, capture: Capture) -> None:
    """Two things contradict it, so it is a part as no byte is; of another type, or with the digest, it stands."""
    server.answer = lambda request: Reply(raw=HEAD + b"\r\nnull")
    assert archive.replay.fetch(capture._replace(digest=digest(PAGE))).truncated
    assert not archive.replay.fetch(capture._replace(digest=digest(b"null"))).truncated
    server.answer = lambda request: Reply(raw=HEAD.replace(b"text/html", b"text/plain") + b"\r\nnull")
    assert not archive.replay.fetch(capture._replace(digest=digest(PAGE))).truncated


def test_a_digest_alone_never_fails_a_page(server: Server, archive: Archive, capture: Capture) -> None:
    """A page that differs from its digest is returned with `mismatch`; the same bytes twice are taken as whole."""
    always(server, memento())
    found = archive.replay.fetch(capture._replace(digest="B" * 32))
    assert (found.truncated, found.digest_check) == (None, DigestCheck.MISMATCH)
    assert len(server.requests) == 2


def test_the_same_bytes_again_are_an_answer_to_a_probe(
    server: Server, archive: Archive, capture: Capture, limiter: RateLimiter
) -> None:
    """Others do not wait for another one, though the digest differs: the archive is there."""
    replies = [memento(), Reply(429), memento()]
    server.answer = lambda request: replies[len(server.requests) - 1]
    assert archive.replay.fetch(capture._replace(digest="B" * 32)).body == PAGE
    assert not limiter.status().probing


def test_a_page_that_differs_each_time_is_whole_with_a_mismatch(
    server: Server, archive: Archive, capture: Capture
) -> None:
    """Neither another body each time nor trouble after the first makes a page look cut whose digest alone differs."""
    server.answer = lambda request: memento(PAGE + b"<!-- %d -->" % len(server.requests))
    found = archive.replay.fetch(capture._replace(digest="B" * 32))
    assert (found.truncated, found.digest_check) == (None, DigestCheck.MISMATCH)
    server.requests.clear()
    server.answer = lambda request: memento() if len(server.requests) == 1 else Reply(200, [], b"shell")
    found = archive.replay.fetch(capture._replace(digest="B" * 32, timestamp="20200401123456"))
    assert (found.body, found.truncated) == (PAGE, None)


@pytest.mark.parametrize("text", ["", "-", "sha1:XYZ", "0" * 39, "é" * 32])
def test_an_odd_digest_is_unverifiable(server: Server, archive: Archive, capture: Capture, text: str) -> None:
    """What is no digest is compared with nothing."""
    always(server, memento())
    assert archive.replay.fetch(capture._replace(digest=text)).digest_check is DigestCheck.UNVERIFIABLE


def test_a_digest_is_compared_whatever_its_spelling(server: Server, archive: Archive, capture: Capture) -> None:
    """As everywhere else: a listing may give hexadecimal digits, or name the algorithm."""
    always(server, memento())
    sha1 = hashlib.sha1(PAGE)
    for text in (sha1.hexdigest(), f"sha1:{sha1.hexdigest().upper()}", f"sha1:{digest(PAGE)}"):
        assert archive.replay.fetch(capture._replace(digest=text)).digest_check is DigestCheck.MATCH


@pytest.mark.parametrize("modifier", ["", "im_"])
def test_other_modifiers_are_asked_for_as_well(
    server: Server, archive: Archive, capture: Capture, modifier: str
) -> None:
    """The rewritten page and images; a rewritten page has no digest."""
    always(server, memento(PAGE, ("Content-Encoding", "gzip")))
    found = archive.replay.fetch(capture._replace(digest=digest(PAGE)), modifier)
    assert server.requests[0].path == f"/web/20200401123456{modifier}/{URL}"
    assert found.digest_check is (DigestCheck.UNVERIFIABLE if not modifier else DigestCheck.MATCH)


def test_pywbs_headers_are_the_archived_ones_without_prefix(server: Server, archive: Archive, capture: Capture) -> None:
    """pywb prefixes nothing and adds its own few headers."""
    pywb = [
        ("Content-Type", "text/html"), ("X-Frame-Options", "DENY"), MEMENTO, LINK, ("Preference-Applied", "raw"),
        ("Content-Location", "x"), ("Vary", "Prefer"),
    ]  # fmt: skip
    always(server, Reply(200, pywb, PAGE))
    headers = archive.replay.fetch(capture).headers
    assert [header for header in headers if header[0] != "Content-Length"] == pywb[:2]


def test_rel_original_is_found_among_other_links() -> None:
    """The header lists many; the archive escapes ampersands in it."""
    assert (
        original_of_link('<http://a/?x=1&amp;y=2>; rel="original", <http://b>; rel="timegate"') == "http://a/?x=1&y=2"
    )
    assert original_of_link('<http://b>; rel="timegate", <http://a/,b>; datetime="x, y"; rel=original') == "http://a/,b"
    assert original_of_link('<http://b>; rel="first memento"; datetime="Wed, 01 Apr 2020 12:34:56 GMT"') is None


def test_other_articles_are_other_resources() -> None:
    """What the site tells apart, we do."""
    assert not same_resource("https://hkcnews.com/article/28325", "https://hkcnews.com/article/283250")
    assert not same_resource("https://hkcnews.com/article/1?page=1", "https://hkcnews.com/article/1?page=2")
    assert not same_resource("https://hkcnews.com:8080/article/1", "https://hkcnews.com/article/1")
    assert same_resource("hkcnews.com/article/1/%E7%A4%BE", "http://www.hkcnews.com/article/1/社")
