"""What the CDX server was asked, how far it got, and the rows it gave."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger.database import Part
from scraper.urls import to_iri, urlkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scraper.ledger.articles import Articles
    from scraper.ledger.database import Database
    from scraper.models import Capture

log = logging.getLogger(__name__)
_COLUMNS = (
    "id, url, match_type, article, from_ts, to_ts, started_at, updated_at, "
    "resume_key, pages, rows, added, newest, complete, error, dialect"
)
_SAME = "url = ? AND match_type = ? AND article IS ? AND from_ts IS ? AND to_ts IS ?"
_URL = re.compile(r"https?://[^\s\",]+")

# The values of the statements about a row: the capture's seven, the urlkey that follows from its URL, the article, the
# listing, and the URL as an IRI.
_INSERT = """
INSERT OR IGNORE INTO captures (urlkey, timestamp, mimetype, statuscode, digest, length, article, listing, original)
VALUES (nullif(?1, ?8), ?2, ?4, ?5, ?6, ?7, ?9, ?10, ?11)
"""
_SAME_CAPTURE = "article = ?9 AND timestamp = ?2 AND original = ?11"

# Two rows with one key differ in what the service forgot to say (a revisit's status) or in which of two copies it
# shows. Which one stays must not hang on their order, and a row of the CDX server beats one made up from a page. No
# upsert does both, since SQLite opens a journal for each one: a listing would take a third longer.
_PREFER = f"""
UPDATE captures
SET urlkey = nullif(?1, ?8), mimetype = ?4, statuscode = ?5, digest = ?6, length = ?7, listing = ?10
WHERE {_SAME_CAPTURE}
AND (1, ?5 = '200', ?5, ?6, ?4, ?7, coalesce(nullif(?1, ?8), ''))
    > (listing <> 0, statuscode = '200', statuscode, digest, mimetype, length, coalesce(urlkey, ''))
"""  # noqa: S608

# Which listing gave a capture last: none of these has vanished.
_GIVEN_AGAIN = f"UPDATE captures SET listing = -?10 WHERE {_SAME_CAPTURE} AND listing <> ?10"  # noqa: S608
_NOT_VANISHED = f"DELETE FROM vanished WHERE {_SAME_CAPTURE}"  # noqa: S608

# A capture that nobody has read yet: what was concluded without it is open again. A file that was adopted stands for
# an article whose captures nobody has read at all; fetching them is what adopting saves.
_WAKE = """
INSERT INTO articles (id, source, due) VALUES (?, 'cdx', '')
ON CONFLICT DO UPDATE SET
    due = '',
    reason = CASE WHEN state IN ('unrecoverable', 'never_captured') THEN 'a new capture is unread' ELSE reason END,
    state = CASE WHEN state IN ('unrecoverable', 'never_captured') THEN 'waiting' ELSE state END
WHERE source <> 'adopted'
"""


class Question(NamedTuple):
    """One CDX question, without where it stands.

    `url` is as sent, host and path; `match_type` ``exact`` or ``prefix``; `article` None if it asks for more than one;
    `from_ts` and `to_ts` 14 digits or None.
    """

    url: str
    match_type: str
    article: int | None = None
    from_ts: str | None = None
    to_ts: str | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether this asks for captures of all times."""
        return self.from_ts is None and self.to_ts is None


class Listing(NamedTuple):
    """A question that was asked, and how far the answer has come. Times are 14 digits."""

    id: int
    question: Question
    started_at: str
    updated_at: str
    resume_key: str | None
    pages: int
    rows: int
    added: int
    newest: str
    complete: bool
    error: str
    dialect: str


