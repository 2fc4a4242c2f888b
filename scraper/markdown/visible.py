"""What a reader of the page would see: hidden and mechanical elements, and the text of the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.page.cloudflare import shown_email

if TYPE_CHECKING:
    from lxml.etree import _Element

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


def is_hidden(element: _Element) -> bool:
    """Say whether the element and all in it is out of the reader's sight."""
    if element.tag in VANISHING:
        return True
    names = element.keys()
    if not names:  # most elements of a text have no attributes at all
        return False
    if "style" in names and _HIDING_STYLE.search(element.get("style") or ""):
        return True
    if "class" in names and not _HIDING_CLASSES.isdisjoint((element.get("class") or "").split()):
        return True
    return "hidden" in names


def clean(text: str) -> str:
    """Return a text node as it counts: runs of space, tab, CR, LF are one space; stripped, also of NBSP and U+3000."""
    text = text.strip(EDGE)
    uneven = "  " in text or "\n" in text or "\r" in text or "\t" in text
    return _SPACE_RUN.sub(" ", text) if uneven else text


def plain_text(element: _Element) -> str:
    """Return the visible text below an element, pieces joined by one space, without any markup."""
    email = shown_email(element)
    texts = [element.text or "" if email is None else email]
    walk = [(element, iter(element if email is None else ()))]
    while walk:
        parent, children = walk[-1]
        for child in children:
            if isinstance(child.tag, str):
                email = shown_email(child)
                if email is not None:
                    texts.append(email)
                elif not is_hidden(child):
                    texts.append(child.text or "")
                    if len(child):
                        walk.append((child, iter(child)))
                        break
            texts.append(child.tail or "")
        else:
            walk.pop()
            if walk:
                texts.append(parent.tail or "")
    return " ".join(filter(None, map(clean, texts)))
