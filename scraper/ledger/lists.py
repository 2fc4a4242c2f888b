"""Lists of articles that the archive holds, and what they say of each article."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger.database import Part
from scraper.models import Capture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.models import ListEntry

MOST_TRIES = 3
"""A list that was asked for in vain so often is left alone: others say the same."""
# At most one a day and URL, and nothing whose bytes were read before.
_UNREAD = """
SELECT urlkey, timestamp, original, digest FROM lists l
WHERE read_at IS NULL AND tries < ? AND timestamp < ?
AND NOT EXISTS (SELECT 1 FROM lists o WHERE o.urlkey = l.urlkey AND o.read_at IS NOT NULL
                AND o.timestamp BETWEEN substr(l.timestamp, 1, 8) AND substr(l.timestamp, 1, 8) || '999999')
AND (digest IN ('', '-') OR digest NOT IN (SELECT digest FROM lists WHERE read_at IS NOT NULL))
ORDER BY timestamp DESC, original
"""
_CONTRADICTIONS = """
SELECT w.article, w.author, coalesce(r.author, ''), w.date, coalesce(r.date, ''), w.timestamp, w.original
FROM witnesses w JOIN articles a ON a.id = w.article AND a.state = 'written'
JOIN readings r ON r.article = a.id AND r.timestamp = a.timestamp AND r.original = a.original
WHERE (w.author <> '' AND r.author <> '' AND w.author <> r.author)
   OR (w.date <> '' AND r.date <> '' AND w.date <> r.date)
ORDER BY w.article
"""
_CUT = ("...", "\u2026")


class Contradiction(NamedTuple):
    """A written article of which a list names another author or date."""

    article: int
    listed_author: str
    author: str
    listed_date: str
    date: str
    timestamp: str
    original: str


class Lists(Part):
    """The part of the ledger that knows the lists."""

    def add(self, captures: Iterable[Capture]) -> None:
        """Make captures of lists known."""
        rows = ((one.original, one.timestamp, one.urlkey, one.digest) for one in captures)
        insert = "INSERT OR IGNORE INTO lists (original, timestamp, urlkey, digest) VALUES (?, ?, ?, ?)"
        self._db.many(insert, rows)

    def count(self) -> int:
        """Return how many captures of lists are known."""
        return int(self._db.value("SELECT count(*) FROM lists"))

    def unread(self, before: str) -> list[Capture]:
        """Return those to be read, the latest before a moment first: one a day and URL, each digest once."""
        seen: set[str] = set()
        found: list[Capture] = []
        for urlkey, timestamp, original, digest in self._db.all(_UNREAD, (MOST_TRIES, before)):
            marks = {f"{urlkey} {timestamp[:8]}"} | ({digest} - {"", "-"})
            if seen.isdisjoint(marks):
                seen |= marks
                found.append(Capture(urlkey, timestamp, original, "text/html", "200", digest, "-"))
        return found

    def tried(self, capture: Capture, detail: str, *, final: bool) -> None:
        """Record that a list was asked for in vain."""
        self._db.do(
            "UPDATE lists SET tries = iif(?, ?, tries + 1), detail = ? WHERE original = ? AND timestamp = ?",
            (final, MOST_TRIES, detail, capture.original, capture.timestamp),
        )

    def record_read(self, capture: Capture, entries: Iterable[ListEntry], timestamp: str) -> None:
        """Record, as one, what a list says; of each article what says most stays, and how many lists name it.

        `capture` was asked for; that of `timestamp` answered.
        """
        entries = tuple(entries)
        with self._db.transaction():
            self._db.do(
                "UPDATE lists SET read_at = ?, entries = ? WHERE original = ? AND timestamp = ?",
                (self._now(), len(entries), capture.original, capture.timestamp),
            )
            for one in entries:
                row: tuple[object, ...] = (*one, timestamp, capture.original)
                known = self._db.one("SELECT * FROM witnesses WHERE article = ?", (one.article,))
                if known and _worth(*one) <= _worth(*known[:5]):
                    row = known[:7]
                count = known[7] + 1 if known else 1
                self._db.do("INSERT OR REPLACE INTO witnesses VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, count))

    def is_read(self, original: str, timestamp: str) -> bool:
        """Say whether what a list's capture says is known."""
        sql = "SELECT 1 FROM lists WHERE original = ? AND timestamp = ? AND read_at IS NOT NULL"
        return self._db.one(sql, (original, timestamp)) is not None

    def named(self) -> int:
        """Return how many articles lists name."""
        return int(self._db.value("SELECT count(*) FROM witnesses"))

    def uncaptured(self) -> int:
        """Return of how many articles that lists name no capture is known."""
        sql = "SELECT count(*) FROM witnesses w WHERE NOT EXISTS (SELECT 1 FROM captures WHERE article = w.article)"
        return int(self._db.value(sql))

    def unwritten(self) -> int:
        """Return how many articles that lists name are not written."""
        sql = "SELECT count(*) FROM witnesses w JOIN articles a ON a.id = w.article WHERE a.state <> 'written'"
        return int(self._db.value(sql))

    def contradictions(self) -> list[Contradiction]:
        """Return the written articles of which a list says something else."""
        return [Contradiction._make(row) for row in self._db.all(_CONTRADICTIONS)]


def _worth(_: int, title: str, __: str, author: str, date: str) -> tuple[bool, bool, bool, int]:
    return bool(author), bool(date), not title.endswith(_CUT), len(title)
