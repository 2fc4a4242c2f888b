"""Single articles, by id, URL or the address of a capture. Needs no earlier state."""

from __future__ import annotations

import contextlib
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, Unpack

from scraper.engine.discover import Discovery
from scraper.engine.outcomes import Outcomes, Progress
from scraper.engine.questions import own_question, wider_urls
from scraper.errors import ExitStatus, Stopped
from scraper.jobs.targets import parse_target, unlisted_capture
from scraper.jobs.workspace import Means, make_engine, open_archive, open_workspace, refresh_manifest
from scraper.models import State
from scraper.sites import get_site
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scraper.archive.client import Archive
    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.jobs.targets import Target
    from scraper.models import Capture
    from scraper.selection.candidates import Candidate


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


class Recovery(NamedTuple):
    """What came of all targets, in order."""

    results: list[Recovered]
    outcomes: Outcomes

    @property
    def exit_status(self) -> ExitStatus:
        """What the process should end with, if no signal ended it: 0 all written, 3 the archive refused, else 1."""
        if all(result.path is not None for result in self.results):
            return ExitStatus.DONE
        return ExitStatus.ARCHIVE if self.outcomes.refusals else ExitStatus.INCOMPLETE


def recover(config: Config, wanted: Sequence[Target | str], **means: Unpack[Means]) -> Recovery:
    """Recover articles: list their captures, read the best, write.

    What is `wanted` as text is read as `parse_target` does: an id, an address, an address of a capture. The rest is as
    in `scraper.jobs`.

    Raises:
        TargetError: a text names no article.
    """
    site = get_site(config.site)
    targets = [parse_target(one, site) if isinstance(one, str) else one for one in wanted]
    with open_workspace(config, **means) as space, open_archive(space) as archive:
        recovery = _Job(space, archive, targets).work()
        refresh_manifest(space)
        return recovery


class _Job:
    """One recovery on an opened output folder."""

    def __init__(self, space: Workspace, archive: Archive, targets: Sequence[Target]) -> None:
        self._space = space
        self._archive = archive
        self._targets = targets
        self._notes: dict[int, list[str]] = {target.article: [] for target in targets}
        self._named: dict[Target, Capture] = {}
        self._preferred: dict[int, Capture] = {}  # the same by article, of several the last
        self._discovery = Discovery(space, archive)

    def work(self) -> Recovery:
        """List, fetch and write; the page of one article is fetched while the next one is asked for."""
        outcomes = Outcomes()
        with contextlib.suppress(Stopped):
            listed = self._listed()
            first = list(islice(listed, 1))  # its request goes out before the engine and all it needs are loaded
            engine = make_engine(self._space, self._archive)
            engine.cases.named = self._preferred
            outcomes = engine.outcomes
            try:
                engine.process(chain(first, listed), batch=1)
                engine.process(self._confirmed(outcomes), batch=1)
            finally:
                if self._discovery.refusal is not None:
                    outcomes.refused(self._discovery.refusal)
        return Recovery([self._result(target) for target in self._targets], outcomes)

    def _listed(self) -> Iterator[int]:
        """Yield each article once its captures are in the ledger, and find out which captures the targets name."""
        ledger = self._space.ledger
        articles = list(self._notes)
        with ledger.transaction():
            ledger.articles.add_ids(articles, "asked")
            for article in articles:
                ledger.captures.clear_attempts(article)
        done = 0
        for group in self._discovery.groups(articles):
            self._space.progress(Progress("listing", done, len(articles)))
            done += len(group.ids)
            self._answers(group.ids, partial(self._discovery.group, group, anew=True))
            for target in self._targets:
                if target.article in group.ids and (capture := self._named_by(target)):
                    self._named[target] = self._preferred[target.article] = capture
            yield from group.ids

    def _confirmed(self, outcomes: Outcomes) -> Iterator[int]:
        """Yield the articles that nothing was found of, once all has been asked that allows to say so."""
        for article in sorted(outcomes.unconfirmed):
            if self._answers((article,), partial(self._discovery.confirm, article)):
                yield article

    def _answers(self, articles: Sequence[int], ask: Callable[[], None]) -> bool:
        """Put a question about some articles; what went wrong is noted of each."""
        before = self._discovery.refusal
        answered = self._discovery.answers(ask)
        refusal = self._discovery.refusal
        if refusal is not None and refusal is not before:
            for article in articles:
                self._notes[article].append(f"its captures could not be listed: {refusal.message}")
        return answered

    def _named_by(self, target: Target) -> Capture | None:
        """Return the capture that an address names: that very one, or the nearest if it is not listed."""
        timestamp, original, space = target.timestamp, target.original, self._space
        if timestamp is None or original is None:
            return None
        rows = space.ledger.captures.rows(target.article)
        same = [row for row in rows if row.timestamp == timestamp]
        if same:
            return next((row for row in same if row.original == original), same[0])
        prefix = space.site.article_prefix
        own, wider = own_question(prefix, target.article), wider_urls(prefix, target.article)
        if not rows and not space.ledger.witnesses(own.url, wider):
            # No list to choose from, but the address says all that is needed to ask.
            capture = unlisted_capture(original, timestamp)
            space.ledger.captures.add(target.article, capture)
            return capture
        moment = parse_timestamp(timestamp)
        nearest = min(rows, key=lambda row: abs(parse_timestamp(row.timestamp) - moment), default=None)
        if nearest is not None:
            note = f"no capture of {timestamp} is listed; took the nearest, {nearest.timestamp}"
            self._notes[target.article].append(note)
        return nearest

    def _result(self, target: Target) -> Recovered:
        notes, named = tuple(self._notes[target.article]), self._named.get(target)
        row = self._space.ledger.articles.get(target.article)
        if row is None or (row.state is State.WAITING and not row.reason):  # stopped before it came to this one
            return Recovered(target, State.WAITING, "not looked at yet", notes=notes)
        known = self._space.ledger.captures.of_article(target.article)
        tried = tuple(line for one in known if (line := _tried(one)))
        if row.state is not State.WRITTEN or row.file is None or row.timestamp is None or row.original is None:
            return Recovered(target, row.state, row.reason, notes=notes, tried=tried)
        if named is not None and row.timestamp != named.timestamp:
            notes += (f"wrote capture {row.timestamp} instead of {named.timestamp}: {row.reason}",)
        path = self._space.folder / row.file
        return Recovered(target, row.state, row.reason, path, (row.timestamp, row.original), notes, tried)


def _tried(known: Candidate) -> str:
    """Return a line about one capture that was asked for, read or judged; empty if none of it."""
    where = f"{known.capture.timestamp} {known.capture.original}"
    if (said := known.own_read or known.attempt) is not None:
        return f"{where}: {said.verdict}{f' ({said.detail})' if said.detail else ''}"
    if known.read is not None:
        return f"{where}: {known.read.verdict} (the same page under {known.shared} ids)"
    return ""
