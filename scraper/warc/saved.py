"""Pages saved from a browser or by a downloader, and which capture each of them is of."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from scraper import replayed
from scraper.decoding import decode
from scraper.models import Memento
from scraper.timestamps import is_timestamp
from scraper.urls import ReplayUrl

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 1 << 18
_FOLDERS = re.compile(r"/web/(?P<timestamp>[0-9]{14})(?:[a-z]{2}_)?/(?P<scheme>https?):/+(?P<rest>.+)\Z")
_ENDING = re.compile(r"(?:/index)?\.x?html?\Z", re.IGNORECASE)
_NAMED = re.compile(r"(?<![0-9])(?P<timestamp>[0-9]{14})(?![0-9])")
_PERMALINK = re.compile(
    r"<(?:link|meta)\b[^>]*(?:canonical|og:url)[^>]*?(?:href|content)=[\"'](?P<url>https?://[^\"'<>\s]+)", re.IGNORECASE
)


def saved_page(path: Path) -> Memento | None:
    """Return a saved page as a memento, or None when nothing says of which capture it is.

    A replay names its own address in the page, and so does a browser that saved one. A downloader keeps the replay URL
    as folders. A raw page may have the timestamp in its path and its URL in a permalink.
    """
    body = path.read_bytes()
    text = decode(body[:_HEAD]).data.decode("utf-8", "replace")
    named = replayed.source(text) or _from_folders(path) or _from_name(path, text)
    if named is None or not is_timestamp(named.timestamp):
        return None
    return Memento(
        original=named.original,
        timestamp=named.timestamp,
        status=200,
        reason="",
        headers=(("Content-Type", "text/html"),),
        payload=body,
        body=body,
    )


def _from_folders(path: Path) -> ReplayUrl | None:
    match = _FOLDERS.search(path.absolute().as_posix())
    if match is None:
        return None
    return ReplayUrl(match["timestamp"], "", f"{match['scheme']}://{_ENDING.sub('', match['rest'])}")


def _from_name(path: Path, text: str) -> ReplayUrl | None:
    stamp = _NAMED.search(path.name) or _NAMED.search(path.parent.name)
    permalink = _PERMALINK.search(text)
    if stamp is None or permalink is None:
        return None
    return ReplayUrl(stamp["timestamp"], "", unescape(permalink["url"]))
