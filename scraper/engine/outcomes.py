"""What a run did, counted as it goes, and how long it waits before it asks again for what failed. Values only."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from scraper.ledger import Ledger
    from scraper.models import Belief, Reading, State

FIRST_PAGES = 25
"""Pages that are read before a belief can be doubted and the run stopped: enough to tell, and few for the archive."""
FEWEST_AGAINST = 5
"""Pages that must contradict a doubted belief, and more than confirm it: of rare things, as tables, few pages tell."""
_EXAMPLES = 3
"""Articles that are named for a belief."""
_PAUSES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LONGEST_PAUSE = timedelta(days=1)


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries, 1 or more."""
    return _PAUSES[tries - 1] if tries <= len(_PAUSES) else LONGEST_PAUSE


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


class Tally:
    """Counts the pages that confirm or contradict each belief about the site's pages, by its name."""

    def __init__(self) -> None:
        self.pages = 0
        self.held: Counter[str] = Counter()
        self.against: Counter[str] = Counter()
        self.ids: dict[str, list[int]] = {}  # the first articles, by their ids, that contradict it

    def add(self, article: int, beliefs: Mapping[str, bool]) -> None:
        """Count one page of an article: which beliefs it confirms (True) and contradicts."""
        self.add_alike((article,), beliefs, 1)

    def add_alike(self, articles: Iterable[int], beliefs: Mapping[str, bool], count: int) -> None:
        """Count `count` pages that say the same; `articles` are the first few that they belong to."""
        self.pages += count if beliefs else 0
        for name, held in beliefs.items():
            (self.held if held else self.against)[name] += count
            if not held:
                self.ids[name] = sorted({*articles, *self.ids.get(name, ())})[:_EXAMPLES]

    def doubted(self, beliefs: Iterable[Belief]) -> list[str]:
        """Return the names of the beliefs that most pages contradict, once enough pages were read to tell."""
        if self.pages < FIRST_PAGES:
            return []
        counts = ((one.name, self.against[one.name]) for one in beliefs if one.stops)
        return [name for name, count in counts if count >= FEWEST_AGAINST and count > self.held[name]]


def tally_of(ledger: Ledger) -> Tally:
    """Count all pages that were ever read into an output folder."""
    tally = Tally()
    for text, count, articles in ledger.evidence.beliefs():
        tally.add_alike(sorted(set(articles))[:_EXAMPLES], json.loads(text), count)
    return tally


class Outcomes:
    """The counts of one run; articles by their ids."""

    def __init__(self) -> None:
        self.articles = 0  # looked at
        self.written: list[int] = []  # those whose file was made or changed, in order
        self.unchanged = 0  # files that had their content already
        self.failed: dict[int, Failed] = {}
        self.lost: dict[int, str] = {}  # written before and not any more, to why
        self.unconfirmed: dict[int, bool] = {}  # nothing was found, to whether a complete listing says so
        self.fetched = 0  # mementos that came from the archive
        self.verdicts: Counter[str] = Counter()  # of the pages read
        self.vain: Counter[str] = Counter()  # verdicts of captures that could not be read
        self.readings: defaultdict[str, Counter[str]] = defaultdict(Counter)  # field to the reading that won
        self.lacks: Counter[str] = Counter()  # of the pages read
        self.beliefs = Tally()  # what the pages read say of what is believed of them
        self.doubted: list[str] = []  # beliefs for which the run was stopped
        self.refusals: list[Refusal] = []  # of the archive as a whole; one at most

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


class Plan(NamedTuple):
    """What a run would do (``--dry-run``).

    Attributes:
        fetch: ids of which at least one capture would be asked for, each with the moment of the first.
        read: ids that can be worked on with what is kept already.
        concluded: how many ids need no page at all.
    """

    fetch: list[tuple[int, str]]
    read: list[int]
    concluded: int


class Progress(NamedTuple):
    """How far a run is, for people.

    Attributes:
        stage: such as ``listing`` or ``fetching``.
        done: how many of `total` (None: not known) are done; rows, for a listing.
        written, fetched: how many files were made, how many mementos came.
    """

    stage: str
    done: int
    total: int | None
    written: int = 0
    fetched: int = 0
