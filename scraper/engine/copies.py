"""Which of two copies of one capture, the same URL at the same moment with other bytes, is the better one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.models import DigestCheck, Verdict, page_of
from scraper.page.replayed import is_saved_by_browser

if TYPE_CHECKING:
    from scraper.ledger.mementos import Kept
    from scraper.models import Memento, Site
    from scraper.store.warc import WarcStore

_NOTE = 400_000
"""Bytes of a page in which a browser's note may stand."""


def is_better_copy(memento: Memento, kept: Kept, store: WarcStore, site: Site) -> bool:
    """Say whether a memento should take the place of the kept one, which stays in the store but is not read again."""
    try:
        earlier = store.load_kept(kept)
    except StoreError:
        return True
    return _rank(memento, site) > _rank(earlier, site)


def _rank(memento: Memento, site: Site) -> tuple[object, ...]:
    """Return how good a copy is, larger is better.

    Bytes that were archived before a page that a browser wrote out anew, what is whole before what is cut.
    """
    reading = site.read(page_of(memento))
    return (
        not is_saved_by_browser(memento.body[:_NOTE].decode("latin-1")),
        memento.truncated is None,
        reading.verdict is Verdict.ARTICLE,
        memento.digest_check is DigestCheck.MATCH,
        reading.completeness,
    )