class Listings(Part):
    """The part of the ledger that knows what was asked."""

    def __init__(
        self,
        database: Database,
        articles: Articles,
        article_id: Callable[[str], int | None],
        now: Callable[[], str],
    ) -> None:
        super().__init__(database, now)
        self._articles = articles
        self._article_id = article_id

    def open(self, question: Question, *, anew: bool = False) -> Listing:
        """Return the unfinished listing of a question, to be gone on with, or a new one.

        `anew`: go on only with one that was cut; one that only lacks the proof of its end is begun again.
        """
        same = f"{_SAME} AND NOT complete"
        with self._db.transaction():
            # No number is used twice: captures have that of the last listing that gave them.
            number = self._db.value("SELECT coalesce(max(id), 0) + 1 FROM listings")
            if anew:
                self._db.do(f"DELETE FROM listings WHERE {same} AND error = ''", question)  # noqa: S608
            if found := self._where(f"{same} ORDER BY id DESC LIMIT 1", *question):
                return found[0]
            self._db.do(
                "INSERT INTO listings (id, url, match_type, article, from_ts, to_ts, started_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, *question, now := self._now(), now),
            )
            return self.get(number)

    def _where(self, condition: str, *values: object) -> list[Listing]:
        rows = self._db.all(f"SELECT {_COLUMNS} FROM listings WHERE {condition}", values)  # noqa: S608
        return [Listing._make((row[0], Question(*row[1:6]), *row[6:13], bool(row[13]), *row[14:])) for row in rows]

    def add_page(
        self,
        listing: int,
        rows: Sequence[Capture],
        malformed: Sequence[str],
        *,
        resume_key: str | None,
        complete: bool,
        dialect: str = "",
    ) -> int:
        """Take in a page of a listing and where to go on; return how many captures are new. Their articles are due."""
        urls = {row[2] for row in rows}  # the same one comes many times
        owners = {url: article for url in urls if (article := self._article_id(url)) is not None}
        known = {url: (urlkey(url), article, listing, to_iri(url)) for url, article in owners.items()}
        own = [row + known[row[2]] for row in rows if row[2] in known]
        with self._db.transaction():
            added = self._db.many(_INSERT, own)
            if added < len(own):
                added += self._db.many(_PREFER, own)
                self._db.many(_GIVEN_AGAIN, own)
                if self.vanished_count():
                    self._db.many(_NOT_VANISHED, own)
            if added:
                has_new = "EXISTS (SELECT 1 FROM captures WHERE article = value AND listing = ?)"
                listed = json.dumps(sorted(set(owners.values())))
                articles = self._db.all(f"SELECT value FROM json_each(?) WHERE {has_new}", (listed, listing))  # noqa: S608
                self._db.many(_WAKE, articles)
            if malformed:
                self._db.many("INSERT OR IGNORE INTO malformed VALUES (?, ?)", ((listing, row) for row in malformed))
                # They are no captures, but the articles that they name were there.
                named = {self._article_id(url) for row in malformed for url in _URL.findall(row)}
                self._articles.add_ids(sorted(one for one in named if one is not None), "cdx")
            newest = max([row[1] for row in rows], default="")
            self._db.do(
                "UPDATE listings SET updated_at = ?, resume_key = coalesce(?, resume_key), pages = pages + 1, "
                "rows = rows + ?, added = added + ?, newest = max(newest, ?), complete = ?, error = '', dialect = ? "
                "WHERE id = ?",
                (self._now(), resume_key, len(rows) + len(malformed), added, newest, complete, dialect, listing),
            )
        return added

    def note_vanished(self, listing: int, ranges: Iterable[range], is_below: Callable[[str], bool]) -> None:
        """Note the captures that an earlier listing gave and this complete one, which asked for them too, did not.

        `ranges` of article ids it asked for; `is_below` says whether it asked for a URL.
        """
        sql = (
            "SELECT article, timestamp, uri(original), original FROM captures "
            "WHERE article BETWEEN ? AND ? AND listing <> 0 AND abs(listing) < ?"
        )
        gone = [row for ids in ranges for row in self._db.all(sql, (ids[0], ids[-1], listing)) if is_below(row[2])]
        for article, timestamp, *_ in gone:
            log.info("article=%d capture=%s is in the list no more", article, timestamp)
        rows = ((article, timestamp, original, self._now()) for article, timestamp, _, original in gone)
        self._db.many("INSERT OR IGNORE INTO vanished VALUES (?, ?, ?, ?)", rows)

    def vanished(self, article: int) -> dict[tuple[str, str], str]:
        """Return the captures of an article, as (timestamp, original), that vanished, and when that was noticed."""
        rows = self._db.all("SELECT timestamp, uri(original), noticed_at FROM vanished WHERE article = ?", (article,))
        return {row[:2]: row[2] for row in rows}

    def vanished_count(self) -> int:
        """Return how many captures have vanished."""
        return int(self._db.value("SELECT count(*) FROM vanished"))

    def cut(self, listing: int, error: str) -> None:
        """Remember why a listing has ended early. It stays partial and is gone on with by the next run."""
        self._db.do("UPDATE listings SET error = ?, updated_at = ? WHERE id = ?", (error, self._now(), listing))

    def drop_partial(self, before: int) -> None:
        """Forget the partial listings of many articles older than this one; their rows stay."""
        self._db.do("DELETE FROM listings WHERE NOT complete AND article IS NULL AND id < ?", (before,))

    def all(self) -> list[Listing]:
        """Return the listings of many articles, and of single ones those that were cut, oldest first."""
        return self._where("article IS NULL OR NOT complete AND error <> '' ORDER BY id")

    def of_articles(self) -> list[Listing]:
        """Return the complete listings of single articles, oldest first."""
        return self._where("article IS NOT NULL AND complete ORDER BY id")

    def of_article(self, article: int) -> list[Listing]:
        """Return the listings that asked for this one article, oldest first."""
        return self._where("article = ? ORDER BY id", article)

    def of_url(self, url: str) -> list[Listing]:
        """Return the listings of all below a URL, oldest first."""
        return self._where("url = ? AND match_type = 'prefix' ORDER BY id", url)

    def complete_below(self, urls: Sequence[str]) -> list[str]:
        """Return those of the URLs of which a complete listing has named all captures below them."""
        whole = "complete AND match_type = 'prefix' AND from_ts IS NULL AND to_ts IS NULL"
        listings = self._where(f"{whole} AND url IN ({', '.join('?' * len(urls))})", *urls)
        return [listing.question.url for listing in listings]

    def is_done(self, question: Question, *, since: str) -> bool:
        """Say whether a question was answered completely by a listing begun at that moment (14 digits) or later."""
        return bool(self._where(f"{_SAME} AND complete AND started_at >= ?", *question, since))

    def complete_by_parts(self, listing: int) -> None:
        """Note that other listings, which together ask for the same, are all complete."""
        self._db.do("UPDATE listings SET complete = 1, error = '', updated_at = ? WHERE id = ?", (self._now(), listing))

    def get(self, listing: int) -> Listing:
        """Return the listing of this number."""
        (found,) = self._where("id = ?", listing)
        return found

    def added(self) -> int:
        """Return how many captures all listings together have brought."""
        return int(self._db.value("SELECT total(added) FROM listings"))

    def malformed(self) -> int:
        """Return how many rows the service gave that are no captures."""
        return int(self._db.value("SELECT count(*) FROM malformed"))
