"""A few hundred made-up articles, with the captures that a closed site leaves behind and the state each must end in."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tests.server import HTML, Saved
from tests.server.make import (
    Box,
    article_page,
    article_url,
    challenge_page,
    empty_page,
    farewell_page,
    home_page,
    saved_redirect,
)

FIRST_ID = 20_001


@dataclass(frozen=True, slots=True)
class Corpus:
    """Captures, and for every id the state it must be in at the end."""

    saved: tuple[Saved, ...]
    states: dict[int, str]

    @property
    def ids(self) -> str:
        """The ids as the command line takes them."""
        return f"{min(self.states)}-{max(self.states)}"


def moment(source: random.Random, first: str, last: str) -> str:
    """Return a random timestamp between two days."""
    begin, end = (datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC) for day in (first, last))
    at = begin + timedelta(seconds=source.randrange(int((end - begin).total_seconds())))
    return at.strftime("%Y%m%d%H%M%S")


def good(source: random.Random, article_id: int, url: str = "") -> Saved:
    """Return an intact capture from the site's lifetime; some as gzip."""
    box = Box("何路") if article_id % 4 == 0 else None
    body = article_page(
        article_id,
        category="博客" if box else "眾聞",
        author="何路" if box else None,
        box=box,
        plea=article_id % 3 == 0,
        surroundings=f"<p>{source.randrange(10**6)}</p>",
    )
    slug = f"第{article_id}號"  # the archive lists nearly all percent-encoded
    own = article_url(article_id, slug if article_id % 20 == 14 else quote(slug))
    saved = Saved(url or own, moment(source, "20190701", "20211231"), body)
    if article_id % 7 == 0:
        saved = replace(saved, payload=gzip.compress(body, mtime=0), headers=(*HTML, ("Content-Encoding", "gzip")))
    return saved


def farewell(source: random.Random, article_id: int) -> Saved:
    """Return a capture from after the closure."""
    return Saved(article_url(article_id), moment(source, "20220901", "20251101"), farewell_page())


def generate(size: int = 200, seed: int = 1) -> Corpus:
    """Return a corpus; the same size and seed give the same one."""
    source = random.Random(seed)
    saved: list[Saved] = []
    states: dict[int, str] = {}
    for article_id in range(FIRST_ID, FIRST_ID + size):
        captures, state = one(source, article_id)
        saved += captures
        states[article_id] = state
    return Corpus(tuple(saved), states)


def one(source: random.Random, article_id: int) -> tuple[list[Saved], str]:
    """Return the captures of one id, and its state. The last digits say which case it is, so all are met often."""
    url = article_url(article_id)
    text, late = good(source, article_id), farewell(source, article_id)
    match article_id % 20:
        case 1:  # nothing but the farewell page
            return [late, replace(late, timestamp=moment(source, "20220901", "20251101"))], "unrecoverable"
        case 2:  # a page that nobody can read yet
            page = article_page(article_id).replace(b"article-content", b"story").replace(b"article-info", b"meta")
            return [replace(text, payload=page, headers=HTML), late], "unknown_layout"
        case 7:  # a challenge and the home page's make-up, and no text anywhere
            pages = (challenge_page(), home_page())
            return [Saved(url, f"2021010100000{n}", page) for n, page in enumerate(pages)], "unrecoverable"
        case 8:
            return [], "never_captured"
        case case:
            return [text, *_beside(source, case, text), late], "written"


def _beside(source: random.Random, case: int, text: Saved) -> list[Saved]:
    """Return what else was captured of an article of which `text` is an intact capture."""
    url = "/".join(text.url.split("/")[:5])
    match case:
        case 3:  # an empty page, later than the text
            return [Saved(f"{url}/-", "20220102000000", empty_page())]
        case 4:  # the site itself refused the crawler
            return [Saved(url, "20220101000000", b"<h1>slow down</h1>", 429, "Too Many Requests")]
        case 5:  # http led to https; later all led to the home page
            moved = saved_redirect(url.replace("https", "http"), "20190102030405", url)
            return [moved, saved_redirect(url, "20220102000000", "https://www.hkcnews.com/")]
        case 6:  # a revisit of the same bytes
            return [replace(text, timestamp=moment(source, "20220101", "20220103"), revisit=True)]
        case 9:  # listed, and yet replay does not have it
            return [replace(text, url=url, timestamp="20220102000000", stored=False)]
        case 10:  # a later capture under a destroyed URL
            return [replace(text, url=f"{url}/%EF%BF%BD%EF%BF%BD", timestamp="20220101000000")]
        case 11:  # a picture below the article's path
            image = (("Content-Type", "image/jpeg"),)
            return [Saved(f"{url}/images/photo.jpg", "20210102030405", b"\xff\xd8\xff\xe0 no picture", headers=image)]
        case 12:  # an impossible timestamp in the index
            return [replace(text, url=url, timestamp="20210101000000", row={"timestamp": "20210042000000"})]
        case _:
            return [good(source, int(url.rsplit("/", 1)[1]))] if case % 2 else []
