"""The ledger opened by a command that changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import TargetError
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, require_folder

if TYPE_CHECKING:
    from scraper.cli.context import Context
    from scraper.models import Site


def open_to_look(context: Context) -> Ledger:
    """Open the ledger to look only. Before the first run there is none: then nothing is known, in memory.

    Raises:
        StoreError: there is no such output folder, or the ledger cannot be read.
    """
    if context.options.output is not None:  # perhaps mistyped, so not taken for a folder before its first run
        require_folder(context.config.output_path)
    path = context.config.output_path / LEDGER_FILE
    if path.exists():
        return Ledger(path, clock=context.clock, read_only=True)
    return Ledger(Path(":memory:"), site=context.site, clock=context.clock)


def unknown_article(site: Site, article: int) -> TargetError:
    """Return the error for an id that the ledger does not know."""
    known = site.known_ids
    return TargetError(
        f"article {article} is not known: outside {known.start} to {known.stop - 1}, in no listing, on no page read. "
        f"`hkcnews recover {article}` asks the archive for it."
    )
