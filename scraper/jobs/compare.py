"""Documents that somebody else made, against what this program makes of the very captures that they name."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from scraper.audit.defects import Defect, Weight
from scraper.audit.differences import Difference, differences
from scraper.audit.examine import examine
from scraper.audit.folder import find_documents, read_document
from scraper.audit.sample import Document, draw, kinds_of
from scraper.engine.outcomes import Progress, Refusal
from scraper.errors import ArchiveRefused, Stopped, TargetError
from scraper.jobs.mementos import get_mementos
from scraper.jobs.targets import covers
from scraper.jobs.workspace import open_archive, open_workspace
from scraper.markdown.document import render_document
from scraper.models import Capture, page_of
from scraper.reports.beliefs import belief_rows
from scraper.reports.compare import PAGE, Comparison
from scraper.times import SYSTEM_CLOCK
from scraper.urls import urlkey

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.archive.client import Archive
    from scraper.audit.examine import Examined
    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.models import Memento, Page, Site
    from scraper.times import Clock

SAMPLE = 40
_THERE = frozenset({Defect.NO_DATE, Defect.NOT_THE_FORM})
"""Defects of documents that hold their article all the same."""


class Named(NamedTuple):
    """A document and the capture that it names."""

    document: Document
    text: str
    examined: Examined
    capture: Capture


def compare(
    config: Config,
    folder: Path,
    *,
    ids: Sequence[range] = (),
    sample: int | None = SAMPLE,
    clock: Clock = SYSTEM_CLOCK,
    stop: threading.Event | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Comparison:
    """Read the captures that documents name and say in what ours differ. Nothing is written but what was fetched.

    Args:
        config: settings.
        folder: holds ``article_<id>.md`` at any depth.
        ids: only these; empty: all.
        sample: so many of them, of every kind; None: all.
        clock: tells the time and waits.
        stop: set when it is to end.
        progress: is told now and then how far the work is.

    Raises:
        TargetError: there are no such documents.
        LockHeld: a run is at work on this output folder.
        StoreError: the output folder cannot be written or read.
    """
    with contextlib.ExitStack() as stack:
        space = stack.enter_context(open_workspace(config, clock=clock, stop=stop, progress=progress))
        chosen = _chosen(folder, space.site, ids, sample)
        archive = stack.enter_context(open_archive(space))
        if kept := space.ledger.mementos.latest():
            archive.expect(kept.timestamp, kept.original)
        job = _Job(space, chosen)
        job.work(archive)
        return job.done


def _chosen(folder: Path, site: Site, ids: Sequence[range], sample: int | None) -> list[Document]:
    """Return the documents to compare."""
    found = []
    for path in find_documents(folder):
        article = int(path.stem.rpartition("_")[2])
        if not ids or covers(ids, article):
            text = "" if sample is None else read_document(path).decode("utf-8", "replace")
            found.append(Document(article, path, kinds_of(text, site)))
    if not found:
        raise TargetError(f"{folder}: no article_<id>.md there that was asked for. Name a folder of documents.")
    return found if sample is None else draw(found, sample)


class _Job:
    """Compares documents."""

    def __init__(self, space: Workspace, documents: Sequence[Document]) -> None:
        self._space = space
        self._documents = documents
        self.done = Comparison()

    def work(self, archive: Archive) -> None:
        """Compare each. Ends early when the archive refuses, or when it is to end."""
        done = self.done
        try:
            for named, capture, got in get_mementos(self._space, archive, self._all_named()):
                done.fetched += got.fetched
                if got.memento is None:
                    done.skipped[named.document.article] = str(got.error)
                elif got.memento.timestamp != capture.timestamp:
                    why = f"the archive answered with the capture of {got.memento.timestamp}"
                    done.skipped[named.document.article] = why
                else:
                    self._compare(named, got.memento)
        except ArchiveRefused as error:
            done.refusals = [Refusal(str(error), error.until)]
        except Stopped:
            done.stopped = True
        done.beliefs = belief_rows(self._space.site.beliefs, done.tally)

    def _all_named(self) -> Iterator[tuple[Named, Capture]]:
        for document in self._documents:
            if (named := self._named(document)) is not None:
                yield named, named.capture

    def _named(self, document: Document) -> Named | None:
        """Return the capture that a document names: the row of the ledger, if a listing gave it."""
        data = read_document(document.path)
        examined = examine(data, document.article, self._space.site)
        timestamp, original = examined.timestamp, examined.original
        if timestamp is None or original is None or self._space.site.article_id(original) != document.article:
            self.done.skipped[document.article] = "its url names no capture of it"
            return None
        capture = Capture(urlkey(original), timestamp, original, "text/html", "200", "-", "-")
        rows = self._space.ledger.captures.rows(document.article)
        same = (row for row in rows if row.timestamp == timestamp and urlkey(row.original) == capture.urlkey)
        return Named(document, data.decode("utf-8", "replace"), examined, next(same, capture))

    def _compare(self, named: Named, memento: Memento) -> None:
        """Compare a document with what the page gives."""
        done, site, article = self.done, self._space.site, named.document.article
        done.compared += 1
        reading = site.read(page_of(memento))
        done.tally.add(article, reading.beliefs)
        known = {one.defect for one in named.examined.defects}
        if reading.article is None:
            lost = next((one for one in known if one.weight is Weight.LOST and one not in _THERE), None)
            ours = f"{reading.verdict}{f' ({reading.detail})' if reading.detail else ''}"
            self.done.note(article, named.document.path, named.capture, [Difference(PAGE, "article", ours, lost or "")])
        else:
            original = site.document_url(memento.original)
            text = render_document(reading.article, original_url=original, timestamp=memento.timestamp)
            found, same = differences(named.text, text, known)
            done.counts.update({(field, "same"): count for field, count in same.items()})
            done.counts[PAGE, "same"] += 1
            done.note(article, named.document.path, named.capture, found)
        self._space.progress(
            Progress("fetching", done.compared, len(self._documents), fetched=done.fetched, last=named.capture)
        )


def kept_pages(config: Config, captures: Iterable[Capture], *, clock: Clock) -> list[Page | None]:
    """Return the pages of captures from what is kept, None for one that is not.

    Raises:
        LockHeld, StoreError: as `compare`.
    """
    with open_workspace(config, clock=clock) as space:
        mementos = map(space.intake.load, captures)
        return [None if memento is None else page_of(memento) for memento in mementos]
