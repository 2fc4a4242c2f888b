"""The author box: avatar, ``LABEL | NAME`` and the bio."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.page.view import MOST
from scraper.page.visible import is_out_of_sight, shown_blocks, squeeze
from scraper.sites.base import Box
from scraper.sites.hkcnews.words import BAR, BOX_LABELS

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
