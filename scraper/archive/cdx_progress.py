"""How far a listing has come, and what proves that it is at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from scraper.errors import ListingFailed
from scraper.times import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.models import Capture

_MOST_EMPTY = 20
_SECOND = timedelta(seconds=1)
Position = tuple[str, str]
"""urlkey and timestamp of a row: listings are sorted by it."""


def key_at(position: Position, *, behind: bool) -> str:
    """Return the key for a position: of the row itself, or of just behind it.

    The archive's own keys are ``urlkey timestamp`` with the last character one up (``…5939`` gives ``…593:``), then
    form-encoded; a recorded one is ``com%2Ccnn%29%2F+2001041400593%3A``.
    """
    urlkey, timestamp = position
    if behind:
        timestamp = timestamp[:-1] + chr(ord(timestamp[-1]) + 1)
    return quote_plus(f"{urlkey} {timestamp}")


@dataclass
class ListingState:
    """How far one listing has come.

    Attributes:
        parameters: of the question, but for the key.
        limit: rows to ask for at once; None once the service turned out to know limits but no keys.
        key: with which to ask next.
        resumed: it goes on where one of an earlier run stood.
        last: the last row's position.
        asked: keys of the service's own that were sent.
        proving: the next question asks whether there is anything behind `last`.
        doubted: a row at which an answer had ended too early, so that others of its URL and second may be missing.
    """

    parameters: dict[str, str]
    limit: int | None
    key: str | None
    resumed: bool = False
    last: Position | None = None
    asked: set[str] = field(default_factory=set)
    proving: bool = False
    doubted: Position | None = None
    dialect: str = ""
    empty_answers: int = 0

    def resume_key(self) -> str | None:
        """Return the key with which a later listing goes on: from the last row on, that one included."""
        return self.key if self.last is None or self.limit is None else key_at(self.last, behind=False)

    def parts(self, span: tuple[str, str]) -> list[tuple[str, str]]:
        """Return stretches of time, as ``from`` and ``to``, that together cover the time of the question.

        Args:
            span: the earliest and the latest timestamp that came.
        """
        first, last = map(parse_timestamp, span)
        quarters = (first + (last - first) * part / 4 for part in range(1, 5))
        ends = sorted({format_timestamp(moment) for moment in (first - _SECOND, *quarters)})
        begins = [format_timestamp(parse_timestamp(end) + _SECOND) for end in ends]
        bounds = zip((self.parameters.get("from", ""), *begins), (*ends, self.parameters.get("to", "")), strict=True)
        return [part for part in bounds if part[0] <= (part[1] or "9")]


@dataclass
class Count:
    """What one answer held.

    Attributes:
        before: where the listing stood.
        rows: how many came, malformed ones included.
        fresh: how many captures were new.
        repeats: whether it began with rows that had come before, so that the service knows no keys.
        key: that the service gave, for the rows behind these.
        span: the earliest and the latest timestamp.
        checksum: the sum of the captures' hashes: answers with the same captures, in any order, have the same.
    """

    before: Position | None = None
    rows: int = 0
    fresh: int = 0
    repeats: bool = False
    key: str | None = None
    span: tuple[str, str] | None = None
    checksum: int = 0

    def add(self, rows: Sequence[Capture]) -> None:
        """Take some rows into `span` and `checksum`."""
        stamps = [row[1] for row in rows]
        first, last = self.span or (stamps[0], stamps[0])
        self.span = min(first, *stamps), max(last, *stamps)
        self.checksum += sum(map(hash, rows))


def conclude(listing: ListingState, count: Count) -> bool:
    """Decide what to ask after an answer that came whole; True if the listing is at its end.

    Where the answer `repeats` what had come, that end is proven only once the same comes when it is asked for in parts.

    Raises:
        ListingFailed: the service's keys lead in a circle, or nowhere.
    """
    if listing.proving and count.fresh and count.before is not None and count.before != listing.doubted:
        # The earlier answer had ended too early. From its last row on: another of that URL and second has the same key.
        listing.key, listing.proving, listing.doubted = key_at(count.before, behind=False), False, count.before
        return False
    if count.key is not None:
        _follow(listing, count.key, fresh=count.fresh)
        return False
    if not count.rows:
        if listing.dialect == "json" or listing.proving:
            return True  # an explicit "nothing": there is nothing, or nothing more
        listing.proving = True  # an empty body says little: ask once more
        return False
    if listing.proving and not count.fresh:
        if count.repeats and count.rows == listing.limit:
            # The service gives the same first rows whatever the key: it knows limits, but no keys.
            listing.limit, listing.proving, listing.key = None, False, None
            return False
        # The same rows again: it does not know the key. Or only malformed ones, which it gives each time that it is
        # asked from behind the last sound one.
        return True
    listing.proving = True
    if listing.last is not None:  # else not one row was sound: the same question once more
        listing.key = key_at(listing.last, behind=True)
    return False


def _follow(listing: ListingState, key: str, *, fresh: int) -> None:
    listing.empty_answers = 0 if fresh else listing.empty_answers + 1
    if key in listing.asked or listing.empty_answers > _MOST_EMPTY:
        raise ListingFailed(
            f"{listing.parameters['url']}: the archive gave the resume key {key!r} twice, or nothing new "
            "under many; the listing is partial. Run again later; it goes on from there."
        )
    listing.asked.add(key)
    listing.key, listing.proving = key, False
