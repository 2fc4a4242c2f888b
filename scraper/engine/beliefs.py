"""How many pages speak for and against what is believed of them, and when a run should stop for it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scraper.ledger import Ledger
    from scraper.models import Belief

FIRST = 25
"""So many pages are read before a run is stopped for what they say: enough to tell, and few for the archive."""
FEWEST = 5
"""So many of them at least have to speak against a belief, and more than speak for it: most pages have no table."""
EXAMPLES = 3


class Tally:
    """Counts the pages that say something of a belief, by its name."""

    def __init__(self) -> None:
        self.pages = 0
        self.held: Counter[str] = Counter()
        self.against: Counter[str] = Counter()
        self.ids: dict[str, list[int]] = {}  # the first articles, by their ids, that speak against it

    def add(self, article: int, beliefs: Mapping[str, bool]) -> None:
        """Count one page of an article, if it says anything."""
        self.add_alike((article,), beliefs, 1)

    def add_alike(self, articles: Iterable[int], beliefs: Mapping[str, bool], count: int) -> None:
        """Count so many pages that say the same; `articles` are the first few of those that they are of."""
        self.pages += count if beliefs else 0
        for name, held in beliefs.items():
            (self.held if held else self.against)[name] += count
            if not held:
                self.ids[name] = sorted({*articles, *self.ids.get(name, ())})[:EXAMPLES]

    def doubted(self, beliefs: Iterable[Belief]) -> list[str]:
        """Return the names of those that the pages mostly contradict, once there are enough of them to tell."""
        if self.pages < FIRST:
            return []
        counts = ((one.name, self.against[one.name]) for one in beliefs if one.stops)
        return [name for name, count in counts if count >= FEWEST and count > self.held[name]]


def tally_of(ledger: Ledger) -> Tally:
    """Count all pages that were ever read into an output folder."""
    tally = Tally()
    for text, count, articles in ledger.evidence.beliefs():
        tally.add_alike(sorted(set(articles))[:EXAMPLES], json.loads(text), count)
    return tally
