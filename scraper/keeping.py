"""What store and ledger must agree on: which mementos are kept, and where."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scraper.ledger.mementos import Kept
from scraper.models import Capture, DigestCheck
from scraper.urls import urlkey
from scraper.warc.files import Location
from scraper.warc.mementos import payload_sha1

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.ledger import Ledger
    from scraper.models import Memento
    from scraper.sites import Site

_DIGEST_LENGTH = 32


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


def verified(memento: Memento, digest: str) -> Memento:
    """Compare the payload with the digest that a listing gives for this capture, if it is one."""
    if len(digest) != _DIGEST_LENGTH:
        return memento
    equal = digest == payload_sha1(memento.payload)
    return memento._replace(digest_check=DigestCheck.MATCH if equal else DigestCheck.MISMATCH)


def capture_of(memento: Memento) -> Capture:
    """Return the CDX row that the archive would have for a memento."""
    kind = (memento.header("content-type") or "unk").split(";")[0].strip().lower()
    digest = payload_sha1(memento.payload)
    original = memento.original
    return Capture(urlkey(original), memento.timestamp, original, kind, str(memento.status), digest, "-")
