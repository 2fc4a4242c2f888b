"""Every article id, its one state, and when to look at it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from scraper.errors import StoreError
from scraper.ledger.database import REMEDY, Part
from scraper.models import TO_BE_CONFIRMED, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AT_ONCE = ""
"""As the moment when an id is due: earlier than any."""
_COLUMNS = "id, source, state, reason, due, timestamp, uri(original), file, file_sha256"
_DOCUMENTS = """
SELECT id, file, coalesce(file_sha256, ''), source = 'adopted' FROM articles
WHERE state = 'written' AND file <> '' ORDER BY id
"""


class ArticleRow(NamedTuple):
    """An article id as the ledger has it.

    Attributes:
        source: how it came to be known: ``range``, ``cdx``, ``link``, ``list`` or ``asked``; ``adopted``: its file was.
        reason: why it is in this state, for people.
        due: 14 digits, when to look at it again, or `AT_ONCE`; None: not by itself.
        timestamp, original: of the capture that was written, or None.
        file: below the output folder, or None; `file_sha256` is hexadecimal.
    """

    id: int
    source: str
    state: State
    reason: str
    due: str | None
    timestamp: str | None
    original: str | None
    file: str | None
    file_sha256: str | None


class WrittenDocument(NamedTuple):
    """The file of a written article, below the output folder. One that was adopted stands in whatever form it had."""

    article: int
    file: str
    sha256: str
    adopted: bool


class Articles(Part):
    """The part of the ledger that knows where each id stands."""

    def looked_at(self, most: int) -> list[int]:
        """Return the first `most` ids, ascending, that a job came to: not those that wait without a reason."""
        asked = "SELECT id FROM articles WHERE state <> 'waiting' OR reason <> '' ORDER BY id LIMIT ?"
        return [row[0] for row in self._db.all(asked, (most,))]

    def add_ids(self, ids: Iterable[int], source: str) -> None:
        """Make ids known. New ones are due at once, those known already stay as they are."""
        self._db.do(
            "INSERT OR IGNORE INTO articles (id, source, due) SELECT value, ?, ? FROM json_each(?)",
            (source, AT_ONCE, json.dumps(list(ids))),
        )

    def mark_due(self, ids: Iterable[int]) -> None:
        """Let these ids be looked at again at once."""
        self._db.many("UPDATE articles SET due = ? WHERE id = ?", ((AT_ONCE, one) for one in ids))

    def mark_waiting_due(self, digits: str) -> None:
        """Let ids that begin so and wait for a complete listing, not for a moment, be looked at again."""
        sql = "UPDATE articles SET due = ? WHERE state = 'waiting' AND due IS NULL AND id GLOB ?"
        self._db.do(sql, (AT_ONCE, f"{digits}*"))

    def due(self, now: str) -> list[int]:
        """Return the ids that are to be looked at, in ascending order. `now` is 14 digits."""
        return sorted(row[0] for row in self._db.each("SELECT id FROM articles WHERE due <= ?", (now,)))

    def to_confirm(self, *, unseen: bool) -> int:
        """Return how many ids have to be asked for alone; `unseen`: also those without capture that no job came to."""
        none = "reason = '' AND NOT EXISTS (SELECT 1 FROM captures WHERE article = id)"
        sql = f"SELECT count(*) FROM articles WHERE state = 'waiting' AND (reason = ? OR (? AND {none}))"  # noqa: S608
        return int(self._db.value(sql, (TO_BE_CONFIRMED, unseen)))

    def next_due(self) -> str | None:
        """Return the first moment at which an id wants to be looked at, or None."""
        due: str | None = self._db.value("SELECT min(due) FROM articles WHERE due IS NOT NULL")
        return due

    def get(self, article: int) -> ArticleRow | None:
        """Return one id, or None if it is not known."""
        return next(self._where("WHERE id = ?", article), None)

    def each(self, state: State | None = None) -> Iterator[ArticleRow]:
        """Yield all ids, or those in one state, in ascending order."""
        return self._where("") if state is None else self._where("WHERE state = ?", str(state))

    def _where(self, condition: str, *values: object) -> Iterator[ArticleRow]:
        for row in self._db.each(f"SELECT {_COLUMNS} FROM articles {condition} ORDER BY id", values):  # noqa: S608
            yield ArticleRow(row[0], row[1], State(row[2]), *row[3:])

    def documents(self) -> Iterator[WrittenDocument]:
        """Yield the files of all written articles, in ascending order of the ids."""
        yield from map(WrittenDocument._make, self._db.each(_DOCUMENTS))

    def last_change(self) -> str:
        """Return when an article was last written or came to another state, 14 digits; empty if none ever did."""
        return str(self._db.value("SELECT max(changed_at) FROM articles") or "")

    def count(self) -> int:
        """Return how many ids are known."""
        return int(self._db.value("SELECT count(*) FROM articles"))

    def states(self) -> dict[State, int]:
        """Return how many ids stand in each state. StoreError: an id has another one, for the ledger is damaged."""
        counts: dict[str, int] = dict(self._db.all("SELECT state, count(*) FROM articles GROUP BY state"))
        if unknown := counts.keys() - set(State):
            raise StoreError(
                f"{self._db.path}: the ledger is damaged (an article is {next(iter(unknown))!r:.40}). {REMEDY}"
            )
        return {state: counts.get(state, 0) for state in State}

    def written(
        self, article: int, *, timestamp: str, original: str, file: str, sha256: str, reason: str, due: str | None
    ) -> None:
        """Record that the file of an article is on disk; `due` says when a better capture may be had, if ever."""
        self._db.do(
            "UPDATE articles SET state = 'written', source = iif(source = 'adopted', 'asked', source), reason = ?, "
            "due = ?, timestamp = ?, original = iri(?), file = ?, file_sha256 = ?, changed_at = ? WHERE id = ?",
            (reason, due, timestamp, original, file, sha256, self._now(), article),
        )

    def adopt(self, article: int, *, timestamp: str, original: str, file: str, sha256: str, reason: str) -> None:
        """Record a file that was taken over. New captures do not make it due: that would fetch everything again."""
        self.add_ids((article,), "adopted")
        self.written(article, timestamp=timestamp, original=original, file=file, sha256=sha256, reason=reason, due=None)
        self._db.do("UPDATE articles SET source = 'adopted' WHERE id = ?", (article,))

    def set_file_sha256(self, article: int, sha256: str) -> None:
        """Record that the same document stands on the disk in another form."""
        self._db.do("UPDATE articles SET file_sha256 = ? WHERE id = ?", (sha256, article))

    def set_state(self, article: int, state: State, reason: str, *, due: str | None) -> None:
        """Record a state other than written. What was written before, if anything, is no longer named."""
        self._db.do(
            "UPDATE articles SET state = ?, reason = ?, due = ?, timestamp = NULL, original = NULL, file = NULL, "
            "file_sha256 = NULL, changed_at = ? WHERE id = ?",
            (str(state), reason, due, self._now(), article),
        )

    def set_due(self, article: int, due: str | None) -> None:
        """Set when an article is looked at again, and nothing else."""
        self._db.do("UPDATE articles SET due = ? WHERE id = ?", (due, article))
