"""Numbers, moments and long lists as people read them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, TypeVar

from scraper.times import is_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


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


def moment(timestamp: str) -> str:
    """Return 14 digits as ``2021-11-12 13:14:15 UTC``; what is no moment is shown as it is."""
    if not is_timestamp(timestamp):
        return timestamp
    return parse_timestamp(timestamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def first_of(items: Sequence[T], line: Callable[[T], str] = str, *, most: int = 20, rest: str = "") -> list[str]:
    """Return the lines of the first `most` items, and one that says how many more there are: ``and 3 more{rest}``."""
    lines = [line(item) for item in items[:most]]
    return [*lines, f"and {len(items) - most} more{rest}"] if len(items) > most else lines
