"""``hkcnews parse``: one saved page to Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli.context import STDOUT
from scraper.errors import ExitStatus, TargetError
from scraper.markdown.document import render_document
from scraper.models import Page
from scraper.page.replayed import named_in
from scraper.times import is_timestamp
from scraper.urls import innermost_capture, page_host, parse_replay_url, with_scheme

if TYPE_CHECKING:
    from scraper.cli.context import Context
    from scraper.models import Reading, Site


def run(context: Context) -> int:
    """Print the document, or with ``--json`` what was read and how; status 1 if the page is no article."""
    options, site = context.options, context.site
    file = Path("/dev/stdin") if str(options.file) == STDOUT else options.file
    page = read_saved_page(file, options.url, options.timestamp)
    reading = site.read(page)
    document = None
    if reading.article is not None:
        original_url = site.document_url(page.original)
        document = render_document(reading.article, original_url=original_url, timestamp=page.timestamp)
    if options.json:
        context.print_json(_report(site, page, reading, document))
    elif document is not None:
        context.print_bytes(document.encode("utf-8"))
    if document is None:
        context.say([f"hkcnews parse: {options.file}: {reading.verdict}: {reading.detail}"])
        return ExitStatus.INCOMPLETE
    context.conclude(f"{options.file} read as an article, of the layout {reading.layout}")
    return ExitStatus.DONE


def read_saved_page(path: Path, url: str | None, timestamp: str | None) -> Page:
    """Read a page from a file. What is not given is looked for in the page, where a replay or a browser noted it.

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
        whole = with_scheme(url.lstrip("/"), "https")
        if "." not in page_host(whole):
            raise TargetError(f"--url {url!r}: give the whole URL, such as https://www.hkcnews.com/article/28325")
        url = whole
    named = named_in(body)
    url, timestamp = url or named[0], timestamp or named[1]
    if url is None:
        raise TargetError(f"{path}: the page does not say which URL it is of; give --url")
    if timestamp is None:
        raise TargetError(f"{path}: the page does not say when it was captured; give --timestamp (14 digits, UTC)")
    if not is_timestamp(timestamp):
        raise TargetError(f"--timestamp {timestamp!r}: 14 digits that name a moment in UTC, such as 20200327232031")
    return Page(original=url, timestamp=timestamp, status=200, content_type=None, body=body)


def _report(site: Site, page: Page, reading: Reading, document: str | None) -> dict[str, object]:
    article = reading.article
    return {
        "id": site.article_id(page.original),
        "original": page.original,
        "timestamp": page.timestamp,
        "verdict": reading.verdict.value,
        "detail": reading.detail,
        "layout": reading.layout,
        "readings": dict(reading.readings),
        "lacks": sorted(lack.value for lack in reading.lacks),
        "text_sha256": reading.text_sha256,
        "linked_ids": list(reading.linked_ids),
        "article": article and article._asdict() | {"author_box": article.author_box and article.author_box._asdict()},
        "document": document,
    }
