"""Work spread over processes: bounded ahead, results in order, so that output does not depend on timing."""

from __future__ import annotations

import os
import threading
from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from scraper.errors import ProcessLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3
"""Pieces of work that another process has before it: enough to keep it busy while this one does one."""
_HELD = 16
"""Results, of each process, that wait for one before them; then so does everybody, and memory stays flat."""
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
    """Yield ``work(piece)`` for each piece, in order; this process, which would only wait, works as well.

    Args:
        work: a function of a module; it and the pieces travel to other processes, if there are many pieces.
        pieces: made one by one as they are needed, each of some hundredths of a second.
        jobs: how many processes, this one included.

    Raises:
        ProcessLost: another process did not come to its end.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, _FEW)) if jobs > 1 else []
    if len(first) < _FEW:
        yield from map(work, chain(first, pieces))
        return
    from concurrent.futures.process import BrokenProcessPool

    with _pool(jobs - 1) as pool:
        begun: deque[Future[R]] = deque()
        try:
            for piece in chain(first, pieces):
                away = sum(not one.done() for one in begun)
                begun.append(pool.submit(work, piece) if away < (jobs - 1) * _AHEAD else _done(work, piece))
                while begun and (begun[0].done() or len(begun) > jobs * _HELD):
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


def _done(work: Callable[[T], R], piece: T) -> Future[R]:
    """Do a piece of work here; an error is raised when its turn has come."""
    from concurrent.futures import Future

    done: Future[R] = Future()
    try:
        done.set_result(work(piece))
    except Exception as error:  # noqa: BLE001 # whatever it is, it is raised where the result is asked for
        done.set_exception(error)
    return done


def _pool(jobs: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor  # takes a tenth of a small check
    from multiprocessing import get_context

    # Not forked from this process: it may hold an open ledger, a lock and threads.
    return ProcessPoolExecutor(jobs, get_context("spawn"), _begin)


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
