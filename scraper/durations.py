"""Stretches of time as people write them."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s?)?\Z")


def parse_duration(text: str) -> float:
    """Understand ``50m``, ``1h30m``, ``90s`` or plain seconds; return seconds.

    Raises:
        ValueError: not a duration, or none at all.
    """
    match = _DURATION.match(text.strip().lower())
    hours, minutes, seconds = (int(group or 0) for group in match.groups()) if match else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if not total:
        raise ValueError(f"{text!r} is no duration. Write it like 50m, 1h30m or 90s.")
    return float(total)
