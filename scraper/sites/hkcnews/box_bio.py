"""The bio of an author box: the lines behind the name, or what stands beside the box."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.sites.hkcnews.box_lines import box_lines, label_and_author
from scraper.sites.hkcnews.box_links import is_more
from scraper.sites.hkcnews.box_place import ends_the_text, is_date
from scraper.sites.hkcnews.shown import shown_text
from scraper.sites.hkcnews.view import is_inside

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_NAMED = re.compile(
    r"(?:(?:blogger|author|columnist|writer|article-author)[-_])?(?:bio|biography|intro|introduction|about|desc|description)"
    r"(?:[-_](?:text|box|content|line))?",
    re.IGNORECASE,
)
"""Classes of a bio."""
_OTHER = re.compile(
    r"share|social|tag|keyword|comment|btn|button|subscri|donat|date|time|update|stamp|relat|more|view|advert|banner|popup|copyright",
    re.IGNORECASE,
)
"""Classes of what else stands behind a text."""
_TEXT = frozenset({"p", "div", "span", "section", "small", "em", "dd", "td"})
_BARS = re.compile(r"\s*(?:[|｜/／・·•]\s*)+")
"""What is left of a row of links."""
_LEVELS = 3
_NEXT = 5


class Beside(NamedTuple):
    """A bio beside the box; `element` holds both where one does."""

    element: _Element
    text: str


def bio_of(lines: list[str], split: tuple[str, str, int], author: str) -> str:
    """Return the bio among the lines of a box: what stands behind its name, once."""
    label, _, rest = split
    if label in lines[rest - 1] and lines[rest - 1] in lines[rest:]:  # once for wide screens, once for narrow ones
        lines = lines[: lines.index(lines[rest - 1], rest)]
    return _told(lines[rest:], author)


def _told(lines: list[str], author: str) -> str:
    return "\n".join(line for line in lines if not is_more(line, author) and not _BARS.fullmatch(line)).strip()


def bio_beside(
    view: PageView, box: _Element, author: str, keep_out: tuple[_Element, ...], body: _Element | None
) -> Beside | None:
    """Return the bio behind a box that has none.

    In a block of its own with the box it may be any text; beside the article only what is named so.
    """
    node = box
    for _ in range(_LEVELS):
        parent = node.getparent()
        if parent is None or parent is body:
            return None
        apart = parent.tag not in {"body", "html", "main", "article"} and all(
            parent is not other and not is_inside(other, parent) for other in keep_out
        )
        inside = is_inside(node, body)
        for sibling in islice(node.itersiblings(), _NEXT):
            if not _may_be_bio(view, sibling, any_text=apart):
                continue
            lines = box_lines(view, sibling, author)
            text = _told(lines, author)
            if not text or is_date(text) or label_and_author(lines, author) is not None:
                continue
            if inside:
                return _beside_in_text(parent, node, sibling, body, text)
            whole = sibling if view.is_cut_inside(sibling) else box  # what is cut there is cut in the box
            return Beside(parent if apart else whole, text)
        if not apart:
            return None
        node = parent
    return None


def _may_be_bio(view: PageView, element: _Element, *, any_text: bool) -> bool:
    if element.tag not in _TEXT or view.is_decoy(element):
        return False
    classes = (element.get("class") or "").split()
    if any(_NAMED.fullmatch(token) for token in classes):
        return True
    return any_text and not any(_OTHER.search(token) for token in classes)


def _beside_in_text(parent: _Element, box: _Element, bio: _Element, body: _Element | None, text: str) -> Beside | None:
    """Return a bio beside a box in the text if what holds both shows nothing else, and ends the text."""
    parts = shown_text(box) + shown_text(bio)
    alone = "".join(shown_text(parent).split()) == "".join(parts.split())
    return Beside(parent, text) if alone and body is not None and ends_the_text(parent, body) else None
