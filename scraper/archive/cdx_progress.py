"""How far a listing has come, and the keys that say where to go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote_plus, unquote_plus

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

    def __post_init__(self) -> None:
        """Begin where an earlier listing stood."""
        self.given = self.key

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
    """What one answer held."""

    rows: int = 0
    first: Position | None = None
    fresh: int = 0
    key: str | None = None
