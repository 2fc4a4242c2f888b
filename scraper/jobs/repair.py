"""Mends what a check found, from the kept pages. Nothing that a person made is lost by it."""

from __future__ import annotations

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
    from scraper.engine.workspace import Workspace
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
    """Check, mend, check again; return what was mended, and what is still found. See `scraper.jobs`."""
    found = list(check(config, jobs=jobs, clock=clock, form=form, progress=progress))
    if all(finding.kind in _NOT_HERE for finding in found):
        return [], found
    ids: list[range] = []
    anew = any(finding.kind is Kind.LEDGER for finding in found)
    if not anew:
        with open_workspace(config, clock=clock) as space:
            _mend(space, found)
        articles = {finding.article for finding in found if finding.kind in _DOCUMENT and finding.article}
        ids = [range(one, one + 1) for one in sorted(articles)] or [range(1)]
    rebuild(config, ids=ids, jobs=jobs, clock=clock, anew=anew, progress=progress)
    left = list(check(config, jobs=jobs, clock=clock, form=form, progress=progress))
    return [finding for finding in found if finding not in left], left


def _mend(space: Workspace, found: list[Finding]) -> None:
    with space.ledger.transaction():
        for finding in found:
            article, mementos = finding.article, space.ledger.mementos
            if finding.kind in (Kind.WARC_DAMAGED, Kind.WARC_MISSING):  # all of a file that is missing has no offset
                _forget(space, mementos.in_file(finding.file.rpartition("/")[2], finding.offset))
            elif finding.kind is Kind.DOCUMENT_MISSING and article and not any(mementos.of_articles(article, article)):
                why = "its file is gone and no page of it is kept"
                space.ledger.articles.set_state(article, State.WAITING, why, due=AT_ONCE)
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
