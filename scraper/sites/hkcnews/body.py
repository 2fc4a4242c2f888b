"""Readings of the body's element, and what stands in it that is not the text."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.elements import take_out
from scraper.sites.hkcnews.remembered import Remembered
from scraper.sites.hkcnews.shown import is_large, pieces, shown_text
from scraper.sites.hkcnews.tag_blocks import TAG_TOKEN, tags_in_text
from scraper.sites.hkcnews.urls import article_id
from scraper.sites.hkcnews.view import LIST_TOKENS, MOST, found_by, is_inside
from scraper.sites.hkcnews.vocabulary import PLEA

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

CONTENT = ("article-content",)
CONTENT_LIKE = ("article-body", "article-text", "article-main", "entry-content", "post-content", "story-body")
_NOT_TEXT = frozenset(
    (
        *("article-block", "article-blocks", "related", "related-articles", "related-posts", "related-news"),
        *("article-info", "share-bar", "article-share", "article-heading"),
    )
)
_TITLE_OF_LIST = re.compile(r"(?:^|\s)(?:side-heading|related\S*|recommend\S*)(?=\s|\Z)", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HEADS = _HEADINGS | {"heading", "section-heading", "section-title", "side-heading", "title"}
_LIST_TAGS = _HEADINGS | {"div", "section", "aside", "ul", "ol", "dl", "nav", "header"}
_LINES = ("p", "td", "blockquote", "figcaption")
_LONGEST_TITLE = 30
_LONGEST_ENTRY = 40
"""Characters beside the link of another article: its author and date."""
_MANY = 4 * MOST
_LEVELS = 6
"""So far a list of other articles may be wrapped."""
_CLASSED = etree.XPath("descendant::*[@class]")
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
    """Take out of the body what is not its text: lists of other articles and their headings, tags, buttons."""
    unwanted: dict[_Element, None] = {}
    looked_at = 0
    for element in found_by(_CLASSED, body):
        kind = _kinds[element.get("class") or ""]
        if kind == "no text":
            unwanted[element] = None
        elif kind and looked_at < _MANY and not any(above in unwanted for above in element.iterancestors()):
            looked_at += 1
            found = tags_in_text(view, body, element) if kind == "tags" else _list_of_others(element)
            unwanted |= {} if found is None else {found: None}
    unwanted |= dict.fromkeys(_headings_of_lists(view, body))
    if unwanted:
        take_out(unwanted, body)


def _kind(classes: str) -> str:
    """Return what a ``class`` says an element of the body is, or an empty string for the text."""
    tokens = set(classes.split())
    if tokens & _NOT_TEXT:
        return "no text"
    if any(map(TAG_TOKEN.fullmatch, tokens)):
        return "tags"
    return "list" if LIST_TOKENS.search(classes) else ""


_kinds = Remembered(_kind)


def _list_of_others(element: _Element) -> _Element | None:
    """Return an element named like a list of other articles if it is one, or its heading, and not words of the text."""
    if element.tag not in _LIST_TAGS or is_large(element):
        return None
    links = sum(1 for link in islice(element.iter("a"), MOST) if article_id(link.get("href") or "") is not None)
    if links:
        aside = "".join(text for text, _ in islice(pieces(element, frozenset({"a"})), _MANY)).strip()
        return None if "。" in aside or len(aside) > links * _LONGEST_ENTRY else element
    named = _TITLE_OF_LIST.search(element.get("class") or "") is not None
    return element if named and _is_short(element) else None


def _headings_of_lists(view: PageView, body: _Element) -> list[_Element]:
    """Return the elements of the body that hold nothing but a heading, now that the articles below it are gone."""
    above = {holder.getparent() for holder in view.emptied}
    inside = {node for node in above if node is not None and (node is body or is_inside(node, body))}
    if not inside:
        return []
    known = {body: False}
    found: dict[_Element, None] = {}
    for holder in islice((node for node in view.emptied if node.getparent() in inside), MOST):
        top = None
        for node in islice(chain((holder,), holder.iterancestors()), _LEVELS):
            if node not in known:
                known[node] = (
                    not is_large(node)
                    and _is_short(node)
                    and not "".join(text for text, _ in pieces(node, _HEADS)).strip()
                )
            if not known[node]:
                break
            top = node
        if top is not None:
            found[top] = None
    return list(found)


def _is_short(element: _Element) -> bool:
    """Say whether an element shows at most a few words, as a heading does."""
    text = "".join(text for text, _ in islice(pieces(element), _MANY)).strip()
    return len(text) <= _LONGEST_TITLE and "。" not in text and next(element.iter(*_MEDIA, *_LINES), None) is None


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
