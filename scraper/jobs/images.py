"""The pictures of an output folder: fetch them, put kept ones in place, let documents name them as is wanted."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Unpack

from scraper.files import json_line
from scraper.images.documents import name, relink
from scraper.jobs.collect import Collector
from scraper.jobs.workspace import Means, deadline, open_archive, open_workspace, refresh_manifest
from scraper.models import State
from scraper.paths import IMAGES_FOLDER, IMAGES_LIST
from scraper.reports.images import ImagesReport, image_json
from scraper.times import parse_duration

if TYPE_CHECKING:
    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.workspace import Workspace


def fetch_images(
    config: Config,
    *,
    limit: int | None = None,
    ask_again: bool = False,
    offline: bool = False,
    **means: Unpack[Means],
) -> ImagesReport:
    """Fetch and keep the pictures of written articles, and let documents name them as the settings want.

    At most `limit` are fetched, with `ask_again` also those that were missing; `offline` only puts in place what is
    kept. The rest is as in `scraper.jobs`; `stop` is set here when ``max_runtime`` is over.
    """
    runtime = parse_duration(config.max_runtime) if config.max_runtime else None
    with (
        deadline(means, runtime),
        open_workspace(config, **means) as space,
        contextlib.nullcontext() if offline else open_archive(space) as archive,
    ):
        report = collect_images(space, archive, limit=limit, ask_again=ask_again)
        refresh_manifest(space)
        return report


def collect_images(
    space: Workspace, archive: Archive | None, *, limit: int | None = None, ask_again: bool = False
) -> ImagesReport:
    """Do all that is to be done about the pictures of an opened folder, as far as it goes now; see `fetch_images`.

    Without an archive it works offline, from what is kept.
    """
    report = ImagesReport()
    space.ledger.images.begin()
    _name_unnamed(space)
    report.remade = _remake(space)
    if ask_again:
        space.ledger.images.mark_missing_due()
    Collector(space, archive, report).run(limit=limit)
    report.documents_changed, report.documents_left = relink(space)
    space.writer.write_lines(
        IMAGES_LIST, (f"{json_line(image_json(one))}\n".encode() for one in space.ledger.images.each())
    )
    report.states = space.ledger.images.states()
    return report


def _name_unnamed(space: Workspace) -> None:
    """Record the pictures of documents that were taken over, or written before anybody asked for pictures."""
    for row in list(space.ledger.articles.each(State.WRITTEN)):
        if row.file is None or space.ledger.images.form_sha256(row.id) is not None:
            continue
        path = space.folder / row.file
        data = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(data).hexdigest() == row.file_sha256:
            with contextlib.suppress(UnicodeDecodeError):  # no document of this form, so none of its pictures counts
                name(space.ledger, row.id, data.decode())


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
