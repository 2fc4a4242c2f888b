"""A page in a file, and which capture it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import TargetError
from scraper.models import Page
from scraper.page.replayed import named_in
from scraper.times import is_timestamp
from scraper.urls import innermost_capture, page_host, parse_replay_url, with_scheme

if TYPE_CHECKING:
    from pathlib import Path


def read_saved_page(path: Path, url: str | None, timestamp: str | None) -> Page:
    """Read a page from a file. What is not given is looked for in the page: a replay and a browser leave it there.

    A replay URL as `url` gives both. A raw page names its address (``og:url``), but not when it was captured.

    Raises:
        TargetError: the file cannot be read, or its URL or timestamp is not known.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}; name a saved HTML page") from error
    url = url.strip(" \t\r\n<>") if url else None
    replayed = (innermost_capture(url) or parse_replay_url(url)) if url else None
    if replayed is not None:
        url, timestamp = replayed.original, timestamp or replayed.timestamp
    elif url:
        url = with_scheme(url.lstrip("/"))
        if "." not in page_host(url):
            raise TargetError(f"--url {url!r}: give the whole URL, such as https://www.hkcnews.com/article/28325")
    named = named_in(body)
    url, timestamp = url or named[0], timestamp or named[1]
    if url is None:
        raise TargetError(f"{path}: the page does not say which URL it is of; give --url")
    if timestamp is None:
        raise TargetError(f"{path}: the page does not say when it was captured; give --timestamp (14 digits, UTC)")
    if not is_timestamp(timestamp):
        raise TargetError(f"--timestamp {timestamp!r}: 14 digits that name a moment in UTC, such as 20200327232031")
    return Page(original=url, timestamp=timestamp, status=200, content_type=None, body=body)
