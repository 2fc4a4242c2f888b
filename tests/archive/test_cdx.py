"""Listings: every oddity of the service, of the shape that was recorded or seen, over real HTTP."""

from __future__ import annotations

import gzip
import itertools
import json
import sys
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

import brotli
import pytest

from scraper.archive.cdx_rows import RowReader
from scraper.errors import ArchiveRefused, ListingBlocked, ListingFailed, Stopped
from scraper.models import Capture
from scraper.times import is_timestamp
from tests.archive.conftest import Reply, Request

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from scraper.archive.cdx import ListingPage
    from scraper.archive.client import Archive
    from scraper.archive.ratelimit.limiter import RateLimiter
    from scraper.config import Config
    from tests.archive.conftest import Server
    from tests.clocks import ManualClock

HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
BLOCKED = (
    "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: "
    "Blocked Site Error\n"
)


def row(number: int, timestamp: str = "20200101000000") -> Capture:
    url = f"https://www.hkcnews.com/article/{number}"
    return Capture(f"com,hkcnews)/article/{number}", timestamp, url, "text/html", "200", "A" * 32, "1234")


ROWS = [row(number, f"2020010100000{second}") for number in range(100, 110) for second in range(3)]


def as_json(rows: Sequence[Sequence[str]], key: str | None = None) -> bytes:
    if not rows and key is None:
        return b"[]\n"
    tail: list[Sequence[str]] = [[], [key]] if key is not None else []
    return ("[" + ",\n".join(json.dumps(list(line)) for line in (HEADER, *rows, *tail)) + "]\n").encode()


def key_behind(capture: Capture) -> str:
    last = chr(ord(capture.timestamp[-1]) + 1)
    return quote_plus(f"{capture.urlkey} {capture.timestamp[:-1]}{last}")


def serve(
    rows: Sequence[Capture], write: Callable[[Sequence[Capture], str | None], bytes] = as_json
) -> Callable[[Request], Reply]:
    """Answer as the real service does: `limit` rows from the key on, and a key whenever the page is full."""

    def answer(request: Request) -> Reply:
        start = unquote_plus(request.query.get("resumeKey", ""))
        chosen = [row for row in rows if f"{row.urlkey} {row.timestamp}" >= start][: int(request.query["limit"])]
        full = len(chosen) == int(request.query["limit"])
        return Reply(body=write(chosen, key_behind(chosen[-1]) if full else None))

    return answer


def within(request: Request, rows: Sequence[Capture] = ROWS) -> list[Capture]:
    """The rows between `from` and `to`, which every service knows."""
    begin, end = (request.query.get(name, default) for name, default in (("from", ""), ("to", "9")))
    return [row for row in rows if begin <= row.timestamp <= end]


def listed(archive: Archive, **more: str) -> list[ListingPage]:
    return list(archive.cdx.pages("hkcnews.com/article/", "prefix", **more))


def rows_of(pages: Sequence[ListingPage]) -> list[Capture]:
    return [row for page in pages for row in page.rows]


def drained(archive: Archive) -> tuple[list[ListingPage], ListingFailed]:
    """The pages that came before the listing failed, and how it failed."""
    pages: list[ListingPage] = []
    listing = archive.cdx.pages("hkcnews.com/article/", "prefix")
    while True:
        try:
            pages.append(next(listing))
        except ListingFailed as error:
            return pages, error


@pytest.fixture
def config(config: Config) -> Config:
    return config._replace(cdx_page_rows=7)


def test_pages_are_followed_by_their_keys_and_the_end_is_proved(server: Server, archive: Archive) -> None:
    """All rows come once; keys are sent as they were given, encoded anew; the last question comes back empty."""
    server.answer = serve(ROWS)
    pages = listed(archive)
    assert rows_of(pages) == ROWS
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    first, second = server.requests[:2]
    assert first.query["output"] == "json"
    assert first.query["fl"].split(",")[0] == "urlkey"
    assert first.query["showResumeKey"] == "true"
    assert second.query["resumeKey"] == key_behind(ROWS[6])
    assert "resumeKey=com%252Chkcnews%2529%252Farticle%252F102%2B20200101000001" in second.path
    assert server.requests[-1].query["resumeKey"] == key_behind(ROWS[-1])


