"""The layouts: one class for each make-up of the article page. A further one is a class here and a fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.page.tree import common_ancestor
from scraper.sites.base import NOTHING, Fields
from scraper.sites.hkcnews.author_box import find_box
from scraper.sites.hkcnews.body import find_body, find_plea
from scraper.sites.hkcnews.fields import find_byline, read_category, read_date, read_stamp, read_tags, read_title
from scraper.sites.hkcnews.urls import is_revised
from scraper.sites.hkcnews.words import NEWS, PLEA_FROM, PLEA_TO

if TYPE_CHECKING:
    from scraper.page.view import PageView
    from scraper.sites.base import Layout


class ArticlePage:
    """The article page of 2016-12 to 2022-01: ``h1``, ``.article-info``, ``.group``, ``.article-content``."""

    name = "article-page"

    def read(self, view: PageView) -> Fields:
        """Read every field that is there. A field that such a page ought to have is read by `NOTHING` if it has not."""
        body = find_body(view)
        title, heading = read_title(view, body)
        byline = find_byline(view, body)
        category = read_category(view, body)
        readings = {
            "title": "h1" if title else "",
            "author": "article-info" if byline else "",
            "category": "group" if category else "",
            "body": self.name if body is not None else "",
        }
        if body is None or heading is None or byline is None:
            return Fields(
                body=body,
                byline=None if byline is None else byline.element,
                title=title,
                author="" if byline is None else byline.author,
                category=category,
                readings=_found(readings),
            )
        column = common_ancestor(heading, body)
        date, readings["date"] = read_date(byline)
        box = None
        if category not in NEWS:
            box = find_box(view, byline.author, heading, byline.element, body)
            readings["author_box"] = NOTHING if box is None else "author block"
        apart = [body] if box is None else [body, box.element]
        stamp, readings["last_updated"] = read_stamp(byline, column, view, apart)
        if not stamp and is_revised(view.page.original):
            readings["last_updated"] = NOTHING
        tags, readings["tags"] = read_tags(view, column, body)
        plea, readings["plea"] = find_plea(view, body)
        if not plea and PLEA_FROM <= view.page.timestamp <= PLEA_TO:
            readings["plea"] = NOTHING
        return Fields(
            body=body,
            byline=byline.element,
            title=title,
            author=byline.author,
            date=date,
            category=category,
            last_updated=stamp,
            tags=tags,
            box=box,
            plea=plea,
            english=byline.english,
            needs_box=category not in NEWS,
            readings=_found(readings),
        )


def _found(readings: dict[str, str]) -> dict[str, str]:
    return {field: reading for field, reading in readings.items() if reading}


LAYOUTS: tuple[Layout, ...] = (ArticlePage(),)
"""All layouts, the one to try first in front."""
