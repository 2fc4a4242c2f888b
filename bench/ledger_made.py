"""An output folder with as many written articles as asked for, 20 captures of each, and nothing left to do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bench import made
from bench.cdx_server import row
from scraper.config import Config
from scraper.jobs.workspace import open_workspace, refresh_manifest
from scraper.ledger import Question
from scraper.markdown.document import render_document
from scraper.models import Capture, DigestCheck, Page
from scraper.paths import document_path
from scraper.selection.decision import FIRST_INTACT
from scraper.sites.hkcnews import HKCNEWS
from scraper.times import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.engine.workspace import Workspace
    from scraper.models import Reading

CAPTURES = 20
"""Of each article; 50,000 articles then have the 1,000,000 captures that the issue speaks of."""
_AT_ONCE = 10_000


def typical() -> Reading:
    """Return what reading one made page gives."""
    page = Page("https://www.hkcnews.com/article/1000/a", "20210629000248", 200, "text/html", made.page(1000))
    return HKCNEWS.read(page)


def make(output: Path, count: int) -> None:
    """Make the folder; its ledger is as a run leaves it that has listed, fetched, read and written everything."""
    with open_workspace(Config(output=str(output)), clock=SystemClock(), all_ids=True) as space:
        with space.ledger.transaction():
            # The ids that the site is known to have had are waiting; here all that are not ours are done with.
            space.ledger.articles._db.do("DELETE FROM articles")  # noqa: SLF001 # no run has a use for this
            _list(space, count)
            _write(space, count, typical())
        space.ledger.captures.count_shared()
        refresh_manifest(space)


def captures(count: int) -> Iterator[Capture]:
    """Yield every capture, as the list of the archive has them."""
    for number in range(count * CAPTURES):
        yield Capture(*row(number))


def _list(space: Workspace, count: int) -> None:
    listing = space.ledger.listings.open(Question(HKCNEWS.article_prefix, "prefix"))
    page: list[Capture] = []
    for capture in captures(count):
        page.append(capture)
        if len(page) == _AT_ONCE:
            space.ledger.listings.add_page(listing.id, page, [], resume_key="a", complete=False)
            page = []
    space.ledger.listings.add_page(listing.id, page, [], resume_key=None, complete=True)


def _write(space: Workspace, count: int, reading: Reading) -> None:
    assert reading.article is not None
    for number in range(count):
        capture = Capture(*row((number + 1) * CAPTURES - 1))
        article = HKCNEWS.article_id(capture.original)
        assert article is not None
        one = reading.article._replace(title=f"{reading.article.title} {article}")
        document = render_document(
            one, original_url=HKCNEWS.document_url(capture.original), timestamp=capture.timestamp
        ).encode()
        space.ledger.captures.record_read(
            article,
            capture,
            reading._replace(article=one),
            digest_check=DigestCheck.MATCH,
            page_sha256=hashlib.sha256(capture.digest.encode()).hexdigest(),
        )
        file = document_path(article)
        path = space.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document)
        space.ledger.articles.written(
            article,
            timestamp=capture.timestamp,
            original=capture.original,
            file=file,
            sha256=hashlib.sha256(document).hexdigest(),
            reason=FIRST_INTACT,
            due=None,
        )
