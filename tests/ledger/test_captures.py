from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.ledger import Ledger, Question
from scraper.ledger.mementos import Kept
from scraper.models import Article, Capture, DigestCheck, Lack, Reading, State, Verdict
from scraper.selection.candidates import Attempt

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
STAMPS = st.datetimes().map(lambda moment: f"{moment:%Y%m%d%H%M%S}".zfill(14))
CAPTURES = st.builds(Capture, TEXT, STAMPS, TEXT, TEXT, TEXT, TEXT, TEXT)
ARTICLES = st.builds(Article, TEXT, TEXT, TEXT, TEXT, TEXT)
READINGS = st.builds(
    Reading,
    st.sampled_from(Verdict),
    st.none() | ARTICLES,
    TEXT,
    st.none() | TEXT,
    st.dictionaries(TEXT, TEXT, max_size=3),
    st.frozensets(st.sampled_from(Lack)),
    TEXT,
    st.lists(st.integers(-(2**40), 2**40), max_size=4).map(tuple),
)
MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ATTEMPTS = st.builds(Attempt, st.sampled_from(Verdict), st.integers(0, 99), st.booleans(), st.none() | MOMENTS, TEXT)
PLAIN = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_long_originals_are_not_held_in_memory(ledger: Ledger) -> None:
    """A server may list a thousand of 60,000 characters; what is read of one article is let go of behind it."""
    numbers = range(1, 201)
    tracemalloc.start()
    for number in numbers:
        original = f"https://www.hkcnews.com/article/{number}/{'a' * 60_000}"
        ledger.captures.add(number, Capture("", "20200607080910", original, "", "", "", ""))
    for number in numbers:
        assert len(ledger.captures.of_article(number)) == 1
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 30 << 20


@PLAIN
@given(capture=CAPTURES, reading=READINGS, attempt=ATTEMPTS, check=st.sampled_from(DigestCheck))
def test_what_goes_in_comes_out(
    ledger: Ledger, capture: Capture, reading: Reading, attempt: Attempt, check: DigestCheck
) -> None:
    """Captures, readings and attempts come back as they were given, whatever text they hold."""
    with ledger.transaction():
        for table in ("captures", "readings", "attempts"):
            ledger._db.do(f"DELETE FROM {table}")
        ledger.captures.add(11, capture)
        ledger.captures.record_read(11, capture, reading, digest_check=check, page_sha256="ab")
        ledger.captures.record_attempt(11, capture, attempt)
    (known,) = ledger.captures.of_article(11)
    assert known.capture == capture
    assert known.attempt == attempt
    assert known.read is not None
    wanted = reading.verdict, reading.lacks, reading.text_sha256, reading.completeness, reading.detail
    assert known.read[:5] == wanted
    told = "SELECT layout, digest_check, title, text FROM readings JOIN said ON said.id = readings"
    layout, digest_check, title, readings = ledger._db.one(told)
    assert (layout, digest_check, json.loads(readings)) == (reading.layout, check, reading.readings)
    assert title == (reading.article.title if reading.article else None)


def capture(article: int, statuscode: str = "200", digest: str = "F" * 32) -> Capture:
    return Capture(
        "k", "20220301000000", f"https://www.hkcnews.com/article/{article}", "text/html", statuscode, digest, "9"
    )


def shared_by_five(open_ledger: Callable[..., Ledger], *more: Capture) -> Ledger:
    ledger = open_ledger()
    listing = ledger.listings.open(Question("x", "prefix"))
    rows = [*(capture(article) for article in range(10, 15)), *more]
    ledger.listings.add_page(listing.id, rows, [], resume_key=None, complete=True)
    ledger.captures.count_shared()
    return ledger


def read(ledger: Ledger, article: int, verdict: Verdict, check: DigestCheck = DigestCheck.MATCH) -> None:
    ledger.captures.record_read(article, capture(article), Reading(verdict), digest_check=check, page_sha256="")


def borrowed(ledger: Ledger, article: int) -> list[Verdict | None]:
    return [
        known.read.verdict if known.read and known.read.by_digest else None
        for known in ledger.captures.of_article(article)
    ]


