"""Readings of the category."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.markdown.visible import is_hidden
from scraper.sites.hkcnews.byline import linked_data
from scraper.sites.hkcnews.dates import EDGE, GAP
from scraper.sites.hkcnews.nearby import nearest_first
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import BAR, CATEGORIES, CATEGORY_LABEL, HOME_NAMES, is_site_name, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.byline import Byline
    from scraper.sites.hkcnews.view import PageView

_GROUP_LIKE = re.compile(
    r"(?:article|news|post)[-_](?:group|category|cat|section)|category(?:-name)?|cat-name|group-name", re.IGNORECASE
)
_BREADCRUMB = re.compile(r"breadcrumbs?\S*", re.IGNORECASE)
_SPLIT = re.compile(rf"\s*(?:{BAR}|[>›»/])\s*")
_BESIDE_KNOWN = re.compile(rf"{BAR}|[>›»/:：{EDGE}]|\s[-–—·・•]\s")
_LABEL = re.compile(rf"\A{GAP}{CATEGORY_LABEL}(?:{GAP}[:：]|\s*+{EDGE}){GAP}(?!\Z)", re.IGNORECASE)
_LONGEST = 40
_MANY = 3
"""So many known categories are those of a menu."""
_ROW = 6
"""So many names are, too."""
_KNOWN = frozenset(name.lower() for name in CATEGORIES)


def read_category(view: PageView, body: _Element | None, byline: Byline | None) -> tuple[str, str]:
    """Return the category and the reading that won; both empty if none can be read.

    `.group` and blocks named like it are believed whatever they say; breadcrumbs only if they name a known category.
    Navigation (``.hl-heading-group``, marked entries of menus) is no reading: it names one category on every page.
    """
    for reading, text in _readings(view, body, byline):
        name = _first_part(view.kept(text))
        if name and len(name) <= _LONGEST and not is_site_name(name) and (_is_known(name) or reading in _BELIEVED):
            return name, reading
    return "", ""


_BELIEVED = frozenset({"group", "group block", "article:section", "json-ld"})


def _readings(view: PageView, body: _Element | None, byline: Byline | None) -> Iterator[tuple[str, str]]:
    for reading, elements in (("group", view.having("group")), ("group block", view.like(_GROUP_LIKE))):
        usable = [
            element
            for element in elements[:MOST]
            if not is_inside(element, body)
            and not view.is_decoy(element)
            and next(element.iterdescendants("h1"), None) is None
        ]
        if len(usable) > 1 and byline is not None:
            usable = nearest_first(view, usable, [byline.element])
        for element in usable:
            yield reading, _text(element)
    for section in (
        view.meta("article:section", "og:section", "articlesection"),
        str(linked_data(view).get("articleSection") or ""),
    ):
        yield "article:section", section
    for block in view.like(_BREADCRUMB):
        for element in block.iter("a", "li", "span"):
            if not is_hidden(element):
                yield "breadcrumb", _text(element)


def _text(element: _Element) -> str:
    """Return what an element shows, `EDGE` between elements; a few links are as many categories."""
    shown = [text for text, _ in pieces(element)]
    few = sum(map(len, shown)) <= _LONGEST and len(list(islice(element.iter("a"), 2))) > 1
    return (f"{EDGE}/" if few else EDGE).join(shown)


def _first_part(text: str) -> str:
    """Return the first known category of a text, or else its first part without label and way home.

    Elements are set off by `EDGE`. An unknown name stays whole across them, and with the signs that it holds; a long
    text is no row of names, and one of many names is navigation.
    """
    whole = squeeze(text.replace(EDGE, " "))
    parts = _SPLIT.split(whole) if len(whole) > _LONGEST else map(squeeze, _BESIDE_KNOWN.split(text))
    names = [part for part in parts if part]
    if known := [name for name in names if _is_known(name)]:
        return known[0] if len(set(known)) < _MANY and len(names) < _ROW else ""
    shown = [piece for piece in _LABEL.sub("", text).split(EDGE) if not _is_home(piece)]
    return next((part for part in _SPLIT.split(squeeze(" ".join(shown))) if part and not _is_home(part)), "")


def _is_known(name: str) -> bool:
    return name.lower() in _KNOWN


def _is_home(name: str) -> bool:
    return squeeze(name).lower() in HOME_NAMES