def test_from_and_to_and_a_saved_key_are_passed_on(server: Server, archive: Archive) -> None:
    """A listing goes on where an earlier one stood, with the same question."""
    server.answer = serve(ROWS)
    pages = listed(archive, from_ts="2020", to_ts="2021", resume_key=key_behind(ROWS[20]))
    assert rows_of(pages) == ROWS[21:]
    assert {request.query["from"] + request.query["to"] for request in server.requests} == {"20202021"}


def test_the_page_says_where_to_go_on(server: Server, archive: Archive) -> None:
    """With each page's key, a new listing gives what had not been given, whatever page was the last."""
    server.answer = serve(ROWS)
    for at, page in enumerate(listed(archive)[:-1]):
        rest = rows_of(listed(archive, resume_key=page.resume_key or ""))
        assert set(ROWS) - set(rows_of(listed(archive)[: at + 1])) <= set(rest)


def test_an_exact_boundary_is_a_key_and_then_an_empty_page(server: Server, archive: Archive) -> None:
    """Seven rows with a limit of seven: a key, then nothing; that is complete, with no third question."""
    server.answer = serve(ROWS[:7])
    pages = listed(archive)
    assert rows_of(pages) == ROWS[:7]
    assert pages[-1].complete
    assert len(server.requests) == 2


def test_no_rows_at_all_is_an_empty_complete_listing(server: Server, archive: Archive) -> None:
    """`[]` says that there is nothing."""
    server.answer = lambda request: Reply(body=b"[]")
    pages = listed(archive)
    assert [(page.rows, page.complete) for page in pages] == [([], True)]


def test_a_listing_that_ends_early_without_key_or_error_is_gone_on_with(server: Server, archive: Archive) -> None:
    """The service drops rows silently: the question from just behind the last row finds the rest."""
    honest = serve(ROWS)

    def early(request: Request) -> Reply:
        if len(server.requests) in (1, 3):
            start = 0 if len(server.requests) == 1 else 4
            return Reply(body=as_json(ROWS[start : start + 4]))
        return honest(request)

    server.answer = early
    pages = listed(archive)
    assert sorted(set(rows_of(pages))) == ROWS
    assert pages[-1].complete


def test_a_listing_that_ends_early_between_twins_is_asked_for_both(server: Server, archive: Archive) -> None:
    """The question from behind one of two rows of the same URL and second would never give the other."""
    twins = [row(5), row(5)._replace(original="http://hkcnews.com/article/5"), row(6)]
    honest = serve(twins)
    server.answer = lambda request: Reply(body=as_json(twins[:1])) if len(server.requests) == 1 else honest(request)
    pages = listed(archive)
    assert set(rows_of(pages)) == set(twins)
    assert pages[-1].complete


@pytest.mark.parametrize(
    "to_a_stranger",
    [
        Reply(400, body=b"bad resumeKey"),
        Reply(500, body=b"Internal Server Error"),
        Reply(raw=b""),
        Reply(body=as_json(ROWS[:7])),
        Reply(body=as_json(ROWS[:7], "#7")),
    ],
    ids=["refused", "an error", "dropped", "begins anew and ends early", "begins anew"],
)
def test_a_service_that_takes_only_keys_of_its_own_make_gives_a_partial_list(
    server: Server, archive: Archive, to_a_stranger: Reply
) -> None:
    """All its rows come, and nothing proves that they are all: it takes no key made up for the last one."""

    def answer(request: Request) -> Reply:
        given = request.query.get("resumeKey", "#0")
        if not given.startswith("#") or "limit" not in request.query:
            return to_a_stranger
        start = int(given[1:])
        chosen = ROWS[start : start + int(request.query["limit"])]
        return Reply(body=as_json(chosen, f"#{start + 7}" if len(chosen) == 7 else None))

    server.answer = answer
    pages, error = drained(archive)
    assert "partial" in str(error)
    assert set(rows_of(pages)) == set(ROWS)
    assert not any(page.complete for page in pages)


FORGOTTEN = {
    "refused": Reply(400, body=b"bad resumeKey"),
    "another status": Reply(410, body=b"Gone"),
    "an error": Reply(500, body=b"Internal Server Error"),
    "dropped": Reply(raw=b""),
    "a page": Reply(body=b"<html>no such key</html>"),
    "nothing": Reply(body=b""),
}


