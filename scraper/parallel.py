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
"""Pieces of work per process that may be begun and not yet yielded, so that memory stays flat."""
_FEW = 16
"""Pieces of work from which on processes are worth their start, which takes as long as ten pieces."""


def _begin() -> None:
    """Begin a worker process: it ends when its parent does, also when the parent is killed."""
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, name="parent", daemon=True).start()


def map_processes(work: Callable[[T], R], pieces: Iterable[T], *, jobs: int) -> Iterator[R]:
    """Yield ``work(piece)`` for each piece, in order. ProcessLost: a worker process was killed.

    Args:
        work: a module's function; it and the pieces are pickled for the worker processes, if there are many pieces.
        pieces: taken one by one as they are needed, each some hundredths of a second of work.
        jobs: how many processes; with 1 all is done in this one.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, _FEW)) if jobs > 1 else []
    if len(first) < _FEW:
        yield from map(work, chain(first, pieces))
        return
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor  # slow: a tenth of a small check
    from multiprocessing import get_context

    # Not forked from this process: it may hold an open ledger, a lock and threads.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin)
    begun: deque[Future[R]] = deque()
    try:
        for piece in chain(first, pieces):
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:  # a terminal sends Ctrl-C to all processes: workers started here inherit the mask and ignore it
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
