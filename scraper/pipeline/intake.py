"""One memento into store and ledger: kept first, then read. Used by whatever gets pages from anywhere."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, NamedTuple

from scraper.errors import StoreError
from scraper.keeping import note_kept
from scraper.models import DigestCheck
from scraper.sites import Page
from scraper.warc.files import Location

if TYPE_CHECKING:
    from scraper.ledger import Ledger
    from scraper.models import Capture, Memento, Reading
    from scraper.sites import Site
    from scraper.warc.store import WarcStore

log = logging.getLogger(__name__)

_REDIRECTS = range(300, 400)


class ReadPage(NamedTuple):
    """What reading a kept page gave, and what is recorded with it. Travels between processes."""

    reading: Reading
    digest_check: DigestCheck
    page_sha256: str


def read_page(site: Site, memento: Memento, digest_check: DigestCheck) -> ReadPage:
    """Read a memento; pure."""
    return ReadPage(site.read(page_of(memento)), digest_check, hashlib.sha256(memento.body).hexdigest())


def page_of(memento: Memento) -> Page:
    """Return a memento as a site reads it."""
    return Page(
        original=memento.original,
        timestamp=memento.timestamp,
        status=memento.status,
        content_type=memento.header("content-type"),
        body=memento.body,
        location=memento.header("location") if memento.status in _REDIRECTS else None,
        truncated=memento.truncated,
    )


class Intake:
    """Keeps and reads mementos.

    Args:
        site: reads the pages.
        ledger: remembers.
        store: keeps.
    """

    def __init__(self, site: Site, ledger: Ledger, store: WarcStore) -> None:
        self._site = site
        self._ledger = ledger
        self._store = store
        self._damaged: set[tuple[str, str]] = set()

    def keep(self, memento: Memento) -> None:
        """Put a memento into the store, durably, and remember where; one of an article becomes its capture.

        Raises:
            StoreError: the store takes no more.
        """
        location = self._store.keep(memento)
        with self._ledger.transaction():
            note_kept(self._ledger, self._site, memento, location)
        self._damaged.discard((memento.original, memento.timestamp))

    def mend(self) -> int:
        """Take in what a run that was killed had kept but not yet recorded; return how many mementos.

        Raises:
            StoreError: the store cannot be read or mended.
        """
        count, articles = 0, set[int]()
        for location, memento in self._store.recover(self._ledger.mementos.ends()):
            with self._ledger.transaction():
                article = note_kept(self._ledger, self._site, memento, location)
            count += 1
            articles.update(() if article is None else (article,))
        if articles:
            self._ledger.captures.count_shared(articles)
        return count

    def has(self, capture: Capture) -> bool:
        """Say whether the memento of a capture is kept."""
        return self._ledger.mementos.get(capture.original, capture.timestamp) is not None

    def load(self, capture: Capture) -> Memento | None:
        """Return the kept memento of a capture, or None if it is not kept.

        Raises:
            StoreError: it is, but the store cannot give it.
        """
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        if kept is None:
            return None
        return self._store.load(Location(kept.file, kept.offset, kept.length))

    def load_if_whole(self, article: int, capture: Capture) -> Memento | None:
        """Return the kept memento of a capture; None if there is none, or only a damaged one, which is said once."""
        place = (capture.original, capture.timestamp)
        if place in self._damaged:
            return None
        try:
            return self.load(capture)
        except StoreError as error:
            log.warning("article=%d capture=%s url=%s %s", article, capture.timestamp, capture.original, error)
            self._damaged.add(place)
            return None

    def read(self, article: int, capture: Capture, memento: Memento) -> Reading:
        """Read a kept memento and record, as one, what that gave and which other articles the page names."""
        reading = self._site.read(page_of(memento))
        log.info(
            "article=%d capture=%s url=%s read: %s%s",
            article,
            capture.timestamp,
            capture.original,
            reading.verdict,
            f" ({reading.detail})" if reading.detail else "",
        )
        self.record(article, capture, reading, memento.digest_check, hashlib.sha256(memento.body).hexdigest())
        return reading

    def correct(self, article: int, capture: Capture, reading: Reading) -> None:
        """Record another reading of a kept page in the place of an earlier one."""
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        assert kept is not None, capture
        self.record(article, capture, reading, DigestCheck(kept.digest_check), kept.page_sha256)

    def record(
        self, article: int, capture: Capture, reading: Reading, digest_check: DigestCheck, page_sha256: str
    ) -> None:
        """Record, as one, what reading a kept memento gave and which other articles the page names."""
        with self._ledger.transaction():
            self._ledger.captures.record_read(
                article, capture, reading, digest_check=digest_check, page_sha256=page_sha256
            )
            self._ledger.articles.see(reading.linked_ids, "link")
