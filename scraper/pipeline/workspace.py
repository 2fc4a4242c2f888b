"""An output folder, opened: lock, ledger, store, writer. Whatever changes the folder starts here."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.keeping import payload_finder
from scraper.ledger import LEDGER_FILE, Ledger
from scraper.lock import output_lock
from scraper.pipeline.intake import Intake
from scraper.sites import get
from scraper.warc import WarcStore
from scraper.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.clock import Clock
    from scraper.config import Config
    from scraper.images.documents import Pictures
    from scraper.sites import Site

WARC_FOLDER = "warc"
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Workspace:
    """The parts of an output folder.

    Attributes:
        folder: the output folder.
        site: whose articles it holds.
        ledger: what is known.
        store: what is kept.
        intake: keeps and reads mementos.
        writer: writes files.
        images: the setting: how documents are to name their pictures.
        mended: how many mementos were taken over from a run that was killed.
    """

    folder: Path
    site: Site
    ledger: Ledger
    store: WarcStore
    intake: Intake
    writer: Writer
    images: str
    mended: int

    def pictures(self) -> Pictures:
        """Return what knows the pictures of each document, and how it is to name them."""
        from scraper.images.documents import LOCAL, Pictures

        return Pictures(self.ledger, local=self.images == LOCAL)


def require_folder(folder: Path) -> None:
    """Make sure that there is an output folder, for what works on what is kept already.

    Raises:
        StoreError: there is none.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such folder, so nothing is kept there. Name the folder of a run with --output.")


@contextlib.contextmanager
def workspace(config: Config, *, clock: Clock) -> Iterator[Workspace]:
    """Open the output folder for work, alone, and mend what an interrupted run left.

    Raises:
        LockHeld: another run is at work there.
        StoreError: it cannot be written, or its ledger is damaged.
    """
    folder = config.output_path
    site = get(config.site)
    with contextlib.ExitStack() as stack:
        stack.enter_context(output_lock(folder))
        ledger = Ledger(folder / LEDGER_FILE, site=site, clock=clock)
        stack.callback(ledger.close)
        store = WarcStore(
            folder / WARC_FOLDER,
            clock=clock,
            max_bytes=config.warc_megabytes * MEGABYTE,
            find=payload_finder(ledger),
        )
        stack.callback(store.close)
        intake = Intake(site, ledger, store)
        yield Workspace(folder, site, ledger, store, intake, Writer(folder), config.images, intake.mend())
