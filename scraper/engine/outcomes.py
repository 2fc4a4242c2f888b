"""What a run did, counted as it goes. Values only."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from scraper.engine.beliefs import Tally

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.models import Capture, Reading, State


class Failed(NamedTuple):
    """An article that is not written: where it stands, why, and until when (14 digits; None: not by itself)."""

    article: int
    state: State
    reason: str
    until: str | None


class Refusal(NamedTuple):
    """The archive refused or was down: what it said, and when to ask again (aware UTC), if that is known."""

    message: str
    until: datetime | None


class Outcomes:
    """The counts of one run.

    Attributes:
        written: ids whose file was made or changed, in order; `unchanged` had their content already.
        fetched: how many mementos came from the archive.
        verdicts: of the pages read.
        vain: verdicts of captures that could not be read.
        readings: field to the reading that won to how often, over the articles read.
        lacks: what the pages read lack, to how many.
        failed: article id to what became of it.
        unconfirmed: id that nothing was found of to whether a complete listing says so; two are needed.
        lost: article id, written before and not any more, to why.
        refusals: of the archive as a whole.
        articles: how many ids were looked at.
        beliefs: what the pages read say of what is believed of them.
        doubted: beliefs for which the run was stopped: the first pages mostly contradict them.
    """

    def __init__(self) -> None:
        self.written: list[int] = []
        self.unchanged = 0
        self.fetched = 0
        self.verdicts: Counter[str] = Counter()
        self.vain: Counter[str] = Counter()
        self.readings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.lacks: Counter[str] = Counter()
        self.failed: dict[int, Failed] = {}
        self.unconfirmed: dict[int, bool] = {}
        self.lost: dict[int, str] = {}
        self.refusals: list[Refusal] = []
        self.articles = 0
        self.beliefs = Tally()
        self.doubted: list[str] = []

    def read(self, article: int, reading: Reading) -> None:
        """Count a page that was read."""
        self.beliefs.add(article, reading.beliefs)
        self.verdicts[str(reading.verdict)] += 1
        self.lacks.update(map(str, reading.lacks))
        for name, won in reading.readings.items():
            self.readings[name][won] += 1

    def refused(self, refusal: Refusal) -> None:
        """Note that the archive refused; once for all workers."""
        if not self.refusals:
            self.refusals.append(refusal)


class Plan:
    """What a run would do (``--dry-run``).

    Attributes:
        fetch: ids of which at least one capture would be asked for, each with the moment of the first.
        read: ids that can be worked on with what is kept already.
        concluded: how many ids need no page at all.
    """

    def __init__(self) -> None:
        self.fetch: list[tuple[int, str]] = []
        self.read: list[int] = []
        self.concluded = 0


class Progress(NamedTuple):
    """How far a run is, for people.

    Attributes:
        stage: such as ``listing`` or ``fetching``.
        done: how many of `total` (None: not known) are done; rows, for a listing.
        written, fetched, in_air: how many files were made, mementos came, requests are under way.
        last: the capture asked for last, or None.
    """

    stage: str
    done: int
    total: int | None
    written: int = 0
    fetched: int = 0
    in_air: int = 0
    last: Capture | None = None
