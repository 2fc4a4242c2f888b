"""An output folder, opened: lock, ledger, store, writer. Whatever changes the folder starts here."""

from __future__ import annotations

import contextlib
from functools import cached_property
from typing import TYPE_CHECKING

from scraper.errors import StoreError
from scraper.ledger import LEDGER_FILE, Ledger
from scraper.lock import output_lock
from scraper.sites import get
from scraper.warc.files import end_as_known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.clock import Clock
    from scraper.config import Config
    from scraper.images.documents import Pictures
    from scraper.pipeline.intake import Intake
    from scraper.sites import Site
    from scraper.warc.store import WarcStore
    from scraper.writer import Writer

WARC_FOLDER = "warc"
MEGABYTE = 1 << 20


class Workspace:
    """The parts of an output folder. What keeps and reads pages is made, and imported, when it is first asked for.

    Args:
        config: names the folder, and how documents are to name their pictures.
        site: whose articles it holds.
        ledger: what is known.
        clock: tells the store the time.

    Attributes:
        folder: the output folder.
        site: as given.
        ledger: as given.
        mended: how many mementos were taken over from a run that was killed.
    """

    def __init__(self, config: Config, site: Site, ledger: Ledger, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self.folder = config.output_path
        self.site = site
        self.ledger = ledger
        self.mended = 0

    @cached_property
    def writer(self) -> Writer:
        """Writes files."""
        from scraper.writer import Writer

        return Writer(self.folder)

    @cached_property
    def store(self) -> WarcStore:
        """What is kept."""
        from scraper.keeping import payload_finder
        from scraper.warc.store import WarcStore

        return WarcStore(
            self.folder / WARC_FOLDER,
            clock=self._clock,
            max_bytes=self._config.warc_megabytes * MEGABYTE,
            find=payload_finder(self.ledger),
        )

    @cached_property
    def intake(self) -> Intake:
        """Keeps and reads mementos."""
        from scraper.pipeline.intake import Intake

        return Intake(self.site, self.ledger, self.store)

    @cached_property
    def pictures(self) -> Pictures:
        """Knows the pictures of each document, and how it is to name them."""
        from scraper.images.documents import LOCAL, Pictures

        return Pictures(self.ledger, local=self._config.images == LOCAL)

    def mend(self) -> None:
        """Take in what a run that was killed had kept but not yet recorded.

        Raises:
            StoreError: the store cannot be read or mended.
        """
        if not end_as_known(self.folder / WARC_FOLDER, self.ledger.mementos.ends()):
            self.mended = self.intake.mend()

    def close(self) -> None:
        """Close the store, if it was opened."""
        if "store" in vars(self):
            self.store.close()


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
    with contextlib.ExitStack() as stack:
        stack.enter_context(output_lock(config.output_path))
        site = get(config.site)
        ledger = Ledger(config.output_path / LEDGER_FILE, site=site, clock=clock)
        stack.callback(ledger.close)
        space = Workspace(config, site, ledger, clock)
        stack.callback(space.close)
        space.mend()
        yield space
