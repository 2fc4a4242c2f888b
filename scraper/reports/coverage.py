"""The numbers behind the status page: ids in one state, coverage by year, causes of loss. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.models import State

if TYPE_CHECKING:
    from scraper.ledger.evidence import Entry

ROW = 1000
"""Ids in a row of the map: 1 to 1000, 1001 to 2000, ... as in the folders of the documents."""


class Coverage:
    """Takes in all ids in ascending order.

    Attributes:
        rows: first id of a row of the map to its ids and their states.
        losses: cause of loss to the ids.
        known_from_lists: how many of those are named by a list of articles.
    """

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, State]] = {}
        self.losses: dict[str, list[int]] = {}
        self.known_from_lists = 0
        self._years: dict[str, Counter[State]] = {}
        self._year = ""

    def add(self, entry: Entry) -> None:
        """Take in the next id."""
        self.rows.setdefault(row_of(entry.id), {})[entry.id] = entry.state
        # Ids were given in the order of time: one without a date is of the year of its neighbour before it.
        if entry.chosen and entry.chosen.date and entry.chosen.date[:4].isdigit():
            self._year = entry.chosen.date[:4]
        self._years.setdefault(self._year, Counter())[entry.state] += 1
        if entry.state in (State.UNRECOVERABLE, State.UNKNOWN_LAYOUT, State.NEVER_CAPTURED):
            self.losses.setdefault(cause_of_loss(entry), []).append(entry.id)
            self.known_from_lists += entry.known_from is not None

    def states(self) -> dict[State, int]:
        """Return how many ids stand in each state."""
        counts = Counter(state for row in self.rows.values() for state in row.values())
        return {state: counts[state] for state in State}

    def years(self) -> list[tuple[str, Counter[State]]]:
        """Return the states by year; what stands before the first date belongs to its year."""
        years = dict(self._years)
        early = years.pop("", Counter())
        if years:
            first = next(iter(years))
            years[first] = years[first] + early
        return sorted(years.items())

    def causes(self) -> list[tuple[str, list[int]]]:
        """Return the causes of loss, the most frequent first."""
        return sorted(self.losses.items(), key=lambda item: (-len(item[1]), item[0]))


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
