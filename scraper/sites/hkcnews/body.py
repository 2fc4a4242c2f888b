"""The element of the text, and what belongs behind it: the plea for subscribers, and the author box."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from scraper.page.tree import is_inside
from scraper.page.view import MOST
from scraper.page.visible import is_out_of_sight, shown_blocks, shown_text, squeeze
from scraper.sites.base import Box
from scraper.sites.fingerprint import is_empty
from scraper.sites.hkcnews.words import BAR, BOX_LABELS, CAMPAIGN, PLEA

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.page.view import PageView

_COMPONENT = "article-author-info"
"""``.author-profile-pic`` with the avatar as its background, ``.text-box`` with a ``.line`` each."""
_NAMED = re.compile(rf"(?P<label>{'|'.join(BOX_LABELS)})\s*{BAR}\s*(?P<author>.+)")
_DATE = re.compile(r"\d\d\.\d\d\.\d\d")
_URL = re.compile(r"""url\(\s*(["']?)(.{0,2000}?)\1\s*\)""", re.IGNORECASE)
_LONGEST = 5000
"""Characters of a style that are looked at."""


def find_body(view: PageView) -> _Element | None:
    """Return the element that holds the text: the first ``.article-content`` with something in it, else the first."""
    found = view.shown("article-content")
    return next((node for node in found if not is_empty(node)), found[0] if found else None)


def find_plea(view: PageView, body: _Element | None) -> tuple[tuple[_Element, ...], str]:
    """Return the elements of the plea for subscribers, and the reading: where they stand. Both empty if there is none.

    An ``hr`` and two paragraphs of the page's frame. Inferred: they stand in the element of the text, right behind it,
    or in an element of their own; so they are told by their words alone, wherever they are. Before them, in 2017, the
    paper asked for money at greater length: a paragraph with its heading, and all that follows.
    """
    row: list[_Element] = []
    wanted = 0
    for node in view.tags("hr", "p"):
        if node.tag == "hr" or (wanted and _counts(node, body)):
            row.append(node)
            wanted = 2 if node.tag == "hr" else wanted - 1
    for (rule, first), (_, second) in pairwise(pairwise([*row, view.root])):
        if rule.tag != "hr" or first.tag != "p":
            continue
        asks = shown_text(first)
        found: tuple[_Element, ...] = (rule, first)
        if second.tag == "p" and PLEA.search(asks) and PLEA.search(shown_text(second)):
            found += (second,)
        elif CAMPAIGN.search(asks):
            found += tuple(takewhile(lambda node: node.tag in {"p", "ol", "ul"}, first.itersiblings()))
        else:
            continue
        if not is_out_of_sight(first):
            return found, _place(rule, first, body)
    return (), ""


def _counts(paragraph: _Element, body: _Element | None) -> bool:
    text = shown_text(paragraph)
    return bool(text.strip()) and (is_inside(paragraph, body) or bool(PLEA.search(text) or CAMPAIGN.search(text)))


def _place(rule: _Element, first: _Element, body: _Element | None) -> str:
    if body is None or is_inside(first, body):
        return "in the text"
    return "behind the text" if rule.getparent() is body.getparent() else "in its own element"


def find_box(view: PageView, author: str) -> Box | None:
    """Return the author box of the article: the component that names the byline's author, wherever it stands.

    Lists of other articles show the same component: there the category stands in the place of the label, and a date in
    that of the bio. One with a bio is preferred.
    """
    shown = (node for node in view.having(_COMPONENT)[:MOST] if not is_out_of_sight(node))
    boxes = (box for box in map(_read, shown) if box is not None and box.author == author)
    return min(boxes, key=lambda box: not box.bio, default=None)


def _read(component: _Element) -> Box | None:
    """Return what a component tells: its first block is label and name, the others are the bio."""
    first, *others = shown_blocks(component) or [""]
    match = _NAMED.fullmatch(squeeze(first))
    if match is None or (others and _DATE.fullmatch(others[0])):
        return None
    bio = "\n".join(line.strip() for block in others for line in block.split("\n"))
    return Box(component, match["label"], match["author"], _avatar(component), bio)


def _avatar(component: _Element) -> str:
    """Return the address of the background picture, or an empty string."""
    styles = (node.get("style") or "" for node in component.iter("*"))
    return next((match[2].strip() for style in styles if (match := _URL.search(style[:_LONGEST]))), "")
