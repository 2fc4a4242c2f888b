"""Pages saved from a browser or by a downloader, and which capture each of them is of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.models import Memento
from scraper.timestamps import is_timestamp
from scraper.urls import parse_replay_url

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 1 << 18
_NAMED = re.compile(
    rb"""(?:saved\ from\ url=\(\d+\)|FILE\ ARCHIVED\ ON.{0,400}?|rel=["'](?:canonical|memento)["'][^>]*href=["']|
    <base[^>]+href=["']|property=["']og:url["'][^>]*content=["'])(?P<url>(?:https?:)?//[^\s"'<>]+/web/\d{14}[^\s"'<>]*)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_REPLAYED = re.compile(rb"(?:https?:)?//web\.archive\.org(?P<path>/web/\d{14}(?:[a-z]{2}_)?/https?:[^\s\"'<>\\]+)")
_IN_PATH = re.compile(r"/web/(\d{14})(?:[a-z]{2}_)?/(https?):/+(.+?)(?:/index)?(?:\.html?)?\Z")


def saved_page(path: Path) -> Memento | None:
    """Return a saved page as a memento, or None when neither the page nor its path says of which capture it is.

    A browser notes ``saved from url=``, a replay names its own address in the page, a downloader keeps the replay
    URL as folders.
    """
    body = path.read_bytes()
    named = _from_path(path) or _from_page(body[:_HEAD])
    if named is None:
        return None
    original, timestamp = named
    return Memento(
        original=original,
        timestamp=timestamp,
        status=200,
        reason="",
        headers=(("Content-Type", "text/html"),),
        payload=body,
        body=body,
    )


def _from_path(path: Path) -> tuple[str, str] | None:
    match = _IN_PATH.search(path.absolute().as_posix())
    if match is None or not is_timestamp(match[1]):
        return None
    return f"{match[2]}://{match[3]}", match[1]


def _from_page(head: bytes) -> tuple[str, str] | None:
    match = _NAMED.search(head)
    url = match["url"] if match else None
    if url is None:
        other = _REPLAYED.search(head)
        url = other["path"] if other else None
    parts = parse_replay_url(url.decode("utf-8", "replace")) if url else None
    if parts is None or not is_timestamp(parts.timestamp):
        return None
    return parts.original, parts.timestamp
