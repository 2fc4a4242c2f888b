"""The site as the rest of the program sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.models import Reading, Verdict
from scraper.sites.hkcnews import urls

if TYPE_CHECKING:
    from scraper.models import Page


class HkcNews:
    """hkcnews.com. Pure: no session, no path, no clock."""

    name = "hkcnews"
    hosts: tuple[str, ...] = urls.HOSTS
    article_prefix = "hkcnews.com/article/"
    known_ids = range(174, 49931)
    closure = "20220103160000"
    """2022-01-04 00:00 in Hong Kong: the site closed, captures from then on are mostly of the farewell page."""

    article_id = staticmethod(urls.article_id)
    article_queries = staticmethod(urls.article_queries)
    document_url = staticmethod(urls.document_url)
    is_asset = staticmethod(urls.is_asset)
    is_poor_url = staticmethod(urls.is_poor_url)

    def image_originals(self, original: str) -> tuple[str, ...]:
        """Return the URLs under which a picture may have been captured, the one to be preferred first."""
        from scraper.sites.hkcnews import pictures  # with the first picture, as what reads comes with the first page

        return pictures.image_originals(original)

    def is_farewell(self, title: str) -> bool:
        """Say whether this is the farewell page's title."""
        from scraper.sites.hkcnews.vocabulary import FAREWELL

        return FAREWELL.search("".join(title.split())) is not None

    def read(self, page: Page) -> Reading:
        """Judge a page and, if it is an article, read it. Never raises on any bytes."""
        from scraper.sites.hkcnews import reading  # with the parser: commands that read no page start without it

        try:
            return reading.read(page)
        except Exception as error:  # noqa: BLE001  # pages are hostile: one that breaks a reading is kept and reported, the run goes on
            return Reading(Verdict.UNKNOWN_LAYOUT, detail=f"reading failed: {type(error).__name__}: {error}"[:300])
