"""The numbers behind the status page: runs of ids in one state, coverage by year, causes of loss. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from scraper.models import State

if TYPE_CHECKING:
    from scraper.ledger.evidence import Entry

ROW = 1000
"""Ids in a row of the map: 1 to 1000, 1001 to 2000, ... as in the folders of the documents."""
_EXAMPLES = 10


class Span(NamedTuple):
    """Neighbouring ids of one row in one state."""

    first: int
    size: int
    state: State


@dataclass(slots=True)
class Loss:
    """Why articles are lost: how many for this cause, and the first few of them."""

    count: int = 0
    examples: list[int] = field(default_factory=list)


class Coverage:
    """Takes in all ids in ascending order and counts."""

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.spans: list[Span] = []
        self.rows: dict[int, Counter[State]] = {}
        self.years: dict[str, Counter[State]] = {}
        self.losses: dict[str, Loss] = {}
        self.known_from_lists = 0
        self._year = ""
        self._before_first_year: Counter[State] = Counter()

    def add(self, entry: Entry) -> None:
        """Take in the next id."""
        self.states[entry.state] += 1
        self.rows.setdefault(row_of(entry.id), Counter())[entry.state] += 1
        self._extend(entry)
        self._count_year(entry)
        if entry.state in (State.UNRECOVERABLE, State.UNKNOWN_LAYOUT, State.NEVER_CAPTURED):
            loss = self.losses.setdefault(cause_of_loss(entry), Loss())
            loss.count += 1
            self.known_from_lists += entry.known_from is not None
            if len(loss.examples) < _EXAMPLES:
                loss.examples.append(entry.id)

    def _extend(self, entry: Entry) -> None:
        if self.spans:
            first, size, state = self.spans[-1]
            if (state, first + size, row_of(first)) == (entry.state, entry.id, row_of(entry.id)):
                self.spans[-1] = Span(first, size + 1, state)
                return
        self.spans.append(Span(entry.id, 1, entry.state))

    def _count_year(self, entry: Entry) -> None:
        """Ids were given in the order of time: one without a date is of the year of its neighbour before it."""
        date = entry.chosen.date if entry.chosen else None
        if date and date[:4].isdigit():
            self._year = date[:4]
            if self._before_first_year:
                self.years.setdefault(self._year, Counter()).update(self._before_first_year)
                self._before_first_year.clear()
        counts = self.years.setdefault(self._year, Counter()) if self._year else self._before_first_year
        counts[entry.state] += 1

    def causes(self) -> list[tuple[str, Loss]]:
        """Return the causes of loss, the most frequent first."""
        return sorted(self.losses.items(), key=lambda item: (-item[1].count, item[0]))


def row_of(article: int) -> int:
    """Return the first id of the row that an id stands in."""
    return (article - 1) // ROW * ROW + 1


def cause_of_loss(entry: Entry) -> str:
    """Return what became of all captures of a lost id, for people: ``only farewell, redirect elsewhere``."""
    if entry.state is State.NEVER_CAPTURED:
        return "never captured"
    if entry.state is State.UNKNOWN_LAYOUT:
        return "a page is kept, its layout is unknown"
    verdicts = sorted({one.verdict.replace("_", " ") for one in entry.tried})
    return "captured as " + (", ".join(verdicts) if verdicts else "nothing that could be read")
