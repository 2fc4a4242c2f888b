"""Numbers and moments as people read them."""

from __future__ import annotations

from datetime import UTC

from scraper.times import is_timestamp, parse_timestamp


def number(count: int) -> str:
    """Return a count with commas."""
    return f"{count:,}"


def moment(timestamp: str) -> str:
    """Return 14 digits as ``2021-11-12 13:14:15 UTC``; what is no moment is shown as it is."""
    if not is_timestamp(timestamp):
        return timestamp
    return parse_timestamp(timestamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
