"""The one engine: asks what is next for an article, does it, records it, and asks again until there is an answer.

``run``, ``recover``, ``import`` and ``rebuild`` differ only in which articles they hand in and in whether bytes may
come from the archive. Fetching happens in threads; keeping, reading, deciding and writing happen here, in the main
thread, so that each step is committed before the next begins.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from scraper.engine.cases import Cases, Place
from scraper.engine.fetch import Workers
from scraper.engine.keep import row_that_answered, with_digest_check
from scraper.engine.outcomes import FIRST_PAGES, Progress, Tally, tally_of
from scraper.errors import ArchiveRefused, CaptureError, ScraperError, Stopped
from scraper.models import Capture, Memento, Reading, Verdict
from scraper.selection.candidates import is_a_part, is_shared
from scraper.selection.decision import Concluded, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scraper.archive.client import Archive
    from scraper.archive.replay import ReplayClient
    from scraper.engine.workspace import Workspace

log = logging.getLogger(__name__)
BATCH = 100
"""Articles that are begun with in one transaction."""


class Engine:
    """Works on articles of an output folder: asks what is next for each, does it, and asks again.

    Args:
        space: the folder.
        archive: is asked for captures, in threads; None: offline.
        permitted: says whether a capture may be considered (``--from``, ``--to``).
        doubting: stop when most of the first pages that are read into the folder contradict a belief about them.
        shown: is given an article's document and gives it back as it is to be written (see `images.documents`).
    """

    def __init__(
        self,
        space: Workspace,
        archive: Archive | None,
        *,
        permitted: Callable[[Capture], bool],
        doubting: bool,
        shown: Callable[[int, str], str],
    ) -> None:
        self._space = space
        self._ledger = space.ledger
        self._intake = space.intake
        self._stop = space.stop
        self._archive = archive
        self._doubting = doubting
        self._first_pages: Tally | None = None
        self._workers: Workers[tuple[int, Capture], Memento] = Workers(space.config.in_flight, space.stop)
        self._ready: dict[Place, Reading] = {}  # pages of the article at hand that were read in another process
        self.cases = Cases(space, offline=archive is None, permitted=permitted, shown=shown)
        self.outcomes = self.cases.outcomes
        self._waiting: dict[str, list[int]] = {}  # by shared digest that is in flight: the articles that wait for it
        self._total: int | None = None  # articles that are to be processed, where that is known
        self._started = 0
        self._seen: set[int] = set()

    def process(self, articles: Iterable[int], *, limit: int | None = None, batch: int = BATCH) -> None:
        """Take each article as far as it goes now.

        Args:
            articles: ids, each once.
            limit: how many of them may cause requests; the others that would are left for another run.
            batch: how many are begun with in one transaction; 1 where `articles` itself asks the archive for each.

        Raises:
            StoreError: the output folder cannot be written; nothing that was kept is lost.
            Stopped: the run was asked to end; requests in flight have landed or were given up.
        """
        waiting = iter(articles)
        while (more := self._begin(waiting, limit, batch)) or self._workers.in_flight:
            # Among many ids without a capture few cause requests: those must not wait for each other.
            if self._workers.in_flight and (self._workers.has_landed or not more):
                self._land()
        if self._stop.is_set():
            raise Stopped("the run was asked to end")

    def decide_from(self, article: int, pages: Mapping[Place, Reading], *, again: bool) -> None:
        """Decide anew about an article whose kept pages were read in another process, and write what that gives.

        Pages that are read `again` all count; the others once they are asked for, as in any run.
        """
        self.outcomes.articles += 1
        self._ready = dict(pages)
        for capture in self._ledger.captures.rows(article) if again else ():
            self._take_ready(article, capture)
        self._advance(article)
        self._ready = {}

    def _take_ready(self, article: int, capture: Capture) -> bool:
        """Record the reading of a page that another process has read; return whether there is one."""
        place = capture.original, capture.timestamp
        page = self._ready.pop(place, None)
        if page is None:
            return False
        self._intake.record(article, capture, page)
        self.cases.pages[article][place] = page
        self.outcomes.read(article, page)
        return True

    def _begin(self, waiting: Iterator[int], limit: int | None, batch: int) -> bool:
        """Begin with some articles, in one transaction, while there is room; return whether there may be more."""
        with contextlib.ExitStack() as stack:
            for place in range(batch):
                if not self._workers.room or self._ending or (limit is not None and self._started >= limit):
                    return False
                article = next(waiting, None)
                if article is None:
                    return False
                if not place:
                    stack.enter_context(self._ledger.transaction())
                    stack.enter_context(self._space.writer.together())
                self.outcomes.articles += 1
                self._seen.add(article)
                self._started += self._advance(article)
                self._tell()
        return True

    @property
    def _ending(self) -> bool:
        return self._stop.is_set() or bool(self.outcomes.refusals or self.outcomes.doubted)

    def _tell(self) -> None:
        counts, stage = self.outcomes, "reading" if self._archive is None else "fetching"
        done = counts.articles - self._workers.in_flight
        self._space.progress(Progress(stage, done, self._total, len(counts.written), counts.fetched))

    def _land(self) -> None:
        """Wait for the next request that lands, record its result, and go on with its article."""
        landed = self._workers.next(self._tell)
        if landed is None:
            return  # nothing was recorded, so the next run asks for these captures again
        (article, capture), future = landed
        stopped = False
        try:
            memento = future.result()
        except ArchiveRefused as error:
            self.cases.attempted[article].discard(capture)
            self.cases.record_refusal(article, capture, error)
        except CaptureError as error:
            self.cases.record_failure(article, capture, error)
        except Stopped:
            stopped = True
        except ScraperError:  # of our own side
            raise
        except Exception as error:
            # A fault of this program: one answer must not hold up all others.
            log.exception("article=%d capture=%s", article, capture.timestamp)
            message = f"the program failed on this answer ({type(error).__name__}: {error}); please report it"[:500]
            own = CaptureError(message, verdict=Verdict.WRONG_ANSWER, final=False)
            self.cases.record_failure(article, capture, own)
        else:
            self._arrived(article, capture, memento)
        self._tell()
        if not stopped:
            self._advance(article)
        for other in self._waiting.pop(capture.digest, ()):
            self._advance(other)

    def _arrived(self, article: int, capture: Capture, memento: Memento) -> None:
        """Keep a memento, then read it. One of another moment than asked for is a capture of its own."""
        self.outcomes.fetched += 1
        answered = row_that_answered(capture, memento, self.cases.known[article])
        memento = memento._replace(original=answered.original)
        if answered != capture and answered in self.cases.known[article]:
            memento = with_digest_check(memento, answered.digest)
        stands = self._intake.keep(memento)
        if answered.timestamp != capture.timestamp:
            message = f"the archive answered with the capture of {answered.timestamp}"
            error = CaptureError(message, verdict=Verdict.WRONG_ANSWER, final=False)
            self.cases.record_failure(article, capture, error)
        reading = self._read(article, answered, memento, record=stands)
        if stands and not is_a_part(reading.verdict, memento.digest_check):
            self.cases.cut_in_a_row = 0
        else:
            self.cases.record_part(article, answered, reading.detail, more=stands)

    def _read(self, article: int, capture: Capture, memento: Memento, *, record: bool = True) -> Reading:
        reading = self._intake.read(article, capture, memento, record=record)
        self.cases.pages[article][capture.original, capture.timestamp] = reading
        self.outcomes.read(article, reading)
        if self._doubting:
            if self._first_pages is None:
                self._first_pages = tally_of(self._ledger)  # has those of earlier runs, and this one
            else:
                self._first_pages.add(article, reading.beliefs)
            self._doubting = self._first_pages.pages < FIRST_PAGES
            self.outcomes.doubted += self._first_pages.doubted(self._space.site.beliefs)
        return reading

    def _advance(self, article: int) -> bool:
        """Do what is next for an article until it is concluded or postponed, or (then True) the archive was asked."""
        while True:
            decision = self.cases.decide(article)
            if isinstance(decision, Concluded):
                self.cases.conclude(article, decision)
                break
            capture = decision.capture
            page = self.cases.pages[article].get((capture.original, capture.timestamp))
            if isinstance(decision, Written) and page is not None:
                if self.cases.write(article, decision, page):
                    break
                continue
            if self._take_ready(article, capture):
                continue
            read = self.cases.known[article][capture].own_read
            stored = isinstance(decision, Written) or read is None or not read.is_stand_in
            if stored and (memento := self._intake.load_if_whole(capture)) is not None:
                self._read(article, capture, memento)
                continue
            if self._archive is None or self._ending or capture in self.cases.attempted[article]:
                self.cases.postpone(article, self._why_postponed())
                break
            return self._ask(article, capture, self._archive.replay)
        self.cases.forget(article)
        return False

    def _why_postponed(self) -> str:
        if self.outcomes.refusals:
            return "the archive refused"
        if self._stop.is_set():
            return "the run ended before its turn"
        if self.outcomes.doubted:
            return "the run stopped: the first pages are not as believed"
        return "its kept page cannot be read back; `hkcnews check` says more"

    def _ask(self, article: int, capture: Capture, replay: ReplayClient) -> bool:
        if capture.digest in self._waiting:
            self._waiting[capture.digest].append(article)
            return False
        if is_shared(capture, self.cases.known[article][capture].shared):
            self._waiting[capture.digest] = []
        self.cases.attempted[article].add(capture)
        known = self.cases.known[article].items()
        kept = frozenset(row.timestamp for row, one in known if one.read is not None)
        self._workers.submit((article, capture), lambda: replay.fetch(capture, kept=kept))
        return True

    def process_due(self, wanted: Callable[[int], bool] = lambda _: True, *, limit: int | None = None) -> None:
        """Process the ids that are due, and then those that became due or known by that, each once."""
        seen = set(self._seen)
        while new := [one for one in self._ledger.articles.due(self._ledger.now()) if one not in seen and wanted(one)]:
            seen.update(new)
            self._total = len(seen)
            self.process(new, limit=limit)
            if self._ending:
                return
        self._total = None
