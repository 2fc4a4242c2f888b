"""How a payload is known to be cut short: by what headers say of it, or promise and do not keep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.headers import all_values, values

if TYPE_CHECKING:
    from collections.abc import Iterable

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Status codes that lead elsewhere, 300 and 304 do not: nobody misses their page."""
TRUNCATED_WORDS = ("length", "time", "disconnect", "unspecified")
"""What ``WARC-Truncated`` may say (WARC 1.1)."""
_WARNING = re.compile(
    r"\s*[12]99\b.*(?:truncat|incomplete|partial|cut short|too large|length)", re.IGNORECASE | re.DOTALL
)


def said_to_be_cut(headers: Iterable[tuple[str, str]]) -> str | None:
    """Return the ``Warning`` (199 or 299, RFC 7234) by which a server says that it gives a part only, or None."""
    return next((f"Warning: {value}" for value in all_values(headers, "Warning") if _WARNING.match(value)), None)


def is_announced(truncated: str | None) -> bool:
    """Say whether what is known of a cut was said by who keeps the page: a ``Warning``, or ``WARC-Truncated``."""
    return truncated is not None and (truncated in TRUNCATED_WORDS or truncated.startswith("Warning: "))


def shorter_than_told(headers: Iterable[tuple[str, str]], payload: bytes, status: int) -> str | None:
    """Say how a payload, still in its content encoding, is shorter than its ``Content-Length``, or return None."""
    length = values(headers, "Content-Length")
    told = length.isascii() and length.isdigit() and status not in REDIRECTS
    return f"{len(payload)} bytes instead of the archived {length}" if told and len(payload) < int(length) else None
