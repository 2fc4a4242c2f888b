"""How far a listing has come, and the keys that say where to go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

from scraper.errors import ListingFailed
from scraper.times import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.models import Capture

_MOST_EMPTY = 20
_SECOND = timedelta(seconds=1)
Position = tuple[str, str]
"""urlkey and timestamp of a row: listings are sorted by it."""


@dataclass
class Listing:
    """How far one listing has come.

    Attributes:
        parameters: of the question, but for the key.
        limit: rows to ask for at once; None once the service turned out to know limits but no keys.
        key: with which to ask next.
        last: the last row's position.
        asked: keys that were sent.
        proving: the next question asks whether there is anything behind `last`.
        proved_from: the position behind which was last asked so.
        doubted: a position behind which something was found, so that rows beside it may have been left out as well.
        repeats: the service gave rows again that lie before `last`: it knows no keys.
        quoted: whether keys come percent-encoded, as those of the archive do.
        inclusive: whether the service's keys name the last row itself rather than what is behind it.
        opaque: whether the service's keys name no row, so that none can be made up for one.
        given: the last key that the service gave, in an earlier run perhaps; None at the beginning.
        unproven: how often as many rows as had come were asked for, and came without a key to what is behind them.
        by_parts: the service knows no keys: what it gave is all only if it is the same when asked for in parts.
    """

    parameters: dict[str, str]
    limit: int | None
    key: str | None
    last: Position | None = None
    asked: set[str] = field(default_factory=set)
    proving: bool = False
    proved_from: Position | None = None
    doubted: Position | None = None
    repeats: bool = False
    quoted: bool = True
    inclusive: bool = False
    dialect: str = ""
    empty_answers: int = 0
    opaque: bool = False
    given: str | None = None
    unproven: int = 0
    by_parts: bool = False

    def __post_init__(self) -> None:
        """Begin where an earlier listing stood."""
        self.given = self.key
        self.page_rows = self.limit

    @property
    def is_guess(self) -> bool:
        """Whether the key with which to ask next did not come from the service itself, as far as is known."""
        return self.key is not None and self.key not in self.asked

    def turn_back(self) -> None:
        """Ask again with the service's own last key: it does not know the one that was made up for a row."""
        if self.given == self.key:
            self.given = None
        self.key, self.opaque, self.proving, self.proved_from = self.given, True, False, None

    def place(self) -> str | None:
        """Return the key from which on all is given that has not come yet, and the last row once more."""
        return self.given if self.opaque or self.last is None else self.spell(self.last, behind=False)

    def parts(self, span: tuple[str, str]) -> list[tuple[str, str]]:
        """Return stretches of time, as ``from`` and ``to``, that are all of the question's time together.

        Args:
            span: the earliest and the latest timestamp that came: nothing may lie before and behind.
        """
        first, last = map(parse_timestamp, span)
        quarters = (first + (last - first) * part / 4 for part in range(1, 5))
        ends = sorted({format_timestamp(moment) for moment in (first - _SECOND, *quarters)})
        begins = [format_timestamp(parse_timestamp(end) + _SECOND) for end in ends]
        bounds = zip((self.parameters.get("from", ""), *begins), (*ends, self.parameters.get("to", "")), strict=True)
        return [part for part in bounds if part[0] <= (part[1] or "9")]

    def spell(self, position: Position, *, behind: bool) -> str:
        """Return the key for a position: of the row itself, or of just behind it.

        The archive's own keys are ``urlkey timestamp`` with the last character one up (``…5939`` gives ``…593:``), then
        form-encoded; a recorded one is ``com%2Ccnn%29%2F+2001041400593%3A``.
        """
        urlkey, timestamp = position
        if behind and not self.inclusive:
            timestamp = timestamp[:-1] + chr(ord(timestamp[-1]) + 1)
        text = f"{urlkey} {timestamp}"
        return quote_plus(text) if self.quoted else text

    def learn(self, key: str) -> None:
        """See from one of the service's keys how it spells them."""
        self.quoted = " " not in key
        self.given = key
        if self.last is not None:
            plain = unquote_plus(key) if self.quoted else key
            self.inclusive = plain == " ".join(self.last)
            self.opaque = self.last[0] not in plain


