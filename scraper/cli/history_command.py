"""``hkcnews history``: the differing texts of one article, as unified diff."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scraper.cli.status_command import open_to_look, unknown_article
from scraper.errors import ExitStatus
from scraper.jobs.targets import parse_target
from scraper.models import page_of
from scraper.paths import WARC_FOLDER
from scraper.reports.history import read_history
from scraper.reports.words import counted
from scraper.store.warc import WarcStore

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Show the texts; the exit status is 0 whether there is one or several."""
    site = context.site
    article = parse_target(context.options.id, site).article
    # It only reads, and what refers to another record names its place.
    store = WarcStore(context.config.output_path / WARC_FOLDER, clock=context.clock, max_bytes=1, find=lambda _: None)
    with contextlib.closing(open_to_look(context)) as ledger:
        history = read_history(ledger, article, lambda kept: site.read(page_of(store.load_kept(kept))))
    if history is None:
        raise unknown_article(site, article)
    if context.options.json:
        context.print_json(history.as_json())
    else:
        context.show(history.as_text())
    context.conclude(f"article {article}: {counted(len(history.texts), 'text')}")
    return ExitStatus.DONE
