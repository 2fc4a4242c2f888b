"""Work spread over processes: bounded ahead, results in order, so that output does not depend on timing."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3
"""Pieces of work that are handed out for each process: enough to keep it busy, few enough to keep memory flat."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _nothing() -> None:
    """Prepare nothing."""


def _begin(prepare: Callable[[], None]) -> None:
    """Prepare a process, and see to it that it ends with the one that wants its work, also when that is killed."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    prepare()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def spread(
    work: Callable[[T], R],
    pieces: Iterable[T],
    *,
    jobs: int,
    prepare: Callable[[], None] = _nothing,
) -> Iterator[R]:
    """Yield ``work(piece)`` for each piece, in order.

    Args:
        work: a function of a module; it and the pieces travel to other processes.
        pieces: made one by one as they are needed.
        jobs: how many processes; with 1 everything happens in this one.
        prepare: called once in each process before any work; travels as well.
    """
    if jobs <= 1:
        prepare()
        yield from map(work, pieces)
        return
    # Not forked from this process: it may hold an open ledger, a lock and threads.
    with ProcessPoolExecutor(jobs, get_context("spawn"), partial(_begin, prepare)) as pool:
        handed: deque[Future[R]] = deque()
        try:
            for piece in pieces:
                handed.append(pool.submit(work, piece))
                if len(handed) >= jobs * _AHEAD:
                    yield handed.popleft().result()
            while handed:
                yield handed.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
