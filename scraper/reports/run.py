"""What a run did, for people and for programs. The JSON form is described in docs/report.md; a test compares them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.errors import ExitStatus
from scraper.paths import LOG_FILE
from scraper.reports import SCHEMA
from scraper.reports.summary import belief_rows, belief_table, vanished_line
from scraper.reports.words import NEXT_STEP, counted, first_of
from scraper.times import moment

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.engine.outcomes import Failed, Outcomes, Plan
    from scraper.engine.workspace import Workspace
    from scraper.ledger import Listing
    from scraper.ledger.lists import Contradiction
    from scraper.models import State
    from scraper.reports.images import ImagesReport
    from scraper.reports.summary import BeliefRow

_FEW_FAILURES = 3
_MOST_FAILURES = 10


@dataclass(slots=True)
class RunReport:
    """A run, filled in until it has ended. Its moments are aware UTC.

    Attributes:
        states: how many ids stand in each state now.
        listings: of the whole site, and of single articles those that are partial.
        vanished: captures that were listed once and are not any more.
        malformed: rows of listings that are no captures.
        mended: mementos taken over from a run that was killed.
        next_request_at: when the archive may be asked again, or None if it was not asked.
        stopped: why the run ended before its work was done (``signal``, ``max_runtime``, ``beliefs``), or None.
        plan: of a dry run.
        images: what was done about pictures, if that was asked for.
        lists: what was done about lists of articles, if there was nothing else left to do.
        doubting: what most pages contradict is a problem.
    """

    command: str
    started_at: datetime
    finished_at: datetime
    outcomes: Outcomes
    states: dict[State, int]
    listings: list[Listing] = field(default_factory=list)
    vanished: int = 0
    malformed: int = 0
    mended: int = 0
    next_request_at: datetime | None = None
    stopped: str | None = None
    plan: Plan | None = None
    images: ImagesReport | None = None
    lists: ListsReport | None = None
    beliefs: list[BeliefRow] = field(default_factory=list)
    doubting: bool = False

    def sum_up(self, space: Workspace) -> None:
        """Fill in how things stand in the output folder at the end."""
        self.finished_at = space.clock.now()
        self.states = space.ledger.articles.states()
        self.mended = space.mended
        self.beliefs = belief_rows(space.site.beliefs, self.outcomes.beliefs)

    @property
    def exit_status(self) -> ExitStatus:
        """What the process should end with, if no signal ended it."""
        if self.outcomes.refusals or (self.lists and self.lists.refusal):
            return ExitStatus.ARCHIVE
        pictures = self.images.exit_status if self.images else ExitStatus.DONE
        own = ExitStatus.INCOMPLETE if self.outcomes.failed or self._doubts() else ExitStatus.DONE
        return max(own, pictures)

    @property
    def did(self) -> str:
        """What became of the articles, in a few words."""
        done = self.outcomes
        return f"{len(done.written)} written, {done.unchanged} unchanged, {len(done.failed)} not written"

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        done = self.outcomes
        return {
            "schema": SCHEMA,
            "version": __version__,
            "command": self.command,
            "started_at": _iso(self.started_at),
            "finished_at": _iso(self.finished_at),
            "exit_status": self.exit_status,
            "stopped": self.stopped,
            "states": self.states,
            "articles": done.articles,
            "written": done.written,
            "unchanged": done.unchanged,
            "fetched": done.fetched,
            "mended": self.mended,
            "verdicts": dict(sorted(done.verdicts.items())),
            "in_vain": dict(sorted(done.vain.items())),
            "readings": {name: dict(counts.most_common()) for name, counts in sorted(done.readings.items())},
            "lacks": dict(sorted(done.lacks.items())),
            "failures": [
                {"id": one.article, "state": one.state, "reason": one.reason, "until": one.until or None}
                for one in done.failed.values()
            ],
            "listings": [_listing(one) for one in self.listings],
            "malformed_rows": self.malformed,
            "vanished": self.vanished,
            "refusals": [{"message": one.message, "until": _iso(one.until)} for one in done.refusals],
            "next_request_at": _iso(self.next_request_at),
            "beliefs": [one.as_json() for one in self.beliefs],
            "plan": self.plan
            and {
                "fetch": [{"id": article, "timestamp": timestamp} for article, timestamp in self.plan.fetch],
                "read": self.plan.read,
                "concluded": self.plan.concluded,
            },
            "images": self.images.as_json() if self.images else None,
            "lists": self.lists.as_json() if self.lists else None,
        }

    def problems(self) -> list[str]:
        """Return what went wrong, for stderr even when quiet; of many articles first a summary."""
        done = self.outcomes
        failed = list(done.failed.values())
        lines = self._doubts()
        if done.doubted:
            lines.append(
                f"stopped: the first pages mostly contradict what is believed of them ({', '.join(done.doubted)}). "
                "`hkcnews status` shows the table; `hkcnews run --go-on` goes on in spite of it."
            )
        cut = [one for one in self.listings if one.error]
        told = {one.error for one in cut}
        lines += [one.message for one in done.refusals if one.message not in told]
        lines += [f"list of {one.question.url} is partial: {one.error}" for one in cut]
        if len(failed) > _FEW_FAILURES:  # first how many stand where, and what a person has to do about them
            lines.append(f"{counted(len(failed), 'article')} not written:")
            counts = Counter(one.state for one in failed).most_common()
            lines += [f"{count:>7}  {state.replace('_', ' ')}: {NEXT_STEP[state]}" for state, count in counts]
        lines += first_of(list(map(_failure, failed)), most=_MOST_FAILURES, rest=f": each is a line of {LOG_FILE}")
        lines += [self.lists.refusal] if self.lists and self.lists.refusal else []
        return lines + (self.images.problems() if self.images else [])

    def _doubts(self) -> list[str]:
        return [one.problem() for one in self.beliefs if one.doubted] if self.doubting else []

    def summary(self) -> list[str]:
        """Return a few lines that say how it went, for people."""
        done = self.outcomes
        if plan := self.plan:
            return [
                f"would ask the archive for captures of {counted(len(plan.fetch), 'article')}",
                f"would work on {len(plan.read)} from what is kept, and conclude on {plan.concluded} without any page",
                "nothing was changed",
            ]
        counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in self.states.items() if count)
        lines = [f"{self.did}; {counted(done.fetched, 'page')} fetched", f"all ids: {counts or 'none'}"]
        lines += [
            f"{name} read as {', '.join(f'{way} {count}' for way, count in won.most_common())}"
            for name, won in sorted(done.readings.items())
            if len(won) > 1
        ]
        if lacks := ", ".join(f"{lack.replace('_', ' ')} {count}" for lack, count in done.lacks.most_common()):
            lines.append(f"what pages lack: {lacks}")
        lines += belief_table(self.beliefs)
        if self.mended:
            lines.append(f"{counted(self.mended, 'page')} taken over from a run that was interrupted")
        if partial := sum(not one.complete for one in self.listings):
            lines.append(f"lists of captures: {partial} of {len(self.listings)} partial; the next run goes on there")
        if self.vanished:
            lines.append(vanished_line(self.vanished))
        if self.images:
            lines += self.images.summary()
        if self.lists:
            lines += self.lists.summary()
        if self.stopped:
            lines.append("ended before everything was done; the next run goes on")
        return lines


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def _failure(one: Failed) -> str:
    when = f" (again from {moment(one.until)})" if one.until else ""
    return f"article {one.article}: {one.state}: {one.reason}{when}"


def _listing(one: Listing) -> dict[str, object]:
    return {
        "url": one.question.url,
        "match_type": one.question.match_type,
        "id": one.question.article,
        "from": one.question.from_ts,
        "to": one.question.to_ts,
        "rows": one.rows,
        "complete": one.complete,
        "error": one.error or None,
    }


@dataclass(slots=True)
class ListsReport:
    """What was done about lists; as JSON in this order.

    Attributes:
        known, unread: captures of lists, and those left for another time.
        fetched, read: how many came from the archive now, and were read now.
        entries, bare: of those read, and those without author or date, as the heads of the home page have none.
        named, uncaptured, unwritten: articles that any list names; without a known capture; not written.
        contradictions: written articles of which a list says something else.
        in_vain: captures that could not be read, for people.
        refusal: what the archive said when it refused, or None.
        stopped: it was ended before its end.
    """

    known: int = 0
    fetched: int = 0
    read: int = 0
    entries: int = 0
    bare: int = 0
    unread: int = 0
    named: int = 0
    uncaptured: int = 0
    unwritten: int = 0
    contradictions: list[Contradiction] = field(default_factory=list)
    in_vain: list[str] = field(default_factory=list)
    refusal: str | None = None
    stopped: bool = False

    @property
    def exit_status(self) -> ExitStatus:
        """0: done, or as much as was asked for; 1: a list contradicts a document; 3: the archive refused."""
        if self.refusal:
            return ExitStatus.ARCHIVE
        return ExitStatus.INCOMPLETE if self.contradictions else ExitStatus.DONE

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        told = asdict(self) | {"contradictions": [one._asdict() for one in self.contradictions]}
        return {"schema": SCHEMA, "command": "lists", "exit_status": self.exit_status, **told}

    def problems(self) -> list[str]:
        """Return what somebody should know of, for people."""
        lines = [self.refusal] if self.refusal else []
        contradictions = list(map(_contradiction, self.contradictions))
        return lines + first_of(contradictions, rest=": `hkcnews lists --json` has all")

    def summary(self) -> list[str]:
        """Return what was done, for people."""
        done = (
            f"lists: {self.fetched:,} fetched, {self.read:,} read with {self.entries:,} entries, "
            f"{self.bare:,} without author or date; {self.unread:,} of {self.known:,} left to read"
        )
        named = f"lists name {counted(self.named, 'article')}, {self.unwritten:,} of them not written"
        return [done, f"{named}, {self.uncaptured:,} without a capture"]


def _contradiction(one: Contradiction) -> str:
    ours, theirs = f"{one.author}, {one.date}", f"{one.listed_author}, {one.listed_date}"
    return f"article {one.article}: the document has {ours}; the list {one.timestamp} {one.original} has {theirs}"
