"""Readings of the category."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.byline import linked_data
from scraper.sites.hkcnews.view import has_class, is_decoy, is_hidden, pieces
from scraper.sites.hkcnews.vocabulary import BAR, CATEGORIES, is_site_name, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.sites.hkcnews.view import PageView

_GROUP = f"//*[{has_class('group')}]"
_GROUP_LIKE = (
    "//*["
    + has_class("article-group", "article-category", "category", "cat-name", "article-cat", "news-group", "group-name")
    + "]"
)
_BREADCRUMB = (
    "//*[contains(@class, 'breadcrumb') or contains(@itemtype, 'BreadcrumbList')]//*[self::a or self::li or self::span]"
    " | //*[contains(@class, 'heading-group')]/li"
)
_ACTIVE = "//*[self::nav or contains(@class, 'nav')]//*[" + has_class("active", "current", "selected") + "]"
_SPLIT = re.compile(rf"\s*(?:{BAR}|[>›»/])\s*")
_LONGEST = 40


def read_category(view: PageView, body: HtmlElement | None) -> tuple[str, str]:
    """Return the category and the reading that won; both empty if none can be read.

    `.group` and blocks named like it are believed whatever they say; breadcrumbs and navigation only if they name a
    known category.
    """
    for reading, text in _readings(view, body):
        name = _first_part(view.kept(text))
        if name and len(name) <= _LONGEST and not is_site_name(name) and (_is_known(name) or reading in _BELIEVED):
            return name, reading
    return "", ""


_BELIEVED = frozenset({"group", "group block", "article:section", "json-ld"})


def _readings(view: PageView, body: HtmlElement | None) -> Iterator[tuple[str, str]]:
    for reading, expression in (("group", _GROUP), ("group block", _GROUP_LIKE)):
        for element in view.find(expression):
            outside = body is None or all(node is not body for node in element.iterancestors())
            if outside and not is_decoy(element) and element.find(".//h1") is None:
                yield reading, _text(element)
    for section in (
        view.meta("article:section", "og:section", "articlesection"),
        str(linked_data(view).get("articleSection") or ""),
    ):
        yield "article:section", section
    for reading, expression in (("breadcrumb", _BREADCRUMB), ("navigation", _ACTIVE)):
        for element in view.find(expression):
            if not is_hidden(element):
                yield reading, _text(element)


def _text(element: HtmlElement) -> str:
    return squeeze("\n".join(text for text, _ in pieces(element)))


def _first_part(text: str) -> str:
    parts = [part for part in _SPLIT.split(text) if part.strip()]
    return next((part for part in parts if _is_known(part)), parts[0] if parts else "")


def _is_known(name: str) -> bool:
    return name.lower() in {known.lower() for known in CATEGORIES}
