"""``hkcnews parse``: one saved page to Markdown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli import EXIT_DONE, EXIT_INCOMPLETE
from scraper.config import load
from scraper.jobs.parse import saved_page
from scraper.markdown.document import render_document
from scraper.sites import get

if TYPE_CHECKING:
    import argparse

    from scraper.models import Article, Page, Reading, Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("file", type=Path, metavar="FILE.html", help="raw, or saved from the browser with the toolbar")
    parser.add_argument("--url", help="its URL, or its Wayback URL (default: as the page says)")
    parser.add_argument("--timestamp", metavar="TS", help="14 digits of its capture, UTC (default: as the page says)")


def run(options: argparse.Namespace) -> int:
    """Print the document, or with ``--json`` what was read and how; status 1 if the page is no article."""
    site = get(load(options.config, output=options.output, archive=options.archive).site)
    page = saved_page(options.file, options.url, options.timestamp)
    reading = site.read(page)
    document = None
    if reading.article is not None:
        original_url = site.document_url(page.original)
        document = render_document(reading.article, original_url=original_url, timestamp=page.timestamp)
    if options.json:
        print(json.dumps(_report(site, page, reading, document), ensure_ascii=False, indent=2))
    elif document is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(document.encode("utf-8"))  # whatever the terminal's encoding and line ends are
        sys.stdout.buffer.flush()
    if document is None:
        print(f"hkcnews parse: {options.file}: {reading.verdict}: {reading.detail}", file=sys.stderr)
        return EXIT_INCOMPLETE
    return EXIT_DONE


def _report(site: Site, page: Page, reading: Reading, document: str | None) -> dict[str, object]:
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
        "article": _article(reading.article) if reading.article else None,
        "document": document,
    }


def _article(article: Article) -> dict[str, object]:
    return article._asdict() | {"author_box": article.author_box._asdict() if article.author_box else None}
