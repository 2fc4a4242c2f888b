"""Captures that one already has, from files into the output folder, and the documents they give. No network."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from scraper.engine.keep import with_digest_check
from scraper.errors import ExitStatus, Stopped, StoreError
from scraper.jobs.workspace import make_engine, open_workspace, refresh_manifest
from scraper.payload import digest_of
from scraper.reports.beliefs import belief_rows
from scraper.reports.run import RunReport
from scraper.reports.words import counted, first_of
from scraper.store.archives import Skipped, read_archives
from scraper.times import SYSTEM_CLOCK
from scraper.urls import page_host

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from scraper.config import Config
    from scraper.engine.outcomes import Progress
    from scraper.jobs.workspace import Workspace
    from scraper.models import Memento
    from scraper.store.revisits import Wanted
    from scraper.times import Clock

_BATCH = 200
"""Pages between two waits for the disk."""
_REMEMBERED = 1000
"""Damages that are remembered one by one; a hostile file could name millions."""
_SHOWN = 20
_MOST_TRIED = 20
"""Captures of a URL of which a digest is taken that the ledger does not have."""
_BESIDE = "; what stands before and behind was read"


@dataclass(slots=True)
class Taken:
    """What taking files in gave: captures of articles that are new and that were kept before, other pages, damages.

    `damaged` names the first thousand of them; `articles` are the ids of which the files hold captures.
    """

    kept: int = 0
    known: int = 0
    foreign: int = 0
    hosts: Counter[str] = field(default_factory=Counter)
    damages: int = 0
    damaged: list[Skipped] = field(default_factory=list)
    articles: set[int] = field(default_factory=set)

    def skip(self, skipped: Skipped) -> None:
        """Count what was not read."""
        if not skipped.damage:
            self.foreign += 1
            if (host := page_host(skipped.url)) in self.hosts or len(self.hosts) < _REMEMBERED:
                self.hosts[host] += 1
            return
        self.damages += 1
        if len(self.damaged) < _REMEMBERED:
            self.damaged.append(skipped)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An import that has ended: what the files held, and what became of it."""

    taken: Taken
    report: RunReport

    @property
    def exit_status(self) -> ExitStatus:
        """1 when something could not be read, nothing was found, or an article could not be written."""
        whole = (self.taken.kept or self.taken.known) and not self.taken.damages
        return self.report.exit_status if whole else self.report.exit_status or ExitStatus.INCOMPLETE

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        taken = self.taken
        return self.report.as_json() | {
            "exit_status": self.exit_status,
            "captures": {"kept": taken.kept, "known": taken.known, "foreign": taken.foreign, "damaged": taken.damages},
            "damaged": [{"source": one.source, "reason": one.reason} for one in taken.damaged],
        }

    def problems(self) -> list[str]:
        """Return what went wrong, a line each."""
        damaged = self.taken.damaged
        lines = [f"{one.source}: {one.reason}{_BESIDE if one.in_file else ''}" for one in damaged[:_SHOWN]]
        if self.taken.damages > _SHOWN:
            lines.append(f"and {self.taken.damages - _SHOWN} more damaged places")
        if not (self.taken.kept or self.taken.known or self.report.stopped):
            lines.append(f"no page of an article was found{self._instead()}")
        return lines + self.report.problems()

    def _instead(self) -> str:
        """Say what there was in files that were read without fault."""
        if not self.taken.foreign:
            return "; name WARC, WACZ or HTML files, or folders of them"
        hosts = [f"{host or 'no host'} {count}" for host, count in self.taken.hosts.most_common()]
        return f": {counted(self.taken.foreign, 'record')} read, of {', '.join(first_of(hosts, most=10))}"

    def summary(self) -> list[str]:
        """Return a few lines that say how it went, for people."""
        taken = self.taken
        captures = f"{taken.kept} captures of articles taken in, {taken.known} were kept before; "
        others = f"{taken.foreign} other pages passed over, {taken.damages} damaged places"
        return [captures + others, *self.report.summary()]


