"""Lists: the home page, sections, bloggers, events, tags, and the JSON that they load more entries from.

An entry proves that an article existed, even one without a capture. Known from one complete home page of 2018-03.
"""

from __future__ import annotations

import json
import re
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.models import ListEntry
from scraper.page.view import MOST, PageView
from scraper.page.visible import shown_text, squeeze
from scraper.sites.hkcnews.urls import article_id
from scraper.sites.hkcnews.words import BAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.models import Page

_MOST_ENTRIES = 500
_LONGEST = 500
_NAMED = re.compile(rf"([^|｜]+?)\s*{BAR}\s*(.+)")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d\d)")


def read_list(page: Page) -> tuple[ListEntry, ...]:
    """Return the articles that a list names, each once, in its order. Never raises on any bytes; bounded."""
    try:
        if urlsplit(page.original).path.startswith("/data/"):
            entries = "".join(f"<div>{one}</div>" for one in json.loads(page.body)["items"])
            html = f"<html><body>{entries}</body></html>".encode("utf-8", "replace")
            page = page._replace(body=html, content_type="text/html; charset=utf-8")
        found = map(_read, islice(PageView(page).others, _MOST_ENTRIES))
        return tuple({one.article: one for one in found if one is not None}.values())
    except Exception:  # noqa: BLE001 # pages are hostile: one that breaks a reading names nothing, and is kept
        return ()


def _read(block: _Element) -> ListEntry | None:
    """Return what an entry says; None for one that names no article by its title.

    The title of a head has a class of its own; that of an entry is a paragraph in its link, or all of that.
    """
    links = [link for link in islice(block.iter("a"), MOST) if article_id(link.get("href") or "") is not None]
    number = article_id(links[0].get("href") or "") if links else None
    paragraphs = (node for link in links for node in islice(link.iter("p"), MOST))
    title = next(filter(None, map(_text, chain(_having(block, "slide-float-title"), paragraphs, links))), "")
    if number is None or not title:
        return None
    lines = [_text(node) for node in islice(_having(block, "line"), MOST)]
    named = next(filter(None, map(_NAMED.fullmatch, lines)), None)
    date = next(filter(None, map(_DATE.fullmatch, lines)), None)
    return ListEntry(
        article=number,
        title=title,
        category=named[1] if named else "",
        author=named[2] if named else "",
        date=f"20{date[3]}-{date[2]}-{date[1]}" if date else "",
    )


def _text(node: _Element) -> str:
    """Return the text of a title or line; none if it is longer than any."""
    text = squeeze(shown_text(node))
    return text if len(text) <= _LONGEST else ""


def is_entry(block: _Element) -> bool:
    """Say whether a block is an entry in the make-up that was seen: a title, and two lines."""
    entry = _read(block)
    return entry is not None and bool(entry.author and entry.date)


def _having(block: _Element, token: str) -> Iterator[_Element]:
    return (node for node in block.iter() if token in (node.get("class") or "").split())
