"""The newspaper as static files, made from an output folder: documents, manifest, kept pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scraper.errors import LockHeld, StoreError
from scraper.export.web.build import Wanted, build
from scraper.files import if_idle
from scraper.ledger import Ledger
from scraper.ledger.evidence import Tried
from scraper.models import Verdict
from scraper.paths import LEDGER_FILE, MANIFEST_FILE, require_folder
from scraper.selection.comparison import IN_THE_TEXT
from scraper.sites import get_site
from scraper.times import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scraper.config import Config
    from scraper.export.web.build import Built

__all__ = ["Wanted", "make_site"]


def make_site(config: Config, target: Path, wanted: Wanted, show: Callable[[str, int, int], None]) -> Built:
    """Make the site of an output folder, or bring it up to date. No run can begin there before it is made.

    Args:
        config: names the output folder and the newspaper.
        target: the site's folder.
        wanted: how the site is to be.
        show: is told the stage, how much of it is done, and how much there is.

    Raises:
        LockHeld: a run is at work on the output folder, or another process on the site.
        StoreError: there is no manifest, or the site's folder holds other things.
    """
    output = config.output_path
    require_folder(output)
    with if_idle(output) as idle:
        if not idle:
            raise LockHeld(
                f"{output}: a run is at work here, and the manifest says what there is only when it has ended. "
                "Make the site then."
            )
        texts = _texts(output)
        return build(output, target, get_site(config.site), wanted, _manifest(output), texts=texts, show=show)


def _manifest(output: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the manifest's objects.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    path = output / MANIFEST_FILE
    try:
        with path.open("rb") as file:
            yield from map(json.loads, file)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path}: cannot be read ({error}), so it is not known what is written there. Name the folder of a run "
            "with --output; `hkcnews rebuild` makes the manifest again."
        ) from error


def _texts(output: Path) -> dict[int, list[list[Tried]]]:
    """Return the captures of each text of articles of which several are known; nothing without a ledger.

    As in `reports.history`, a page that lacks the text itself shows no text of its own.
    """
    path = output / LEDGER_FILE
    if not path.exists():
        return {}
    ledger = Ledger(path, clock=SystemClock(), read_only=True)
    found: dict[int, list[list[Tried]]] = {}
    try:
        for article, readings in ledger.evidence.differing_texts():
            groups: dict[str, list[Tried]] = {}
            for one in readings:
                if IN_THE_TEXT.isdisjoint(one.lacks):
                    groups.setdefault(one.text_sha256, []).append(Tried(one.timestamp, one.original, Verdict.ARTICLE))
            if len(groups) > 1:
                found[article] = list(groups.values())
    finally:
        ledger.close()
    return found
