"""Has the make-up of the pages changed under us? A pure count of which reading won, compared window by window.

The pages of one era look alike, so the share of a reading that is not the usual one, or of pages that no layout reads,
is small and steady. When it jumps within a run, either the site looked different then, or our readings are wrong there:
somebody should look before thousands of articles are taken for granted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.models import Reading

WINDOW = 25
"""So many pages that show a field are compared with all that showed it before."""
FALLBACK_SHARE = 0.4
"""A reading that wins so often within a window has become usual there..."""
RARE_BEFORE = 0.1
"""...and that is a jump if it won no more often than this before."""
UNKNOWN_SHARE = 0.1
"""So many pages of unknown layout within a window are a jump, whatever was before..."""
UNKNOWN_TIMES = 3
"""...unless the share before was more than a third of it; and fewer pages than this are no jump."""
LAYOUT = "layout"
UNKNOWN = "unknown"


def jumps(before: Mapping[str, int], window: Mapping[str, int]) -> list[str]:
    """Return the readings of one field whose share has jumped, sorted. From nothing before there is no jump.

    Both map a reading to how often it won: earlier, and on the pages to be judged.
    """
    earlier, now = sum(before.values()), sum(window.values())
    if earlier < WINDOW or now < WINDOW:
        return []
    return sorted(
        name
        for name, count in window.items()
        if count >= FALLBACK_SHARE * now and before.get(name, 0) <= RARE_BEFORE * earlier
    )


def unknown_jumps(before: Mapping[str, int], window: Mapping[str, int]) -> bool:
    """Say whether the share of pages that no layout reads (`UNKNOWN`) has jumped; from nothing as well."""
    unknown, now, earlier = window.get(UNKNOWN, 0), sum(window.values()), sum(before.values())
    if unknown < UNKNOWN_TIMES or unknown < UNKNOWN_SHARE * now:
        return False
    return not earlier or unknown / now >= UNKNOWN_TIMES * before.get(UNKNOWN, 0) / earlier


class DriftWatch:
    """Counts the readings of a run and remembers what jumped.

    Args:
        before: field to (reading to how often it won in earlier runs); `LAYOUT` is the field of the layouts.
    """

    def __init__(self, before: Mapping[str, Mapping[str, int]]) -> None:
        self._before = {field: Counter(counts) for field, counts in before.items()}
        self._windows: dict[str, Counter[str]] = {}
        self._examples: dict[tuple[str, str], str] = {}
        self._found: dict[tuple[str, str], str] = {}

    def add(self, reading: Reading, page: str) -> None:
        """Count one page that was read. `page` names it for people."""
        if reading.verdict is Verdict.UNKNOWN_LAYOUT:
            self._count(LAYOUT, UNKNOWN, page)
        elif reading.verdict is Verdict.ARTICLE:
            self._count(LAYOUT, reading.layout or "none", page)
            for field, name in reading.readings.items():
                self._count(field, name, page)

    def findings(self) -> list[str]:
        """Return what has jumped so far in this run, a sentence each, the begun windows included."""
        for field in list(self._windows):
            self._close(field)
        return [self._found[key] for key in sorted(self._found)]

    def _count(self, field: str, name: str, page: str) -> None:
        window = self._windows.setdefault(field, Counter())
        window[name] += 1
        self._examples.setdefault((field, name), page)
        if window.total() >= WINDOW:
            self._close(field)

    def _close(self, field: str) -> None:
        window = self._windows.pop(field)
        before = self._before.setdefault(field, Counter())
        names = jumps(before, window)
        if field == LAYOUT:
            names = [name for name in names if name != UNKNOWN]
            if unknown_jumps(before, window):
                names.append(UNKNOWN)
        for name in names:
            self._found.setdefault((field, name), self._sentence(field, name, before, window))
        before.update(window)

    def _sentence(self, field: str, name: str, before: Counter[str], window: Counter[str]) -> str:
        share = f"{window[name]} of {window.total()} pages in a row (before: {before[name]} of {before.total()})"
        unknown = (field, name) == (LAYOUT, UNKNOWN)
        what = f"no layout could read {share}" if unknown else f"{field} was read by {name!r} on {share}"
        example = f"{what}, such as {self._examples[field, name]}"
        return f"{example}. Look at it; `hkcnews fixture add` makes a regression fixture of the kept page."
