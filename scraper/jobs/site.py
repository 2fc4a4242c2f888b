"""The newspaper as static files, made from an output folder: documents, manifest, kept pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.export.web.build import Wanted, build
from scraper.export.web.inputs import Tried
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, require_folder
from scraper.sites import get_site
from scraper.times import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.config import Config
    from scraper.export.web.build import Built

__all__ = ["Wanted", "make_site"]


def make_site(config: Config, target: Path, wanted: Wanted, show: Callable[[str, int, int], None]) -> Built:
    """Make the site of an output folder, or bring it up to date.

    Args:
        config: names the output folder and the newspaper.
        target: the site's folder; only one process at a time works there.
        wanted: how the site is to be.
        show: is told the stage, how much of it is done, and how much there is.

    Raises:
        LockHeld: another process makes this site.
        StoreError: there is no manifest, or the site's folder holds other things.
    """
    output = config.output_path
    require_folder(output)
    return build(output, target, get_site(config.site), wanted, texts=_texts(output), show=show)


def _texts(output: Path) -> dict[int, list[list[Tried]]]:
    """Return the captures of each text of articles of which several are known; nothing without a ledger."""
    path = output / LEDGER_FILE
    if not path.exists():
        return {}
    ledger = Ledger(path, clock=SystemClock(), read_only=True)
    try:
        return {
            article: [[Tried(timestamp, original, "article") for timestamp, original in group] for group in groups]
            for article, groups in ledger.evidence.differing_texts()
        }
    finally:
        ledger.close()
