"""hkcnews.com (眾新聞, Citizen News), 2016-12-30 to 2022-01-03."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.sites.hkcnews import urls
from scraper.sites.hkcnews.words import CLOSURE, FAREWELL, FAREWELL_ARTICLE, FIRST_ID, LAST_ID, NEWS

if TYPE_CHECKING:
    from scraper.models import Belief, ListEntry, Page, Reading


class HkcNews:
    """The site as the rest of the program sees it. Pure: no session, no path, no clock."""

    name = "hkcnews"
    hosts: tuple[str, ...] = urls.HOSTS
    article_prefix = "hkcnews.com/article/"
    known_ids = range(FIRST_ID, LAST_ID + 1)
    closure = CLOSURE

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
        from scraper.sites.hkcnews.beliefs import BELIEFS  # with the parser, as `read`

        return tuple(one.belief for one in BELIEFS)

    def is_farewell(self, title: str, article: int | None) -> bool:
        """Say whether this title, on a page of this article, is that of the page that replaced the whole site."""
        return article != FAREWELL_ARTICLE and FAREWELL.search("".join(title.split())) is not None

    def has_author_box(self, category: str) -> bool:
        """Say whether the articles of a category have an author box."""
        return category not in NEWS

    def read_list(self, page: Page) -> tuple[ListEntry, ...]:
        """Return the articles that a list names. Never raises on any bytes."""
        from scraper.sites.hkcnews.lists import read_list  # as `read`

        return read_list(page)

    def read(self, page: Page) -> Reading:
        """Judge a page and, if it is an article, read it. Never raises on any bytes."""
        from scraper.sites.hkcnews.rules import READER  # with the parser: commands that read no page start without it
        from scraper.sites.reading import read_page

        return read_page(page, READER)


HKCNEWS = HkcNews()
