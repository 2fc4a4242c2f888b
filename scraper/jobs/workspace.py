"""Opens an output folder and the client of the archive, and makes the engine as the settings ask."""

from __future__ import annotations

import contextlib
import errno
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, TypedDict

from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.config import NO_CONTACT
from scraper.engine.outcomes import LONGEST_PAUSE
from scraper.engine.workspace import Workspace
from scraper.files import output_lock, sync, temporary_of, unwritable
from scraper.images.documents import shown
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, WARC_FOLDER, own_warcs
from scraper.reports.manifest import write_manifest
from scraper.sites import get_site
from scraper.times import SYSTEM_CLOCK, format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.engine import Engine
    from scraper.engine.outcomes import Progress
    from scraper.models import Capture
    from scraper.times import Clock

log = logging.getLogger(__name__)


class Means(TypedDict, total=False):
    """What every job may be given beside the settings; see `scraper.jobs`."""

    clock: Clock
    stop: threading.Event | None
    progress: Callable[[Progress], None]


@contextlib.contextmanager
def open_workspace(
    config: Config,
    *,
    clock: Clock = SYSTEM_CLOCK,
    stop: threading.Event | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    all_ids: bool = False,
    anew: bool = False,
) -> Iterator[Workspace]:
    """Open the output folder for work, alone, and take in what a run that was killed had kept but not yet recorded.

    `all_ids`: the work is about all articles that the site is known to have had, so they become known. `anew`: with a
    ledger made from the WARC files; the one that is there is set aside once the work ends well.

    Raises:
        LockHeld: another process is at work there.
        StoreError: it cannot be written or mended, or its ledger is damaged.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(output_lock(config.output_path))
        path = config.output_path / LEDGER_FILE
        _remove(temporary_of(path))  # of a command that was killed while it made another one
        if anew:
            path = stack.enter_context(_in_place_of(path, clock))
        ledger = Ledger(path, site=get_site(config.site), clock=clock, all_ids=all_ids)
        stack.callback(ledger.close)
        ledger.bring_forward(format_timestamp(clock.now() + 2 * LONGEST_PAUSE))
        space = Workspace(config, ledger, clock, stop or threading.Event(), progress)
        stack.callback(space.close)
        known = ledger.mementos.ends()
        if any(path.stat().st_size != known.get(path.name, 0) for path in own_warcs(space.folder / WARC_FOLDER)):
            space.mended = space.intake.mend()
        yield space


@contextlib.contextmanager
def _in_place_of(ledger: Path, clock: Clock) -> Iterator[Path]:
    """Give the path of a new ledger; at the end it takes the place of the old one, which is set aside.

    On any error the old one stays.
    """
    made = temporary_of(ledger)
    aside = ledger.with_name(f"{ledger.name}.{format_timestamp(clock.now())}")
    try:
        yield made
        _put_in_place(made, ledger, aside)
    finally:
        _remove(made)


def _put_in_place(made: Path, ledger: Path, aside: Path) -> None:
    try:
        if made.with_name(f"{made.name}-wal").exists():  # which SQLite leaves in silence where it had no room
            raise OSError(errno.ENOSPC, "no room for all of it")  # noqa: TRY301
        for ending in ("-wal", "-shm", ""):  # last the file itself: until then the old ledger is whole
            if (part := ledger.with_name(ledger.name + ending)).exists():
                part.rename(aside.with_name(aside.name + ending))
        made.rename(ledger)
        sync(ledger.parent)
    except OSError as error:
        raise unwritable(ledger, error) from error


def _remove(ledger: Path) -> None:
    for path in ledger.parent.glob(f"{ledger.name}*"):
        if not path.is_dir():
            path.unlink()


@contextlib.contextmanager
def open_archive(space: Workspace) -> Iterator[Archive]:
    """Open the client of the archive; its connections are closed at the end."""
    from scraper.archive.client import Archive  # with `requests`: what works offline does without it

    config, clock, stop = space.config, space.clock, space.stop
    if not config.contact:
        log.warning(NO_CONTACT)
    with Archive(config, RateLimiter(config, clock=clock, stop=stop), clock, stop) as archive:
        yield archive


@contextlib.contextmanager
def deadline(means: Means, seconds: float | None) -> Iterator[threading.Event]:
    """Stop a job with these `means` when its time, counted from now, is up; yield the event that is set then."""
    clock, over, ended = means.get("clock", SYSTEM_CLOCK), threading.Event(), threading.Event()
    stop = means["stop"] = means.get("stop") or threading.Event()

    def watch(seconds: float) -> None:
        if not clock.wait(seconds, ended):
            over.set()
            stop.set()

    if seconds is not None:
        threading.Thread(target=watch, args=(seconds,), name="deadline", daemon=True).start()
    try:
        yield over
    finally:
        ended.set()


def refresh_manifest(space: Workspace) -> None:
    """Bring the manifest up to date: the last thing a job does."""
    write_manifest(space.ledger, space.site, space.folder, space.writer)


def make_engine(
    space: Workspace,
    archive: Archive | None = None,
    *,
    permitted: Callable[[Capture], bool] = lambda _: True,
    doubting: bool = False,
    shown: Callable[[Workspace, int, str], str] = shown,
) -> Engine:
    """Make the engine; without an archive it works offline."""
    from scraper.engine.engine import Engine  # with what decides and writes: the first request goes out without it

    if archive is not None and (kept := space.ledger.mementos.latest()):
        archive.expect(kept.timestamp, kept.original)
    return Engine(space, archive, permitted=permitted, doubting=doubting, shown=partial(shown, space))
