"""Lists: the home page, sections, bloggers, events, tags, and the JSON that they load more entries from.

Each entry is a witness of an article that may have no capture of its own. Known from one complete home page of 2018-03.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from scraper.models import ListEntry
from scraper.page.tree import found_by
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
"""Characters of a title or name; what is longer is none."""
_NAMED = re.compile(rf"([^|｜]+?)\s*{BAR}\s*(.+)")
_TITLE_LINKS = etree.XPath(".//*[contains(@class, 'article-block-body')]//a[.//p]")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d\d)")


def read_list(page: Page) -> tuple[ListEntry, ...]:
    """Return the articles that a list names, each once, in its order. Never raises on any bytes; bounded."""
    try:
        if urlsplit(page.original).path.startswith("/data/"):
            page = page._replace(
                body=_items(page.body).encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
            )
        entries = (_read(block) for block in islice(PageView(page).others, _MOST_ENTRIES))
        return tuple({one.article: one for one in entries if one is not None}.values())
    except Exception:  # noqa: BLE001 # pages are hostile: one that breaks a reading names nothing, and is kept
        return ()


def _items(body: bytes) -> str:
    """Return the HTML of the entries that a JSON answer holds."""
    try:
        items = json.loads(body)["items"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    pieces = items if isinstance(items, list) else [items]
    return "<html><body>" + "".join(f"<div>{one}</div>" for one in pieces if isinstance(one, str)) + "</body></html>"


def _read(block: _Element) -> ListEntry | None:
    """Return what an entry says; None for one that names no article by its title."""
    links = [link for link in islice(block.iter("a"), MOST) if article_id(link.get("href") or "") is not None]
    if not links:
        return None
    number = article_id(links[0].get("href") or "")
    title = next((text for text in _titles(block, links) if 0 < len(text) <= _LONGEST), "")
    if number is None or not title:
        return None
    lines = [squeeze(shown_text(node)) for node in islice(_having(block, "line"), MOST)]
    named = next((match for line in lines if len(line) <= _LONGEST and (match := _NAMED.fullmatch(line))), None)
    date = next((match for line in lines if (match := _DATE.fullmatch(line))), None)
    return ListEntry(
        article=number,
        title=title,
        category=named[1] if named else "",
        author=named[2] if named else "",
        date=f"20{date[3]}-{date[2]}-{date[1]}" if date else "",
    )


def is_entry(block: _Element) -> bool:
    """Say whether a block is an entry in the make-up that was seen: a title, and two lines."""
    entry = _read(block)
    in_place = any(article_id(link.get("href") or "") is not None for link in found_by(_TITLE_LINKS, block))
    return in_place and entry is not None and bool(entry.author and entry.date)


def _titles(block: _Element, links: list[_Element]) -> Iterator[str]:
    """Yield what may be the title: that of a head, the paragraph in a link to the article, the link itself."""
    for node in _having(block, "slide-float-title"):
        yield squeeze(shown_text(node))
    for link in links:
        yield from (squeeze(shown_text(node)) for node in islice(link.iter("p"), MOST))
    yield from (squeeze(shown_text(link)) for link in links)


def _having(block: _Element, token: str) -> Iterator[_Element]:
    return (node for node in block.iter() if token in (node.get("class") or "").split())
