"""Captures that one already has, from files into the output folder, and the documents they give. No network."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Unpack

from scraper.engine.keep import with_digest_check
from scraper.errors import ExitStatus, Stopped, StoreError
from scraper.jobs.workspace import Means, make_engine, open_workspace, refresh_manifest
from scraper.payload import digest_of
from scraper.reports.run import RunReport
from scraper.reports.words import counted, first_of
from scraper.store.archives import Skipped, read_archives
from scraper.store.mementos import record_id_of
from scraper.urls import page_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.ledger.mementos import Kept
    from scraper.models import Memento
    from scraper.payload import Digest
    from scraper.store.revisits import Wanted

_BATCH = 200
"""Pages between two waits for the disk."""
_REMEMBERED = 1000
"""Damages that are remembered one by one; a hostile file could name millions."""
_SHOWN = 20
_BESIDE = "; what stands before and behind was read"


@dataclass(slots=True)
class ImportReport:
    """An import: what the files held, and what became of it.

    Attributes:
        articles: the ids of which the files hold captures.
        kept, known: captures of articles that are new, and that were kept before.
        foreign: other pages; `hosts` of those read without fault.
        damages: places that could not be read; `damaged` names the first thousand of them.
        report: of the documents that this gave.
    """

    report: RunReport
    articles: set[int] = field(default_factory=set)
    kept: int = 0
    known: int = 0
    foreign: int = 0
    hosts: Counter[str] = field(default_factory=Counter)
    damages: int = 0
    damaged: list[Skipped] = field(default_factory=list)

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

    @property
    def exit_status(self) -> ExitStatus:
        """1 when something could not be read, nothing was found, or an article could not be written."""
        whole = (self.kept or self.known) and not self.damages
        return self.report.exit_status if whole else self.report.exit_status or ExitStatus.INCOMPLETE

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        return self.report.as_json() | {
            "exit_status": self.exit_status,
            "captures": {"kept": self.kept, "known": self.known, "foreign": self.foreign, "damaged": self.damages},
            "damaged": [{"source": one.source, "reason": one.reason} for one in self.damaged],
        }

    def problems(self) -> list[str]:
        """Return what went wrong, a line each."""
        lines = [f"{one.source}: {one.reason}{_BESIDE if one.in_file else ''}" for one in self.damaged[:_SHOWN]]
        if self.damages > _SHOWN:
            lines.append(f"and {self.damages - _SHOWN} more damaged places")
        if not (self.kept or self.known or self.report.stopped):
            instead = ": 0 records read; name WARC, WACZ or HTML files, or folders of them"
            if self.foreign:
                hosts = [f"{host or 'no host'} {count}" for host, count in self.hosts.most_common()]
                instead = f": {counted(self.foreign, 'record')} read, of {', '.join(first_of(hosts, most=10))}"
            lines.append(f"no page of an article was found{instead}")
        return lines + self.report.problems()

    def summary(self) -> list[str]:
        """Return a few lines that say how it went, for people."""
        captures = f"{counted(self.kept, 'capture')} of articles taken in, {self.known} kept before; "
        others = f"{counted(self.foreign, 'other page')} passed over, {counted(self.damages, 'damaged place')}"
        return [captures + others, *self.report.summary()]


def import_files(config: Config, paths: Sequence[Path], **means: Unpack[Means]) -> ImportReport:
    """Take in every capture of an article in the files, then decide and write as a run does.

    An import alone does not prove that there are no other captures: an id without a readable one keeps waiting.
    `paths` are WARC, WACZ and HTML files, and folders of them; the rest is as in `scraper.jobs`. An import that was cut
    goes on later.
    """
    with open_workspace(config, **means) as space:
        engine, now = make_engine(space), space.clock.now()
        done = ImportReport(RunReport("import", now, now, engine.outcomes, {}))
        try:
            outcomes = read_archives(
                paths,
                wanted=lambda url: space.site.article_id(url) is not None,
                max_body=config.max_body_megabytes << 20,
                kept=_kept_payloads(space),
            )
            # A batch is on the disk before the ledger knows of it; a crash in between is mended at the next start.
            for first in outcomes:
                with space.ledger.transaction():
                    for outcome in chain((first,), islice(outcomes, _BATCH - 1)):
                        _take(outcome, space, done)
                    space.store.sync()
            if done.kept:
                space.ledger.captures.count_shared()
            engine.process_due(done.articles.__contains__)
        except Stopped:
            done.report.stopped = "signal"
        refresh_manifest(space)
        done.report.sum_up(space)
    return done


def _take(outcome: Memento | Skipped, space: Workspace, done: ImportReport) -> None:
    """Count what was found; keep every capture of an article that is not kept yet."""
    if space.stop.is_set():
        raise Stopped("the import was asked to end")
    if isinstance(outcome, Skipped):
        done.skip(outcome)
        return
    original, timestamp = outcome.original, outcome.timestamp
    article = space.site.article_id(original)
    if article is None:
        done.foreign += 1
        return
    if page_host(original) not in ("", *space.site.hosts):
        done.skip(Skipped(original, "is a replay of an article, and does not say plainly of which capture"))
        return
    done.articles.add(article)
    rows = space.ledger.captures.rows(article)
    if listed := next((row for row in rows if (row.timestamp, row.original) == (timestamp, original)), None):
        outcome = with_digest_check(outcome, listed.digest)
    if space.intake.keep(outcome, durable=False):
        done.kept += 1
    else:
        done.known += 1


def _spellings(original: str) -> Iterator[str]:
    """Yield a URL as it is written, then with either scheme, with and without ``www.``: all name one page."""
    yield original
    rest = original.partition("://")[2].removeprefix("www.")
    yield from (f"{start}{rest}" for start in ("https://www.", "https://", "http://www.", "http://"))


def _kept_payloads(space: Workspace) -> Callable[[Wanted], Memento | None]:
    """Return what finds a memento with the payload of a revisit among what earlier commands kept."""
    mementos, imported = space.ledger.mementos, cache(space.store.imported)

    @cache
    def all_kept(algorithm: str) -> dict[Digest, Kept]:
        """Read all that is kept, once: the ledger has no digests but SHA-1."""
        found = {}
        for kept in mementos.each():
            with contextlib.suppress(StoreError):
                found[digest_of(space.store.load_kept(kept).payload, algorithm)] = kept
        return found

    def by_digest(digest: Digest) -> Kept | None:
        return mementos.payload(digest.base32) if digest.algorithm == "sha1" else all_kept(digest.algorithm).get(digest)

    def find(wanted: Wanted) -> Memento | None:
        digest = wanted.digest
        named = (mementos.get(one, wanted.timestamp) for one in _spellings(wanted.original))
        if kept := (digest and by_digest(digest)) or next(filter(None, named), None):
            with contextlib.suppress(StoreError):
                memento = space.store.load_kept(kept)
                if digest is None or digest_of(memento.payload, digest.algorithm) == digest:
                    return memento
        chunked = imported().get(record_id_of(f"sha1:{digest.base32}")) if digest else None
        if (place := chunked or imported().get(wanted.record_id)) is not None:
            with contextlib.suppress(StoreError):
                memento = space.store.load(place)
                if place is chunked or digest is None or digest_of(memento.payload, digest.algorithm) == digest:
                    return memento
        return None

    return find
