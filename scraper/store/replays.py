"""Which capture a record of a replay holds: people keep WARC files of what web archives showed them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.headers import archived_headers, first, values, with_header
from scraper.times import format_timestamp, is_timestamp, parse_http_date
from scraper.urls import replay_layers

if TYPE_CHECKING:
    from scraper.headers import Headers

_ARCHIVES = re.compile(r"https?://(?:[^/?#]*\.)?archive\.org(?::[0-9]+)?/|https?://[^/?#]+/web/[0-9]{4}", re.IGNORECASE)
"""Addresses that are of a replay whatever the answer says."""


def is_memento(headers: Headers) -> bool:
    """Say whether an answer is archived content (RFC 7089), not a page of the archive itself."""
    return first(headers, "Memento-Datetime") is not None


class Replayed(NamedTuple):
    """The innermost capture that the address of a replay names; `timestamp` may be short."""

    original: str
    timestamp: str
    nested: bool


def replayed(address: str, headers: Headers) -> Replayed | None:
    """Return the capture that the address of a replay names, the innermost where a replay was replayed, or None.

    The headers of the answer tell a replay on any host, if they are those of a memento.
    """
    if not (is_memento(headers) or _ARCHIVES.match(address)):
        return None
    layers = replay_layers(address)
    return Replayed(layers[-1].original, layers[-1].timestamp, len(layers) > 1) if layers else None


def moment(found: Replayed, headers: Headers) -> str | None:
    """Return the 14 digits of a replayed capture, or None if nothing says them.

    A shortened timestamp is completed by ``Memento-Datetime``, unless that is of a replay around it.
    """
    if is_timestamp(found.timestamp):
        return found.timestamp
    try:
        stamp = format_timestamp(parse_http_date(first(headers, "Memento-Datetime") or ""))
    except ValueError:
        return None
    return stamp if stamp.startswith(found.timestamp) and not found.nested else None


def headers_of_capture(headers: Headers) -> Headers:
    """Return the archived headers among those of a replay; the content encoding is that of the bytes at hand."""
    own = values(headers, "Content-Encoding")
    return with_header(archived_headers(headers), "Content-Encoding", own or None)
