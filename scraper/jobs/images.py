"""The pictures of an output folder: fetch them, put kept ones in place, let documents name them as is wanted."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from scraper.files import json_line
from scraper.images.ask import Service
from scraper.images.collect import Collector
from scraper.images.documents import LOCAL, relink
from scraper.models import State
from scraper.paths import IMAGES_FOLDER, IMAGES_LIST
from scraper.reports.images import ImagesReport, image_json
from scraper.store.location import Location

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.outcomes import Progress
    from scraper.jobs.workspace import Workspace
    from scraper.times import Clock


def collect_images(
    space: Workspace,
    config: Config,
    archive: Archive | None,
    *,
    clock: Clock,
    stop: threading.Event,
    limit: int | None = None,
    ask_again: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> ImagesReport:
    """Do all that is to be done about pictures, as far as it goes now.

    Args:
        space: the output folder, opened.
        config: settings.
        archive: where to fetch from; None: offline, from what is kept.
        clock: tells the time.
        stop: set when the run is to end.
        limit: fetch at most so many pictures.
        ask_again: ask anew for those that were missing.
        progress: is told now and then how far the work is.

    Raises:
        StoreError: the output folder cannot be written; nothing that was kept is lost.
    """
    _name_adopted(space)
    remade = _remake(space)
    if ask_again:
        space.ledger.images.mark_missing_due()
    collector = Collector(
        space,
        clock=clock,
        stop=stop,
        service=_service(archive) if archive else None,
        in_flight=config.in_flight,
        progress=progress,
    )
    collected = collector.run(limit=limit)
    relinked = relink(space.ledger, space.writer, space.folder, local=config.images == LOCAL)
    space.writer.write_lines(IMAGES_LIST, _lines(space))
    images = space.ledger.images
    return ImagesReport(collected, relinked, remade, images.states())


def _service(archive: Archive) -> Service:
    # No list says that a picture was captured, so each URL is a guess.
    return Service(
        fetch=lambda capture: archive.replay.fetch(capture, "im_", guess=True),
        captures=lambda url: [row for page in archive.cdx.pages(url, "exact") for row in page.rows],
    )


def _name_adopted(space: Workspace) -> None:
    """Record the pictures of documents that were not written by this program but taken over."""
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
            memento = space.store.load(Location(record.file, record.offset, record.length))
            count += space.writer.write(f"{IMAGES_FOLDER}/{kept.path}", memento.body).changed
    return count


def _lines(space: Workspace) -> Iterator[bytes]:
    for entry in space.ledger.images.each():
        yield f"{json_line(image_json(entry))}\n".encode()
