"""What the ledger can prove about each id: the capture that stands for it and everything that was tried. Reads only."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger.database import Part
from scraper.models import State, Verdict
from scraper.urls import urlkey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.ledger.database import Row
    from scraper.models import Lack


class Tried(NamedTuple):
    """A capture that was asked for or judged, and what it was the last time."""

    timestamp: str
    original: str
    verdict: str


@lru_cache(maxsize=64)
def _object(text: str) -> Mapping[str, str]:
    """Return a JSON object. Most pages say what many others do."""
    read: dict[str, str] = json.loads(text)
    return read


class ChosenCapture(NamedTuple):
    """The capture that stands for an id: that was written, or whose layout is unknown.

    `listed_urlkey` is None where it is what follows from the original. `won` and `told` are JSON objects: field to the
    reading that won, header of the archive's to its value. `date` and `title` are those of the article, None for an
    unknown layout.
    """

    timestamp: str
    original: str
    listed_urlkey: str | None
    digest: str
    digest_check: str
    layout: str | None
    won: str
    page_sha256: str
    date: str | None
    title: str | None
    told: str = "{}"

    @property
    def urlkey(self) -> str:
        """The urlkey as the listing gave it."""
        return urlkey(self.original) if self.listed_urlkey is None else self.listed_urlkey

    @property
    def provenance(self) -> Mapping[str, str]:
        """What the archive's answer said of where the capture comes from, by header."""
        return {key: value for key, value in _object(self.told).items() if value}

    @property
    def readings(self) -> Mapping[str, str]:
        """Field to the reading that won."""
        return _object(self.won)


class Witness(NamedTuple):
    """What the list of articles that says most says of an article, and how many lists name it."""

    title: str
    category: str
    author: str
    date: str
    timestamp: str
    original: str
    lists: int = 1


class Entry(NamedTuple):
    """All that is proven about one id. `tried` stands in the order of time; `known_from` only if not written.

    `vanished` are (timestamp, original) of captures that were listed once and are not any more.
    """

    id: int
    state: State
    reason: str
    file: str | None
    file_sha256: str | None
    chosen: ChosenCapture | None
    tried: tuple[Tried, ...]
    known_from: Witness | None = None
    vanished: tuple[tuple[str, str], ...] = ()


# A row for each reading of an id; an id without has one with the capture that its document names, if it has one: of an
# adopted file no page was read. Each capture is looked up once: there are twenty times as many, so they lie far apart.
_ENTRIES = """
SELECT a.id, a.state, a.reason, a.file, a.file_sha256, a.timestamp,
       r.article IS NULL OR (r.timestamp, r.original) = (a.timestamp, a.original),
       coalesce(r.timestamp, a.timestamp), uri(coalesce(r.original, a.original)), r.verdict, c.urlkey, c.digest,
       coalesce(r.digest_check, 'unverifiable'), r.layout,
       coalesce((SELECT text FROM said WHERE id = r.readings), '{}'), coalesce(r.page_sha256, ''), r.date,
       r.title, coalesce(m.provenance, '{}')
FROM articles a
LEFT JOIN readings r ON r.article = a.id
LEFT JOIN mementos m ON m.original = coalesce(r.original, a.original)
                    AND m.timestamp = coalesce(r.timestamp, a.timestamp)
LEFT JOIN captures c ON c.article = a.id AND c.timestamp = coalesce(r.timestamp, a.timestamp)
                    AND c.original = coalesce(r.original, a.original)
WHERE a.id BETWEEN ? AND ? ORDER BY a.id, r.timestamp, r.original
"""

# The same, of an id whose readings are all of other captures than the one that its document names.
_WITHOUT_READING = """
SELECT a.id, a.state, a.reason, a.file, a.file_sha256, a.timestamp, 1,
       c.timestamp, uri(c.original), NULL, c.urlkey, c.digest, 'unverifiable', NULL, '{}', '', NULL, NULL,
       '{}'
FROM articles a JOIN captures c ON c.article = a.id AND c.timestamp = a.timestamp AND c.original = a.original
WHERE a.id = ?
"""

# As `captures` holds it: a revisit's row does not name the status of what it repeats.
_SAME_PAGE = """
s.digest = c.digest
AND (s.statuscode = c.statuscode OR ('-' IN (s.statuscode, c.statuscode) AND s.verdict <> 'archived_error'))
"""

