"""The layouts: one class for each make-up of the article page. A further one is a class here and a fixture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from scraper.sites.hkcnews import body as bodies
from scraper.sites.hkcnews.author_box import Box, find_box
from scraper.sites.hkcnews.byline import find_byline, read_author, read_date
from scraper.sites.hkcnews.category import read_category
from scraper.sites.hkcnews.stamp import read_stamp
from scraper.sites.hkcnews.tags import read_tags
from scraper.sites.hkcnews.title import from_document_title, from_h1, from_marked, from_open_graph
from scraper.sites.hkcnews.vocabulary import NEWS

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.byline import Byline
    from scraper.sites.hkcnews.view import PageView


@dataclass(frozen=True, slots=True)
class Fields:
    """What a layout read from a page; an empty string or None where there is nothing.

    `readings` names, for each field that was found, the reading that won.
    """

    body: _Element | None
    byline: Byline | None
    title: str
    author: str
    date: str
    category: str
    last_updated: str | None
    tags: tuple[str, ...]
    box: Box | None
    readings: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The required fields that could not be read."""
        values = (("title", self.title), ("author", self.author), ("category", self.category))
        return tuple(name for name, value in values if not value) + (("body",) if self.body is None else ())


class Layout:
    """One make-up of the article page: where its text stands. The other fields are read by ordered readings."""

    name: ClassVar[str]
    body: ClassVar[tuple[str, ...]]
    """Class tokens, or ids, of the elements that may hold the text."""
    itemprop: ClassVar[str] = ""
    """Their schema.org property, if that marks them too."""

    def read(self, view: PageView) -> Fields | None:
        """Read a page, or return None if its text does not stand where this layout has it."""
        body = bodies.find_body(view, self.body, self.itemprop)
        if body is None:
            return None
        return read_fields(view, body, self.name)


class ArticlePage(Layout):
    """The article page that scrapers of the live site knew: `.article-info`, `.group`, `.article-content`."""

    name = "article-page"
    body = bodies.CONTENT


class MarkedUpPage(Layout):
    """An article page whose text is marked up in another common way: schema.org, or a class named like it."""

    name = "marked-up-page"
    body = bodies.CONTENT_LIKE
    itemprop = "articleBody"


LAYOUTS: tuple[Layout, ...] = (ArticlePage(), MarkedUpPage())
"""All layouts, the one to try first in front."""


def read_fields(view: PageView, body: _Element | None, layout: str) -> Fields:
    """Read every field of a page by its ordered readings."""
    byline = find_byline(view)
    readings: dict[str, str] = {} if body is None else {"body": layout}
    title = ""
    for reading, text in _titles(view, body, byline):
        if text:
            title, readings["title"] = text, reading
            break
    author, readings["author"] = read_author(view, byline, title)
    date, readings["date"] = read_date(view, byline)
    category, readings["category"] = read_category(view, body, byline)
    stamp, readings["last_updated"] = read_stamp(view, byline, body)
    tags, readings["tags"] = read_tags(view, body)
    box = None
    if category != NEWS:
        keep_out = tuple(node for node in (body, None if byline is None else byline.element) if node is not None)
        box = find_box(view, author, body, keep_out)
    if box is not None:
        readings["author_box"] = box.reading
    found = {field: reading for field, reading in readings.items() if reading}
    return Fields(body, byline, title, author, date, category, stamp, tags, box, found)


def _titles(view: PageView, body: _Element | None, byline: Byline | None) -> tuple[tuple[str, str], ...]:
    heading = from_h1(view, body)
    if heading:
        return (("h1", heading),)
    author = "" if byline is None else byline.author
    return (
        ("headline markup", from_marked(view, body)),
        ("og:title", from_open_graph(view, author)),
        ("title", from_document_title(view, author)),
    )
