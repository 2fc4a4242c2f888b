"""The archive's 14-digit timestamps (UTC) and aware datetimes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DIGITS = re.compile(r"[0-9]{14}\Z")
_PARTS = (slice(0, 4), slice(4, 6), slice(6, 8), slice(8, 10), slice(10, 12), slice(12, 14))


def parse_timestamp(text: str) -> datetime:
    """Return the moment that a 14-digit CDX timestamp names, aware, in UTC.

    The archive holds a few impossible ones, such as ``20000012170449`` with month 00
    (https://github.com/edgi-govdata-archiving/wayback/issues/88).

    Raises:
        ValueError: not 14 ASCII digits, or no moment of the calendar.
    """
    if not _DIGITS.match(text):
        raise ValueError(f"not a 14-digit timestamp: {text!r}")
    # Not `strptime`, which takes ten times as long: every capture and every kept record comes by here.
    year, month, day, hour, minute, second = (int(text[at]) for at in _PARTS)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def format_timestamp(moment: datetime) -> str:
    """Return the 14 digits that name an aware datetime, in UTC."""
    if moment.tzinfo is None:
        raise ValueError("a timestamp needs an aware datetime")
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S").zfill(14)


def is_timestamp(text: str) -> bool:
    """Say whether the text is a possible 14-digit timestamp."""
    try:
        parse_timestamp(text)
    except ValueError:
        return False
    return True


def parse_http_date(text: str) -> datetime:
    """Return the moment of an HTTP date such as ``Memento-Datetime`` gives, aware, in UTC.

    Raises:
        ValueError: not an HTTP date.
    """
    from email.utils import parsedate_to_datetime  # brings sockets with it; commands without network do not need it

    moment = parsedate_to_datetime(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
