"""Room in memory for what is in the air: of what is large, pages and pictures alike, only a few things at a time."""

from __future__ import annotations

import threading

SMALL = 4 << 20
"""Bytes that everything in the air may have; a page or picture of the site has a tenth of that."""
MOST_LARGE = 2
"""So many larger ones at a time. Each is as large as `max_body_megabytes` allows, and that more than once."""

_free = threading.BoundedSemaphore(MOST_LARGE)
_own = threading.local()


def take_room() -> None:
    """Wait until this thread may hold something large; one that does already goes on at once."""
    if not getattr(_own, "taken", False):
        _free.acquire()
        _own.taken = True


def has_room() -> bool:
    """Say whether this thread holds something large."""
    return getattr(_own, "taken", False)


def leave_room() -> None:
    """Say that this thread has let go of what it held."""
    if has_room():
        _own.taken = False
        _free.release()
