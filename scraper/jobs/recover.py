"""Single articles, by id, URL or the address of a capture. Needs no earlier state."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from scraper.engine.outcomes import Outcomes, Progress, Refusal
from scraper.errors import ArchiveError, ArchiveRefused, ExitStatus, Stopped
from scraper.jobs.targets import parse_target
from scraper.jobs.workspace import make_discovery, make_engine, open_archive, open_workspace, refresh_manifest
from scraper.models import Capture, State
from scraper.sites import get_site
from scraper.times import SYSTEM_CLOCK, parse_timestamp
from scraper.urls import urlkey

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.jobs.targets import Target
    from scraper.jobs.workspace import Workspace
    from scraper.selection.candidates import Candidate
    from scraper.times import Clock


class Recovered(NamedTuple):
    """What came of one target.

    Attributes:
        path: of its file, if it is written.
        capture: that was written: timestamp and original.
        notes: what differs from what was asked, for people.
        tried: capture by capture, for people.
    """

    target: Target
    state: State
    reason: str
    path: Path | None = None
    capture: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


class Recovery:
    """What came of all targets, in order, and whether it was stopped before its end."""

    def __init__(self) -> None:
        self.results: list[Recovered] = []
        self.outcomes = Outcomes()
        self.stopped = False

    @property
    def exit_status(self) -> ExitStatus:
        """What the process should end with, if no signal ended it: 0 all written, 3 the archive refused, else 1."""
        if all(result.path is not None for result in self.results):
            return ExitStatus.DONE
        return ExitStatus.ARCHIVE if self.outcomes.refusals else ExitStatus.INCOMPLETE


def recover(
    config: Config,
    wanted: Sequence[Target | str],
    *,
    clock: Clock = SYSTEM_CLOCK,
    stop: threading.Event | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Recovery:
    """Recover articles: list their captures, read the best, write.

    Args:
        config: settings.
        wanted: what to recover; text is read as `parse_target` does: an id, an address, an address of a capture.
        clock: tells the time and waits.
        stop: set when it is to end.
        progress: is told now and then how far the work is.

    Raises:
        LockHeld: a run is at work on this output folder.
        StoreError: the output folder cannot be written or read.
        TargetError: a text names no article.
    """
    site = get_site(config.site)
    targets = [parse_target(one, site) if isinstance(one, str) else one for one in wanted]
    with contextlib.ExitStack() as stack:
        space = stack.enter_context(open_workspace(config, clock=clock, stop=stop, progress=progress))
        archive = stack.enter_context(open_archive(config, clock=clock, stop=space.stop))
        recovery = Recovery()
        notes: dict[int, list[str]] = {target.article: [] for target in targets}
        named: dict[Target, Capture] = {}
        try:
            refusal = _prepare(space, archive, targets, notes, named)
            engine = make_engine(space, archive)
            recovery.outcomes = engine.outcomes
            for target, capture in named.items():
                engine.cases.prefer(target.article, capture)
            try:
                engine.process(list(notes))
            finally:
                if refusal is not None:
                    recovery.outcomes.refused(refusal)
        except Stopped:
            recovery.stopped = True
        recovery.results = [_result(space, target, notes[target.article], named.get(target)) for target in targets]
        refresh_manifest(space)
        return recovery


def _prepare(
    space: Workspace,
    archive: Archive,
    targets: Sequence[Target],
    notes: dict[int, list[str]],
    named: dict[Target, Capture],
) -> Refusal | None:
    """Bring what the CDX server knows of the targets into the ledger, and fill in which captures they name."""
    discovery = make_discovery(space, archive)
    refusal: Refusal | None = None
    listed: set[int] = set()
    for number, target in enumerate(targets):
        space.progress(Progress("listing", number, len(targets)))
        article = target.article
        with space.ledger.transaction():
            space.ledger.articles.add_ids((article,), "asked")
            space.ledger.captures.clear_attempts(article)
        if article not in listed and (refusal is None or refusal.until is None):
            listed.add(article)
            try:
                discovery.articles([article], anew=True)
            except ArchiveError as error:
                notes[article].append(f"its captures could not be listed: {error}")
                refusal = Refusal(str(error), error.until if isinstance(error, ArchiveRefused) else None)
        if target.timestamp is not None and target.original is not None:
            with contextlib.suppress(LookupError):
                named[target] = _named(space, target, notes[article])
    return refusal


def _named(space: Workspace, target: Target, notes: list[str]) -> Capture:
    """Return the capture that an address names: that very one, or the nearest if it is not listed.

    Raises:
        LookupError: the address names none and there is none.
    """
    assert target.timestamp is not None
    assert target.original is not None
    rows = [known.capture for known in space.ledger.captures.of_article(target.article)]
    same = [row for row in rows if row.timestamp == target.timestamp]
    exact = [row for row in same if row.original == target.original] or same
    if exact:
        return exact[0]
    queries = space.site.article_queries(target.article)
    if not space.ledger.listed(target.article, queries):
        # No list to choose from, but the address says all that is needed to ask.
        url = target.original
        capture = Capture(urlkey(url), target.timestamp, url, "text/html", "200", "-", "-")
        space.ledger.captures.add(target.article, capture)
        return capture
    moment = parse_timestamp(target.timestamp)
    nearest = min(rows, key=lambda row: abs(parse_timestamp(row.timestamp) - moment), default=None)
    if nearest is None:
        raise LookupError(target.article)
    notes.append(f"no capture of {target.timestamp} is listed; took the nearest, {nearest.timestamp}")
    return nearest


def _result(space: Workspace, target: Target, notes: list[str], named: Capture | None) -> Recovered:
    row = space.ledger.articles.get(target.article)
    if row is None or (row.state is State.WAITING and not row.reason):  # stopped before it came to this one
        return Recovered(target, State.WAITING, "not looked at yet", notes=tuple(notes))
    known = space.ledger.captures.of_article(target.article)
    tried = tuple(line for one in known if (line := _tried(one)))
    if row.state is not State.WRITTEN or row.file is None or row.timestamp is None or row.original is None:
        return Recovered(target, row.state, row.reason, notes=tuple(notes), tried=tried)
    if named is not None and row.timestamp != named.timestamp:
        notes = [*notes, f"wrote capture {row.timestamp} instead of {named.timestamp}: {row.reason}"]
    path = space.folder / row.file
    return Recovered(target, row.state, row.reason, path, (row.timestamp, row.original), tuple(notes), tried)


def _tried(known: Candidate) -> str:
    """Return a line about one capture that was asked for, read or judged; empty if none of it."""
    where = f"{known.capture.timestamp} {known.capture.original}"
    if (read := known.own_read) is not None:
        return f"{where}: {read.verdict}{f' ({read.detail})' if read.detail else ''}"
    if known.attempt is not None:
        return f"{where}: {known.attempt.verdict} ({known.attempt.detail})"
    if known.read is not None:
        return f"{where}: {known.read.verdict} (the same page under {known.shared} ids)"
    return ""
