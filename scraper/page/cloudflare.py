"""E-mail addresses that Cloudflare hid from harvesters: hexadecimal digits, the first two the key of the others.

Its script puts the address back when a browser shows the page: an element with ``data-cfemail`` becomes the bare
address, and ``href="/cdn-cgi/l/email-protection#…"`` a ``mailto:``. Where it did not run, ``[email protected]`` stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_PROTECTED_HREF = re.compile(r"/cdn-cgi/l/email-protection#(?P<code>[0-9a-fA-F]+)")


def decode_email(code: str) -> str | None:
    """Return the address hidden in `code`, or None if it is no such code."""
    try:
        key, *coded = bytes.fromhex(code)
        return bytes(byte ^ key for byte in coded).decode("utf-8") or None
    except ValueError:
        return None


def shown_email(element: _Element) -> str | None:
    """Return the address that stands in place of the whole element, or None."""
    code = element.get("data-cfemail")
    return decode_email(code) if code else None


def decode_href(href: str) -> str:
    """Return a protected link as the ``mailto:`` it was, any other unchanged."""
    match = _PROTECTED_HREF.search(href)
    email = decode_email(match["code"]) if match else None
    return f"mailto:{email}" if email else href
