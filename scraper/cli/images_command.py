"""``hkcnews images``: fetch and keep the pictures of written articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.jobs.images import fetch_images
from scraper.ledger.images import ImageState
from scraper.paths import require_folder

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Take care of the pictures."""
    options = context.options
    require_folder(context.config.output_path)
    with at_work(context, archive=not options.offline) as work:
        wanted = {"limit": options.limit, "ask_again": options.again, "offline": options.offline}
        report = fetch_images(context.config, **wanted, **work.means)
    kept, missing, waiting = map(report.states.get, (ImageState.KEPT, ImageState.MISSING, ImageState.WAITING))
    then = "the same command later" if waiting else ""
    did = f"{kept} pictures kept below {context.config.output_path}, {missing} missing, {waiting} waiting"
    return work.finish(report, did, then=then)
