"""Which files of the manifest are as the ledger has it: one file a folder of documents, named by its first id."""

from __future__ import annotations

from scraper.ledger.database import Part
from scraper.paths import IDS_PER_FOLDER

_CHANGES = (("INSERT", "new"), ("DELETE", "old"))
_OF_ARTICLES = ("readings", "attempts", "mementos", "vanished")
_TOLD = (
    *(("articles", change, f"{row}.id") for change, row in _CHANGES),
    ("articles", "UPDATE OF state, file_sha256", "new.id"),
    *((name, change, f"{row}.article") for name in _OF_ARTICLES for change, row in _CHANGES),
    ("captures", "UPDATE OF urlkey, digest", "new.article"),
    ("witnesses", "INSERT", "new.article"),
)
"""What the manifest tells of: table, change, the id concerned. A capture that becomes known makes its article due."""


def _stale_with(table: str, change: str, article: str) -> str:
    """Return the trigger that notes that a change of a table makes a file of the manifest stale."""
    name = f"{table}_{change.partition(' ')[0].lower()}_told"
    low = f"({article} - 1) / 1000 * 1000 + 1"
    return f"CREATE TRIGGER {name} AFTER {change} ON {table} BEGIN DELETE FROM shards WHERE low = {low}; END;"  # noqa: S608


TRIGGERS = "\n".join(_stale_with(*told) for told in _TOLD)


class Shards(Part):
    """The part of the ledger that knows the manifest's files."""

    def lows(self) -> list[int]:
        """Return the first id of each folder of documents that a known id belongs to, ascending."""
        lows = "SELECT DISTINCT (id - 1) / ?1 * ?1 + 1 AS low FROM articles WHERE id > 0 ORDER BY low"
        return [row[0] for row in self._db.all(lows, (IDS_PER_FOLDER,))]

    def written(self) -> dict[int, tuple[int, int]]:
        """Return, for each file that tells what the ledger does, its size and time of change (ns) when it was left."""
        return {low: (size, changed) for low, size, changed in self._db.all("SELECT * FROM shards")}

    def forget(self) -> None:
        """Take no file for what it should be, whatever its size and time."""
        self._db.do("DELETE FROM shards")

    def record(self, low: int, size: int, changed: int) -> None:
        """Record that a file was written; whatever changes what it tells takes this back (see `schema`)."""
        self._db.do("INSERT OR REPLACE INTO shards VALUES (?, ?, ?)", (low, size, changed))