def test_what_one_of_many_turned_out_to_be_the_others_are(open_ledger: Callable[..., Ledger]) -> None:
    """The verdict on a page under five ids holds for all of them, and for a revisit of it."""
    revisit = capture(20, "-")
    ledger = shared_by_five(open_ledger, revisit)
    assert borrowed(ledger, 12) == [None]
    read(ledger, 10, Verdict.FAREWELL)
    assert borrowed(ledger, 12) == [Verdict.FAREWELL]
    assert borrowed(ledger, 20) == [Verdict.FAREWELL]


def test_an_article_is_never_lent_and_bytes_that_differ_say_nothing(open_ledger: Callable[..., Ledger]) -> None:
    """Two ids with one digest are two articles; a payload that is not what the digest says proves nothing."""
    ledger = shared_by_five(open_ledger)
    read(ledger, 10, Verdict.ARTICLE)
    read(ledger, 11, Verdict.FAREWELL, DigestCheck.MISMATCH)
    assert borrowed(ledger, 12) == [None]


def test_another_status_is_another_page(open_ledger: Callable[..., Ledger]) -> None:
    """The same bytes served with another status have to be read on their own."""
    ledger = shared_by_five(open_ledger, capture(20, "404"))
    read(ledger, 10, Verdict.FAREWELL)
    assert borrowed(ledger, 20) == [None]


def test_a_new_capture_opens_what_was_concluded(open_ledger: Callable[..., Ledger]) -> None:
    """An id that was given up waits again as soon as a listing names another capture of it."""
    ledger = open_ledger()
    ledger.articles.set_state(12, "unrecoverable", "all were tried", due=None)  # type: ignore[arg-type]
    ledger.articles.set_state(13, "never_captured", "none", due=None)  # type: ignore[arg-type]
    listing = ledger.listings.open(Question("x", "prefix"))
    ledger.listings.add_page(listing.id, [capture(12), capture(13)], [], resume_key=None, complete=True)
    rows = [ledger.articles.get(article) for article in (12, 13)]
    assert [(row.state, row.due) for row in rows if row] == [("waiting", "")] * 2


def test_kept_pages_are_found_by_capture_and_by_content(open_ledger: Callable[..., Ledger]) -> None:
    """And the end of the known part of each file is known, for taking up what a crash left."""
    ledger = open_ledger()
    first = Kept("https://a/", "20200101000000", 11, "captures-00001.warc.gz", 100, 50, "S", "P", "match")
    ledger.mementos.add(first)
    ledger.mementos.add(first._replace(timestamp="20210101000000", offset=150, length=10))
    assert ledger.mementos.get("https://a/", "20200101000000") == first
    assert ledger.mementos.get("https://a/", "20200101000001") is None
    assert ledger.mementos.payload("S") == first
    assert ledger.mementos.payload("T") is None
    assert ledger.mementos.ends() == {"captures-00001.warc.gz": 160}


def test_what_a_revisit_repeats_is_among_what_was_tried(ledger: Ledger) -> None:
    """A row without a status of its own has the verdict of its digest: a state that rests on it names it."""
    rows = {
        article: Capture("k", "20220301000000", f"https://x/article/{article}", mimetype, status, "D" * 32, "1")
        for article, mimetype, status in [
            *((one, "text/html", "200") for one in range(10, 15)),
            (15, "warc/revisit", "-"),
        ]
    }
    for article, row in rows.items():
        ledger.articles.add_ids([article], "cdx")
        ledger.captures.add(article, row)
        ledger.articles.set_state(article, State.UNRECOVERABLE, "all captures were tried", due=None)
    ledger.captures.count_shared()
    ledger.captures.record_read(
        10, rows[10], Reading(Verdict.FAREWELL), digest_check=DigestCheck.MATCH, page_sha256="ab"
    )
    entry = ledger.evidence.of_article(15)
    assert entry is not None
    assert [(one.original, one.verdict) for one in entry.tried] == [("https://x/article/15", "farewell")]
