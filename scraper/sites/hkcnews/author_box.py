"""The author box: avatar, ``LABEL | NAME`` and the bio."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.page.tree import found_by, is_inside, with_text
from scraper.page.view import MOST
from scraper.page.visible import shown_blocks, squeeze
from scraper.sites.base import Box
from scraper.sites.hkcnews.words import BAR, BOX_LABELS

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.page.view import PageView

_COMPONENT = "article-author-info"
_NAMED = re.compile(rf"\s*(?P<label>[^|｜│︱¦\n]{{1,30}}?)\s*{BAR}\s*(?P<author>[^\n]+?)\s*")
_DATE = re.compile(r"\d\d\.\d\d\.\d\d")
_URL = re.compile(r"""url\(\s*(["']?)(.{0,2000}?)\1\s*\)""", re.IGNORECASE)
_LEVELS = 4
"""So far the label may stand inside its box."""
_LONGEST = 400


def find_box(view: PageView, author: str, *apart: _Element | None) -> tuple[Box | None, str]:
    """Return the author box and the reading that found it, or None and an empty string.

    The component ``.article-author-info`` stands in lists of other articles, too: there the category stands in the
    place of the label, and a date in that of the bio. Inferred: where the article's own stands, and what is around it.

    Args:
        view: the page.
        author: of the byline, as the box names it.
        apart: elements that are in no box: headline, byline, text.
    """
    outside = [node for node in apart if node is not None]
    components = view.shown(_COMPONENT)
    labelled = [node for node in found_by(with_text(*BOX_LABELS), view.root)[:MOST] if not view.is_decoy(node)]
    for reading, elements in (
        ("component", components),
        ("label", [box for node in labelled if (box := _around(node, author, outside)) is not None]),
    ):
        boxes = [one for element in elements if (one := _read(element)) is not None]
        own = [box for box in boxes if box.author == author]
        found = own or [box for box in boxes if box.label in BOX_LABELS]
        if found:
            return next((box for box in found if box.bio), found[0]), reading
    return None, ""


def _around(node: _Element, author: str, outside: list[_Element]) -> _Element | None:
    """Return the largest element around a label that begins with label and name, and is no part of the text."""
    found: _Element | None = None
    for _ in range(_LEVELS):
        if any(node is one or is_inside(one, node) or is_inside(node, one) for one in outside):
            break
        first = next(iter(shown_blocks(node)), "")[:_LONGEST]
        match = _NAMED.fullmatch(first.split("\n")[0])
        if match and squeeze(match["author"]) == author:
            found = node
        parent = node.getparent()
        if parent is None:
            break
        node = parent
    return found


def _read(element: _Element) -> Box | None:
    """Return what a component tells, or None if it is one of a list."""
    lines = [line.strip() for block in shown_blocks(element) for line in block.split("\n")]
    match = _NAMED.fullmatch(lines[0][:_LONGEST]) if lines else None
    if match is None or (len(lines) > 1 and _DATE.fullmatch(lines[1])):
        return None
    return Box(element, match["label"], squeeze(match["author"]), _avatar(element), "\n".join(lines[1:]).strip())


def _avatar(element: _Element) -> str:
    """Return the address of the picture: the background of an element, else an ``img``."""
    for node in element.iter():
        if isinstance(node.tag, str) and (match := _URL.search(node.get("style") or "", 0, 5000)):
            return match[2].strip()
    return next((source for node in element.iter("img") if (source := (node.get("src") or "").strip())), "")
