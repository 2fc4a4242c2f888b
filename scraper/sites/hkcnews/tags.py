"""Readings of the tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.tag_blocks import linked_tags
from scraper.sites.hkcnews.vocabulary import SITE_NAMES, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView


def read_tags(view: PageView, body: _Element | None) -> tuple[tuple[str, ...], str]:
    """Return the tags in the order of the page, aliases included, and the readings they are from.

    The keywords in the head name them all; links near the text add what the head leaves out. Duplicates are dropped
    without regard to case. A list that holds only the site's names, as on the home page, is none.
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
    if added := _new(marked, tags):
        tags += added
        readings.append("article:tag")
    linked = linked_tags(view, body, {tag.casefold() for tag in tags})
    if added := _new([view.kept(tag) for tag in linked], tags):
        tags += added
        readings.append("links")
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


def _new(found: list[str], tags: list[str]) -> list[str]:
    """Return what a further reading adds; nothing if it names only the site."""
    known = {tag.casefold() for tag in tags}
    return [] if _is_own(found) else [tag for tag in found if tag and tag.casefold() not in known]


def _is_own(words: list[str]) -> bool:
    return all(word.casefold() in SITE_NAMES for word in words)


def _unique(tags: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return tuple(first.values())
