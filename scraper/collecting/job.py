"""The pictures of an output folder: fetch them, put kept ones in place, let documents name them as is wanted."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.collecting.collector import Collected, Collector, Service
from scraper.collecting.steps import LISTED
from scraper.images.documents import LOCAL, Relinked, relink
from scraper.images.links import FOLDER
from scraper.jsonlines import json_line
from scraper.states import State
from scraper.warc.files import Location

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from scraper.archive import Archive
    from scraper.clock import Clock
    from scraper.config import Config
    from scraper.ledger.images import ImageEntry, ImageState
    from scraper.pipeline import Workspace
    from scraper.pipeline.outcomes import Progress

LIST = "images.jsonl"
"""The list of pictures, below the output folder."""
EXIT_DONE, EXIT_INCOMPLETE, EXIT_ARCHIVE = 0, 1, 3
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ImagesReport:
    """What one run did about pictures, and how things stand now."""

    collected: Collected
    relinked: Relinked
    remade: int
    states: dict[ImageState, int]

    @property
    def put_off(self) -> int:
        """How many pictures could not be had yet. What a run that was ended left is no failure."""
        return 0 if self.collected.stopped else self.collected.waiting

    @property
    def exit_status(self) -> int:
        """What the process should end with, if no signal ended it: 1 says that something is new in `problems`.

        What an earlier run found to be missing is no news: cron would send the same mail every hour.
        """
        if self.collected.refusal is not None:
            return EXIT_ARCHIVE
        unfinished = self.collected.missing or self.put_off or self.relinked.left
        return EXIT_INCOMPLETE if unfinished else EXIT_DONE

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        done = self.collected
        return {
            "states": {str(state): count for state, count in self.states.items()},
            "asked": done.asked,
            "fetched": done.fetched,
            "kept": done.kept,
            "missing": len(done.missing),
            "waiting": done.waiting,
            "remade": self.remade,
            "documents_changed": self.relinked.changed,
            "documents_left": self.relinked.left,
            "refusal": done.refusal.message if done.refusal else None,
            "stopped": done.stopped,
            "list": LIST,
            "exit_status": self.exit_status,
        }

    def problems(self) -> list[str]:
        """Return what went wrong, a line each, for stderr even when quiet."""
        lines = [self.collected.refusal.message] if self.collected.refusal else []
        lines += [f"document left as it is: {reason}" for reason in self.relinked.left[:_SHOWN]]
        missing = self.collected.missing
        lines += [f"missing: {address}" for address in missing[:_SHOWN]]
        if len(missing) > _SHOWN:
            lines.append(f"and {len(missing) - _SHOWN} more: {LIST} lists them with all that was tried")
        if self.put_off:
            lines.append(f"{self.put_off} pictures could not be had yet; a later run asks again")
        return lines

    def summary(self) -> list[str]:
        """Return a few lines that say how it went, for people."""
        counts = ", ".join(f"{count} {state}" for state, count in self.states.items())
        lines = [f"pictures: {counts}; {self.collected.fetched} fetched just now"]
        if self.remade:
            lines.append(f"{self.remade} files made again from what is kept")
        if self.relinked.changed:
            lines.append(f"{self.relinked.changed} documents name their pictures anew")
        return lines


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
        space.ledger.images.ask_again()
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
    space.writer.write_lines(LIST, _lines(space))
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
        if (space.folder / FOLDER / kept.path).is_file():
            continue
        record = space.ledger.mementos.get(kept.original, kept.timestamp)
        if record is not None:
            memento = space.store.load(Location(record.file, record.offset, record.length))
            count += space.writer.write(f"{FOLDER}/{kept.path}", memento.body).changed
    return count


def _lines(space: Workspace) -> Iterator[bytes]:
    for entry in space.ledger.images.each():
        yield f"{json_line(describe(entry))}\n".encode()


def describe(entry: ImageEntry) -> dict[str, object]:
    """Return the object of one picture as it stands in the list. Every key is always there."""
    kept = entry.kept
    return {
        "address": entry.address,
        "state": str(entry.state),
        "reason": entry.reason,
        "file": f"{FOLDER}/{kept.path}" if kept else None,
        "sha256": kept.sha256 if kept else None,
        "width": kept.width if kept else None,
        "height": kept.height if kept else None,
        "capture": {"timestamp": kept.timestamp, "original": kept.original} if kept else None,
        "articles": list(entry.articles),
        "tried": [
            {"original": one.original, "timestamp": one.timestamp, "verdict": one.verdict, "detail": one.detail}
            for one in entry.tried
            if one.verdict != LISTED
        ],
    }
