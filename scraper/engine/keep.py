"""A memento into store and ledger, and then read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from typing import TYPE_CHECKING

from scraper.compression import unknown_encodings
from scraper.errors import StoreError
from scraper.ledger.mementos import Kept
from scraper.models import UNREAD, Capture, DigestCheck, Lack, Reading, Verdict, page_of
from scraper.page.replayed import mentions
from scraper.payload import check_digest, payload_sha1
from scraper.selection.candidates import is_a_part
from scraper.store.mementos import SOURCE_DIGEST, SOURCE_RECORD
from scraper.urls import captures_beside, urlkey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scraper.ledger import Ledger
    from scraper.models import Memento, Site
    from scraper.store.records import Location
    from scraper.store.warc import WarcStore

log = logging.getLogger(__name__)


LARGE = 1 << 20
"""Bytes: smaller pages take no memory worth a mark on the disk."""
_DEATHS = 2
"""One may have had other reasons."""


def read_guarded(site: Site, memento: Memento, folder: Path) -> Reading:
    """Read a page, a large one under a mark in `folder`: one at which the process has died twice is not read again.

    Never raises.
    """
    if len(memento.body) <= LARGE:
        return _read(site, memento)
    name = hashlib.sha256(memento.body).hexdigest()[:16]
    deaths = len(list(folder.glob(f".reading-{name}-*")))
    if deaths >= _DEATHS:
        detail = f"reading it has ended the process {_DEATHS} times; remove .reading-{name}-* to try again"
        return Reading(Verdict.UNKNOWN_LAYOUT, detail=detail)
    with contextlib.suppress(OSError):
        (folder / f".reading-{name}-{deaths + 1}").touch(exist_ok=False)
    reading = _read(site, memento)
    for mark in folder.glob(f".reading-{name}-*"):
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)
    return reading


def _read(site: Site, memento: Memento) -> Reading:
    """Read a page. Bytes in an encoding that is not known are no other site's: they may yet be read."""
    reading = site.read(page_of(memento))
    unknown = unknown_encodings(memento.header("Content-Encoding") or "")
    if reading.verdict is Verdict.FOREIGN and unknown:
        return Reading(Verdict.UNKNOWN_LAYOUT, detail=f"in a content encoding that is not read: {', '.join(unknown)}")
    return reading


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
            return self.load_if_whole(memento) is not None
        return self._ledger.mementos.has_copy(*where, digest)

    def _take(self, memento: Memento, location: Location) -> bool:
        """Record where a memento lies: as the one of its capture, or as a copy that is worse than that one."""
        original, timestamp = memento.original, memento.timestamp
        article, digest = self._site.article_id(original), payload_sha1(memento.payload)
        told = {
            key: captures_beside(value) if key == "Link" else value
            for key, value in memento.provenance
            if key not in (SOURCE_RECORD, SOURCE_DIGEST)
        }
        kept = Kept(
            *(original, timestamp, article, *location, digest, hashlib.sha256(memento.body).hexdigest()),
            *(memento.digest_check, json.dumps(told, ensure_ascii=False)),
        )
        if article is not None:
            earlier = self.load_if_whole(memento)
            if earlier is not None and self._worth(memento) <= self._worth(earlier):
                self._ledger.mementos.add_copy(kept)
                return False
        self._ledger.mementos.add(kept)
        if article is not None:
            kind = (memento.header("content-type") or "unk").split(";")[0].strip().lower()
            row = Capture(urlkey(original), timestamp, original, kind, str(memento.status), digest, "-")
            self._ledger.articles.add_ids([article], "asked")
            self._ledger.captures.add(article, row)  # as the archive would list it
            self._ledger.articles.mark_due([article])
        self._damaged.discard((original, timestamp))
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
        taken: list[int | None] = []
        for location, memento in self._store.recover(self._ledger.mementos.ends()):
            with self._ledger.transaction():
                self._take(memento, location)
            taken.append(self._site.article_id(memento.original))
        if articles := {article for article in taken if article is not None}:
            self._ledger.captures.count_shared(articles)
        return len(taken)

    def load(self, capture: Capture | Memento) -> Memento | None:
        """Return the kept memento of a capture, None if it is not kept; raise StoreError if it cannot be read."""
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        return self._store.load_kept(kept) if kept else None

    def load_if_whole(self, capture: Capture | Memento) -> Memento | None:
        """Return the kept memento of a capture; None if there is none, or only a damaged one, which is said once."""
        place = capture.original, capture.timestamp
        try:
            return None if place in self._damaged else self.load(capture)
        except StoreError as error:
            log.warning("article=%s capture=%s %s", self._site.article_id(capture.original), capture.timestamp, error)
            self._damaged.add(place)
            return None

    def read(self, article: int, capture: Capture, memento: Memento, *, record: bool = True) -> Reading:
        """Read a memento and record what that gave, unless it is a copy that does not stand for its capture."""
        reading = read_guarded(self._site, memento, self._folder)
        detail = f" ({reading.detail})" if reading.detail else ""
        log.info("article=%d capture=%s read: %s%s", article, capture.timestamp, reading.verdict, detail)
        if record:
            self.record(article, capture, reading)
        return reading

    def record(self, article: int, capture: Capture, reading: Reading) -> None:
        """Record, as one, what reading a kept page gave and which other articles it names."""
        kept = self._ledger.mementos.get(capture.original, capture.timestamp)
        assert kept is not None, capture
        check = DigestCheck(kept.digest_check)
        with self._ledger.transaction():
            self._ledger.captures.record_read(
                article, capture, reading, digest_check=check, page_sha256=kept.page_sha256
            )
            self._ledger.articles.add_ids(reading.linked_ids, "link")
