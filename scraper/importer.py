"""Captures that one already has into the store and the ledger, so that the output folder stands alone. No network."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from scraper.ledger import Kept
from scraper.models import Capture, DigestCheck
from scraper.urls import urlkey
from scraper.warc.archives import Skipped
from scraper.warc.mementos import payload_sha1
from scraper.warc.store import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.ledger import Ledger
    from scraper.models import Memento
    from scraper.sites import Site
    from scraper.warc.store import WarcStore

_BATCH = 200
"""Pages between two waits for the disk."""
_SHOWN = 1000
"""Damages that are remembered one by one; a hostile file could name millions."""


@dataclass(slots=True)
class Intake:
    """What taking files in gave.

    Attributes:
        kept: captures of articles that are new.
        known: captures that were kept before.
        foreign: pages that are no article's.
        damages: how many stretches could not be read.
        damaged: those, the first thousand, with file and reason.
        articles: ids of which something new was kept.
    """

    kept: int = 0
    known: int = 0
    foreign: int = 0
    damages: int = 0
    damaged: list[Skipped] = field(default_factory=list)
    articles: set[int] = field(default_factory=set)

    def skip(self, skipped: Skipped) -> None:
        """Count what was not read."""
        if not skipped.damage:
            self.foreign += 1
            return
        self.damages += 1
        if len(self.damaged) < _SHOWN:
            self.damaged.append(skipped)


def payload_finder(ledger: Ledger) -> Callable[[str], Location | None]:
    """Return what `WarcStore` asks for an earlier equal payload, answered by the ledger."""

    def find(digest: str) -> Location | None:
        kept = ledger.mementos.payload(digest)
        return Location(kept.file, kept.offset, kept.length) if kept else None

    return find


def note_kept(ledger: Ledger, site: Site, memento: Memento, location: Location) -> int | None:
    """Record in the ledger that a memento lies in the store; return its article id, None for a page of none."""
    article = site.article_id(memento.original)
    digest = payload_sha1(memento.payload)
    page_sha256 = hashlib.sha256(memento.body).hexdigest()
    kept = Kept(memento.original, memento.timestamp, article, *location, digest, page_sha256, memento.digest_check)
    ledger.mementos.add(kept)
    if article is not None:
        ledger.articles.see([article], "asked")
        ledger.captures.add(article, capture_of(memento))
        ledger.articles.wake([article])
    return article


def capture_of(memento: Memento) -> Capture:
    """Return the CDX row that the archive would have for a memento."""
    kind = (memento.header("content-type") or "unk").split(";")[0].strip().lower()
    digest = payload_sha1(memento.payload)
    original = memento.original
    return Capture(urlkey(original), memento.timestamp, original, kind, str(memento.status), digest, "-")


def take_in(
    outcomes: Iterable[Memento | Skipped], *, site: Site, store: WarcStore, ledger: Ledger, intake: Intake
) -> None:  # fmt: skip
    """Keep every capture of an article that is not kept yet.

    A batch is on the disk before the ledger knows of it; a crash in between is mended by `WarcStore.recover`.

    Raises:
        StoreError: the output folder takes no more. What was taken in before stays; the same import goes on later.
    """
    stream = iter(outcomes)
    while batch := list(islice(stream, 1)):
        with ledger.transaction():
            for outcome in (*batch, *islice(stream, _BATCH - 1)):
                _take(outcome, site, store, ledger, intake)
            store.sync()


def _take(outcome: Memento | Skipped, site: Site, store: WarcStore, ledger: Ledger, intake: Intake) -> None:
    if isinstance(outcome, Skipped):
        intake.skip(outcome)
        return
    article = site.article_id(outcome.original)
    if article is None:
        intake.foreign += 1
        return
    if ledger.mementos.get(outcome.original, outcome.timestamp) is not None:
        intake.known += 1
        return
    memento = _verified(outcome, ledger, article)
    note_kept(ledger, site, memento, store.keep(memento, durable=False))
    intake.kept += 1
    intake.articles.add(article)


def _verified(memento: Memento, ledger: Ledger, article: int) -> Memento:
    """Compare the payload with the digest that a listing gave for this capture, if there is one."""
    for known in ledger.captures.of(article):
        capture = known.capture
        if (capture.timestamp, capture.original) == (memento.timestamp, memento.original) and len(capture.digest) == 32:
            equal = capture.digest == payload_sha1(memento.payload)
            check = DigestCheck.MATCH if equal else DigestCheck.MISMATCH
            return dataclasses.replace(memento, digest_check=check)
    return memento
