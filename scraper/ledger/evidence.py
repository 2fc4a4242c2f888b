"""What the ledger can prove about each id: the capture that stands for it and everything that was tried. Reads only."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from scraper.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.ledger.database import Database, Row


class Tried(NamedTuple):
    """A capture that was asked for or judged, and what it was the last time."""

    timestamp: str
    original: str
    verdict: str


class Standing(NamedTuple):
    """The capture that stands for an id: that was written, or whose layout is unknown.

    `date` and `title` are those of the article, None for an unknown layout.
    """

    timestamp: str
    original: str
    urlkey: str
    digest: str
    digest_check: str
    layout: str | None
    readings: Mapping[str, str]
    page_sha256: str
    date: str | None
    title: str | None


class Entry(NamedTuple):
    """All that is proven about one id. `tried` stands in the order of time."""

    id: int
    state: State
    reason: str
    file: str | None
    file_sha256: str | None
    standing: Standing | None
    tried: tuple[Tried, ...]


# An unknown layout stands for its id by the latest page that has it; of an adopted file no page was read.
_ENTRIES = """
SELECT a.id, a.state, a.reason, a.file, a.file_sha256,
       c.timestamp, c.original, c.urlkey, c.digest, coalesce(r.digest_check, 'unverifiable'), r.layout,
       coalesce(r.readings, '{}'), coalesce(r.page_sha256, ''), r.date, r.title
FROM articles a
LEFT JOIN readings r ON r.article = a.id AND (r.timestamp, r.original) = (
    SELECT a.timestamp, a.original WHERE a.timestamp IS NOT NULL
    UNION ALL
    SELECT * FROM (SELECT u.timestamp, u.original FROM readings u
                   WHERE a.state = 'unknown_layout' AND u.article = a.id AND u.verdict = 'unknown_layout'
                   ORDER BY u.timestamp DESC, u.original)
    LIMIT 1)
LEFT JOIN captures c ON c.article = a.id AND c.timestamp = coalesce(r.timestamp, a.timestamp)
                    AND c.original = coalesce(r.original, a.original)
WHERE a.id BETWEEN ? AND ? ORDER BY a.id
"""

# What a page was, before what the page with the same bytes was under another id, before what the service said instead.
# Only captures of which something is known are looked up: there are twenty times as many. What was known of the same
# bytes says nothing for an article that is written, and changes as others are read.
_TRIED = """
WITH known (article, timestamp, original) AS (
    SELECT article, timestamp, original FROM readings WHERE article BETWEEN ?1 AND ?2
    UNION
    SELECT article, timestamp, original FROM attempts WHERE article BETWEEN ?1 AND ?2
    UNION
    SELECT c.article, c.timestamp, c.original
    FROM articles a
    CROSS JOIN captures c ON c.article = a.id
    JOIN shared s ON s.digest = c.digest AND s.statuscode = c.statuscode
    WHERE a.id BETWEEN ?1 AND ?2 AND a.state <> 'written' AND s.verdict IS NOT NULL
)
SELECT c.article, c.timestamp, c.original, coalesce(r.verdict, s.verdict, t.verdict)
FROM known k
CROSS JOIN captures c ON c.article = k.article AND c.timestamp = k.timestamp AND c.original = k.original
LEFT JOIN readings r ON r.article = c.article AND r.timestamp = c.timestamp AND r.original = c.original
LEFT JOIN shared s ON s.digest = c.digest AND s.statuscode = c.statuscode
LEFT JOIN attempts t ON t.article = c.article AND t.timestamp = c.timestamp AND t.original = c.original
ORDER BY c.article, c.timestamp, c.original
"""

_READINGS = """
SELECT won.key, won.value, count(*) FROM readings r, json_each(r.readings) won WHERE r.verdict = 'article' GROUP BY 1, 2
UNION ALL
SELECT 'layout', iif(verdict = 'article', coalesce(layout, 'none'), 'unknown'), count(*)
FROM readings WHERE verdict IN ('article', 'unknown_layout') GROUP BY 2
"""

_LAST = 2**62


class Evidence:
    """The part of the ledger that gives account."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def each(self, first: int = 0, last: int = _LAST) -> Iterator[Entry]:
        """Yield all ids, or those from `first` to `last`, in ascending order, in flat memory."""
        yield from self._between(first, last)

    def of(self, article: int) -> Entry | None:
        """Return one id, or None if it is not known."""
        return next(self._between(article, article), None)

    def readings(self) -> dict[str, dict[str, int]]:
        """Return, over all pages: field to reading to how often it won; ``layout`` counts layouts, and ``unknown``."""
        counts: dict[str, dict[str, int]] = {}
        for field, name, count in self._db.all(_READINGS):
            counts.setdefault(field, {})[name] = count
        return counts

    def _between(self, first: int, last: int) -> Iterator[Entry]:
        tried = groupby(self._db.each(_TRIED, (first, last)), key=lambda row: row[0])
        article, rows = next(tried, (None, iter(())))
        for row in self._db.each(_ENTRIES, (first, last)):
            while article is not None and article < row[0]:
                article, rows = next(tried, (None, iter(())))
            own = list(rows) if article == row[0] else []
            yield _entry(row, own)


def _entry(row: Row, rows: list[Row]) -> Entry:
    standing = None if row[5] is None else Standing._make((*row[5:11], _won(row[11]), *row[12:15]))
    return Entry(row[0], State(row[1]), row[2], row[3], row[4], standing, tuple(Tried(*one[1:]) for one in rows))


@lru_cache(maxsize=256)
def _won(text: str) -> Mapping[str, str]:
    """Return which readings won; most pages have those of many others."""
    won: dict[str, str] = json.loads(text)
    return won
