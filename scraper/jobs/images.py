"""The pictures of an output folder: fetch them, put kept ones in place, let documents name them as is wanted."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from scraper.files import json_line
from scraper.images.ask import Service
from scraper.images.collect import Collector
from scraper.jobs.deadline import Deadline
from scraper.jobs.workspace import open_archive, open_workspace, refresh_manifest
from scraper.models import State
from scraper.paths import IMAGES_FOLDER, IMAGES_LIST
from scraper.reports.images import ImagesReport, image_json
from scraper.times import parse_duration

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.outcomes import Progress
    from scraper.jobs.workspace import Workspace
    from scraper.times import Clock


def fetch_images(
    config: Config,
    *,
    clock: Clock,
    stop: threading.Event,
    limit: int | None = None,
    ask_again: bool = False,
    offline: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> ImagesReport:
    """Fetch and keep the pictures of written articles, and let documents name them as the settings want.

    Args:
        config: settings.
        clock: tells the time.
        stop: set when it is to end; set here when ``max_runtime`` is over.
        limit: fetch at most so many pictures.
        ask_again: ask anew for those that were missing.
        offline: only put in place what is kept.
        progress: is told now and then how far the work is.

    Raises:
        LockHeld: another process is at work on this output folder.
        StoreError: the output folder cannot be written; nothing that was kept is lost.
    """
    runtime = parse_duration(config.max_runtime) if config.max_runtime else None
    with contextlib.ExitStack() as stack:
        stack.callback(Deadline(runtime, clock=clock, stop=stop).close)
        space = stack.enter_context(open_workspace(config, clock=clock, stop=stop, progress=progress))
        archive = None if offline else stack.enter_context(open_archive(config, clock=clock, stop=stop))
        report = collect_images(space, archive, limit=limit, ask_again=ask_again)
        refresh_manifest(space)
        return report


def collect_images(
    space: Workspace, archive: Archive | None, *, limit: int | None = None, ask_again: bool = False
) -> ImagesReport:
    """Do all that is to be done about the pictures of an opened folder, as far as it goes now; see `fetch_images`.

    Without an archive it works offline, from what is kept.
    """
    space.ledger.images.begin()
    _name_unnamed(space)
    remade = _remake(space)
    if ask_again:
        space.ledger.images.mark_missing_due()
    collector = Collector(
        space,
        clock=space.clock,
        stop=space.stop,
        service=_service(archive) if archive else None,
        in_flight=space.config.in_flight,
        progress=space.progress,
    )
    collected = collector.run(limit=limit)
    relinked = space.pictures.relink(space.writer, space.folder)
    space.writer.write_lines(IMAGES_LIST, _lines(space))
    return ImagesReport(collected, relinked, remade, space.ledger.images.states())


def _service(archive: Archive) -> Service:
    # No list says that a picture was captured, so each URL is a guess.
    return Service(
        fetch=lambda capture: archive.replay.fetch(capture, "im_"),
        captures=lambda url: [row for page in archive.cdx.pages(url, "exact") for row in page.rows],
    )


def _name_unnamed(space: Workspace) -> None:
    """Record the pictures of documents that were taken over, or written before anybody asked for pictures."""
    for row in list(space.ledger.articles.each(State.WRITTEN)):
        if row.file is None or space.ledger.images.form_sha256(row.id) is not None:
            continue
        path = space.folder / row.file
        data = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(data).hexdigest() == row.file_sha256:
            with contextlib.suppress(UnicodeDecodeError):  # no document of this form, so none of its pictures counts
                space.pictures.name(row.id, data.decode())


def _remake(space: Workspace) -> int:
    """Make files that are gone again from what is kept; return how many."""
    count = 0
    for kept in space.ledger.images.kept():
        if (space.folder / IMAGES_FOLDER / kept.path).is_file():
            continue
        record = space.ledger.mementos.get(kept.original, kept.timestamp)
        if record is not None:
            memento = space.store.load_kept(record)
            count += space.writer.write(f"{IMAGES_FOLDER}/{kept.path}", memento.body).changed
    return count


def _lines(space: Workspace) -> Iterator[bytes]:
    for entry in space.ledger.images.each():
        yield f"{json_line(image_json(entry))}\n".encode()
