"""Documents of another archive taken over as they are, so that only the rest needs to be fetched."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scraper.jobs.workspace import open_workspace, refresh_manifest
from scraper.models import Capture, State
from scraper.paths import document_path
from scraper.urls import urlkey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.audit.folder import Audited
    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.times import Clock

_BATCH = 500


class Adoption:
    """Takes documents over into an output folder; `adopted` is how many it took, now or before."""

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._batch: list[Audited] = []
        self.adopted = 0

    def adopt(self, audited: Audited) -> None:
        """Take over a document, unless the article was written from a page of ours already."""
        self._batch.append(audited)
        if len(self._batch) >= _BATCH:
            self.commit()

    def commit(self) -> None:
        """Record what was taken over."""
        with self._space.ledger.transaction(), self._space.writer.together():
            for audited in self._batch:
                self._adopt(audited)
        self._batch.clear()

    def _adopt(self, audited: Audited) -> None:
        article, timestamp, original, defects = audited.examined
        if article is None or timestamp is None or original is None:
            return
        ledger = self._space.ledger
        row = ledger.articles.get(article)
        if row is not None and row.state is State.WRITTEN and row.source != "adopted":
            return
        name = document_path(article)
        # What lies there and is not in the ledger is somebody's: it is set aside, not written over.
        file = self._space.writer.write(name, audited.path.read_bytes(), known_sha256=row.file_sha256 if row else None)
        ledger.captures.add(article, Capture(urlkey(original), timestamp, original, "text/html", "200", "-", "-"))
        known = ", ".join(sorted({found.defect for found in defects}))
        reason = f"adopted as it was{f', with {known}' if known else ''}"
        ledger.articles.adopt(
            article, timestamp=timestamp, original=original, file=name, sha256=file.sha256, reason=reason
        )
        self.adopted += 1


@contextlib.contextmanager
def adopting(config: Config, *, clock: Clock) -> Iterator[Adoption]:
    """Open the output folder for documents to be taken over; see `scraper.jobs`."""
    with open_workspace(config, clock=clock, all_ids=True) as space:
        adoption = Adoption(space)
        yield adoption
        adoption.commit()
        refresh_manifest(space)
