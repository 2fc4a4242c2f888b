"""Fetches the pictures that written articles name: asks for one URL after another until one gives a picture.

Like the engine for articles: threads fetch, this thread keeps, decides and records, and every step is committed before
the next begins. What was refused is asked for again, by this or a later run; only what the archive says it does not
have, or what proves to be no picture, is done with.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urljoin

from scraper.errors import ArchiveRefused, CaptureError, Stopped
from scraper.images.examine import NotAPicture, Picture, examine
from scraper.images.links import FOLDER
from scraper.ledger import ImageAttempt, ImageState, KeptImage
from scraper.models import Capture, Memento, Verdict
from scraper.pipeline.outcomes import Progress, Refusal
from scraper.pipeline.workers import Workers
from scraper.timestamps import format_timestamp, is_timestamp, parse_timestamp
from scraper.urls import parse_replay_url
from scraper.warc import Location

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from scraper.clock import Clock
    from scraper.pipeline import Workspace

log = logging.getLogger(__name__)

NOT_AN_IMAGE = "not_an_image"
REDIRECT = "redirect"
KEPT = "kept"
_MOST_REDIRECTS = 3
_PATIENCE = 2
"""In so many runs a URL may answer wrongly, in each as often as `tries_per_capture` says, before the next is tried."""
_BACK_OFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_LONGEST = timedelta(days=1)


class Answer(NamedTuple):
    """What a thread brings back: a memento, and the picture it is or why it is none."""

    memento: Memento
    picture: Picture | None
    reason: str


class Ask(NamedTuple):
    """One URL to be asked for, near a moment."""

    original: str
    timestamp: str


@dataclass(slots=True)
class Collected:
    """What one run did about pictures.

    Attributes:
        asked: how many addresses were worked on.
        fetched: how many mementos came from the archive.
        kept: addresses whose picture is now kept.
        missing: addresses that are now known to be missing.
        waiting: addresses that are left for a later run.
        refusal: of the archive as a whole, which ended the run, or None.
        stopped: the run was asked to end.
    """

    asked: int = 0
    fetched: int = 0
    kept: int = 0
    missing: int = 0
    waiting: int = 0
    refusal: Refusal | None = None
    stopped: bool = False


class Collector:
    """Works on pictures.

    Args:
        space: the output folder.
        clock: tells the time.
        stop: set when the run is to end.
        fetch: gets a URL near a moment from the archive, in a thread; None: offline, from what is kept.
        in_flight: how many are asked for at the same time.
        progress: is told now and then how far the work is.
    """

    def __init__(
        self,
        space: Workspace,
        *,
        clock: Clock,
        stop: threading.Event,
        fetch: Callable[[Capture], Memento] | None,
        in_flight: int = 1,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._space = space
        self._images = space.ledger.images
        self._clock = clock
        self._stop = stop
        self._fetch = fetch
        self._progress = progress
        self._workers: Workers[tuple[str, Ask], Answer] = Workers(in_flight, stop)
        self._asked: dict[str, set[str]] = {}
        self.done = Collected()

    def run(self, *, limit: int | None = None) -> Collected:
        """Take each picture that is due as far as it goes now.

        Args:
            limit: work on at most so many.

        Raises:
            StoreError: the output folder cannot be written; nothing that was kept is lost.
        """
        addresses = self._due()
        while True:
            while self._workers.room and not self._ending and (limit is None or self.done.asked < limit):
                address = next(addresses, None)
                if address is None:
                    break
                self.done.asked += 1
                self._advance(address)
            if not self._workers.in_air:
                break
            self._land()
        self.done.stopped = self._stop.is_set()
        return self.done

    @property
    def _ending(self) -> bool:
        return self._stop.is_set() or self.done.refusal is not None

    def _due(self) -> Iterator[str]:
        after, now = "", self._space.ledger.now()
        while batch := self._images.due(now, after=after):
            yield from batch
            after = batch[-1]

    def _advance(self, address: str) -> None:
        """Do what is to be done for a picture until it needs the archive or has its answer."""
        found = parse_replay_url(address)
        if found is None or not is_timestamp(found.timestamp) or not address.startswith(("http://", "https://")):
            self._conclude(address, ImageState.MISSING, "the page names no address in the archive")
            return
        if self._fetch is None:
            self._take_kept(address, found.original, found.timestamp)
            return
        ask = self._next(address, found.original, found.timestamp)
        if ask is not None and self._ending:
            self._conclude(address, ImageState.WAITING, "the run ended before its turn", due="")
        elif ask is not None:
            self._ask(address, ask, self._fetch)

    def _next(self, address: str, original: str, timestamp: str) -> Ask | None:
        """Return the URL to ask for next, or None once there is an answer, which is recorded."""
        attempts = self._images.attempts(address)
        asked = self._asked.setdefault(address, set())
        now = self._space.ledger.now()
        later: list[str] = []
        for url in self._candidates(original, attempts):
            attempt = attempts.get(url)
            if attempt is None:
                return Ask(url, timestamp)
            if attempt.final:
                continue
            if url in asked or (attempt.next_at or "") > now:
                later.append(attempt.next_at or "")
                if attempt.tries < _PATIENCE:
                    break  # a larger size may still come, so no smaller one is taken yet
                continue
            return Ask(url, timestamp)
        if later:
            last = next(reversed(attempts.values()))
            self._conclude(address, ImageState.WAITING, f"{last.verdict}: {last.detail}", due=min(later))
        else:
            self._conclude(address, ImageState.MISSING, f"{len(attempts)} URLs were asked for, none gave a picture")
        return None

    def _candidates(self, original: str, attempts: dict[str, ImageAttempt]) -> Iterator[str]:
        """Yield the URLs a picture may be under, best first, each followed by where it was redirected to."""
        seen: set[str] = set()
        for url in self._space.site.image_originals(original):
            target: str | None = url
            for _ in range(1 + _MOST_REDIRECTS):
                if target is None or target in seen:
                    break
                seen.add(target)
                yield target
                attempt = attempts.get(target)
                target = attempt.detail if attempt is not None and attempt.verdict == REDIRECT else None

    def _ask(self, address: str, ask: Ask, fetch: Callable[[Capture], Memento]) -> None:
        self._asked[address].add(ask.original)
        capture = Capture(ask.original, ask.timestamp, ask.original, "", "", "", "")
        self._workers.submit((address, ask), lambda: _examined(fetch(capture)))

    def _land(self) -> None:
        landed = self._workers.next()
        if landed is None:
            self._workers.in_air = 0  # given up; nothing was recorded, so a later run asks again
            return
        address, ask = landed.key
        if isinstance(landed.error, ArchiveRefused):
            self.done.refusal = self.done.refusal or Refusal(str(landed.error), landed.error.until)
            until = format_timestamp(landed.error.until)
            self._conclude(address, ImageState.WAITING, f"the archive refused: {landed.error}", due=until)
            return
        if isinstance(landed.error, CaptureError):
            self._in_vain(address, ask, landed.error)
        elif landed.value is not None:
            self.done.fetched += 1
            self._space.intake.keep(landed.value.memento)
            if self._judge(address, ask.original, landed.value):
                return
        elif landed.error is not None and not isinstance(landed.error, Stopped):
            raise landed.error
        self._tell(ask)
        self._advance(address)

    def _in_vain(self, address: str, ask: Ask, error: CaptureError) -> None:
        """Note that a URL gave nothing. Only the archive's word that it has none, or will not show it, is final."""
        log.info("image=%s url=%s %s: %s", address, ask.original, error.verdict, error)
        earlier = self._images.attempts(address).get(ask.original)
        tries = (earlier.tries if earlier else 0) + 1
        pause = _BACK_OFF[tries - 1] if tries <= len(_BACK_OFF) else _LONGEST
        next_at = None if error.final else format_timestamp(self._clock.now() + pause)
        self._images.record_attempt(
            address, ImageAttempt(ask.original, "", str(error.verdict), str(error), tries, next_at, error.final)
        )

    def _judge(self, address: str, asked: str, answer: Answer) -> bool:
        """Keep a picture's file; of anything else note what it was. Return whether it was a picture."""
        memento = answer.memento
        if answer.picture is not None:
            self._keep(address, asked, memento, answer.picture)
            return True
        verdict, detail = NOT_AN_IMAGE, answer.reason
        if 300 <= memento.status < 400:
            verdict, detail = REDIRECT, urljoin(memento.original, memento.header("Location") or "")
        elif memento.status >= 400:
            verdict, detail = (
                Verdict.ARCHIVED_ERROR,
                f"the site answered with {memento.status} {memento.reason}".strip(),
            )
        elif memento.truncated:
            verdict, detail = Verdict.TRUNCATED, memento.truncated
        log.info("image=%s capture=%s url=%s %s: %s", address, memento.timestamp, asked, verdict, detail)
        self._images.record_attempt(
            address, ImageAttempt(asked, memento.timestamp, str(verdict), detail, 1, None, final=True)
        )
        return False

    def _keep(self, address: str, asked: str, memento: Memento, picture: Picture) -> None:
        sha256 = hashlib.sha256(memento.body).hexdigest()
        path = f"{sha256[:2]}/{sha256}.{picture.extension}"
        self._space.writer.write(f"{FOLDER}/{path}", memento.body)
        size = f"{picture.width} × {picture.height}"
        with self._space.ledger.transaction():
            attempt = ImageAttempt(asked, memento.timestamp, KEPT, size, 1, None, final=True)
            self._images.record_attempt(address, attempt)
            kept = KeptImage(path, sha256, picture.width, picture.height, memento.original, memento.timestamp)
            self._images.keep(address, kept)
        self._asked.pop(address, None)
        self.done.kept += 1
        log.info("image=%s capture=%s url=%s kept: %s", address, memento.timestamp, memento.original, path)

    def _take_kept(self, address: str, original: str, timestamp: str) -> None:
        """Offline: take the best of what is kept, of one URL the nearest in time."""
        for url in self._candidates(original, self._images.attempts(address)):
            for memento in self._kept_near(url, timestamp):
                answer = _examined(memento)
                if answer.picture is not None:
                    self._keep(address, url, memento, answer.picture)
                    return
        self._conclude(address, ImageState.WAITING, "not kept yet", due="")

    def _kept_near(self, url: str, timestamp: str) -> Iterator[Memento]:
        moment = parse_timestamp(timestamp)
        kept = [one for form in _forms(url) for one in self._space.ledger.mementos.of(form)]
        for one in sorted(kept, key=lambda one: abs(parse_timestamp(one.timestamp) - moment)):
            yield self._space.store.load(Location(one.file, one.offset, one.length))

    def _conclude(self, address: str, state: ImageState, reason: str, *, due: str | None = None) -> None:
        self._images.set_state(address, state, reason, due=due)
        self._asked.pop(address, None)
        if state is ImageState.MISSING:
            self.done.missing += 1
        else:
            self.done.waiting += 1
        log.info("image=%s %s: %s", address, state, reason)

    def _tell(self, ask: Ask) -> None:
        done = self.done
        last = Capture(ask.original, ask.timestamp, ask.original, "", "", "", "")
        air = self._workers.in_air
        self._progress(Progress("pictures", done.asked - air, None, done.kept, done.fetched, in_air=air, last=last))


def _forms(url: str) -> list[str]:
    """Return the ways in which archives spell a URL: Chinese raw or percent-encoded, either scheme."""
    rest = url.partition("://")[2]
    spellings = dict.fromkeys((rest, quote(rest, safe="%/:?=&@!$'()*+,;~[]")))
    return [f"{scheme}://{spelling}" for scheme in ("https", "http") for spelling in spellings]


def _examined(memento: Memento) -> Answer:
    if memento.status != 200:
        return Answer(memento, None, "")
    try:
        return Answer(memento, examine(memento.body), "")
    except NotAPicture as error:
        return Answer(memento, None, str(error))