# Captures of which something is known though they were not read: what the page with the same bytes was under another
# id, before what the service said instead. What was known of the same bytes says nothing for an article that is
# written, and changes as others are read.
_UNREAD = f"""
WITH known (article, timestamp, original) AS (
    SELECT article, timestamp, original FROM attempts WHERE article BETWEEN ?1 AND ?2
    UNION
    SELECT c.article, c.timestamp, c.original
    FROM articles a
    CROSS JOIN captures c ON c.article = a.id
    JOIN shared s ON {_SAME_PAGE}
    WHERE a.id BETWEEN ?1 AND ?2 AND a.state <> 'written' AND s.verdict IS NOT NULL
)
SELECT c.article, c.timestamp, uri(c.original), coalesce(s.verdict, t.verdict)
FROM known k
CROSS JOIN captures c ON c.article = k.article AND c.timestamp = k.timestamp AND c.original = k.original
LEFT JOIN readings r ON r.article = c.article AND r.timestamp = c.timestamp AND r.original = c.original
LEFT JOIN shared s ON {_SAME_PAGE}
LEFT JOIN attempts t ON t.article = c.article AND t.timestamp = c.timestamp AND t.original = c.original
WHERE r.article IS NULL
ORDER BY c.article, c.timestamp, c.original
"""  # noqa: S608

_LOST = """
SELECT w.* FROM witnesses w JOIN articles a ON a.id = w.article
WHERE w.article BETWEEN ? AND ? AND a.state <> 'written' ORDER BY w.article
"""

# Readings of articles of which more than one text was read.
_DIFFERING = """
SELECT article, timestamp, uri(original), text_sha256, lacks FROM readings WHERE verdict = 'article' AND article IN (
    SELECT article FROM readings WHERE verdict = 'article' GROUP BY article HAVING count(DISTINCT text_sha256) > 1
) ORDER BY article, timestamp, original
"""

_VANISHED = """
SELECT article, timestamp, uri(original) FROM vanished WHERE article BETWEEN ? AND ? ORDER BY article, timestamp
"""

# Most pages say what many others do.
_BELIEFS = """
SELECT text, pages, articles FROM (
    SELECT beliefs, count(*) AS pages, json_group_array(article) AS articles FROM readings GROUP BY beliefs
) JOIN said ON id = beliefs WHERE text <> '{}'
"""

_LAST = 2**62
_NO_MORE = (_LAST, ())


class Evidence(Part):
    """The part of the ledger that tells the manifest, the reports and the site what is proven of each id."""

    def differing_texts(self, without: frozenset[Lack]) -> Iterator[tuple[int, list[list[Tried]]]]:
        """Yield articles of which several texts were read, with the captures of each text, earliest first.

        A page with one of the lacks named shows no text of its own.
        """
        for article, rows in groupby(self._db.each(_DIFFERING), key=itemgetter(0)):
            groups: dict[str, list[Tried]] = {}
            for _, timestamp, original, text_sha256, lacks in rows:
                if without.isdisjoint(json.loads(lacks)):
                    groups.setdefault(text_sha256, []).append(Tried(timestamp, original, Verdict.ARTICLE))
            if len(groups) > 1:
                yield article, list(groups.values())

    def each(self, first: int = 0, last: int = _LAST) -> Iterator[Entry]:
        """Yield all ids, or those from `first` to `last`, in ascending order, in flat memory."""
        witnesses = {row[0]: Witness._make(row[1:]) for row in self._db.all(_LOST, (first, last))}
        vanished: dict[int, tuple[tuple[str, str], ...]] = {}
        for article, *capture in self._db.all(_VANISHED, (first, last)):
            vanished[article] = (*vanished.get(article, ()), (capture[0], capture[1]))
        unread = groupby(self._db.each(_UNREAD, (first, last)), key=itemgetter(0))
        article, others = next(unread, _NO_MORE)
        for number, rows in groupby(self._db.each(_ENTRIES, (first, last)), key=itemgetter(0)):
            while article < number:
                article, others = next(unread, _NO_MORE)
            tried = others if article == number else ()
            yield self._entry(list(rows), tried, witnesses.get(number), vanished.get(number, ()))

    def of_article(self, article: int) -> Entry | None:
        """Return one id, or None if it is not known."""
        return next(self.each(article, article), None)

    def beliefs(self) -> Iterator[tuple[str, int, list[int]]]:
        """Yield what pages say, JSON objects, belief to whether it holds; how many say the same; of which articles."""
        for text, count, articles in self._db.each(_BELIEFS):
            yield text, count, json.loads(articles)

    def _entry(
        self, rows: list[Row], others: Iterable[Row], known_from: Witness | None, vanished: tuple[tuple[str, str], ...]
    ) -> Entry:
        known = (row[7:10] for row in rows if row[9] is not None and row[11] is not None)
        tried = sorted(map(Tried._make, (*known, *(row[1:] for row in others))))
        article, state, reason, file, file_sha256 = rows[0][:5]
        row = self._chosen(rows)
        chosen = None if row is None or row[11] is None else ChosenCapture(*row[7:9], *row[10:])
        return Entry(article, State(state), reason, file, file_sha256, chosen, tuple(tried), known_from, vanished)

    def _chosen(self, rows: list[Row]) -> Row | None:
        article, state, *_, timestamp = rows[0][:6]
        if timestamp is None:
            unknown = [row for row in rows if row[9] == State.UNKNOWN_LAYOUT == state]
            return max(unknown, key=itemgetter(7), default=None)
        named = next((row for row in rows if row[6]), None)
        return named or self._db.one(_WITHOUT_READING, (article,))
