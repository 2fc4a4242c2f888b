"""Where an article id stands: all that counting them needs of our words."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Where an article id stands. Each id has exactly one."""

    WRITTEN = "written"
    WAITING = "waiting"
    UNKNOWN_LAYOUT = "unknown_layout"
    UNRECOVERABLE = "unrecoverable"
    NEVER_CAPTURED = "never_captured"
