"""Where in the WARC files each kept memento lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger.articles import AT_ONCE
from scraper.ledger.database import Part

if TYPE_CHECKING:
    from collections.abc import Iterator


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
_READ = _COLUMNS.replace("original", "uri(original)")
_ALL = f"(SELECT {_COLUMNS} FROM mementos UNION ALL SELECT {_COLUMNS} FROM copies)"  # noqa: S608
_OF_ARTICLE = f"""
SELECT {_READ}, EXISTS (SELECT 1 FROM readings r WHERE (r.article, r.timestamp, r.original)
                                                        = (m.article, m.timestamp, m.original))
FROM mementos m WHERE article = ? ORDER BY timestamp, original
"""  # noqa: S608


class Mementos(Part):
    """The part of the ledger that knows what is kept."""

    def add(self, kept: Kept) -> None:
        """Remember where a memento lies; it takes the place of an earlier copy of the capture, and of its reading."""
        if earlier := self.get(kept.original, kept.timestamp):
            if (earlier.file, earlier.offset) != (kept.file, kept.offset):
                self.add_copy(earlier)
            self._forget_reading(earlier)
        self._insert("mementos", kept)

    def _insert(self, table: str, kept: Kept) -> None:
        marks = ", ".join("?" * len(kept))
        sql = f"INSERT OR REPLACE INTO {table} ({_COLUMNS}, kept_at) VALUES (iri(?), {marks})"  # noqa: S608
        self._db.do(sql, (*kept, self._now()))

    def add_copy(self, kept: Kept) -> None:
        """Remember where a copy of a capture lies of which there is a better one."""
        self._insert("copies", kept)

    def has_copy(self, original: str, timestamp: str, payload_sha1: str) -> bool:
        """Say whether such a copy is kept already."""
        values = (original, timestamp, payload_sha1)
        sql = "SELECT 1 FROM copies WHERE original = iri(?) AND timestamp = ? AND payload_sha1 = ?"
        return self._db.one(sql, values) is not None

    def _where(self, condition: str, *values: object, table: str = "mementos") -> Iterator[Kept]:
        for row in self._db.each(f"SELECT {_READ} FROM {table} {condition}", values):  # noqa: S608
            yield Kept(*row)

    def get(self, original: str, timestamp: str) -> Kept | None:
        """Return the memento of a capture, or None if it is not kept."""
        return next(self._where("WHERE original = iri(?) AND timestamp = ?", original, timestamp), None)

    def of_url(self, original: str) -> list[Kept]:
        """Return all mementos of a URL, earliest first."""
        return list(self._where("WHERE original = iri(?) ORDER BY timestamp", original))

    def payload(self, payload_sha1: str) -> Kept | None:
        """Return the first kept memento with an equal payload, or None."""
        return next(self._where("WHERE payload_sha1 = ? ORDER BY kept_at, file, offset", payload_sha1), None)

    def in_file(self, file: str, offset: int | None = None) -> list[Kept]:
        """Return what lies in a WARC file, or at one offset of it."""
        condition = "WHERE file = ? AND offset = coalesce(?, offset) ORDER BY offset"
        return list(self._where(condition, file, offset, table=_ALL))

    def with_payload(self, payload_sha1: str) -> list[Kept]:
        """Return everything with this payload: a response and its revisits."""
        return list(self._where("WHERE payload_sha1 = ?", payload_sha1))

    def forget(self, kept: Kept) -> None:
        """Forget a memento that can no longer be read, and what reading it gave; its article becomes due.

        The capture is then an unread one again, and the next run fetches it.
        """
        if self._db.do("DELETE FROM copies WHERE file = ? AND offset = ?", (kept.file, kept.offset)):
            return
        self._db.do("DELETE FROM mementos WHERE original = iri(?) AND timestamp = ?", (kept.original, kept.timestamp))
        if kept.article is not None:
            self._forget_reading(kept)
            self._db.do("UPDATE articles SET due = ? WHERE id = ?", (AT_ONCE, kept.article))

    def _forget_reading(self, kept: Kept) -> None:
        of_capture = (kept.article, kept.timestamp, kept.original)
        self._db.do("DELETE FROM readings WHERE article = ? AND timestamp = ? AND original = iri(?)", of_capture)

    def latest(self) -> Kept | None:
        """Return the memento that was kept last, or None."""
        return next(self._where("ORDER BY kept_at DESC LIMIT 1"), None)

    def ends(self) -> dict[str, int]:
        """Return, for each WARC file, the offset just behind the last record that the ledger knows."""
        return dict(self._db.all(f"SELECT file, max(offset + length) FROM {_ALL} GROUP BY file"))  # noqa: S608

    def each(self) -> Iterator[Kept]:
        """Yield everything that is kept, copies too, in the order of the files."""
        yield from self._where("ORDER BY file, offset", table=_ALL)

    def of_no_article(self) -> list[Kept]:
        """Return what is kept of other pages: lists and pictures."""
        return list(self._where("WHERE article IS NULL ORDER BY file, offset"))

    def of_articles(self, first: int, last: int) -> Iterator[list[tuple[Kept, bool]]]:
        """Yield, for each article id in that range, ascending, all that is kept of it, and whether that was read.

        No SELECT stays open between two articles: as long as one is, no checkpoint empties the write-ahead log.
        """
        ids = "SELECT DISTINCT article FROM mementos WHERE article BETWEEN ? AND ? ORDER BY article"
        for article in self._db.all(ids, (first, last)):
            yield [(Kept(*row[:-1]), bool(row[-1])) for row in self._db.all(_OF_ARTICLE, article)]
