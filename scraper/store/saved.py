"""A page that somebody saved as a file, as the capture that it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.models import Memento
from scraper.page.replayed import named_in
from scraper.times import is_timestamp

if TYPE_CHECKING:
    from pathlib import Path

_FOLDERS = re.compile(r"/web/(?P<timestamp>[0-9]{14})(?:[a-z]{2}_)?/(?P<scheme>https?):/+(?P<rest>.+)\Z")
_ENDING = re.compile(r"(?:/index)?\.x?html?\Z", re.IGNORECASE)
_STAMP = re.compile(r"(?<![0-9])[0-9]{14}(?![0-9])")


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
