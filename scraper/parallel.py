"""Work spread over processes: bounded ahead, results in order, so that output does not depend on timing."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from scraper.errors import ProcessLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 8
"""Pieces of work, for each process, that are begun before the first of them is waited for: memory stays flat."""
_FEW = 16
"""So many pieces of work are worth another process, whose start takes as long as ten of them."""


def _begin() -> None:
    """See to it that a process ends with the one that wants its work, also when that is killed."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def map_processes(work: Callable[[T], R], pieces: Iterable[T], *, jobs: int) -> Iterator[R]:
    """Yield ``work(piece)`` for each piece, in order. ProcessLost: another process did not come to its end.

    Args:
        work: a function of a module; it and the pieces travel to other processes, if there are many pieces.
        pieces: made one by one as they are needed, each of some hundredths of a second.
        jobs: how many processes; with 1 all is done in this one.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, _FEW)) if jobs > 1 else []
    if len(first) < _FEW:
        yield from map(work, chain(first, pieces))
        return
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor  # take a tenth of a small check
    from multiprocessing import get_context

    # Not forked from this process: it may hold an open ledger, a lock and threads.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin)
    begun: deque[Future[R]] = deque()
    try:
        for piece in chain(first, pieces):
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:  # a terminal sends Ctrl-C to all: it is not for the processes that the first piece begins to decide
                begun.append(pool.submit(work, piece))
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            if len(begun) > jobs * _AHEAD:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    except BrokenProcessPool as error:
        raise ProcessLost(
            "one of the processes at work was ended by somebody else, perhaps for want of memory. "
            "Run the command again; with `--jobs 1` it needs the least."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter."""
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk
