"""What comparing documents with ours came to: counts by field, each difference, and what to do now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from scraper import __version__
from scraper.audit.differences import FIELDS
from scraper.engine.outcomes import Tally
from scraper.errors import ExitStatus
from scraper.reports import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scraper.audit.differences import Difference
    from scraper.engine.outcomes import Refusal
    from scraper.models import Capture
    from scraper.reports.beliefs import BeliefRow

PAGE = "page"
"""The field of a capture that one side takes for the article and the other does not."""
_MANY = 0.1
"""A field that differs on more than this share of the documents is read wrongly, and not once."""
_ADVICE = {
    "run": "The pages are read as theirs were: go on with `hkcnews run`.",
    "look": "Nearly all is read as theirs was. Look at the differences, then go on with `hkcnews run`.",
    "mend": "Do not run yet: a field is read otherwise on many pages. `--fixture` keeps them for mending the reading.",
    "later": "The same command goes on where it stopped; what was fetched is kept.",
    "nothing": "No document could be compared.",
}
_OUTCOMES = ("same", "ours_right", "differs")


class Found(NamedTuple):
    """A difference on the capture of one article; `file` is their document."""

    article: int
    file: Path
    capture: Capture
    difference: Difference


class Comparison:
    """What came of comparing.

    Attributes:
        compared, fetched: how many documents, and captures for it.
        counts: (field, ``same``, ``ours_right`` or ``differs``) to how many.
        found: all that is not the same.
        skipped: article to why its document could not be compared.
        tally, beliefs: what the pages say of what is believed of them; at the end as a table.
        refusals: of the archive as a whole; one at most.
    """

    def __init__(self) -> None:
        self.compared = 0
        self.fetched = 0
        self.counts: Counter[tuple[str, str]] = Counter()
        self.found: list[Found] = []
        self.skipped: dict[int, str] = {}
        self.tally = Tally()
        self.beliefs: list[BeliefRow] = []
        self.refusals: list[Refusal] = []
        self.stopped = False

    def note(self, article: int, file: Path, capture: Capture, found: Iterable[Difference]) -> None:
        """Count the differences on one capture."""
        for one in found:
            self.counts[one.field, "ours_right" if one.defect else "differs"] += 1
            self.found.append(Found(article, file, capture, one))

    @property
    def differing(self) -> list[Found]:
        """The differences that no known defect of theirs explains."""
        return [one for one in self.found if not one.difference.defect]

    @property
    def exit_status(self) -> ExitStatus:
        """0: all is the same, or theirs is known to be wrong there; 1: something differs; 3: the archive refused."""
        if self.refusals:
            return ExitStatus.ARCHIVE
        return ExitStatus.INCOMPLETE if self.differing or not self.compared else ExitStatus.DONE

    @property
    def overall(self) -> str:
        """What to do now, in a word; `advice` says it in a sentence."""
        if self.refusals or self.stopped:
            return "later"
        if not self.compared:
            return "nothing"
        pages = Counter(field for _, field in {(one.article, one.difference.field) for one in self.differing})
        if pages and (most := max(pages.values())) > 1 and most > _MANY * self.compared:
            return "mend"
        return "look" if pages else "run"

    @property
    def advice(self) -> str:
        """What to do now."""
        return _ADVICE[self.overall]

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "command": "compare",
            "exit_status": self.exit_status,
            "overall": self.overall,
            "compared": self.compared,
            "fetched": self.fetched,
            "fields": self.fields(),
            "differences": [
                {
                    "id": one.article,
                    "capture": {"timestamp": one.capture.timestamp, "original": one.capture.original},
                    "field": one.difference.field,
                    "theirs": one.difference.theirs,
                    "ours": one.difference.ours,
                    "defect": one.difference.defect or None,
                }
                for one in self.found
            ],
            "skipped": [{"id": article, "reason": reason} for article, reason in self.skipped.items()],
            "refusals": [one.message for one in self.refusals],
            "stopped": self.stopped,
            "beliefs": [one.as_json() for one in self.beliefs],
        }

    def fields(self) -> dict[str, dict[str, int]]:
        """Return for each field how often it is the same, ours is right, or it differs."""
        return {field: {outcome: self.counts[field, outcome] for outcome in _OUTCOMES} for field in (PAGE, *FIELDS)}
