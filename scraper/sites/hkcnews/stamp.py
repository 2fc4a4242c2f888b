"""Readings of the last-updated stamp.

Inferred: nobody has seen its label, only its form and that it is near the byline.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.dates import EDGE, local_moment
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.vocabulary import DATE_LABEL, UPDATE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.byline import Byline
    from scraper.sites.hkcnews.view import PageView

_STAMP = re.compile(
    rf"(?<!\d)(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})[\sT{EDGE}]+(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?![\d:])"
)
_PUBLISHED = re.compile(rf"(?:{DATE_LABEL})[\s{EDGE}]*[:：]?[\s{EDGE}]*\Z", re.IGNORECASE)
_UPDATED = re.compile(rf"(?:{UPDATE_LABEL})[\s{EDGE}]*[:：]?[\s{EDGE}]*\Z", re.IGNORECASE)
_PUBLISHED_MARK = re.compile(r"publi|creat|posted", re.IGNORECASE)
_LEVELS = 3
_BLOCKS_ABOVE = 5
_MAX_NEAR = 400
_MAX_TAILS = 4000


def read_stamp(view: PageView, byline: Byline | None, body: _Element | None) -> tuple[str | None, str]:
    """Return the stamp as ``YYYY-MM-DD HH:MM:SS`` and the reading that won, or None and an empty string.

    Order: in the byline; beside it, up to the block that also holds the text; above the text. Only what the page shows
    counts: a moment in its head (``article:modified_time``, JSON-LD) may be any technical change.
    """
    if byline is not None:
        if found := find_stamp(byline.text):
            return found, "byline"
        seen: set[_Element] = set()
        for reading, text in chain(_near(view, byline.element, body, seen), _above(view, body, seen)):
            if ":" in text and (found := find_stamp(text)):
                return found, reading
    return None, ""


def find_stamp(text: str) -> str | None:
    """Return the stamp in a text: one behind an update label, else the first that no publish label stands before."""
    first = None
    for match in _STAMP.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        try:
            moment = datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  # local, as shown
        except ValueError:
            continue
        stamp = moment.isoformat(sep=" ")
        if _UPDATED.search(before):
            return stamp
        if first is None and not _PUBLISHED.search(before):
            first = stamp
    return first


def _near(view: PageView, line: _Element, body: _Element | None, seen: set[_Element]) -> Iterator[tuple[str, str]]:
    """Yield the short blocks around the byline, nearest first; then those behind the text."""
    above = [] if body is None else [body, *body.iterancestors()]
    node = line
    for _ in range(_LEVELS):
        parent = node.getparent()
        if parent is None or parent.tag in {"body", "html"}:
            return
        siblings = [
            child for child in parent if child is not node and isinstance(child.tag, str) and child not in above
        ]
        for child in siblings:
            if child.tag not in {"h1", "script", "style"} and not view.is_decoy(child):
                yield from _texts(view, child, seen)
        tails = "".join(child.tail or "" for child in parent)
        yield "beside the byline", ((parent.text or "") + tails)[:_MAX_TAILS]
        if parent in above:
            return
        node = parent


def _above(view: PageView, body: _Element | None, seen: set[_Element]) -> Iterator[tuple[str, str]]:
    """Yield the short blocks right above the text, which may stand in another column than the byline."""
    for child in [] if body is None else islice(body.itersiblings(preceding=True), _BLOCKS_ABOVE):
        if isinstance(child.tag, str) and child.tag not in {"script", "style"} and not view.is_decoy(child):
            yield from (("above the text", text) for _, text in _texts(view, child, seen))


def _texts(view: PageView, element: _Element, seen: set[_Element]) -> Iterator[tuple[str, str]]:
    """Yield what an element shows that may hold the stamp, unless it is in `seen`, and add it there."""
    if element in seen:
        return
    seen.add(element)
    for item in element.iter("time") if view.tags("time") else ():
        if not _PUBLISHED_MARK.search(f"{item.get('class')} {item.get('itemprop')} {item.get('id')}"):
            shown = "".join(text for text, _ in pieces(item))
            yield "time beside the byline", shown if find_stamp(shown) else _attribute(item)
    parts: list[str] = []
    room = _MAX_NEAR + len(EDGE)
    for text, _ in pieces(element):
        parts.append(text)
        room -= len(text) + len(EDGE)
        if room < 0:
            return  # longer than any stamp's block: the rest need not be read
    yield "beside the byline", EDGE.join(parts)


def _attribute(item: _Element) -> str:
    moment = local_moment(item.get("datetime") or "")
    return (
        moment.strftime("%Y-%m-%d %H:%M:%S") if moment and len(item.get("datetime") or "") > len("YYYY-MM-DD") else ""
    )
