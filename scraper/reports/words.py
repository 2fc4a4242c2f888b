"""Numbers, durations and long lists as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.models import State

if TYPE_CHECKING:
    from collections.abc import Sequence

NEXT_STEP = {
    State.WRITTEN: "an older document stands; `hkcnews status ID` says why",
    State.WAITING: "what was fetched is kept; `hkcnews run` goes on in its turn, `hkcnews recover ID` at once",
    State.UNKNOWN_LAYOUT: "the page is kept; `hkcnews fixture add ID --name …` makes it a fixture for a layout",
    State.UNRECOVERABLE: "every capture was tried; `hkcnews recover ID` asks again, `hkcnews import` "
    "takes others' files",
    State.NEVER_CAPTURED: "the archive has none; `hkcnews import` takes a WARC file or page that somebody else has",
}
"""State to what there is of an article that a command did not write, and what a person can do about it."""


def counted(count: int, noun: str) -> str:
    """Return ``1 text``, ``2,000 texts``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return ``0.3 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole} s" if minutes else f"{whole} s"


def first_of(lines: Sequence[str], *, most: int = 20, rest: str = "") -> list[str]:
    """Return the first `most` lines, and one that says how many more there are: ``and 3 more{rest}``."""
    return [*lines[:most], *([f"and {len(lines) - most} more{rest}"] if len(lines) > most else [])]


def next_step(state: State, article: int) -> str:
    """Return what a person can do about one article that was not written."""
    return NEXT_STEP[state].replace("ID", str(article))
