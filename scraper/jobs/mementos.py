"""Single captures that a job names, kept or fetched, without anything being decided about their articles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scraper.engine.fetch import Workers
from scraper.engine.keep import row_that_answered
from scraper.errors import ArchiveRefused, CaptureError, Stopped
from scraper.models import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.archive.client import Archive
    from scraper.engine.workspace import Workspace
    from scraper.models import Capture, Memento

K = TypeVar("K")


class Got(NamedTuple):
    """What came of a capture: a memento, of whatever moment, or why there is none; `fetched` just now."""

    memento: Memento | None
    error: CaptureError | None = None
    fetched: bool = False


def get_mementos(
    space: Workspace, archive: Archive, wanted: Iterable[tuple[K, Capture]]
) -> Iterator[tuple[K, Capture, Got]]:
    """Yield what came of each capture, as it comes: kept ones are loaded, others are fetched, and kept.

    Raises:
        ArchiveRefused: the archive refuses or is down; the requests in flight have ended.
        Stopped: the run is to end.
    """
    workers: Workers[tuple[K, Capture], Memento] = Workers(space.config.in_flight, space.stop)
    refused: list[ArchiveRefused] = []

    def land() -> Iterator[tuple[K, Capture, Got]]:
        landed = workers.next()
        if landed is None:
            raise Stopped("the run was asked to end")
        (key, capture), future = landed
        try:
            yield key, capture, _arrived(space, capture, future.result())
        except ArchiveRefused as error:
            refused.append(error)
        except CaptureError as error:
            yield key, capture, Got(None, error)

    try:
        for key, capture in wanted:
            if space.stop.is_set():
                raise Stopped("the run was asked to end")
            if (kept := space.intake.load_if_whole(capture)) is not None:
                yield key, capture, Got(kept)
                continue
            while not workers.room:
                yield from land()
            if refused:
                break
            workers.submit((key, capture), partial(archive.replay.fetch, capture))
        while workers.in_flight:
            yield from land()
    finally:
        workers.close()
    if refused:
        raise refused[0]


def _arrived(space: Workspace, capture: Capture, memento: Memento) -> Got:
    """Keep a fetched memento. An article that is written stays so: a new page alone does not make it due again."""
    ledger, article = space.ledger, space.site.article_id(capture.original)
    rows = [] if article is None else ledger.captures.rows(article)
    row = None if article is None else ledger.articles.get(article)
    space.intake.keep(memento._replace(original=row_that_answered(capture, memento, rows).original))
    if row is not None and row.state is State.WRITTEN:
        ledger.articles.set_due(row.id, row.due)
    return Got(memento, fetched=True)
