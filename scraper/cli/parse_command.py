"""``hkcnews parse``: one saved page to Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli.context import STDOUT
from scraper.errors import ExitStatus
from scraper.jobs.parse import read_saved_page
from scraper.markdown.document import render_document

if TYPE_CHECKING:
    from scraper.cli.context import Context
    from scraper.models import Page, Reading, Site


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
