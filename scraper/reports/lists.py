"""What lists of articles were read, and what they say of articles that are not written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from scraper.errors import ExitStatus
from scraper.reports import SCHEMA
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from scraper.ledger.lists import Contradiction


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
