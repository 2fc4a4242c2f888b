"""Readings of the category."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.markdown.visible import is_hidden
from scraper.sites.hkcnews.byline import linked_data
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import BAR, CATEGORIES, is_site_name, squeeze

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
_LONGEST = 40
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
            usable.sort(key=lambda element: -_shared_depth(element, byline.element))
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


def _shared_depth(element: _Element, other: _Element) -> int:
    """Return how deep the innermost element stands that holds both."""
    above = list(other.iterancestors())
    return next((len(above) - above.index(node) for node in element.iterancestors() if node in above), 0)


def _text(element: _Element) -> str:
    return squeeze("\n".join(text for text, _ in pieces(element)))


def _first_part(text: str) -> str:
    parts = [part for part in _SPLIT.split(text) if part.strip()]
    return next((part for part in parts if _is_known(part)), parts[0] if parts else "")


def _is_known(name: str) -> bool:
    return name.lower() in _KNOWN
