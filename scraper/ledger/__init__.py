"""What the program remembers, in one SQLite file: listings, captures, readings, articles.

The ledger decides what is done, never the existence of a file. One process writes (it holds the output folder's lock);
others may read at the same time.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.ledger.articles import AT_ONCE, ArticleRow, Articles, WrittenDocument
from scraper.ledger.database import REMEDY, Database, copy_database
from scraper.ledger.evidence import Evidence
from scraper.ledger.images import Images
from scraper.ledger.listings import Listing, Listings, Question
from scraper.ledger.lists import Lists
from scraper.ledger.mementos import Mementos
from scraper.ledger.schema import MIGRATIONS
from scraper.ledger.shards import Shards
from scraper.times import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from scraper.ledger.captures import Captures
    from scraper.models import Site
    from scraper.times import Clock

__all__ = ["AT_ONCE", "ArticleRow", "Ledger", "Listing", "Question", "WrittenDocument"]


class Ledger:
    """The ledger of one output folder.

    Args:
        path: the SQLite file; made if absent.
        clock: says when things were recorded.
        site: names the article ids; who only looks needs none.
        read_only: look only, beside a run that is at work.
        all_ids: make known all ids that the site is known to have had; else only those that are asked for.

    Raises:
        StoreError: here and from every method, when the file cannot be read or written, or is damaged.
    """

    def __init__(
        self, path: Path, *, clock: Clock, site: Site | None = None, read_only: bool = False, all_ids: bool = True
    ) -> None:
        assert site is not None or read_only, "what is written down is of a site"
        self._clock = clock
        self._db = Database(path, MIGRATIONS, read_only=read_only)
        self.articles = Articles(self._db, self.now)
        self.listings = Listings(self._db, self.articles, site.article_id if site else lambda _: None, self.now)
        self.mementos = Mementos(self._db, self.now)
        self.images = Images(self._db, self.now)
        self.evidence = Evidence(self._db, self.now)
        self.lists = Lists(self._db, self.now)
        self.shards = Shards(self._db, self.now)
        if site is not None and all_ids and not read_only and self.get_meta("seeded") != str(site.known_ids):
            with self.transaction():
                self.articles.add_ids(site.known_ids, "range")
                self.set_meta("seeded", str(site.known_ids))

    @cached_property
    def captures(self) -> Captures:
        """The part that knows the captures."""
        from scraper.ledger.captures import Captures  # with `selection`: who only counts does without it

        return Captures(self._db, self.now)

    def now(self) -> str:
        """Return the present as 14 digits, as all times in the ledger are."""
        return format_timestamp(self._clock.now())

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside happen or not happen as one; may be nested."""
        return self._db.transaction()

    def get_meta(self, key: str) -> str | None:
        """Return a remembered word, or None."""
        value: str | None = self._db.value("SELECT value FROM meta WHERE key = ?", (key,))
        return value

    def set_meta(self, key: str, value: str) -> None:
        """Remember a word."""
        self._db.do("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def bring_forward(self, latest: str) -> None:
        """Let nothing be put off beyond a moment (14 digits), as a run with a clock ahead of its time has done."""
        with self.transaction():
            self._db.do("UPDATE articles SET due = ? WHERE due > ?", (AT_ONCE, latest))
            self._db.do("UPDATE attempts SET next_at = NULL WHERE next_at > ?", (latest,))
            if self.images.asked_for():
                self._db.do("UPDATE images SET due = ? WHERE due > ?", (AT_ONCE, latest))
                self._db.do("UPDATE image_attempts SET next_at = NULL WHERE next_at > ?", (latest,))
            self._db.do("UPDATE listings SET started_at = ?1 WHERE started_at > ?2", (self.now(), latest))

    def witnesses(self, own_url: str, wider_urls: Sequence[str]) -> int:
        """Return how many kinds of complete listings, own and wider ones, would name an article's captures: 0 to 2."""
        complete = self.listings.complete_below([own_url, *wider_urls])
        return (own_url in complete) + any(url != own_url for url in complete)

    copy = staticmethod(copy_database)

    def require_whole(self, table: str = "") -> None:
        """Let SQLite itself look for damage: in the whole file, which takes some seconds, or in one table.

        StoreError: there is some.
        """
        try:
            found = self._db.value(f"PRAGMA integrity_check({table or 1})")
        except StoreError as error:
            found = error.__cause__
        if found != "ok":
            raise StoreError(f"{self._db.path}: the ledger is damaged ({' '.join(str(found).split())}). {REMEDY}")

    def close(self) -> None:
        """Close the file. What is committed stays."""
        self._db.close()
