"""Readings of the body's element, and what stands in it that is not the text."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.page.tree import take_out
from scraper.sites.hkcnews.remembered import Remembered
from scraper.sites.hkcnews.shown import is_large, pieces, shown_text
from scraper.sites.hkcnews.tag_blocks import TAG_TOKEN, tags_in_text
from scraper.sites.hkcnews.view import MOST, found_by, is_inside
from scraper.sites.hkcnews.vocabulary import PLEA, squeeze

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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
_TITLE_OF_LIST = re.compile(
    r"(?:相關|相关|延伸|推薦|推荐|熱門|热门|最新|更多)(?:文章|閱讀|新聞|報[道導]|專題)"
    r"|(?:related|recommended|latest|more|popular)\s(?:articles|news|stories|posts)|read\s(?:more|next)",
    re.IGNORECASE,
)
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


def clear(view: PageView, body: _Element, tags: Collection[str]) -> None:
    """Take out of the body what is not its text: lists of other articles and their headings, tags, buttons.

    Args:
        view: the page.
        body: is changed.
        tags: of the article; only a block that names nothing else is no text.
    """
    known = {tag.casefold() for tag in tags}
    unwanted: dict[_Element, None] = {}
    looked_at = 0
    for element in found_by(_CLASSED, body):
        kind = _kinds[element.get("class") or ""]
        if kind == "no text":
            unwanted[element] = None
        elif kind and looked_at < _MANY and not any(above in unwanted for above in element.iterancestors()):
            looked_at += 1
            found = tags_in_text(view, body, element, known)
            unwanted |= {} if found is None else {found: None}
    unwanted |= dict.fromkeys(_titles_of_lists(view, body))
    if unwanted:
        take_out(unwanted, body)


def _kind(classes: str) -> str:
    """Return what a ``class`` says an element of the body is, or an empty string for the text."""
    tokens = set(classes.split())
    if tokens & _NOT_TEXT:
        return "no text"
    return "tags" if any(map(TAG_TOKEN.fullmatch, tokens)) else ""


_kinds = Remembered(_kind)


def _titles_of_lists(view: PageView, body: _Element) -> Iterator[_Element]:
    """Yield what stands right before articles that are gone from the body and says no more than that others follow."""
    looked_at: set[_Element] = set()
    for holder in islice((node for node in view.emptied if node is body or is_inside(node, body)), MOST):
        node = holder
        last = next(holder.iterchildren(reversed=True), None)
        for _ in range(_LEVELS):
            if last is not None and last not in looked_at and isinstance(last.tag, str) and not is_large(last):
                looked_at.add(last)
                if _TITLE_OF_LIST.fullmatch(squeeze(shown_text(last)).strip(":：")) and not (last.tail or "").strip():
                    yield last
            parent = node.getparent()
            if node is body or parent is None:
                break
            last, node = node.getprevious(), parent


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