@dataclass
class Count:
    """What one answer held.

    Attributes:
        rows: that came, those included that are no captures.
        fresh: captures that were new.
        first: position of the first capture.
        key: that the service gave, to what lies behind.
        span: the earliest and the latest timestamp.
        marks: the sum of the captures' hashes: two answers with the same captures have the same.
    """

    rows: int = 0
    fresh: int = 0
    first: Position | None = None
    key: str | None = None
    span: tuple[str, str] | None = None
    marks: int = 0

    def reset(self) -> None:
        """Begin anew, for another try."""
        self.rows = self.fresh = self.marks = 0
        self.first = self.key = self.span = None

    def mark(self, rows: Sequence[Capture]) -> None:
        """Take in the times of some rows, and which they are."""
        stamps = [row[1] for row in rows]
        first, last = self.span or (stamps[0], stamps[0])
        self.span = min(first, *stamps), max(last, *stamps)
        self.marks += sum(map(hash, rows))


def conclude(listing: Listing, count: Count) -> bool:
    """Decide what to ask after an answer that came whole; True if the listing is at its end.

    Raises:
        ListingFailed: it cannot be gone on with, and nothing proves that it is complete.
    """
    if listing.proving and count.fresh and listing.proved_from not in (None, listing.doubted):
        # It had ended too early: from that row on, for its twin of the same second has the same key.
        assert listing.proved_from is not None
        listing.key, listing.proving = listing.spell(listing.proved_from, behind=False), False
        listing.doubted = listing.proved_from
        return False
    if count.key is not None:
        _follow(listing, count)
        return False
    if not count.rows:
        return _is_end(listing)
    if listing.opaque:
        return _prove_by_number(listing, count)
    if listing.proving and not count.fresh:
        if listing.repeats and count.rows == listing.limit:
            # It gives the same first rows whatever is asked: it knows limits, but no keys.
            listing.limit, listing.repeats, listing.proving, listing.key = None, False, False, None
            return False
        if not listing.repeats or listing.inclusive:
            # Nothing but the last row, or rows that are no captures: asked from behind the last sound one, it will
            # always end with those.
            return True
        listing.opaque = listing.by_parts = True  # it gave all again, so it does not know the key
        return _prove_by_number(listing, count)
    listing.proving, listing.proved_from = True, listing.last
    if listing.last is not None:  # else not one row was sound: the same question once more
        listing.key = listing.spell(listing.last, behind=True)
    return False


def _prove_by_number(listing: Listing, count: Count) -> bool:
    """Ask for as many rows as have come: a full answer has a key to what is behind it, of the service's own make.

    Returns:
        True where it had none of a service that knows no keys at all: then parts of the list have to prove it.

    Raises:
        ListingFailed: twice it had none. A service that ends its lists early, and knows no keys but its own, or
            none at all, would look just like that.
    """
    listing.unproven += listing.proving
    if listing.unproven > 1:
        if listing.by_parts:
            return True
        raise ListingFailed(
            f"{listing.parameters['url']}: the archive gave {count.rows} rows, but nothing proves that they are "
            "all: it takes no key from behind the last one. The listing is partial."
        )
    listing.key, listing.proving, listing.limit = listing.given, True, count.rows
    return False


def _follow(listing: Listing, count: Count) -> None:
    """Go on with the key of the service's own.

    Raises:
        ListingFailed: it leads in a circle, or nowhere.
    """
    assert count.key is not None
    listing.empty_answers = 0 if count.fresh else listing.empty_answers + 1
    if count.key in listing.asked or listing.empty_answers > _MOST_EMPTY:
        raise ListingFailed(
            f"{listing.parameters['url']}: the archive gave the resume key {count.key!r} twice, or nothing new "
            "under many; the listing is partial. Run again later; it goes on from there."
        )
    listing.by_parts = False
    listing.learn(count.key)
    listing.asked.add(count.key)
    listing.key, listing.proving, listing.limit = count.key, False, listing.page_rows


def _is_end(listing: Listing) -> bool:
    """Say whether an empty answer without a key ends the listing."""
    if listing.dialect == "json" or listing.proving:
        return True  # an explicit "nothing": there is nothing, or nothing more
    listing.proving = True  # an empty body says little: ask once more
    return False
