"""Which capture a record of a replay holds: people keep WARC files of what web archives showed them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from scraper.headers import archived_headers, first, values, with_header
from scraper.times import format_timestamp, is_timestamp, parse_http_date

if TYPE_CHECKING:
    from scraper.headers import Headers

_ADDRESS = re.compile(
    r"https?://[^/?#]+/(?:[^?#]*?/)??(?P<timestamp>[0-9]{4,14})(?:[a-z]{2}_)?/"
    r"(?P<original>(?:https?:/|[a-z0-9-]+(?:\.[a-z0-9-]+)+[:/]).*)\Z",
    re.IGNORECASE | re.DOTALL,
)
"""The address of a replay: of the Wayback Machine, of OpenWayback and pywb, on any host."""
_ARCHIVES = re.compile(r"https?://(?:[^/?#]*\.)?archive\.org(?::[0-9]+)?/|https?://[^/?#]+/web/[0-9]{4}", re.IGNORECASE)
"""Addresses that are of a replay whatever the answer says."""
_SCHEME = re.compile(r"(https?):/+", re.IGNORECASE)
_MOST_LAYERS = 5


def is_memento(headers: Headers) -> bool:
    """Say whether an answer is archived content (RFC 7089), not a page of the archive itself."""
    return first(headers, "Memento-Datetime") is not None


class Replayed(NamedTuple):
    """The capture that the address of a replay names; `timestamp` is empty if the address does not name a second."""

    original: str
    timestamp: str
    nested: bool


def replayed(address: str, headers: Headers) -> Replayed | None:
    """Return the capture that the address of a replay names, the innermost where a replay was replayed, or None.

    Args:
        address: of the record.
        headers: of the answer; those of a memento tell a replay on any host.
    """
    found: Replayed | None = None
    if not (is_memento(headers) or _ARCHIVES.match(address)):
        return None
    for layer in range(_MOST_LAYERS):
        match = _ADDRESS.match(address)
        if match is None:
            break
        scheme, original = _SCHEME.match(match["original"]), match["original"]
        inner = f"{scheme[1]}://{original[scheme.end() :]}" if scheme else f"http://{original}"
        if _host(inner) == _host(address) and not _ARCHIVES.match(address):  # a page whose own path looks like that
            break
        stamp = match["timestamp"] if is_timestamp(match["timestamp"]) else ""
        found = Replayed(inner, stamp, layer > 0)
        address = inner
    return found


def moment(found: Replayed, headers: Headers) -> str | None:
    """Return the 14 digits of a replayed capture: of its address, else of ``Memento-Datetime``; None if unknown."""
    if found.timestamp or found.nested:
        return found.timestamp or None
    try:
        return format_timestamp(parse_http_date(first(headers, "Memento-Datetime") or ""))
    except ValueError:
        return None


def headers_of_capture(headers: Headers) -> Headers:
    """Return the archived headers among those of a replay; the content encoding is that of the bytes at hand."""
    own = values(headers, "Content-Encoding")
    return with_header(archived_headers(headers), "Content-Encoding", own or None)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # such as https://[x
        return ""
