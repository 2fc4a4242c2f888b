"""Threads that wait for the network, so that the main thread need not.

They are daemons: a request that hangs in the kernel does not keep the process from ending.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from scraper.archive.large_bodies import has_slot, release_slot
from scraper.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
K = TypeVar("K")
POLL = 0.1
"""Seconds of real time between two looks at the stop event."""
GRACE = 7.0
"""Seconds of real time that jobs in flight are given to land once the run is to end."""


class Workers(Generic[K, T]):
    """A pool of `count` daemon threads; gives the results of the jobs in the order in which they end.

    At most `count` jobs may be in flight, those that have landed and were not taken yet included: so no more results
    are held in memory.
    """

    def __init__(self, count: int, stop: threading.Event) -> None:
        self._count = count
        self._stop = stop
        self._jobs: queue.SimpleQueue[tuple[K, Callable[[], T]] | None] = queue.SimpleQueue()
        self._landed: queue.SimpleQueue[tuple[K, Future[T], threading.Event | None]] = queue.SimpleQueue()
        self._done: threading.Event | None = None
        self._threads = 0
        self._patience = GRACE
        self.in_flight = 0

    @property
    def room(self) -> bool:
        """Say whether one more job can be handed in."""
        return self.in_flight < self._count

    @property
    def has_landed(self) -> bool:
        """Say whether `next` returns at once."""
        return not self._landed.empty()

    def submit(self, key: K, job: Callable[[], T]) -> None:
        """Hand in a job."""
        self.in_flight += 1
        if self._threads < min(self.in_flight, self._count):
            self._threads += 1
            threading.Thread(target=self._work, name=f"fetch-{self._threads}", daemon=True).start()
        self._jobs.put((key, job))

    def _work(self) -> None:
        while (work := self._jobs.get()) is not None:
            key, job = work
            future: Future[T] = Future()
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 # handed to the main thread, which raises what it does not know
                future.set_exception(error)
                release_slot()
            done = threading.Event() if has_slot() else None
            self._landed.put((key, future, done))
            del future, work, job
            if done is not None:
                done.wait()  # the slot is held until the main thread is done with the body
            release_slot()

    def next(self, waited: Callable[[], None] = lambda: None) -> tuple[K, Future[T]] | None:
        """Wait for the next job that lands; return its key and its result. `waited` is called while none does.

        None once the run is to end and `GRACE` was spent waiting: the jobs in flight are given up.
        """
        if self._done is not None:
            self._done.set()
            self._done = None
        while self._patience > 0:
            try:
                key, future, self._done = self._landed.get(timeout=POLL)
            except queue.Empty:
                waited()
                if self._stop.is_set():
                    self._patience -= POLL
                continue
            self.in_flight -= 1
            if self._done is not None and not self.in_flight:
                self._done.set()  # the last job: `next` may not be called again, so the slot is free now
            return key, future
        self.in_flight = 0
        return None

    def close(self) -> None:
        """Let the threads end after the jobs that were handed in."""
        for _ in range(self._threads):
            self._jobs.put(None)


def ahead(source: Iterable[T], stop: threading.Event, waited: Callable[[], None] = lambda: None) -> Iterator[T]:
    """Yield what `source` yields (no None), made in a thread of its own, one step ahead.

    While nothing comes `waited` is called now and then. What `source` raises is raised here.

    Raises:
        Stopped: the run is to end, and the next one has not come within `GRACE`.
    """
    iterator = iter(source)
    worker: Workers[None, T | None] = Workers(1, stop)
    worker.submit(None, lambda: next(iterator, None))
    try:
        while (landed := worker.next(waited)) is not None:
            value = landed[1].result()
            if value is None:
                return
            worker.submit(None, lambda: next(iterator, None))
            yield value
            if stop.is_set():
                break
        raise Stopped("the run was asked to end")
    finally:
        worker.close()
