"""Puts the parts of a run together, as the settings ask for: the archive, the listing, the engine."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.discovery import Discovery
from scraper.governor.leave import Governor
from scraper.pipeline.outcomes import Progress
from scraper.pipeline.workers import ahead

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from scraper.archive import Archive
    from scraper.clock import Clock
    from scraper.config import Config
    from scraper.models import Capture
    from scraper.pipeline import Workspace
    from scraper.pipeline.engine import Engine


@contextlib.contextmanager
def open_archive(config: Config, *, clock: Clock, stop: threading.Event) -> Iterator[Archive]:
    """Open the way to the archive, and close it behind."""
    from scraper.archive import Archive  # with `requests`: what works offline does without it

    archive = Archive(config, Governor.of(config, clock=clock, stop=stop), clock, stop)
    try:
        yield archive
    finally:
        archive.close()


def refresh_manifest(space: Workspace) -> None:
    """Write the manifest again if anything in it has changed since it was written last."""
    if space.ledger.manifest_is_stale:
        from scraper import manifest

        manifest.write(space.ledger, space.writer)
        space.ledger.manifest_is_stale = False


def make_engine(
    space: Workspace,
    config: Config,
    *,
    clock: Clock,
    stop: threading.Event,
    archive: Archive | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    permitted: Callable[[Capture], bool] = lambda _: True,
) -> Engine:
    """Make the engine that the settings ask for; without an archive it works offline."""
    from scraper.pipeline.engine import Engine  # with what decides and writes: the first request goes out without it
    from scraper.selection import Policy

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
        clock=clock,
        stop=stop,
        fetch=archive.replay.fetch if archive else None,
        in_flight=config.in_flight,
        progress=progress,
        permitted=permitted,
        shown=space.pictures.shown,
    )


def make_discovery(
    space: Workspace,
    config: Config,
    archive: Archive,
    *,
    stop: threading.Event,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Discovery:
    """Make the part that asks for captures."""
    known = 0

    def listed(rows: int | None) -> None:
        nonlocal known
        known = known if rows is None else rows
        progress(Progress("listing", known, None))

    return Discovery(
        space.site,
        space.ledger,
        archive.cdx,
        overlap=timedelta(days=config.listing_overlap_days),
        full_after=timedelta(days=config.full_listing_days),
        stepwise=lambda pages: ahead(pages, stop, lambda: listed(None)),
        progress=listed,
    )
