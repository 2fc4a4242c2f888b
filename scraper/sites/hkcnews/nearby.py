"""Where elements of a page stand: near its own article, or in an entry of a list of others."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.urls import article_id
from scraper.sites.hkcnews.view import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_LONGEST_ADDRESS = 4000


def nearest_to_headline(view: PageView, elements: list[_Element]) -> list[_Element]:
    """Return elements as `nearest_first` does; the mark is the headline, or where there is none the text."""
    if len(elements) < 2:
        return elements
    return nearest_first(view, elements, _own_headings(view) or view.having("article-content")[:MOST])


def _own_headings(view: PageView) -> list[_Element]:
    """Return each ``h1`` that is shown and no link to another article."""
    return [
        heading
        for heading in view.tags("h1")[:MOST]
        if not view.is_decoy(heading) and not links_elsewhere(view, next(heading.iterancestors("a"), heading))
    ]


def nearest_first(view: PageView, elements: list[_Element], marks: Iterable[_Element]) -> list[_Element]:
    """Return elements in the order of belief: entries of other articles last, and before them the nearest to a mark."""
    depths: dict[_Element, int] = {}
    for mark in marks:
        above = [mark, *mark.iterancestors()]
        depths.update(zip(reversed(above), range(len(above)), strict=True))

    def rank(element: _Element) -> tuple[bool, int]:
        entry = element
        for node in (element, *element.iterancestors()):
            if node in depths:
                return links_elsewhere(view, entry), -depths[node]
            entry = node
        return False, 0

    return sorted(elements, key=rank)


def links_elsewhere(view: PageView, element: _Element) -> bool:
    """Say whether an element is or holds a link to another article than the page's own."""
    return next(links_to_others(view, element), None) is not None


def links_to_others(view: PageView, element: _Element) -> Iterator[tuple[_Element, int]]:
    """Yield the links to other articles that an element is or holds, and where they lead."""
    for link in islice(element.iter("a"), MOST):
        number = other_article(view, link)
        if number is not None:
            yield link, number


def other_article(view: PageView, link: _Element) -> int | None:
    """Return the article that a link leads to, or None if to none, or to the page's own."""
    href = link.get("href") or ""
    number = article_id(href) if "/article" in href and len(href) < _LONGEST_ADDRESS else None
    return None if number == article_id(view.page.original) else number
