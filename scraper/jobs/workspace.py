"""An output folder opened, and the parts of a job put together as the settings ask."""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.config import MEGABYTE, NO_CONTACT
from scraper.engine.conclude import LONGEST
from scraper.engine.discover import Discovery
from scraper.engine.fetch import ahead
from scraper.engine.outcomes import Progress
from scraper.files import output_lock
from scraper.images.documents import LOCAL, Pictures
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, WARC_FOLDER
from scraper.reports.manifest import write_manifest
from scraper.selection.decisions import Policy
from scraper.sites import get_site
from scraper.store.documents import Writer
from scraper.store.location import end_as_known
from scraper.times import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.engine import Engine
    from scraper.engine.keep import Intake
    from scraper.models import Capture
    from scraper.store.warc import WarcStore
    from scraper.times import Clock

log = logging.getLogger(__name__)


class Workspace:
    """The parts of an output folder. What keeps and reads pages is made, and imported, when it is first asked for.

    Attributes:
        config, clock: settings and time.
        stop: set when the work is to end.
        progress: is told now and then how far the work is.
        folder: the output folder.
        site: whose articles it holds.
        ledger: what is known.
        mended: how many mementos were taken over from a run that was killed.
    """

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        clock: Clock,
        stop: threading.Event,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.stop = stop
        self.progress = progress
        self.folder = config.output_path
        self.site = get_site(config.site)
        self.ledger = ledger
        self.mended = 0

    @cached_property
    def writer(self) -> Writer:
        """Writes files."""
        return Writer(self.folder)

    @cached_property
    def store(self) -> WarcStore:
        """What is kept."""
        from scraper.store.warc import WarcStore  # with what reads records: a run that finds nothing new has none

        return WarcStore(
            self.folder / WARC_FOLDER,
            clock=self.clock,
            max_bytes=self.config.warc_megabytes * MEGABYTE,
            find=self.ledger.mementos.payload,
        )

    @cached_property
    def intake(self) -> Intake:
        """Keeps and reads mementos."""
        from scraper.engine.keep import Intake

        return Intake(self.site, self.ledger, self.store, self.folder)

    @cached_property
    def pictures(self) -> Pictures:
        """Knows the pictures of each document, and how it is to name them."""
        return Pictures(self.ledger, local=self.config.images == LOCAL)

    def mend(self) -> None:
        """Take in what a run that was killed had kept but not yet recorded.

        Raises:
            StoreError: the store cannot be read or mended.
        """
        if not end_as_known(self.folder / WARC_FOLDER, self.ledger.mementos.ends()):
            self.mended = self.intake.mend()

    @property
    def damage(self) -> list[str]:
        """What could not be read of that, for people."""
        return self.store.damage if "store" in vars(self) else []

    def close(self) -> None:
        """Close the store, if it was opened."""
        if "store" in vars(self):
            self.store.close()


@contextlib.contextmanager
def open_workspace(
    config: Config,
    *,
    clock: Clock,
    stop: threading.Event | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    all_ids: bool = False,
) -> Iterator[Workspace]:
    """Open the output folder for work, alone, and mend what an interrupted run left.

    `all_ids`: the work is about all articles that the site is known to have had, so they become known.

    Raises:
        LockHeld: another process is at work there.
        StoreError: it cannot be written, or its ledger is damaged.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(output_lock(config.output_path))
        ledger = Ledger(config.output_path / LEDGER_FILE, site=get_site(config.site), clock=clock, all_ids=all_ids)
        stack.callback(ledger.close)
        ledger.bring_forward(format_timestamp(clock.now() + 2 * LONGEST))
        space = Workspace(config, ledger, clock, stop or threading.Event(), progress)
        stack.callback(space.close)
        space.mend()
        yield space


@contextlib.contextmanager
def open_archive(config: Config, *, clock: Clock, stop: threading.Event) -> Iterator[Archive]:
    """Open the way to the archive, and close it behind."""
    from scraper.archive.client import Archive  # with `requests`: what works offline does without it

    if not config.contact:
        log.warning(NO_CONTACT)
    with Archive(config, RateLimiter(config, clock=clock, stop=stop), clock, stop) as archive:
        yield archive


def refresh_manifest(space: Workspace) -> None:
    """Write what the manifest does not tell yet, as the last thing that is done."""
    write_manifest(space.ledger, space.site, space.folder, space.writer)


def make_engine(
    space: Workspace,
    archive: Archive | None = None,
    *,
    permitted: Callable[[Capture], bool] = lambda _: True,
    doubting: bool = False,
) -> Engine:
    """Make the engine that the settings ask for; without an archive it works offline."""
    from scraper.engine.engine import Engine  # with what decides and writes: the first request goes out without it

    config = space.config
    policy = Policy(
        captures_per_article=config.captures_per_article,
        candidates_per_run=config.candidates_per_run,
        tries_for_better=config.tries_per_capture,
        offline=archive is None,
    )
    if archive is not None and (kept := space.ledger.mementos.latest()):
        archive.expect(kept.timestamp, kept.original)
    return Engine(
        space.site,
        space.ledger,
        space.intake,
        space.writer,
        policy=policy,
        clock=space.clock,
        stop=space.stop,
        fetch=archive.replay.fetch if archive else None,
        in_flight=config.in_flight,
        doubting=doubting,
        progress=space.progress,
        permitted=permitted,
        shown=space.pictures.shown,
    )


def make_discovery(space: Workspace, archive: Archive) -> Discovery:
    """Make the part that asks for captures."""
    known = 0

    def listed(rows: int | None) -> None:
        nonlocal known
        known = known if rows is None else rows
        space.progress(Progress("listing", known, None))

    return Discovery(
        space.site,
        space.ledger,
        archive.cdx,
        overlap=timedelta(days=space.config.listing_overlap_days),
        full_after=timedelta(days=space.config.full_listing_days),
        stepwise=lambda pages: ahead(pages, space.stop, lambda: listed(None)),
        progress=listed,
    )