def import_files(
    config: Config,
    paths: Sequence[Path],
    *,
    clock: Clock = SYSTEM_CLOCK,
    stop: threading.Event | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> ImportReport:
    """Take in every capture of an article in the files, then decide and write as a run does.

    An import alone does not prove that there are no other captures: an id without a readable one keeps waiting.
    `paths` are WARC, ARC, WACZ and HTML files, and folders of them; the rest is as in `scraper.jobs.run.run`.

    Raises:
        LockHeld: a run is at work on this output folder.
        StoreError: the output folder takes no more. What was taken in stays; the same import goes on later.
    """
    started_at = clock.now()
    taken = Taken()
    with open_workspace(config, clock=clock, stop=stop, progress=progress) as space:
        engine = make_engine(space)
        stopped = None
        try:
            limit = config.max_body_megabytes << 20
            wanted = space.site.article_id
            outcomes = read_archives(
                paths, wanted=lambda url: wanted(url) is not None, max_body=limit, kept=_kept_payloads(space)
            )
            take_in(_until(space.stop, outcomes), space, taken)
            if taken.kept:
                space.ledger.captures.count_shared()
            engine.process_due(taken.articles.__contains__)
        except Stopped:
            stopped = "signal"
        refresh_manifest(space)
        states = space.ledger.articles.states()
        report = RunReport(
            "import",
            started_at,
            clock.now(),
            engine.outcomes,
            states,
            mended=space.mended,
            stopped=stopped,
            beliefs=belief_rows(space.site.beliefs, engine.outcomes.beliefs),
        )
    return ImportReport(taken, report)


def _until(stop: threading.Event, outcomes: Iterable[Memento | Skipped]) -> Iterable[Memento | Skipped]:
    for outcome in outcomes:
        if stop.is_set():
            raise Stopped("the import was asked to end")
        yield outcome


def take_in(outcomes: Iterable[Memento | Skipped], space: Workspace, taken: Taken) -> None:
    """Keep every capture of an article that is not kept yet.

    A batch is on the disk before the ledger knows of it; a crash in between is mended at the next start.

    Raises:
        StoreError: the output folder takes no more. What was taken in before stays.
    """
    stream = iter(outcomes)
    while batch := list(islice(stream, 1)):
        with space.ledger.transaction():
            for outcome in (*batch, *islice(stream, _BATCH - 1)):
                _take(outcome, space, taken)
            space.store.sync()


def _take(outcome: Memento | Skipped, space: Workspace, taken: Taken) -> None:
    if isinstance(outcome, Skipped):
        taken.skip(outcome)
        return
    article = space.site.article_id(outcome.original)
    if article is None:
        taken.foreign += 1
        return
    if page_host(outcome.original) not in ("", *space.site.hosts):
        taken.skip(Skipped(outcome.original, "is a replay of an article, and does not say plainly of which capture"))
        return
    taken.articles.add(article)
    if space.intake.keep(_verified(outcome, space, article), durable=False):
        taken.kept += 1
    else:
        taken.known += 1


def _kept_payloads(space: Workspace) -> Callable[[Wanted], bytes | None]:
    """Return what finds the payload of a revisit among what earlier commands kept."""

    def find(wanted: Wanted) -> bytes | None:
        digest, mementos = wanted.digest, space.ledger.mementos
        found = mementos.payload(digest.base32) if digest is not None and digest.algorithm == "sha1" else None
        found = found or mementos.get(wanted.original, wanted.timestamp)
        for kept in [found] if found else mementos.of_url(wanted.original)[-_MOST_TRIED:]:
            with contextlib.suppress(StoreError):
                payload = space.store.load_kept(kept).payload
                if found or (digest is not None and digest_of(payload, digest.algorithm) == digest):
                    return payload
        return None

    return find


def _verified(memento: Memento, space: Workspace, article: int) -> Memento:
    """Compare the payload with the digest that a listing gave for this capture, if there is one."""
    for known in space.ledger.captures.of_article(article):
        capture = known.capture
        if (capture.timestamp, capture.original) == (memento.timestamp, memento.original):
            return with_digest_check(memento, capture.digest)
    return memento
