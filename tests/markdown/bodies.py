"""Bodies of pages, for the tests of their conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lxml.html

from scraper.markdown.converter import convert_body
from scraper.urls import LinkRewriter

if TYPE_CHECKING:
    from lxml.html import HtmlElement

STAMP = "20200101000000"
LINKS = LinkRewriter(STAMP, "https://www.hkcnews.com/article/1/x")
WEB = f"https://web.archive.org/web/{STAMP}"
PARSER = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)


def body_of(html: str) -> HtmlElement:
    """Return the body element of a page with this body."""
    page = f'<html><body><div class="article-content">{html}</div></body></html>'
    return lxml.html.document_fromstring(page.encode(), parser=PARSER).find_class("article-content")[0]


def converted(html: str) -> str:
    """Return the Markdown of a page's body."""
    return convert_body(body_of(html), LINKS)
