"""Readings of the body's element, and what stands in it that is not the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.sites.hkcnews.view import has_class, is_decoy, shown_text
from scraper.sites.hkcnews.vocabulary import PLEA

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.sites.hkcnews.view import PageView

CONTENT = "//*[" + has_class("article-content") + " or @id='article-content']"
CONTENT_LIKE = (
    "//*[@itemprop='articleBody' or "
    + has_class("article-body", "article-text", "article-main", "entry-content", "post-content", "story-body")
    + "]"
)
_FOREIGN_PARTS = (
    ".//*["
    + has_class(
        "article-block",
        "article-blocks",
        "related",
        "related-articles",
        "related-posts",
        "related-news",
        "article-info",
        "tag-list",
    )
    + " or "
    + has_class("article-tags", "tags", "share-bar", "article-share", "article-heading")
    + "]"
)
MEDIA = ".//img[@src or @data-src or @srcset] | .//iframe | .//video | .//audio | .//embed | .//object | .//source"


def find_body(view: PageView, expression: str) -> HtmlElement | None:
    """Return the element that holds the text: an outer one before one inside it, then the one with most in it."""
    found = [
        element
        for element in view.find(expression)
        if not is_decoy(element) and element.tag not in {"body", "html", "meta"}
    ]
    outer = [element for element in found if not any(node in found for node in element.iterancestors())]
    if len(outer) < 2:
        return outer[0] if outer else None
    return max(outer, key=lambda element: (len("".join(shown_text(element).split())), len(element.xpath(MEDIA))))


def clear(body: HtmlElement) -> None:
    """Take out of the body what is not its text: lists of other articles, tags, buttons."""
    for element in body.xpath(_FOREIGN_PARTS):
        if element.getparent() is not None:
            _drop(element)


def _drop(element: HtmlElement) -> None:
    element.drop_tree()


def is_empty(body: HtmlElement) -> bool:
    """Say whether the body holds neither words nor media, the plea for subscribers aside."""
    if body.xpath(MEDIA):
        return False
    text = "".join(shown_text(body).split())
    if not text:
        return True
    rule = next(iter(body.iter("hr")), None)
    if rule is None:
        return False
    before = "".join(
        "".join(node.itertext()) for node in rule.itersiblings(preceding=True) if isinstance(node.tag, str)
    )
    return not before.strip() and not (body.text or "").strip() and bool(PLEA.search(text))
