"""Moments as the archive and people write them: 14 digits, HTTP dates, durations; and the clock."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading

_DIGITS = re.compile(r"[0-9]{14}\Z")
_PARTS = (slice(0, 4), slice(4, 6), slice(6, 8), slice(8, 10), slice(10, 12), slice(12, 14))


def parse_timestamp(text: str) -> datetime:
    """Return the moment that a 14-digit CDX timestamp names, aware, in UTC. ValueError: it names none.

    The archive holds a few impossible ones, such as ``20000012170449`` with month 00
    (https://github.com/edgi-govdata-archiving/wayback/issues/88).
    """
    if not _DIGITS.match(text):
        raise ValueError(f"not a 14-digit timestamp: {text!r}")
    # Not `strptime`, which takes ten times as long: every capture and every kept record comes by here.
    year, month, day, hour, minute, second = (int(text[at]) for at in _PARTS)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def format_timestamp(moment: datetime) -> str:
    """Return the 14 digits that name an aware datetime, in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S").zfill(14)


def is_timestamp(text: str) -> bool:
    """Say whether the text is a possible 14-digit timestamp."""
    try:
        parse_timestamp(text)
    except ValueError:
        return False
    return True


def moment(timestamp: str) -> str:
    """Return 14 digits as ``2021-11-12 13:14:15 UTC``; what is no moment is shown as it is."""
    if not is_timestamp(timestamp):
        return timestamp
    return parse_timestamp(timestamp).strftime("%Y-%m-%d %H:%M:%S UTC")


def parse_http_date(text: str) -> datetime:
    """Return the moment of an HTTP date, aware, in UTC. ValueError: it is none."""
    from email.utils import parsedate_to_datetime  # brings sockets with it; commands without network do not need it

    moment = parsedate_to_datetime(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


class Clock(Protocol):
    """What the program knows of time."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC. May jump."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment, the same for all processes while the machine is up. Never jumps."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Sleep that long, or until `stop` is set; return whether it is set."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the kernel's monotonic seconds."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Sleep that long, or until `stop` is set; return whether it is set."""
        return stop.wait(max(0.0, seconds))


SYSTEM_CLOCK = SystemClock()
"""The clock of everything that is not handed another one."""

_DURATION = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?\Z")


def parse_duration(text: str) -> float:
    """Understand ``50m``, ``1h30m`` or ``90s``; return seconds. ValueError: it is none of these, or none at all."""
    match = _DURATION.match(text.strip().lower())
    hours, minutes, seconds = (int(group or 0) for group in match.groups()) if match else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if not total:
        raise ValueError(f"{text!r} is no duration. Write it like 50m, 1h30m or 90s.")
    return float(total)
