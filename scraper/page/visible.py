"""What a reader of the page sees: hidden and mechanical elements, and the text of the others.

E-mail addresses that Cloudflare hid from harvesters are shown, as its script does in a browser: an element with
``data-cfemail`` becomes the bare address, and ``href="/cdn-cgi/l/email-protection#…"`` a ``mailto:``. Where the script
did not run, ``[email protected]`` stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_VANISHING_NAMES = (
    "script style template noscript head title meta link base datalist option select textarea input "
    "button canvas svg math map area track param col colgroup frameset frame noframes rp"
)
VANISHING = frozenset(_VANISHING_NAMES.split())
"""Elements that show nothing, or nothing that can be read."""
_BLOCK_NAMES = (
    "p div section article aside main header footer nav center address form fieldset details summary hgroup dl dt dd "
    "figcaption caption h1 h2 h3 h4 h5 h6 hr pre ul ol menu li blockquote figure table tr"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""Elements that begin and end a line of their own."""

_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE)
_HIDING_CLASSES = frozenset({"hidden", "hide", "invisible", "sr-only"})  # Bootstrap 3, which the site was built with
_PROTECTED_HREF = re.compile(r"/cdn-cgi/l/email-protection#(?P<code>[0-9a-fA-F]+)")
_SOURCE_BREAK = re.compile(r"\A[ \t]*\r?\n")


def is_hidden(element: _Element) -> bool:
    """Say whether the element and all in it is out of the reader's sight."""
    if element.tag in VANISHING:
        return True
    names = element.keys()
    if "style" in names and _HIDING_STYLE.search(element.get("style") or ""):
        return True
    if "class" in names and not _HIDING_CLASSES.isdisjoint((element.get("class") or "").split()):
        return True
    return "hidden" in names


def is_out_of_sight(element: _Element) -> bool:
    """Say whether the element, or one that it stands in, is hidden; a page that is hidden as a whole, scripts show."""
    return any(is_hidden(node) for node in (element, *element.iterancestors()) if node.tag not in {"html", "body"})


def pieces(element: _Element, leave_out: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the shown text below an element, and an empty text at the edges of each block; ``br`` is a line break.

    Addresses that Cloudflare hid are shown. Walks without recursion: pages may be 2,000 levels deep.

    Args:
        element: read whether it is hidden itself or not.
        leave_out: elements of these names are passed over.
    """
    if element.text:
        yield element.text
    stack = [(element, iter(element))]
    while stack:
        parent, children = stack[-1]
        for child in children:
            instead = _instead_of(child, leave_out)
            if child.tag in BLOCKS:
                yield ""
            text = child.text if instead is None else instead
            if text:
                yield text
            if instead is None and len(child):
                stack.append((child, iter(child)))
                break
            yield from _behind(child)
        else:
            stack.pop()
            if stack:
                yield from _behind(parent)


def _behind(element: _Element) -> Iterator[str]:
    if element.tag in BLOCKS:
        yield ""
    if element.tail:
        yield _SOURCE_BREAK.sub("", element.tail) if element.tag == "br" else element.tail


def _instead_of(element: _Element, leave_out: frozenset[str]) -> str | None:
    """Return what is shown in place of an element, or None where it is what is in it."""
    if element.tag == "br":
        return "\n"
    if not isinstance(element.tag, str) or element.tag in leave_out or element.tag in VANISHING:
        return ""
    if not element.keys():  # most elements of a text have no attributes at all
        return None
    email = shown_email(element)
    return email if email is not None or not is_hidden(element) else ""


def shown_text(element: _Element) -> str:
    """Return the shown text of an element, joined as it stands."""
    return "".join(pieces(element)) if len(element) else element.text or ""


def shown_blocks(element: _Element) -> list[str]:
    """Return the shown text of an element, block by block; no empty ones, no white space at their ends."""
    blocks: list[list[str]] = [[]]
    for piece in pieces(element):
        if piece:
            blocks[-1].append(piece)
        else:
            blocks.append([])
    return [text for parts in blocks if (text := "".join(parts).strip())]


def squeeze(text: str) -> str:
    """Return a text with runs of white space made one space, and none at its ends."""
    return " ".join(text.split())


def _decode_email(code: str) -> str | None:
    """Return the address hidden in hexadecimal digits, the first two the key of the others, or None."""
    try:
        key, *coded = bytes.fromhex(code)
        return bytes(byte ^ key for byte in coded).decode("utf-8") or None
    except ValueError:
        return None


def shown_email(element: _Element) -> str | None:
    """Return the address that stands in place of the whole element, or None."""
    code = element.get("data-cfemail")
    return _decode_email(code) if code else None


def decode_href(href: str) -> str:
    """Return a protected link as the ``mailto:`` it was, any other unchanged."""
    match = _PROTECTED_HREF.search(href)
    email = _decode_email(match["code"]) if match else None
    return f"mailto:{email}" if email else href
