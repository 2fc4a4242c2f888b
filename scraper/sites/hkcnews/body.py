"""Readings of the body's element, and what stands in it that is not the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.elements import take_out
from scraper.sites.hkcnews.shown import pieces, shown_text
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import PLEA

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

CONTENT = ("article-content",)
CONTENT_LIKE = ("article-body", "article-text", "article-main", "entry-content", "post-content", "story-body")
_NOT_TEXT = (
    *("article-block", "article-blocks", "related", "related-articles", "related-posts", "related-news"),
    *("article-info", "tag-list", "article-tags", "tags", "share-bar", "article-share", "article-heading"),
)
_MEDIA = ("img", "iframe", "video", "audio", "embed", "object")


def find_body(view: PageView, tokens: tuple[str, ...], itemprop: str = "") -> _Element | None:
    """Return the element that holds the text: an outer one before one inside it, then the one with most in it.

    Args:
        view: the page.
        tokens: class tokens or ids of such an element.
        itemprop: its schema.org property, if that marks it too.
    """
    named = view.having(*tokens)
    if not named and itemprop:
        named = [node for node in view.with_attribute("itemprop") if node.get("itemprop") == itemprop]
    if not named:
        named = [node for node in view.with_attribute("id") if node.get("id") in tokens]
    found = [node for node in named[:MOST] if node.tag not in {"body", "html", "meta"} and not view.is_decoy(node)]
    outer = [node for node in found if not any(other in found for other in node.iterancestors())]
    if len(outer) < 2:
        return outer[0] if outer else None
    return max(outer, key=lambda node: (len("".join(shown_text(node).split())), media(node)))


def media(body: _Element) -> int:
    """Return how many pictures, frames and films the body holds."""
    return sum(1 for _ in body.iter(*_MEDIA))


def clear(view: PageView, body: _Element) -> None:
    """Take out of the body what is not its text: lists of other articles, tags, buttons."""
    unwanted = [element for element in view.having(*_NOT_TEXT) if is_inside(element, body)]
    if unwanted:
        take_out(unwanted, body)


def is_empty(body: _Element) -> bool:
    """Say whether the body holds neither words nor media, the plea for subscribers aside."""
    if media(body):
        return False
    rule = next(iter(body.iter("hr")), None)
    if rule is None:
        return not any(text.strip() for text, _ in pieces(body))
    text = "".join(shown_text(body).split())
    if not text:
        return True
    before = "".join(
        "".join(map(str, node.itertext())) for node in rule.itersiblings(preceding=True) if isinstance(node.tag, str)
    )
    return not before.strip() and not (body.text or "").strip() and bool(PLEA.search(text))
