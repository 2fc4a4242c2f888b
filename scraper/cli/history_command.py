"""``hkcnews history``: the differing texts of one article, as unified diff."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from scraper import config as settings
from scraper.cli.status_command import open_to_look, unknown
from scraper.config import MEGABYTE
from scraper.jobs.targets import parse_target
from scraper.models import page_of
from scraper.paths import WARC_FOLDER
from scraper.sites import get
from scraper.store.location import Location
from scraper.store.warc import WarcStore
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse

    from scraper.models import Capture, Reading


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("id", metavar="ID", help="article id or URL")


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit status is 0 whether there is one text or several."""
    from scraper.reports import history as histories

    config = settings.load(options.config, output=options.output, archive=options.archive)
    site = get(config.site)
    article = parse_target(options.id, site).article
    with contextlib.ExitStack() as stack:
        clock = SystemClock()
        ledger = stack.enter_context(contextlib.closing(open_to_look(config)))
        folder = config.output_path / WARC_FOLDER
        size = config.warc_megabytes * MEGABYTE
        store = stack.enter_context(
            contextlib.closing(WarcStore(folder, clock=clock, max_bytes=size, find=lambda _: None))
        )

        def read(capture: Capture) -> Reading | None:
            kept = ledger.mementos.get(capture.original, capture.timestamp)
            if kept is None:
                return None
            return site.read(page_of(store.load(Location(kept.file, kept.offset, kept.length))))

        history = histories.history(ledger, article, read)
    if history is None:
        raise unknown(site, article)
    print(
        json.dumps(histories.as_json(history), ensure_ascii=False, indent=2)
        if options.json
        else histories.as_text(history)
    )
    return 0
