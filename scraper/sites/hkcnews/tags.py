"""Readings of the tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import SITE_NAMES, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_TAG_TOKEN = re.compile(r"(?:\w+[-_])*(?:tags?|keywords?|hashtags?)(?:[-_]\w+)*", re.IGNORECASE)
_TAG_HREF = re.compile(r"/tags?/[^/]", re.IGNORECASE)


def read_tags(view: PageView, body: _Element | None) -> tuple[tuple[str, ...], str]:
    """Return the tags in the order of the page, aliases included, and the readings they are from.

    The keywords in the head name them all; links near the text add what the head leaves out. Duplicates are dropped
    without regard
    to case. A list that holds only the site's names, as on the home page, is none.
    """
    readings = []
    tags: list[str] = []
    for name in ("keywords", "news_keywords"):
        words = [word for value in view.metas(name) for word in _without_default(_split(value))]
        if words:
            tags += words
            readings.append(f"meta {name}")
            break
    named = view.metas("article:tag")
    marked = [squeeze(tag) for tag in named] if len(named) > 1 else [tag for value in named for tag in _split(value)]
    linked = [
        view.kept(_text(element)) for element in _linked(view, body, by_id=not tags) if not view.is_decoy(element)
    ]
    for reading, found in (("article:tag", marked), ("links", linked)):
        known = {tag.casefold() for tag in tags}
        added = [tag for tag in found if tag and tag.casefold() not in known]
        if added and not _is_own(found):
            tags += added
            readings.append(reading)
    return _unique(tags), " + ".join(readings)


def _split(text: str) -> list[str]:
    """Split a keyword list: at commas; at full-width ones only where there is no other.

    A lone full-width comma is a tag's own: ``光復香港，時代革命``.
    """
    parts = text.split(",") if "," in text else re.split("[，;；]", text)
    if "," not in text and text.count("，") == 1:
        parts = [text]
    return [squeezed for part in parts if (squeezed := squeeze(part))]


def _without_default(words: list[str]) -> list[str]:
    """Leave out the site's default keywords (``眾新聞, hkcnews, 眾新聞`` on the home page), alone or beside tags.

    ``眾新聞`` on its own beside other tags is a tag: the paper wrote about itself.
    """
    names = {word.casefold() for word in words} & SITE_NAMES
    if len(names) > 1 or _is_own(words):
        return [word for word in words if word.casefold() not in SITE_NAMES]
    return words


def _is_own(words: list[str]) -> bool:
    return all(word.casefold() in SITE_NAMES for word in words)


def _linked(view: PageView, body: _Element | None, *, by_id: bool) -> list[_Element]:
    """Return what may be tag links near the text, each once: items of tag blocks, then other links to a tag."""
    found: dict[_Element, None] = {}
    blocks = view.like(_TAG_TOKEN)
    if by_id:
        blocks += [node for node in view.with_attribute("id") if _TAG_TOKEN.fullmatch(node.get("id") or "")]
    for block in blocks[: 4 * MOST]:
        links = [block] if block.tag == "a" else list(block.iter("a"))
        items = [] if links else [node for node in block.iter("li", "span") if node is not block]
        found.update(dict.fromkeys(links or items or ([block] if block.tag in {"span", "li"} else [])))
    for link in view.tags("a"):
        href = link.get("href") or ""
        leads_to_tag = "/tag" in href.lower() and _TAG_HREF.search(href)
        if (leads_to_tag or link.get("rel") == "tag") and not is_inside(link, body):
            found.setdefault(link)
    return [
        node
        for node in list(found)[: 4 * MOST]
        if all(above.tag not in {"aside", "header"} for above in node.iterancestors())
    ]


def _text(element: _Element) -> str:
    return squeeze("".join(text for text, _ in pieces(element))).lstrip("#＃").strip()


def _unique(tags: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return tuple(first.values())
