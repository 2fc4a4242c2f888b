"""Where in the WARC files each kept memento lies."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger.articles import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.ledger.database import Database


class Kept(NamedTuple):
    """One memento in the store. `file` is relative to the store's folder; digests and provenance as in the schema."""

    original: str
    timestamp: str
    article: int | None
    file: str
    offset: int
    length: int
    payload_sha1: str
    page_sha256: str
    digest_check: str
    provenance: str = "{}"


_COLUMNS = "original, timestamp, article, file, offset, length, payload_sha1, page_sha256, digest_check, provenance"
_BLOCK = """
SELECT max(article) FROM (
    SELECT DISTINCT article FROM mementos WHERE article >= ? AND article <= ? ORDER BY article LIMIT 500)
"""
_OF_ARTICLES = f"""
SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM readings r WHERE (r.article, r.timestamp, r.original)
                                                        = (m.article, m.timestamp, m.original))
FROM mementos m WHERE article >= ? AND article <= ? ORDER BY article, timestamp, original
"""  # noqa: S608


class Mementos:
    """The part of the ledger that knows what is kept."""

    def __init__(self, database: Database, now: Callable[[], str]) -> None:
        self._db = database
        self._now = now

    def add(self, kept: Kept) -> None:
        """Remember where a memento lies; a later copy of the same capture takes the place of an earlier one."""
        marks = ", ".join("?" * (len(kept) + 1))
        self._db.do(
            f"INSERT OR REPLACE INTO mementos ({_COLUMNS}, kept_at) VALUES ({marks})",  # noqa: S608
            (*kept, self._now()),
        )

    def _where(self, condition: str, *values: object) -> Iterator[Kept]:
        for row in self._db.each(f"SELECT {_COLUMNS} FROM mementos {condition}", values):  # noqa: S608
            yield Kept(*row)

    def get(self, original: str, timestamp: str) -> Kept | None:
        """Return the memento of a capture, or None if it is not kept."""
        return next(self._where("WHERE original = ? AND timestamp = ?", original, timestamp), None)

    def of_url(self, original: str) -> list[Kept]:
        """Return all mementos of a URL, earliest first."""
        return list(self._where("WHERE original = ? ORDER BY timestamp", original))

    def payload(self, payload_sha1: str) -> Kept | None:
        """Return the first kept memento with an equal payload, or None."""
        return next(self._where("WHERE payload_sha1 = ? ORDER BY kept_at, file, offset", payload_sha1), None)

    def in_file(self, file: str, offset: int | None = None) -> list[Kept]:
        """Return what lies in a WARC file, or at one offset of it."""
        return list(self._where("WHERE file = ? AND offset = coalesce(?, offset) ORDER BY offset", file, offset))

    def with_payload(self, payload_sha1: str) -> list[Kept]:
        """Return everything with this payload: a response and its revisits."""
        return list(self._where("WHERE payload_sha1 = ?", payload_sha1))

    def forget(self, kept: Kept) -> None:
        """Forget a memento that can no longer be read, and what reading it gave; its article becomes due.

        The capture is then an unread one again, and the next run fetches it.
        """
        self._db.do("DELETE FROM mementos WHERE original = ? AND timestamp = ?", (kept.original, kept.timestamp))
        if kept.article is not None:
            of_capture = (kept.article, kept.timestamp, kept.original)
            self._db.do("DELETE FROM readings WHERE article = ? AND timestamp = ? AND original = ?", of_capture)
            self._db.do("UPDATE articles SET due = ? WHERE id = ?", (AT_ONCE, kept.article))

    def latest(self) -> Kept | None:
        """Return the memento that was kept last, or None."""
        return next(self._where("ORDER BY kept_at DESC LIMIT 1"), None)

    def ends(self) -> dict[str, int]:
        """Return, for each WARC file, the offset just behind the last record that the ledger knows."""
        return dict(self._db.all("SELECT file, max(offset + length) FROM mementos GROUP BY file"))

    def each(self) -> Iterator[Kept]:
        """Yield everything that is kept, in the order of the files."""
        yield from self._where("ORDER BY file, offset")

    def of_articles(self, first: int, last: int) -> Iterator[list[tuple[Kept, bool]]]:
        """Yield, for each article id in that range, ascending, all that is kept of it, and whether that was read.

        Some hundred articles are fetched at once: as long as a question is open, what is written meanwhile piles up in
        the write-ahead log.
        """
        while (end := self._db.one(_BLOCK, (first, last))) and end[0] is not None:
            pairs = [(Kept(*row[:-1]), bool(row[-1])) for row in self._db.all(_OF_ARTICLES, (first, end[0]))]
            for _, of_one in groupby(pairs, key=lambda pair: pair[0].article):
                yield list(of_one)
            first = end[0] + 1
