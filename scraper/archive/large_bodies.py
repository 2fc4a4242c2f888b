"""A semaphore for large bodies: a few answers, pages or pictures over `LARGE_BODY` are in memory at a time."""

from __future__ import annotations

import threading

LARGE_BODY = 4 << 20
"""Bytes above which a body needs a slot; a page or picture of the site has a tenth of that."""
SLOTS = 2
"""Large bodies at a time. Each is as large as `max_body_megabytes` allows, and is held encoded and decoded."""

_slots = threading.BoundedSemaphore(SLOTS)
_thread = threading.local()


def acquire_slot() -> None:
    """Wait until this thread may hold a large body; a thread that has a slot already goes on at once."""
    if not has_slot():
        _slots.acquire()
        _thread.has_slot = True


def has_slot() -> bool:
    """Say whether this thread holds a slot."""
    return getattr(_thread, "has_slot", False)


def release_slot() -> None:
    """Give back this thread's slot, if it has one."""
    if has_slot():
        _thread.has_slot = False
        _slots.release()
