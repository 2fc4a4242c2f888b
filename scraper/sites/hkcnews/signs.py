"""Signs by which pages are told apart, whatever their layout."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scraper.page.visible import shown_text
from scraper.sites.hkcnews.fields import find_byline, read_date
from scraper.sites.hkcnews.urls import HOSTS, article_id
from scraper.urls import page_host

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.page.view import PageView

_LONG_PARAGRAPH = 30
_A_TEXT = 3
_MANY = 3000
_TEXT_TAGS = (
    *("p", "div", "span", "a", "h1", "h2", "h3", "h4", "li", "td", "strong", "b", "section", "article", "main", "body"),
)


def main_text(view: PageView, *, links: bool = True) -> str:
    """Return the text outside navigation and lists of other articles, without white space; with `links` theirs too."""
    shown = [element for element in view.tags(*_TEXT_TAGS)[:_MANY] if not view.is_decoy(element)]
    if not links:
        shown = [element for element in shown if not is_linked(element)]
    parts = [text or "" for element in shown for text in (element.text, *(child.tail for child in element))]
    return "".join("".join(parts).split())


def is_linked(element: _Element) -> bool:
    """Say whether an element is a link or stands in one."""
    return element.tag == "a" or next(element.iterancestors("a"), None) is not None


def names_another_page(view: PageView) -> bool:
    """Say whether ``og:url`` names a page of the site that is no article, as it does on lists."""
    url = view.meta("og:url")
    return page_host(url) in HOSTS and article_id(url) is None


def claims_an_article(view: PageView) -> bool:
    """Say whether the page calls itself an article. ``og:type`` proves nothing: it is ``article`` on the home page."""
    if names_another_page(view):
        return False
    if any(node.get("id") == "Article" for node in view.tags("body")):
        return True
    canonical = next((link.get("href") or "" for link in view.tags("link") if link.get("rel") == "canonical"), "")
    return article_id(view.meta("og:url") or canonical) is not None


def has_a_text(view: PageView) -> bool:
    """Say whether the page has a byline with a date, or some long paragraphs."""
    byline = find_byline(view, None)
    if byline is not None and read_date(byline)[0]:
        return True
    long = (node for node in view.tags("p")[:_MANY] if len(shown_text(node)) > _LONG_PARAGRAPH)
    own = (node for node in long if not view.is_decoy(node) and not is_linked(node))
    return len(list(islice(own, _A_TEXT))) == _A_TEXT
