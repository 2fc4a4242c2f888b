"""Mends what a check found, from the kept pages. Nothing that a person made is lost by it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scraper.check.findings import Finding, Kind
from scraper.check.inspection import check
from scraper.errors import StoreError
from scraper.jobs.rebuild import rebuild
from scraper.jobs.workspace import open_workspace
from scraper.ledger import AT_ONCE
from scraper.models import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.config import Config
    from scraper.engine.outcomes import Progress
    from scraper.jobs.workspace import Workspace
    from scraper.ledger.mementos import Kept
    from scraper.times import Clock

_DOCUMENT = (Kind.DOCUMENT_MISSING, Kind.DOCUMENT_CHANGED, Kind.DOCUMENT_FORM)
_NOT_HERE = (
    Kind.ADOPTED_CHANGED,
    Kind.DOCUMENT_CUT,
    Kind.DOCUMENT_UNKNOWN,
    Kind.FOREIGN,
    Kind.WARC_SCAR,
    Kind.IMAGE_MISSING,
    Kind.IMAGE_DAMAGED,
)
"""What other commands, or people, have to mend."""


def repair(
    config: Config,
    *,
    jobs: int,
    clock: Clock,
    form: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> tuple[list[Finding], list[Finding]]:
    """Check, mend, check again.

    Returns:
        what was mended, and what is still found.

    Raises:
        LockHeld: a run is at work on this output folder.
        StoreError: it cannot be written.
    """
    found = list(check(config, jobs=jobs, clock=clock, form=form, progress=progress))
    if all(finding.kind in _NOT_HERE for finding in found):
        return [], found
    stop = threading.Event()
    if any(finding.kind is Kind.LEDGER for finding in found):
        rebuild(config, jobs=jobs, clock=clock, stop=stop, anew=True, progress=progress)
    else:
        with open_workspace(config, clock=clock) as space:
            _mend(space, found)
        ids = sorted({finding.article for finding in found if finding.kind in _DOCUMENT and finding.article})
        rebuild(
            config,
            ids=[range(one, one + 1) for one in ids] or [range(1)],
            jobs=jobs,
            clock=clock,
            stop=stop,
            progress=progress,
        )
    left = list(check(config, jobs=jobs, clock=clock, form=form, progress=progress))
    return [finding for finding in found if finding not in left], left


def _mend(space: Workspace, found: list[Finding]) -> None:
    with space.ledger.transaction():
        for finding in found:
            if finding.kind in (Kind.WARC_DAMAGED, Kind.WARC_MISSING):  # all of a file that is missing has no offset
                _forget(space, space.ledger.mementos.in_file(finding.file.rpartition("/")[2], finding.offset))
            elif finding.kind is Kind.DOCUMENT_MISSING and finding.article is not None:
                _wait_if_nothing_is_kept(space, finding.article)
        space.ledger.shards.forget()
    for finding in found:
        if finding.kind is Kind.LEFTOVER:
            (space.folder / finding.file).unlink(missing_ok=True)


def _forget(space: Workspace, broken: list[Kept]) -> None:
    """Forget records that cannot be read, and the revisits that lived on them, so that they are fetched again."""
    for kept in broken:
        space.ledger.mementos.forget(kept)
        for other in space.ledger.mementos.with_payload(kept.payload_sha1):
            try:
                space.store.load_kept(other)
            except StoreError:
                space.ledger.mementos.forget(other)


def _wait_if_nothing_is_kept(space: Workspace, article: int) -> None:
    if next(space.ledger.mementos.of_articles(article, article), None) is None:
        space.ledger.articles.set_state(
            article, State.WAITING, "its file is gone and no page of it is kept", due=AT_ONCE
        )
