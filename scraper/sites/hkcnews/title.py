"""Readings of the title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import BAR, is_site_name, squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_TAIL = re.compile(rf"\s*{BAR}\s*")
_LONGEST = 2000
_NOT_TITLE = frozenset({"group", "article-info", "category", "tag", "sr-only"})


def from_h1(view: PageView, body: _Element | None) -> str:
    """Return the ``h1`` of the article: shown, outside the text.

    Of several, the one that the head of the page names, else the first.
    """
    found = []
    for heading in view.tags("h1")[:MOST]:
        if is_inside(heading, body):
            continue
        if not view.is_decoy(heading) and (text := heading_text(view, heading)) and not is_site_name(text):
            found.append(text)
    if not found:
        return ""
    if len(found) > 1:
        for named in (view.meta("og:title", "twitter:title"), view.document_title):
            for text in found:
                if squeeze(named).startswith(squeeze(text)):
                    return text
    return found[0]


def from_marked(view: PageView, body: _Element | None) -> str:
    """An element marked as headline."""
    marked = [node for node in view.with_attribute("itemprop") if node.get("itemprop") == "headline"]
    for element in [*marked, *view.having("article-title", "entry-title", "headline")]:
        if is_inside(element, body) or view.is_decoy(element):
            continue
        text = view.kept((element.get("content") or "").strip()) or heading_text(view, element)
        if text and not is_site_name(text):
            return text
    return ""


def from_open_graph(view: PageView, author: str) -> str:
    """``og:title``, which may be ``TITLE | AUTHOR``."""
    return without_tail(view.meta("og:title", "twitter:title").strip(), author)


def from_document_title(view: PageView, author: str) -> str:
    """``title``, which ends with the site's name."""
    return without_tail(view.document_title, author)


def without_tail(text: str, author: str) -> str:
    """Return a title without the author's and the site's names behind it; empty if nothing is left."""
    text = text[:_LONGEST]
    parts = _TAIL.split(text)
    while parts and (
        is_site_name(parts[-1]) or (len(parts) > 1 and squeeze(parts[-1]) == squeeze(author)) or not parts[-1].strip()
    ):
        text = text[: len(text) - len(parts.pop())].rstrip()
        text = re.sub(rf"\s*{BAR}\s*\Z", "", text) if parts else ""
    dash = re.sub(r"\s+[-–—]\s+(?:眾新聞|CitizenNews|hkcnews)\s*\Z", "", text, flags=re.IGNORECASE)
    return dash.strip()


def heading_text(view: PageView, heading: _Element) -> str:
    """Return a heading's text: a break is a space, other white space inside stands as written."""
    text = "".join(piece for piece, _ in pieces(heading, _NOT_TITLE))
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    return view.kept(" ".join(line for line in lines if line))
