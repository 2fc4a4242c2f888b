"""Which capture a replay shows that somebody kept: a record of a web archive's answer, or a page saved as a file."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from scraper.headers import archived_headers, first, values, with_header
from scraper.models import Memento
from scraper.page.replayed import named_in
from scraper.times import format_timestamp, is_timestamp, parse_http_date
from scraper.urls import replay_layers

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.headers import Headers
    from scraper.urls import ReplayUrl

_ARCHIVES = re.compile(r"https?://(?:[^/?#]*\.)?archive\.org(?::[0-9]+)?/|https?://[^/?#]+/web/[0-9]{4}", re.IGNORECASE)
"""Addresses that are of a replay whatever the answer says."""
_FOLDERS = re.compile(r"/web/(?P<timestamp>[0-9]{14})(?:[a-z]{2}_)?/(?P<scheme>https?):/+(?P<rest>.+)\Z")
_ENDING = re.compile(r"(?:/index)?\.x?html?\Z", re.IGNORECASE)
_STAMP = re.compile(r"(?<![0-9])[0-9]{14}(?![0-9])")


def is_memento(headers: Headers) -> bool:
    """Say whether an answer is archived content (RFC 7089), not a page of the archive itself."""
    return first(headers, "Memento-Datetime") is not None


def replayed(address: str, headers: Headers) -> list[ReplayUrl]:
    """Return the captures that the address of a replay names as `replay_layers` does; none for another address.

    The headers of the answer tell a replay on any host, if they are those of a memento.
    """
    return replay_layers(address) if is_memento(headers) or _ARCHIVES.match(address) else []


def moment(layers: list[ReplayUrl], headers: Headers) -> str | None:
    """Return the 14 digits of the innermost of replayed captures, or None if nothing says them.

    ``Memento-Datetime`` does, unless that is of a replay around it: addresses are shortened, and some replayers give
    the nearest capture under the address that was asked for.
    """
    timestamp = layers[-1].timestamp
    if len(layers) == 1:
        with contextlib.suppress(ValueError):
            return format_timestamp(parse_http_date(first(headers, "Memento-Datetime") or ""))
    return timestamp if is_timestamp(timestamp) else None


def headers_of_capture(headers: Headers) -> Headers:
    """Return the archived headers among those of a replay; the content encoding is that of the bytes at hand."""
    own = values(headers, "Content-Encoding")
    return with_header(archived_headers(headers), "Content-Encoding", own or None)


def saved_page(path: Path) -> Memento | None:
    """Return a saved page as a memento, or None when nothing says of which capture it is.

    A replay names its capture in the page, and so does a browser that saved one. A downloader keeps the replay URL as
    folders. A raw page names its URL in a permalink; its moment may stand in the name of the file or of its folder.
    """
    body = path.read_bytes()
    original, timestamp = named_in(body)
    if timestamp is None:
        folders = _FOLDERS.search(path.absolute().as_posix())
        stamp = _STAMP.search(path.name) or _STAMP.search(path.parent.name)
        if folders:
            original, timestamp = f"{folders['scheme']}://{_ENDING.sub('', folders['rest'])}", folders["timestamp"]
        elif stamp:
            timestamp = stamp[0]
    if original is None or timestamp is None or not is_timestamp(timestamp):
        return None
    return Memento(
        original=original,
        timestamp=timestamp,
        status=200,
        reason="",
        headers=(("Content-Type", "text/html"),),
        payload=body,
        body=body,
    )
