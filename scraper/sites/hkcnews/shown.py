"""The text that an element shows."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.markdown.visible import VANISHING, is_hidden
from scraper.page.cloudflare import shown_email

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_SOURCE_BREAK = re.compile(r"\A[ \t]*\r?\n")
_LARGE = 1000


def pieces(element: _Element, leave_out: frozenset[str] = frozenset()) -> Iterator[tuple[str, _Element]]:
    """Yield the shown text nodes below an element, each with the element that it stands in; ``br`` is a line break.

    Elements whose tag or a class token is in `leave_out` are passed over. Addresses that Cloudflare hid are shown.
    Walks without recursion: pages may be 2,000 levels
    deep.
    """
    if element.text:
        yield element.text, element
    stack = [(element, iter(element))]
    while stack:
        parent, children = stack[-1]
        for child in children:
            tag = child.tag
            instead: str | None = ""
            if tag == "br":
                instead = "\n"
            elif isinstance(tag, str) and tag not in VANISHING and tag not in leave_out:
                instead = _instead_of(child, leave_out) if child.keys() else None
            if instead is None:
                if text := child.text:
                    yield text, child
                if len(child):
                    stack.append((child, iter(child)))
                    break
                instead = ""
            if tail := child.tail:
                instead += _SOURCE_BREAK.sub("", tail) if tag == "br" else tail
            if instead:
                yield instead, parent
        else:
            stack.pop()
            if stack and parent.tail:
                yield parent.tail, stack[-1][0]


def _instead_of(element: _Element, leave_out: frozenset[str]) -> str | None:
    """Return what an element's attributes put in its place: an address, nothing if they hide it, else None."""
    email = shown_email(element)
    if email is not None:
        return email
    hidden = is_hidden(element) or not leave_out.isdisjoint((element.get("class") or "").split())
    return "" if hidden else None


def shown_text(element: _Element) -> str:
    """Return the shown text of an element, joined as it stands."""
    return "".join(text for text, _ in pieces(element))


def is_large(element: _Element) -> bool:
    """Say whether so many elements stand in one that it is no heading and no list; hostile pages nest such."""
    return next(islice(element.iter(), _LARGE, None), None) is not None
