"""The main job: find captures, fetch what is not yet written, write it."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from scraper.engine.discover import Discovery
from scraper.engine.outcomes import Outcomes
from scraper.errors import Stopped
from scraper.files import if_idle
from scraper.jobs.images import collect_images
from scraper.jobs.lists import collect_lists
from scraper.jobs.targets import covers
from scraper.jobs.workspace import Means, deadline, make_engine, open_archive, open_workspace, refresh_manifest
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE
from scraper.reports.run import RunReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.models import Capture

FIRST_RUN = (
    "No page was fetched into this folder yet. `hkcnews compare DIR`, on documents that somebody else made, tells with "
    "40 requests whether the pages are read as theirs were; docs/compare.md says more. This is said once."
)
FEW = 5_000
"""So many ids are asked for by their own prefixes as long as there is no complete list of the site."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What is asked of one run.

    Attributes:
        ids: only these; empty: all.
        limit: at most so many articles that need the archive.
        from_ts, to_ts: only captures between these moments, 14 digits.
        dry_run: change nothing, say what would be done.
        max_runtime: seconds after which the run ends by itself.
        retry_final: ask again for what was excluded or not there.
        images: fetch the pictures of written articles too.
        go_on: whatever the first pages say against what is believed of them.
    """

    ids: tuple[range, ...] = ()
    limit: int | None = None
    from_ts: str | None = None
    to_ts: str | None = None
    dry_run: bool = False
    max_runtime: float | None = None
    retry_final: bool = False
    images: bool = False
    go_on: bool = False

    def wants(self, article: int) -> bool:
        """Say whether an id was asked for."""
        return not self.ids or covers(self.ids, article)

    def permits(self, capture: Capture) -> bool:
        """Say whether a capture lies between the moments asked for."""
        return (self.from_ts or "") <= capture.timestamp <= (self.to_ts or "9")


_EVERYTHING = RunOptions()


def run(
    config: Config,
    options: RunOptions = _EVERYTHING,
    *,
    advise: Callable[[str], None] = lambda _: None,
    **means: Unpack[Means],
) -> RunReport:
    """Do the main job once, as far as it goes, and say what came of it.

    `means` and errors are as in `scraper.jobs`; `stop` is set here when ``max_runtime`` is over.
    `advise` is told, once a folder, what may be done before much is asked of the archive.
    """
    with contextlib.ExitStack() as stack:
        over = stack.enter_context(deadline(means, options.max_runtime))
        if options.dry_run:
            config = config._replace(output=str(stack.enter_context(_copy_of_ledger(config))))
        space = stack.enter_context(open_workspace(config, **means, all_ids=True))
        archive = stack.enter_context(open_archive(space))
        ledger = space.ledger
        if not (options.dry_run or options.ids or ledger.get_meta("advised") or ledger.mementos.latest()):
            ledger.set_meta("advised", "compare")
            advise(FIRST_RUN)
        job = _Job(space, archive, options)
        job.work()
        if space.stop.is_set():
            job.report.stopped = "max_runtime" if over.is_set() else "signal"
        job.sum_up()
        if not options.dry_run:
            refresh_manifest(space)
        return job.report


@contextlib.contextmanager
def _copy_of_ledger(config: Config) -> Iterator[Path]:
    """Give an output folder of its own to a run that must not change the real one."""
    with tempfile.TemporaryDirectory(prefix="hkcnews-dry-run-") as folder:
        source = config.output_path / LEDGER_FILE
        if source.exists():
            with if_idle(config.output_path) as idle:
                Ledger.copy(source, Path(folder) / LEDGER_FILE, idle=bool(idle))
        yield Path(folder)


class _Job:
    """One run on an opened output folder."""

    def __init__(self, space: Workspace, archive: Archive, options: RunOptions) -> None:
        self.space = space
        self.archive = archive
        self.options = options
        now = space.clock.now()
        self.report = RunReport("run", now, now, Outcomes(), {}, doubting=not options.go_on)
        self._discovery = Discovery(space, archive)
        # The ids asked for are few, and no list of the whole site names their captures yet.
        is_listed = space.ledger.listings.complete_below([space.site.article_prefix])
        self._are_few = 0 < sum(map(len, options.ids)) <= FEW and not is_listed

    def work(self) -> None:
        """List, fetch, write, until that is done or the run is stopped."""
        wanted, discovery = self.options, self._discovery
        with contextlib.suppress(Stopped):
            self._prepare()
            if not self._are_few:  # a list that is cut is no reason not to fetch what is on it
                discovery.answers(partial(discovery.whole_site, wanted.from_ts, wanted.to_ts))
            self._articles()
            self._pictures_and_lists()

    def _prepare(self) -> None:
        ledger = self.space.ledger
        with ledger.transaction():
            # A single id is asked for, known or not; a range only says which of those that are known.
            ledger.articles.add_ids([ids[0] for ids in self.options.ids if len(ids) == 1], "asked")
            if self.options.retry_final:
                ledger.articles.mark_due(ledger.captures.clear_final_attempts(self.options.wants))

    def _listed(self) -> Iterator[int]:
        """Yield the ids asked for that are due, each once its captures are in the ledger."""
        ledger = self.space.ledger
        for group in self._discovery.groups(article for ids in self.options.ids for article in ids):
            self._discovery.answers(partial(self._discovery.group, group))
            due = set(ledger.articles.due(ledger.now()))
            yield from (article for article in group.ids if article in due)

    def _confirmed(self) -> Iterator[int]:
        """Yield the ids that nothing was found of, once all has been asked that allows to say so.

        Where the site's list is cut nearly all ids wait for the rest of it; it is not asked for each of them. Of an
        archive that holds little nearly all ids are absent: a run spends half a minute of the budget on them, or a
        quarter of the time it was given, and the next one goes on.
        """
        unconfirmed = sorted(self.report.outcomes.unconfirmed.items())
        waiting = [article for article, is_listed in unconfirmed if self._are_few or is_listed]
        waiting.sort(key=lambda article: not self.space.ledger.captures.rows(article))  # what has captures comes first
        minutes = max(0.5, (self.options.max_runtime or 0) / 60 / 4)
        most = min(int(self.space.config.cdx_per_minute * minutes), self.options.limit or len(waiting))
        for article in waiting[:most]:
            if self._discovery.answers(partial(self._discovery.confirm, article)):
                yield article

    def _articles(self) -> None:
        wanted, limit = self.options, self.options.limit
        engine = make_engine(self.space, self.archive, permitted=wanted.permits, doubting=not wanted.go_on)
        self.report.outcomes = engine.outcomes
        listed = self._listed() if self._are_few else iter(())
        try:
            if wanted.dry_run:
                for _ in listed:  # so that the ledger, which the plan is made from, has their captures
                    pass
                self.report.plan = engine.cases.plan(wanted.wants, limit)
                return
            engine.process(listed, limit=limit, batch=1)
            engine.process_due(wanted.wants, limit=limit)
            engine.process(self._confirmed(), limit=limit, batch=1)
        finally:
            if self._discovery.refusal is not None:
                engine.outcomes.refused(self._discovery.refusal)

    def _pictures_and_lists(self) -> None:
        """Fetch pictures if asked to; read lists if a run over everything has time left and nothing else to do."""
        wanted, ledger, report = self.options, self.space.ledger, self.report
        if wanted.dry_run or report.outcomes.refusals or report.outcomes.doubted:
            return
        if wanted.images:
            report.images = collect_images(self.space, self.archive)
        limited = wanted.ids or wanted.limit or wanted.from_ts or wanted.to_ts
        if wanted.max_runtime is not None and not limited and not ledger.articles.due(ledger.now()):
            report.lists = collect_lists(self.space, self.archive)

    def sum_up(self) -> None:
        """Fill in how things stand at the end."""
        report, ledger = self.report, self.space.ledger
        report.sum_up(self.space)
        report.listings = ledger.listings.all()
        report.malformed = ledger.listings.malformed()
        report.vanished = ledger.listings.vanished_count()
        report.next_request_at = self.archive.limiter.status().next_request_at
        if report.outcomes.doubted:
            report.stopped = "beliefs"
