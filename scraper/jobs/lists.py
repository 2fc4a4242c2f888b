"""Lists of articles as witnesses: which there are, fetching and reading them, what they say of what is not written."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Unpack

from scraper.engine.fetch import ahead
from scraper.engine.outcomes import Progress
from scraper.errors import ArchiveError, Stopped
from scraper.jobs.mementos import get_mementos
from scraper.jobs.targets import unlisted_capture
from scraper.jobs.workspace import Means, open_archive, open_workspace, refresh_manifest
from scraper.models import page_of
from scraper.reports.run import ListsReport
from scraper.times import is_timestamp, parse_timestamp

if TYPE_CHECKING:
    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.models import Capture, ListEntry, Memento

log = logging.getLogger(__name__)
LIMIT = 200
"""So many lists are fetched at a time, if nothing else is said: thousands are archived, and they say much the same."""
_LISTED = "lists_listed"
"""The ledger's note of when all lists were asked for."""
_KINDS = frozenset({"text/html", "application/json", "text/json", "text/javascript", "warc/revisit", "unk", "-"})


def fetch_lists(config: Config, *, limit: int = LIMIT, **means: Unpack[Means]) -> ListsReport:
    """Find lists, fetch and read at most `limit` of them, and say what they name. The rest is as in `scraper.jobs`."""
    with open_workspace(config, **means, all_ids=True) as space, open_archive(space) as archive:
        report = collect_lists(space, archive, limit=limit)
        refresh_manifest(space)
        return report


def collect_lists(space: Workspace, archive: Archive, *, limit: int = LIMIT) -> ListsReport:
    """Do the same on an opened folder. Ends early when the archive refuses, or when the run is to end."""
    report = ListsReport()
    try:
        _list(space, archive)
        _read(space, archive, report, limit)
    except ArchiveError as error:
        report.refusal = str(error)
    except Stopped:
        report.stopped = True
    lists = space.ledger.lists
    report.known, report.unread = lists.count(), len(lists.unread(space.site.closure))
    report.named, report.uncaptured, report.unwritten = lists.named(), lists.uncaptured(), lists.unwritten()
    report.contradictions = lists.contradictions()
    return report


def _list(space: Workspace, archive: Archive) -> None:
    """Ask which captures of lists there are, unless that was done not long ago. What comes of a cut answer is known."""
    ledger, site = space.ledger, space.site
    last = ledger.get_meta(_LISTED)
    full = timedelta(days=space.config.full_listing_days)
    if last is not None and parse_timestamp(ledger.now()) - parse_timestamp(last) <= full:
        return
    for number, (url, match_type) in enumerate(site.list_queries):
        space.progress(Progress("listing", number, len(site.list_queries)))
        for page in ahead(archive.cdx.pages(url, match_type), space.stop):
            ledger.lists.add(
                row
                for row in page.rows
                if row.statuscode in ("200", "-")
                and row.mimetype in _KINDS
                and is_timestamp(row.timestamp)
                and site.is_list(row.original)
            )
            log.info("lists=%s rows=%d complete=%s", url, len(page.rows), page.complete)
    ledger.set_meta(_LISTED, ledger.now())


def _read(space: Workspace, archive: Archive, report: ListsReport, limit: int) -> None:
    """Read at most so many lists, the latest before the closure first."""
    ledger, site = space.ledger, space.site
    wanted = ledger.lists.unread(site.closure)[:limit]
    for _, capture, got in get_mementos(space, archive, ((None, one) for one in wanted)):
        report.fetched += got.fetched
        space.progress(Progress("lists", report.read, len(wanted), fetched=report.fetched))
        if got.memento is None:
            assert got.error is not None
            ledger.lists.tried(capture, str(got.error), final=got.error.final)
            report.in_vain.append(str(got.error))
            continue
        entries = _record(space, capture, got.memento)
        report.read += 1
        report.entries += len(entries)
        report.bare += sum(not (one.author and one.date) for one in entries)


def _record(space: Workspace, capture: Capture, memento: Memento) -> list[ListEntry]:
    """Record what a list says."""
    ledger, site = space.ledger, space.site
    entries = [one for one in site.read_list(page_of(memento)) if one.article < site.known_ids.stop]
    with ledger.transaction():
        ledger.lists.record_read(capture, entries, memento.timestamp)
        ledger.articles.add_ids([one.article for one in entries], "list")
    log.info("list=%s capture=%s entries=%d", capture.original, memento.timestamp, len(entries))
    return entries


def read_kept_lists(space: Workspace) -> None:
    """Read the lists that are kept and of which the ledger does not know what they say: it was made again."""
    lists, site = space.ledger.lists, space.site
    for kept in space.ledger.mementos.of_no_article():
        if site.is_list(kept.original) and not lists.is_read(kept.original, kept.timestamp):
            capture = unlisted_capture(kept.original, kept.timestamp, kept.payload_sha1)
            if (memento := space.intake.load_if_whole(capture)) is not None:
                lists.add([capture])
                _record(space, capture, memento)
