"""Readings of the last-updated stamp.

Inferred: nobody has seen its label, only its form and that it is near the byline.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from scraper.markdown.visible import is_hidden
from scraper.sites.hkcnews.dates import EDGE, local_moment
from scraper.sites.hkcnews.nearby import links_elsewhere
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import DATE_LABEL, UPDATE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.byline import Byline
    from scraper.sites.hkcnews.view import PageView

    _Candidate = tuple[str, str, _Element | None]
    """A reading, a text that may hold the stamp, and the block that shows it, if it may show other things too."""

_STAMP = re.compile(
    rf"(?<!\d)(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})[\sT{EDGE}]+(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?![\d:])"
)
_PUBLISHED = re.compile(rf"(?:{DATE_LABEL})[\s{EDGE}]*[:：]?[\s{EDGE}]*\Z", re.IGNORECASE)
_UPDATED = re.compile(rf"(?:{UPDATE_LABEL})[\s{EDGE}]*[:：]?[\s{EDGE}]*\Z", re.IGNORECASE)
_PUBLISHED_MARK = re.compile(r"publi|creat|posted", re.IGNORECASE)
_UPDATED_MARK = re.compile(r"updat|modif|更新|修", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|disqus|discussion", re.IGNORECASE)
_STEPS_BACK = 8
_MOST_LEVELS = 50
_LEVELS = 3
_BLOCKS_ABOVE = 5
_MAX_NEAR = 400
_MAX_TAILS = 4000


def read_stamp(view: PageView, byline: Byline | None, body: _Element | None) -> tuple[str | None, str]:
    """Return the stamp as ``YYYY-MM-DD HH:MM:SS`` and the reading that won, or None and an empty string.

    Order: in the byline; beside it, up to the block that also holds the text; above the text. Only what the page shows
    counts: a moment in its head (``article:modified_time``, JSON-LD) may be any technical change.
    """
    if byline is None:
        return None, ""
    if found := find_stamp(byline.text):
        return found, "byline"
    around = _Around(view, byline.element)
    found_in = (one for one in chain(around.near(body), around.above(body)) if ":" in one[1] and find_stamp(one[1]))
    for reading, text, block in islice(found_in, MOST):
        if found := find_stamp(text if block is None else around.own_text(block)):
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


class _Around:
    """What stands around the byline."""

    def __init__(self, view: PageView, line: _Element) -> None:
        self._view = view
        self._line = line
        self._above_line = {line, *line.iterancestors()}
        self._seen: set[_Element] = set()
        self._elsewhere: dict[_Element, bool] = {}

    def near(self, body: _Element | None) -> Iterator[_Candidate]:
        """Yield the short blocks around the byline, nearest first; then those behind the text."""
        above = [] if body is None else [body, *body.iterancestors()]
        node = self._line
        for _ in range(_LEVELS):
            parent = node.getparent()
            if parent is None or parent.tag in {"body", "html"}:
                return
            siblings = [
                child for child in parent if child is not node and isinstance(child.tag, str) and child not in above
            ]
            for child in siblings:
                if child.tag not in {"h1", "script", "style"} and not self._view.is_decoy(child):
                    yield from self._texts(child)
            tails = "".join(child.tail or "" for child in parent)
            yield "beside the byline", ((parent.text or "") + tails)[:_MAX_TAILS], None
            if parent in above:
                return
            node = parent

    def above(self, body: _Element | None) -> Iterator[_Candidate]:
        """Yield the short blocks right above the text, which may stand in another column than the byline."""
        for child in [] if body is None else islice(body.itersiblings(preceding=True), _BLOCKS_ABOVE):
            if isinstance(child.tag, str) and child.tag not in {"script", "style"} and not self._view.is_decoy(child):
                yield from (("above the text", text, block) for _, text, block in self._texts(child))

    def _texts(self, block: _Element) -> Iterator[_Candidate]:
        """Yield what a block shows that may hold the stamp, if it was not looked at before."""
        if block in self._seen:
            return
        self._seen.add(block)
        for item in block.iter("time") if self._view.tags("time") else ():
            if (moment := _moment(item, self._line)) and not self._is_of_another(item, block):
                yield "time beside the byline", moment, None
        parts: list[str] = []
        room = _MAX_NEAR + len(EDGE)
        for text, _ in pieces(block):
            parts.append(text)
            room -= len(text) + len(EDGE)
            if room < 0:
                return  # longer than any stamp's block: the rest need not be read
        yield "beside the byline", EDGE.join(parts), block

    def own_text(self, block: _Element) -> str:
        """Return what a block shows of the article itself."""
        return EDGE.join(text for text, holder in pieces(block) if not self._is_of_another(holder, block))

    def _is_of_another(self, element: _Element, block: _Element) -> bool:
        """Say whether an element in a block stands in comments, or in what shows another article and not the byline.

        Beside the byline a name such as ``latest-update`` tells nothing of other articles.
        """
        apart = None
        for node in islice(chain((element,), element.iterancestors()), _MOST_LEVELS):
            if node in self._above_line:
                break
            if _COMMENTS.search(f"{node.get('class')} {node.get('id')}"):
                return True
            apart = node
            if node is block:
                break
        if apart is None:
            return False
        if block not in self._above_line and self._view.is_decoy(element):
            return True
        if apart not in self._elsewhere:
            self._elsewhere[apart] = links_elsewhere(self._view, apart)
        return self._elsewhere[apart]


def _moment(item: _Element, line: _Element) -> str:
    """Return what a ``time`` element shows, or else, if it says that it is an update's, its attribute.

    Never the attribute of one in the byline: what stands there is the publish date, or shown.
    """
    marks = f"{item.get('class')} {item.get('itemprop')} {item.get('id')}"
    before = _words_before(item)
    if is_hidden(item) or _PUBLISHED_MARK.search(marks) or _PUBLISHED.search(before):
        return ""
    shown = "".join(text for text, _ in pieces(item))
    if find_stamp(shown):
        return shown
    updated = _UPDATED_MARK.search(marks) or _UPDATED_MARK.search(shown) or _UPDATED.search(before)
    return _attribute(item) if updated and not is_inside(item, line) else ""


def _words_before(item: _Element) -> str:
    """Return the text right before an element, in it or in what stands around it."""
    node = item
    for _ in range(_STEPS_BACK):
        previous, parent = node.getprevious(), node.getparent()
        text = ""
        if previous is not None:
            shown = pieces(previous) if isinstance(previous.tag, str) else ()
            text = "".join(text for text, _ in islice(shown, _STEPS_BACK)) + (previous.tail or "")
        elif parent is not None:
            text = parent.text or ""
        if text.strip() or parent is None:
            return text
        node = parent if previous is None else previous
    return ""


def _attribute(item: _Element) -> str:
    written = item.get("datetime") or ""
    moment = local_moment(written)
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment and len(written) > len("YYYY-MM-DD") else ""
