"""An output folder that is open for work: what everything that works on it is given."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scraper.config import MEGABYTE
from scraper.paths import WARC_FOLDER
from scraper.sites import get_site
from scraper.store.documents import Writer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from scraper.config import Config
    from scraper.engine.keep import Intake
    from scraper.engine.outcomes import Progress
    from scraper.ledger import Ledger
    from scraper.store.warc import WarcStore
    from scraper.times import Clock


class Workspace:
    """The parts of an output folder. What keeps and reads pages is made, and imported, when it is first asked for."""

    def __init__(
        self, config: Config, ledger: Ledger, clock: Clock, stop: threading.Event, progress: Callable[[Progress], None]
    ) -> None:
        self.config = config
        self.ledger = ledger
        self.clock = clock
        self.stop = stop  # set when the work is to end
        self.progress = progress  # is told now and then how far the work is
        self.folder = config.output_path
        self.site = get_site(config.site)
        self.writer = Writer(self.folder)
        self.mended = 0  # mementos taken over from a run that was killed

    @cached_property
    def store(self) -> WarcStore:
        """What is kept."""
        from scraper.store.warc import WarcStore  # with what reads records: a run that finds nothing new has none

        max_bytes, find = self.config.warc_megabytes * MEGABYTE, self.ledger.mementos.payload
        return WarcStore(self.folder / WARC_FOLDER, clock=self.clock, max_bytes=max_bytes, find=find)

    @cached_property
    def intake(self) -> Intake:
        """Keeps and reads mementos."""
        from scraper.engine.keep import Intake

        return Intake(self.site, self.ledger, self.store, self.folder)

    def close(self) -> None:
        """Close the store, if it was opened."""
        if "store" in vars(self):
            self.store.close()