@pytest.mark.parametrize("reply", FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_saved_key_that_the_service_does_not_know_begins_the_list_anew(
    server: Server, archive: Archive, reply: Reply
) -> None:
    """A key that was forgotten since the earlier run does not keep a listing partial for ever."""
    honest = serve(ROWS)
    server.answer = lambda request: reply if request.query.get("resumeKey") == "forgotten" else honest(request)
    pages = listed(archive, resume_key="forgotten")
    assert rows_of(pages) == ROWS
    assert pages[-1].complete


@pytest.mark.parametrize(
    ("reply", "error"),
    [(Reply(429), ArchiveRefused), (Reply(403, body=BLOCKED.encode()), ListingBlocked), (Reply(504), ListingFailed)],
    ids=["throttled", "blocked", "too slow"],
)
def test_a_refusal_of_a_saved_key_is_no_forgotten_key(
    server: Server, archive: Archive, reply: Reply, error: type[Exception]
) -> None:
    """Who refuses, or takes too long, has not said that the key is unknown: nothing is asked from the beginning."""
    server.answer = lambda request: reply
    with pytest.raises(error):
        listed(archive, resume_key="kept")
    assert {request.query.get("resumeKey") for request in server.requests} == {"kept"}


def test_an_archive_that_answers_nothing_to_anything_has_not_ended_a_list_of_which_rows_came(
    server: Server, archive: Archive
) -> None:
    """Neither for the key of the earlier run nor from the beginning is a body of 0 bytes the end."""
    server.answer = lambda request: Reply(body=b"")
    with pytest.raises(ListingFailed):
        listed(archive, resume_key=key_behind(ROWS[6]))
    assert {request.query.get("resumeKey") for request in server.requests} == {key_behind(ROWS[6]), None}


def test_the_same_key_twice_ends_the_listing_as_partial(server: Server, archive: Archive) -> None:
    """A key that was given before would go round for ever: what was read stands, and nothing is called complete."""
    server.answer = lambda request: Reply(body=as_json(ROWS[:3], key_behind(ROWS[2])))
    seen, error = drained(archive)
    assert "twice" in str(error)
    assert rows_of(seen)[:3] == ROWS[:3]
    assert not any(page.complete for page in seen)
    assert len(server.requests) < 5


@pytest.mark.parametrize("cut", [-1, -9, -40, -130, -200])
def test_a_cut_in_a_row_keeps_the_whole_rows_and_goes_on_behind_them(
    server: Server, archive: Archive, cut: int
) -> None:
    """A body that ends within a row, though its length says it is whole, is asked for again from the last whole row."""
    honest = serve(ROWS)

    def cut_once(request: Request) -> Reply:
        reply = honest(request)
        if len(server.requests) == 2:
            reply.body = reply.body.rstrip()[:cut]
        return reply

    server.answer = cut_once
    pages = listed(archive)
    assert sorted(set(rows_of(pages))) == ROWS
    assert pages[-1].complete


def test_a_cut_between_rows_of_one_second_loses_none(server: Server, archive: Archive) -> None:
    """Captures of one URL in one second (http and https) have one key: the last row is asked for again."""
    twins = [row(5), row(5)._replace(original="http://hkcnews.com/article/5"), row(6)]
    honest = serve(twins)

    def cut_once(request: Request) -> Reply:
        if len(server.requests) == 1:
            return Reply(body=as_json(twins[:1]).rstrip()[:-1])
        return honest(request)

    server.answer = cut_once
    assert set(rows_of(listed(archive))) == set(twins)


def test_a_listing_that_is_cut_every_time_is_partial_with_all_that_was_whole(server: Server, archive: Archive) -> None:
    """When no try gets further the listing fails; its last page says where to go on."""
    server.answer = lambda request: Reply(body=as_json(ROWS[:5])[:-60], length=5000)
    pages, error = drained(archive)
    assert "cut short" in str(error)
    assert error.__cause__ is not None
    assert set(rows_of(pages)) == set(ROWS[:4])
    assert pages[-1].resume_key == f"com%2Chkcnews%29%2Farticle%2F101+{ROWS[3].timestamp}"


def test_a_service_that_knows_neither_limit_nor_keys_works(server: Server, archive: Archive) -> None:
    """All rows in one answer, whatever the key: complete once the same ones came for each stretch of time."""
    server.answer = lambda request: Reply(body=as_json(within(request)))
    pages = listed(archive)
    assert sorted(set(rows_of(pages))) == ROWS
    assert max(len(page.rows) for page in pages) <= 30
    assert pages[-1].complete
    assert len(server.requests) <= 9


def test_a_service_that_knows_limits_but_no_keys_is_asked_without_limit(server: Server, archive: Archive) -> None:
    """Where a full page cannot be gone on from, the whole is asked for at once."""
    server.answer = lambda request: Reply(body=as_json(within(request)[: int(request.query.get("limit", "99"))]))
    pages = listed(archive)
    assert sorted(set(rows_of(pages))) == ROWS
    assert pages[-1].complete


def as_text(rows: Sequence[Sequence[str]], key: str | None = None) -> bytes:
    lines = [" ".join(line) for line in rows]
    return "".join(f"{line}\n" for line in (lines if key is None else [*lines, "", key])).encode()


def as_pywb(rows: Sequence[Capture], key: str | None = None) -> bytes:
    def line(row: Capture) -> str:
        named = {"urlkey": row.urlkey, "timestamp": row.timestamp, "url": row.original, "mime": row.mimetype}
        return json.dumps(named | {"status": row.statuscode, "digest": row.digest, "length": row.length})

    return "".join(f"{line(row)}\n" for row in rows).encode()


@pytest.mark.parametrize(("write", "dialect"), [(as_text, "text"), (as_pywb, "pywb")])
def test_other_forms_of_answer_are_told_by_the_answer(
    server: Server, archive: Archive, write: Callable[..., bytes], dialect: str
) -> None:
    """Plain text and pywb's JSON lines are read as well; pywb's fields have other names and there are no keys."""
    server.answer = serve(ROWS, write) if dialect == "text" else lambda request: Reply(body=as_pywb(within(request)))
    pages = listed(archive)
    assert sorted(set(rows_of(pages))) == ROWS
    assert {page.dialect for page in pages} == {dialect}
    assert pages[-1].complete


def test_lines_of_pywb_may_end_as_those_of_windows_do_and_hold_other_line_ends() -> None:
    """Only a line feed ends a row: a URL may have U+2028 in it; of a carriage return before it nothing is told."""
    sound = ROWS[0]._replace(original=f"{ROWS[0].original}\u2028\x85")
    names = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length")
    reader = RowReader()
    reader.feed(json.dumps(dict(zip(names, sound, strict=True)), ensure_ascii=False) + '\r\n{"urlkey": broken}\r\n')
    reader.finish()
    assert reader.take() == ([sound], ['1 columns instead of 7: {"urlkey": broken}'])


def test_an_empty_body_is_believed_only_twice(server: Server, archive: Archive) -> None:
    """Nothing at all is not yet an answer; the question is asked again."""
    server.answer = lambda request: Reply(body=b"")
    assert [page.complete for page in listed(archive)] == [True]
    assert len(server.requests) == 2


@pytest.mark.parametrize("headers", [[("Content-Encoding", "gzip")], [("Content-Encoding", "gzip, gzip")], []])
def test_gzip_is_known_by_its_bytes(server: Server, archive: Archive, headers: list[tuple[str, str]]) -> None:
    """A compressed listing is read whatever its header says, and so is a plain one that claims to be compressed."""
    honest = serve(ROWS)

    def compressed(request: Request) -> Reply:
        body = honest(request).body
        return Reply(headers=headers, body=gzip.compress(body) if len(server.requests) % 2 else body)

    server.answer = compressed
    assert rows_of(listed(archive)) == ROWS


@pytest.mark.parametrize(
    ("name", "compressed"),
    [
        ("br", lambda body: brotli.compress(body, quality=1)),
        ("zstd", zstd.compress),
        ("", zstd.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("br, gzip", lambda body: gzip.compress(brotli.compress(body, quality=1))),
        ("br", bytes),
        ("deflate", bytes),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__qualname__", "twice"),
)
@pytest.mark.parametrize("count", [len(ROWS), 3_000])
def test_a_listing_is_decoded_as_replays_are(
    server: Server, archive: Archive, name: str, compressed: Callable[[bytes], bytes], count: int
) -> None:
    """Front ends answer in any encoding whatever was asked for, or name a wrong one; a cut one is asked for again."""
    rows = [*ROWS, *(row(number) for number in range(1_000, 1_000 + count - len(ROWS)))]
    honest = serve(rows)

    def answer(request: Request) -> Reply:
        body = compressed(honest(request).body)
        cut = len(server.requests) == 1 and compressed is not bytes
        return Reply(headers=[("Content-Encoding", name)], body=body[: len(body) - 20] if cut else body)

    server.answer = answer
    archive.cdx._rows = count
    assert set(rows_of(listed(archive))) == set(rows)


ENDLESS: dict[str, Callable[[], bytes]] = {
    "nested": lambda: b"[" * 1_000_000,
    "a row nested": lambda: b'[["urlkey"],\n' + b"[" * 100_000 + b"]" * 100_000 + b"]",
    "a pywb line nested": lambda: b'{"a":' * 100_000 + b"}" * 100_000 + b"\n",
    "a row of 40 MB": lambda: b'[["' + b"a" * 40_000_000 + b'"]]',
    "20 rows of 1 MB": lambda: b"[" + b",\n".join(b'["' + b"a" * 1_000_000 + b'"]' for _ in range(20)) + b"]",
    "a line of text": lambda: b"com,x)/ 20210304050607 http://x/ text/html 200 A " + b"9" * 40_000_000,
    "a number": lambda: b"[[" + b"9" * 1_000_000 + b"]]",
    "a gigabyte": lambda: gzip.compress(b'["' + b"a" * 200_000_000, 1),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_without_measure_is_refused_soon(server: Server, archive: Archive, name: str) -> None:
    """A failed listing, in little memory, whatever is nested or long without end."""
    body = ENDLESS[name]()
    server.answer = lambda request: Reply(body=body)
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(ListingFailed):
        listed(archive)
    assert time.process_time() - begun < 20
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_keys_that_lead_nowhere_end(server: Server, archive: Archive) -> None:
    """A service that gives the same rows again and again, each time with a new key, is left after some questions."""
    server.answer = lambda request: Reply(body=as_json(ROWS[:3], f"com,hkcnews)/article/1 {len(server.requests)}"))
    with pytest.raises(ListingFailed, match="nothing new"):
        listed(archive)
    assert len(server.requests) < 30


def test_a_blocked_site_is_an_error_of_its_own(server: Server, archive: Archive) -> None:
    """The recorded 403 is neither an empty list nor a passing trouble: it is said at once, with a way out."""
    server.answer = lambda request: Reply(403, [("Content-Type", "text/plain;charset=UTF-8")], BLOCKED.encode())
    with pytest.raises(ListingBlocked, match="blocks this site"):
        listed(archive)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(503, [("Content-Type", "text/html")], b"<html><h1>503 Service Unavailable</h1>"),
        Reply(502, [], b"<html><center><h1>502 Bad Gateway</h1></center>"),
        Reply(200, [("Content-Type", "text/html")], b"<!DOCTYPE html>\n<html><title>Wayback Machine</title>"),
        Reply(200, [("Content-Type", "text/html")], b"<html><h1>Temporarily Offline</h1></html>"),
        Reply(200, [], b"java.io.IOException: something broke\n"),
        Reply(200, [], b'{"message": "internal error"}\n'),
        Reply(400, [], b"Bad request"),
        Reply(404, [], b"not here"),
        Reply(403, [], b"Forbidden"),
        Reply(302, [("Location", "http://127.0.0.1:1/")], b""),
        Reply(raw=b""),
        Reply(raw=b"garbage\r\n\r\n"),
    ],
    ids=lambda reply: f"{reply.status}-{(reply.body or reply.raw or b'')[:20]!r}",
)
def test_an_answer_that_is_no_listing_is_never_an_empty_list(server: Server, archive: Archive, reply: Reply) -> None:
    """Pages of HTML, errors and nonsense end as a failed listing, with the last cause behind it."""
    server.answer = lambda request: reply
    with pytest.raises(ListingFailed) as caught:
        listed(archive)
    assert caught.value.__cause__ is not None
    assert 1 <= len(server.requests) <= 4


def test_a_passing_trouble_is_passed_over(server: Server, archive: Archive) -> None:
    """A 503 page, a reset and a stall cost tries, and then the listing goes on as if nothing had been."""
    honest = serve(ROWS)
    bad = {
        2: Reply(503, [], b"<html>"),
        4: Reply(raw=b""),
        6: Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n["),
    }
    server.answer = lambda request: bad.get(len(server.requests)) or honest(request)
    assert rows_of(listed(archive)) == ROWS


@pytest.mark.parametrize("status", [200, 403])
def test_the_firewalls_page_is_known_on_this_endpoint_too(
    server: Server, archive: Archive, limiter: RateLimiter, status: int
) -> None:
    """However much HTML stands before the words, everybody stops."""
    page = b"<!DOCTYPE html><html><style>" + b"p{} " * 2000 + b"</style><p>flagged as suspected abusive</p>"
    server.answer = lambda request: Reply(status, [("Content-Type", "text/html")], page)
    with pytest.raises(ArchiveRefused):
        listed(archive)
    assert limiter.status().reason == "banned"


def test_throttling_stops_the_listing_until_a_later_run(
    server: Server, archive: Archive, limiter: RateLimiter, clock: ManualClock
) -> None:
    """429 again and again: a minute's pause, one probe, then the run is over and says until when."""
    server.answer = lambda request: Reply(429, [], b"")
    with pytest.raises(ArchiveRefused):
        listed(archive)
    assert len(server.requests) == 2
    assert limiter.status().next_request_at > clock.now()


MALFORMED = [
    ["com,hkcnews)/article/1", "20000012170449", "http://hkcnews.com/article/1", "text/html", "200", "B" * 32, "1"],
    ["com,hkcnews)/article/1", "20200800241623", "http://hkcnews.com/article/1", "text/html", "200", "B" * 32, "1"],
    ["com,hkcnews)/article/1", "20200418003811", "some/not/even/url", "text/html", "200", "B" * 32, "1"],
    ["com,hkcnews)/article/1", "20200418003811", "http://hkcnews.com/article/1"],
]
TIME = "20200418003811"
ODD = [
    Capture("com,hkcnews)/article/2", TIME, "http://hkcnews.com:80/article/2", "warc/revisit", "-", "C" * 32, "-"),
    Capture("com,hkcnews)/article/3", TIME, "mailto:someone@hkcnews.com/article/3", "unk", "301", "C" * 32, "3"),
    Capture("com,hkcnews)/article/4", TIME, "http://hkcnews.com/article/4", "unk", "-", "-", "0"),
]


@pytest.mark.parametrize("write", [as_json, as_text])
def test_odd_rows_are_captures_and_malformed_ones_are_kept_apart(
    server: Server, archive: Archive, write: Callable[..., bytes]
) -> None:
    """Revisits, `-`, `:80` and mailto: are rows; impossible times and half rows are kept, with the reason."""
    server.answer = lambda request: Reply(body=write([] if "resumeKey" in request.query else [*MALFORMED, *ODD], None))
    pages = listed(archive)
    malformed = [line for page in pages for line in page.malformed]
    assert rows_of(pages)[:3] == ODD
    assert [line.split(":", 1)[0] for line in malformed[:4]] == [
        "no possible timestamp", "no possible timestamp", "no URL", "3 columns instead of 7",
    ]  # fmt: skip
    assert all("com,hkcnews)/article/1" in line for line in malformed)


def test_a_row_has_a_possible_timestamp_or_is_malformed() -> None:
    """By the calendar, whatever a quick look at digits would say; digits of other scripts are none."""
    days = [f"{year}{month:02}{day:02}" for year in (1900, 2019, 2020) for month in range(14) for day in range(33)]
    stamps = [f"{day}123456" for day in (*days, "00000101", "99991231")]
    stamps += [f"20200101{time}" for time in ("240000", "236000", "235960", "235959", "2359", "2359590", "23595\uff19")]
    reader = RowReader()
    reader.feed(as_json([row(1, stamp) for stamp in stamps]).decode())
    reader.finish()
    assert [one.timestamp for one in reader.captures] == list(filter(is_timestamp, stamps))
    assert len(reader.captures) + len(reader.malformed) == len(stamps)


def test_numbers_become_text(server: Server, archive: Archive) -> None:
    """A service that writes status and length as numbers."""
    rows = [[*row[:4], 200, row.digest, 1234] for row in ROWS[:5]]
    server.answer = lambda request: Reply(
        body=json.dumps([] if "resumeKey" in request.query else [HEADER, *rows]).encode()
    )
    assert rows_of(listed(archive)) == ROWS[:5]


def test_other_columns_than_were_asked_for_are_no_listing(server: Server, archive: Archive) -> None:
    """What cannot be read as rows is not a list without captures."""
    rows = [[row.timestamp, row.original, row.urlkey] for row in ROWS]
    server.answer = lambda request: Reply(body=json.dumps([["timestamp", "original", "urlkey"], *rows]).encode())
    pages, error = drained(archive)
    assert pages == []
    assert "no listing" in str(error)


def test_text_that_cannot_be_written_is_made_writable(server: Server, archive: Archive) -> None:
    """Half a surrogate pair in JSON would break the ledger and the next request."""
    server.answer = lambda request: Reply(
        body=as_json([] if "resumeKey" in request.query else [row(1)._replace(original="http://hkcnews.com/\ud83d")])
    )
    rows = rows_of(listed(archive))
    assert rows[0].original.encode() == b"http://hkcnews.com/?"


def test_an_answer_may_come_in_any_pieces() -> None:
    """Wherever the network cuts it, in the midst of an escape too: the same rows, all of which can be written."""
    rows = [row(1), row(2)._replace(original="http://hkcnews.com/\ud83d"), row(3)._replace(timestamp="20000012170449")]
    text = as_json([*rows, row(4)]).decode()
    assert "\\ud83d" in text
    for cut in range(len(text)):
        reader = RowReader()
        for piece in (text[:cut], text[cut:]):
            reader.feed(piece)
        reader.finish()
        assert reader.captures == [row(1), row(2)._replace(original="http://hkcnews.com/?"), row(4)]
        assert len(reader.malformed) == 1
        assert reader.whole


def test_waiting_for_a_listing_ends_when_the_run_is_stopped(
    server: Server, archive: Archive, stop: threading.Event
) -> None:
    """A set stop event ends the listing before its next question."""
    server.answer = serve(ROWS)
    pages = archive.cdx.pages("hkcnews.com/article/", "prefix")
    next(pages)
    stop.set()
    with pytest.raises(Stopped):
        list(pages)


@pytest.mark.parametrize("behind", [[], ROWS[:3]], ids=["alone", "instead of the proof"])
@pytest.mark.parametrize(
    "error", [b'[{"error": "overloaded"}]', b'["too many requests"]', as_json([["timed out"]]), b"[overloaded\n]\n]"]
)
def test_an_error_in_brackets_is_no_empty_list(
    server: Server, archive: Archive, error: bytes, behind: list[Capture]
) -> None:
    """It looks like a list of one odd row, and no capture stands beside it."""
    server.answer = lambda request: Reply(body=as_json(behind) if behind and len(server.requests) < 2 else error)
    pages, failed = drained(archive)
    assert rows_of(pages) == behind
    assert "no listing" in str(failed)


@pytest.mark.parametrize("sound", [ROWS[:3], []], ids=["behind sound rows", "alone"])
def test_rows_that_are_no_captures_at_the_end_do_not_keep_a_listing_open(
    server: Server, archive: Archive, sound: list[Capture]
) -> None:
    """Asked from behind the last sound row, the service gives the malformed ones again, each time: that is the end."""
    bad = [Capture(f"com,hkcnews)/article/{number}", "20200013000000", *row(1)[2:]) for number in (900, 901)]
    server.answer = serve([*sound, *bad])
    pages = list(itertools.islice(archive.cdx.pages("hkcnews.com/article/", "prefix"), 20))
    assert rows_of(pages) == sound
    assert pages[-1].complete
    assert {line for page in pages for line in page.malformed}
    assert len(server.requests) == 2
