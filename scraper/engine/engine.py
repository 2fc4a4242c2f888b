"""The one engine: asks what is next for an article, does it, records it, and asks again until there is an answer.

``run``, ``recover``, ``import`` and ``rebuild`` differ only in which articles they hand in and in whether bytes may
come from the archive. Fetching happens in threads; keeping, reading, deciding and writing happen here, in the main
thread, so that each step is committed before the next begins.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING

from scraper.engine.beliefs import Doubt
from scraper.engine.conclude import CannotRender, Conclusions, fault_of_ours
from scraper.engine.decide import Cases, Place
from scraper.engine.fetch import Fetch, Workers
from scraper.engine.keep import row_that_answered, with_digest_check
from scraper.engine.outcomes import Outcomes, Progress
from scraper.errors import ArchiveRefused, CaptureError, ScraperError, Stopped
from scraper.models import Capture, Memento, Reading, Verdict
from scraper.selection.candidates import is_a_part
from scraper.selection.decisions import Policy, Read, Written

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scraper.engine.keep import Intake, ReadPage
    from scraper.ledger import Ledger
    from scraper.models import Site
    from scraper.store.documents import Writer
    from scraper.times import Clock

log = logging.getLogger(__name__)
BATCH = 100
"""Articles that are begun with in one transaction."""


class Engine:
    """Works on articles.

    Args:
        site, ledger, intake, writer: the parts of an output folder.
        policy: the settings that decide.
        clock, stop: tell the time, and when the run is to end.
        fetch: gets a capture from the archive, in a thread; None: offline.
        in_flight: how many captures are asked for at the same time.
        doubting: stop when the first pages read mostly contradict what is believed of them.
        progress: is told now and then how far the work is.
        permitted: says whether a capture may be considered (``--from``, ``--to``).
        shown: is given an article's document and gives it back as it is to be written (see `images.documents`).
    """

    def __init__(
        self,
        site: Site,
        ledger: Ledger,
        intake: Intake,
        writer: Writer,
        *,
        policy: Policy,
        clock: Clock,
        stop: threading.Event,
        fetch: Fetch | None = None,
        in_flight: int = 1,
        doubting: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
        permitted: Callable[[Capture], bool] = lambda _: True,
        shown: Callable[[int, str], str] = lambda _, document: document,
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._intake = intake
        self._stop = stop
        self._fetch = fetch
        self._progress = progress
        self._doubt = Doubt(ledger, site.beliefs) if doubting else None
        self._workers: Workers[tuple[int, Capture], Memento] = Workers(in_flight, stop)
        self._ready: dict[Place, ReadPage] = {}
        self.cases = Cases(site, ledger, policy, clock, permitted)
        self._behind: dict[str, deque[int]] = {}  # digest of one page under many ids, asked for just now: who waits
        self._total: int | None = None
        self._started = 0
        self._seen: set[int] = set()
        self.outcomes = Outcomes()
        self._writer = writer
        self._conclusions = Conclusions(site, ledger, writer, clock, self.cases, self.outcomes, shown)

    def process(
        self, articles: Iterable[int], *, limit: int | None = None, total: int | None = None, batch: int = BATCH
    ) -> None:
        """Take each article as far as it goes now.

        Args:
            articles: ids, each once.
            limit: how many of them may cause requests; the others that would are left for another run.
            total: how many they are, for people.
            batch: how many are begun with in one transaction; 1 where `articles` itself asks the archive for each.

        Raises:
            StoreError: the output folder cannot be written; nothing that was kept is lost.
            Stopped: the run was asked to end; what was in the air has landed or was given up.
        """
        self._total = total
        waiting = iter(articles)
        while (more := self._begin(waiting, limit, batch)) or self._workers.in_air:
            # Among many ids without a capture few cause requests: those must not wait for each other.
            if self._workers.in_air and (self._workers.has_landed or not more):
                self._land()
        if self._stop.is_set():
            raise Stopped("the run was asked to end")

    def decide_from(self, article: int, pages: Mapping[Place, ReadPage], again: Iterable[Place]) -> None:
        """Decide anew about an article whose kept pages were read elsewhere, and write what that gives.

        Those that had been read before count `again`; the others once they are asked for, as in any run.
        """
        self.outcomes.articles += 1
        self._ready = dict(pages)
        captures = {(one.original, one.timestamp): one for one in self._ledger.captures.rows(article)}
        for place in again:
            if place in captures:
                self._take_ready(article, captures[place])
        self._advance(article)
        self._ready = {}

    def _take_ready(self, article: int, capture: Capture) -> bool:
        """Record a page that was read elsewhere, if this one was."""
        place = capture.original, capture.timestamp
        page = self._ready.pop(place, None)
        if page is None:
            return False
        self._intake.record(article, capture, page)
        self.cases.pages[article][place] = page.reading
        self.outcomes.read(article, page.reading)
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
                    stack.enter_context(self._writer.together())
                self.outcomes.articles += 1
                self._seen.add(article)
                self._started += self._advance(article)
                self._tell()
        return True

    @property
    def _ending(self) -> bool:
        return self._stop.is_set() or bool(self.outcomes.refusals or self.outcomes.doubted)

    def _tell(self, last: Capture | None = None) -> None:
        counts, air = self.outcomes, self._workers.in_air
        done = counts.articles - air
        stage = "reading" if self._fetch is None else "fetching"
        self._progress(Progress(stage, done, self._total, len(counts.written), counts.fetched, air, last))

    def _land(self) -> None:
        """Take in what lands next from the archive, and go on with its article."""
        landed = self._workers.next(self._tell)
        if landed is None:
            # Given up: nothing was recorded, so the next run asks for these captures again.
            self._workers.in_air = 0
            return
        article, capture = landed.key
        if landed.error is not None:
            self._failed(article, capture, landed.error)
        elif landed.value is not None:
            self._arrived(article, capture, landed.value)
        self._tell(capture)
        if not isinstance(landed.error, Stopped):
            self._advance(article)
        for other in self._behind.pop(capture.digest, ()):
            self._advance(other)

    def _failed(self, article: int, capture: Capture, error: BaseException) -> None:
        """Record a capture that was asked for in vain; raise what our own side failed with."""
        if isinstance(error, ArchiveRefused):
            self.cases.attempted[article].discard(capture)
            self._conclusions.refused(article, capture, error)
        elif isinstance(error, CaptureError):
            self._conclusions.in_vain(article, capture, error)
        elif isinstance(error, ScraperError) or not isinstance(error, Exception):
            if not isinstance(error, Stopped):
                raise error
        else:
            log.error("article=%d capture=%s", article, capture.timestamp, exc_info=error)
            self._conclusions.in_vain(article, capture, fault_of_ours(error))

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
            self._conclusions.in_vain(article, capture, error)
        reading = self._read(article, answered, memento, record=stands)
        if stands and not is_a_part(reading.verdict, memento.digest_check):
            self._conclusions.cut_in_a_row = 0
        else:
            self._conclusions.in_part(article, answered, reading.detail, more=stands)

    def _read(self, article: int, capture: Capture, memento: Memento, *, record: bool = True) -> Reading:
        reading = self._intake.read(article, capture, memento, record=record)
        self.cases.pages[article][capture.original, capture.timestamp] = reading
        self.outcomes.read(article, reading)
        if self._doubt is not None:
            self.outcomes.doubted += self._doubt.look(article, reading.beliefs)
        return reading

    def _advance(self, article: int) -> bool:
        """Do what is to be done for an article until it has its answer, or (then True) the archive was asked."""
        while True:
            decision = self.cases.decide(article)
            if not isinstance(decision, Read | Written):
                self._conclusions.record(article, decision)
                break
            capture = decision.capture
            page = self.cases.page(article, capture)
            if isinstance(decision, Written) and page is not None:
                if self._is_written(article, decision, page):
                    break
                continue
            if self._take_ready(article, capture):
                continue
            read = self.cases.known[article][capture].own_read
            stored = isinstance(decision, Written) or read is None or not read.is_stand_in
            if stored and (memento := self._intake.load_if_whole(capture)) is not None:
                self._read(article, capture, memento)
                continue
            if self._fetch is None or self._ending or capture in self.cases.attempted[article]:
                self._conclusions.leave(article, self._why_left())
                break
            return self._ask(article, capture, self._fetch)
        self.cases.forget(article)
        return False

    def _is_written(self, article: int, decision: Written, page: Reading) -> bool:
        """Write an article; if no document can be made of the page, its layout is as good as unknown."""
        assert page.article is not None
        try:
            self._conclusions.write(article, decision, page.article)
        except CannotRender as error:
            unknown = page._replace(verdict=Verdict.UNKNOWN_LAYOUT, article=None, detail=f"no document: {error}")
            self._intake.correct(article, decision.capture, unknown)
            log.warning("article=%d capture=%s %s", article, decision.capture.timestamp, unknown.detail)
            return False
        return True

    def _why_left(self) -> str:
        if self.outcomes.refusals:
            return "the archive refused"
        if self._stop.is_set():
            return "the run ended before its turn"
        if self.outcomes.doubted:
            return "the run stopped: the first pages are not as believed"
        return "its kept page cannot be read back; `hkcnews check` says more"

    def _ask(self, article: int, capture: Capture, fetch: Fetch) -> bool:
        if capture.digest in self._behind:
            self._behind[capture.digest].append(article)
            return False
        if self.cases.known[article][capture].is_one_page_under_many_ids:
            self._behind[capture.digest] = deque()
        self.cases.attempted[article].add(capture)
        known = self.cases.known[article].items()
        kept = frozenset(row.timestamp for row, one in known if one.read is not None)
        self._workers.submit((article, capture), lambda: fetch(capture, kept=kept))
        return True

    def process_due(self, wanted: Callable[[int], bool] = lambda _: True, *, limit: int | None = None) -> None:
        """Process the ids that are to be looked at, and then those that became known by that, each once."""
        seen = set(self._seen)
        while new := [one for one in self._ledger.articles.due(self._ledger.now()) if one not in seen and wanted(one)]:
            seen.update(new)
            self.process(new, limit=limit, total=len(seen))
            if self._ending:
                return
