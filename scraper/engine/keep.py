"""A memento into store and ledger, and then read."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, NamedTuple

from scraper.engine.guard import read_guarded
from scraper.errors import StoreError
from scraper.ledger.mementos import Kept
from scraper.models import UNREAD, Capture, DigestCheck, Lack, Verdict
from scraper.page.replayed import mentions
from scraper.payload import check_digest, payload_sha1
from scraper.selection.candidates import is_a_part
from scraper.store.mementos import SOURCE_DIGEST, SOURCE_RECORD
from scraper.urls import captures_beside, urlkey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scraper.ledger import Ledger
    from scraper.models import Memento, Reading, Site
    from scraper.store.records import Location
    from scraper.store.warc import WarcStore

log = logging.getLogger(__name__)


def kept_at(memento: Memento, article: int | None, location: Location) -> Kept:
    """Return what the ledger is told of a memento that lies in the store."""
    page_sha256 = hashlib.sha256(memento.body).hexdigest()
    digest = payload_sha1(memento.payload)
    told = {
        key: captures_beside(value) if key == "Link" else value
        for key, value in memento.provenance
        if key not in (SOURCE_RECORD, SOURCE_DIGEST)
    }
    provenance = json.dumps(told, ensure_ascii=False)
    place = memento.original, memento.timestamp, article, *location
    return Kept(*place, digest, page_sha256, memento.digest_check, provenance)


def with_digest_check(memento: Memento, digest: str) -> Memento:
    """Compare the payload with the digest that a listing gives for this capture, if it is one."""
    check = check_digest(digest, memento.payload)
    return memento if check is DigestCheck.UNVERIFIABLE else memento._replace(digest_check=check)


def row_that_answered(capture: Capture, memento: Memento, rows: Iterable[Capture]) -> Capture:
    """Return the CDX row, of all known of the article, that answered: replay may leave out a port that the row has."""
    if memento.timestamp == capture.timestamp:
        return capture
    key = urlkey(memento.original)
    same = (row for row in rows if row.timestamp == memento.timestamp and urlkey(row.original) == key)
    return next(same, capture._replace(original=memento.original, timestamp=memento.timestamp))


def capture_of(memento: Memento) -> Capture:
    """Return the CDX row that the archive would have for a memento."""
    kind = (memento.header("content-type") or "unk").split(";")[0].strip().lower()
    digest = payload_sha1(memento.payload)
    original = memento.original
    return Capture(urlkey(original), memento.timestamp, original, kind, str(memento.status), digest, "-")


class ReadPage(NamedTuple):
    """What reading a kept page gave, and what is recorded with it. Travels between processes."""

    reading: Reading
    digest_check: DigestCheck
    page_sha256: str


def read_page(site: Site, memento: Memento, digest_check: DigestCheck, folder: Path) -> ReadPage:
    """Read a memento of an output folder."""
    return ReadPage(read_guarded(site, memento, folder), digest_check, hashlib.sha256(memento.body).hexdigest())


class Intake:
    """Keeps and reads the mementos of an output folder."""

    def __init__(self, site: Site, ledger: Ledger, store: WarcStore, folder: Path) -> None:
        self._site = site
        self._ledger = ledger
        self._store = store
        self._folder = folder
        self._damaged: set[tuple[str, str]] = set()

    def keep(self, memento: Memento, *, durable: bool = True) -> bool:
        """Put a memento into the store; return whether it now stands for its capture: not if a better copy is kept.

        The worse copy stays in the store too; what is kept already is not kept twice. StoreError: it takes no more.
        """
        if self._is_kept(memento):
            return False
        location = self._store.keep(memento, durable=durable)
        with self._ledger.transaction():
            return self._take(memento, location)

    def _is_kept(self, memento: Memento) -> bool:
        where, digest = (memento.original, memento.timestamp), payload_sha1(memento.payload)
        kept = self._ledger.mementos.get(*where)
        if kept is not None and kept.payload_sha1 == digest:
            return self._load_if_whole(kept) is not None
        return self._ledger.mementos.has_copy(*where, digest)

    def _take(self, memento: Memento, location: Location) -> bool:
        """Record where a memento lies: as the one of its capture, or as a copy that is worse than that one."""
        article = self._site.article_id(memento.original)
        kept = kept_at(memento, article, location)
        if article is not None:
            before = self._ledger.mementos.get(memento.original, memento.timestamp)
            earlier = self._load_if_whole(before) if before else None
            if earlier is not None and self._worth(memento) <= self._worth(earlier):
                self._ledger.mementos.add_copy(kept)
                return False
        self._ledger.mementos.add(kept)
        if article is not None:
            self._ledger.articles.add_ids([article], "asked")
            self._ledger.captures.add(article, capture_of(memento))
            self._ledger.articles.mark_due([article])
        self._damaged.discard((memento.original, memento.timestamp))
        return True

    def _worth(self, memento: Memento) -> tuple[bool | int | str, ...]:
        """Return what says which of two copies of a capture is the better one, the same in whatever order they come."""
        reading = read_guarded(self._site, memento, self._folder)
        return (
            reading.verdict not in {*UNREAD, Verdict.TRUNCATED}
            and not is_a_part(reading.verdict, memento.digest_check),
            Lack.SAVED_BY_BROWSER not in reading.lacks,
            memento.digest_check is DigestCheck.MATCH,
            memento.truncated is None,
            not mentions(memento.body, memento.timestamp),  # as archived, before as replayed
            len(memento.payload),
            payload_sha1(memento.payload),
        )

    def mend(self) -> int:
        """Take in what a run that was killed had kept but not yet recorded; return how many mementos."""
        count, articles = 0, set[int]()
        for location, memento in self._store.recover(self._ledger.mementos.ends()):
            with self._ledger.transaction():
                self._take(memento, location)
            count += 1
            article = self._site.article_id(memento.original)
            articles.update(() if article is None else (article,))
        if articles:
            self._ledger.captures.count_shared(articles)
        return count

    def load(self, capture: Capture) -> Memento | None:
        """Return the kept memento of a capture, None if it is not kept; raise StoreError if it cannot be read."""
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        return self._store.load_kept(kept) if kept else None

    def load_if_whole(self, capture: Capture) -> Memento | None:
        """Return the kept memento of a capture; None if there is none, or only a damaged one, which is said once."""
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        return self._load_if_whole(kept) if kept else None

    def _load_if_whole(self, kept: Kept) -> Memento | None:
        place = (kept.original, kept.timestamp)
        if place in self._damaged:
            return None
        try:
            return self._store.load_kept(kept)
        except StoreError as error:
            log.warning("article=%s capture=%s %s", kept.article, kept.timestamp, error)
            self._damaged.add(place)
            return None

    def read(self, article: int, capture: Capture, memento: Memento, *, record: bool = True) -> Reading:
        """Read a memento and record, as one, what that gave and which other articles the page names.

        Not recorded is what reading a copy gave that does not stand for its capture.
        """
        page = read_page(self._site, memento, memento.digest_check, self._folder)
        reading, detail = page.reading, f" ({page.reading.detail})" if page.reading.detail else ""
        log.info("article=%d capture=%s read: %s%s", article, capture.timestamp, reading.verdict, detail)
        if record:
            self.record(article, capture, page)
        return reading

    def correct(self, article: int, capture: Capture, reading: Reading) -> None:
        """Record another reading of a kept page in the place of an earlier one."""
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        assert kept is not None, capture
        self.record(article, capture, ReadPage(reading, DigestCheck(kept.digest_check), kept.page_sha256))

    def record(self, article: int, capture: Capture, page: ReadPage) -> None:
        """Record, as one, what reading a kept page gave and which other articles it names."""
        with self._ledger.transaction():
            self._ledger.captures.record_read(
                article, capture, page.reading, digest_check=page.digest_check, page_sha256=page.page_sha256
            )
            self._ledger.articles.add_ids(page.reading.linked_ids, "link")
