"""What a reader of the page would see: hidden and mechanical elements, and the text of the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from scraper.markdown.cloudflare import shown_email

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_VANISHING_NAMES = (
    "script style template noscript head title meta link base datalist option select textarea input "
    "button canvas svg math map area track param col colgroup frameset frame noframes rp"
)
VANISHING = frozenset(_VANISHING_NAMES.split())
"""Elements that show nothing, or nothing that can be read."""

_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE)
_HIDING_CLASSES = frozenset({"hidden", "hide", "invisible", "sr-only"})  # Bootstrap 3, which the site was built with
_SPACE_RUN = re.compile(r"[ \t\r\n]+")
EDGE = " \t\r\n\u00a0\u3000"
"""What is stripped from both ends of every text node."""


def is_hidden(element: HtmlElement) -> bool:
    """Say whether the element and all in it is out of the reader's sight."""
    if element.tag in VANISHING:
        return True
    if not element.keys():  # most elements of a text have no attributes at all
        return False
    style = element.get("style")
    if style and _HIDING_STYLE.search(style):
        return True
    classes = element.get("class")
    if classes and not _HIDING_CLASSES.isdisjoint(classes.split()):
        return True
    return element.get("hidden") is not None


def clean(text: str) -> str:
    """Return a text node as it counts: runs of space, tab, CR, LF are one space; stripped, also of NBSP and U+3000."""
    text = text.strip(EDGE)
    uneven = "  " in text or "\n" in text or "\r" in text or "\t" in text
    return _SPACE_RUN.sub(" ", text) if uneven else text


def begin(element: HtmlElement) -> list[str]:
    """Return the text nodes at the beginning of an element: before its first child, and behind comments there."""
    texts = [element.text or ""]
    return texts + _behind_comments(element[0]) if len(element) else texts


def behind(element: HtmlElement) -> list[str]:
    """Return the text nodes between an element and the next one: comments part them."""
    return [element.tail or "", *_behind_comments(element.getnext())]


def _behind_comments(node: HtmlElement | None) -> list[str]:
    # iterwalk could tell of comments as well, but takes the square of their number
    texts: list[str] = []
    while node is not None and not isinstance(node.tag, str):
        texts.append(node.tail or "")
        node = node.getnext()
    return texts


def plain_text(element: HtmlElement) -> str:
    """Return the visible text below an element, pieces joined by one space, without any markup."""
    pieces: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if event == "start":
            email = shown_email(node)
            if email is not None or (node is not element and is_hidden(node)):
                pieces.append(clean(email or ""))
                walker.skip_subtree()
            else:
                pieces += map(clean, begin(node))
        elif node is not element:
            pieces += map(clean, behind(node))
    return " ".join(filter(None, pieces))
