"""hkcnews.com (眾新聞, Citizen News), 2016-12-30 to 2022-01-03."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.sites.hkcnews import urls
from scraper.sites.hkcnews.words import (
    CLOSURE,
    FAREWELL,
    FAREWELL_ARTICLE,
    FIRST_ID,
    LAST_ID,
    NEWS,
    USUAL_READINGS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from scraper.models import Belief, ListEntry, Page, Reading


def _reading() -> ModuleType:
    from scraper.sites import reading

    return reading


class HkcNews:
    """The site as the rest of the program sees it. Pure: no session, no path, no clock."""

    name = "hkcnews"
    hosts: tuple[str, ...] = urls.HOSTS
    article_prefix = "hkcnews.com/article/"
    known_ids = range(FIRST_ID, LAST_ID + 1)
    closure = CLOSURE
    usual_readings: Mapping[str, str] = USUAL_READINGS

    article_id = staticmethod(urls.article_id)
    document_url = staticmethod(urls.document_url)
    image_originals = staticmethod(urls.image_originals)
    is_asset = staticmethod(urls.is_asset)
    is_poor_url = staticmethod(urls.is_poor_url)
    is_revised = staticmethod(urls.is_revised)
    list_queries = urls.LIST_QUERIES
    is_list = staticmethod(urls.is_list)

    @property
    def beliefs(self) -> tuple[Belief, ...]:
        """What reading the pages rests on."""
        from scraper.sites.hkcnews.beliefs import BELIEFS  # without what makes Markdown: `status` asks for the table

        return BELIEFS

    def is_farewell(self, title: str, article: int | None) -> bool:
        """Say whether this title, on a page of this article, is that of the page that replaced the whole site."""
        return article != FAREWELL_ARTICLE and FAREWELL.search("".join(title.split())) is not None

    def has_author_box(self, category: str) -> bool:
        """Say whether the articles of a category have an author box."""
        return category not in NEWS

    def read_list(self, page: Page) -> tuple[ListEntry, ...]:
        """Return the articles that a list names. Never raises on any bytes."""
        return _reading().read_list(page)  # type: ignore[no-any-return]

    def read(self, page: Page) -> Reading:
        """Judge a page and, if it is an article, read it. Never raises on any bytes."""
        return _reading().read_page(page)  # type: ignore[no-any-return]


HKCNEWS = HkcNews()
