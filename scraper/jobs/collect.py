"""Fetches the pictures that written articles name: asks for one URL after another until one gives a picture.

Like the engine for articles: threads fetch, this thread keeps, decides and records, and every step is committed before
the next begins. What was refused is asked for again, by this or a later run; only what the archive says it does not
have, or what proves to be no picture, is done with.
"""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.engine.fetch import Workers
from scraper.engine.outcomes import Progress, Refusal, pause_after
from scraper.errors import ArchiveRefused, CaptureError, ListingFailed, Stopped
from scraper.images.examine import Picture, examine
from scraper.images.next_step import KEPT, LIST, LISTED, NOT_AN_IMAGE, REDIRECT, Ask, Pause, next_step
from scraper.ledger import AT_ONCE
from scraper.ledger.images import ImageAttempt, ImageState, KeptImage
from scraper.models import Capture, Memento, Verdict
from scraper.paths import IMAGES_FOLDER
from scraper.times import format_timestamp, is_timestamp, parse_timestamp
from scraper.urls import joined, parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.archive.client import Archive
    from scraper.engine.workspace import Workspace
    from scraper.reports.images import ImagesReport

log = logging.getLogger(__name__)
MOST_MOMENTS = 3
"""So many captures of a URL are asked for besides the nearest, if that is no picture."""


class Collector:
    """Works on the pictures of an output folder: asks the archive, or without one takes what is kept."""

    def __init__(self, space: Workspace, archive: Archive | None, done: ImagesReport) -> None:
        self._space = space
        self._images = space.ledger.images
        self._archive = archive
        self._workers: Workers[tuple[str, Ask], Memento | list[str]] = Workers(space.config.in_flight, space.stop)
        self._asked: dict[str, set[Ask]] = {}
        self.done = done

    def run(self, *, limit: int | None = None) -> None:
        """Take each picture that is due, at most `limit`, as far as it goes now.

        Raises:
            StoreError: the output folder cannot be written; nothing that was kept is lost.
        """
        addresses = islice(self._due(), limit)
        while True:
            while self._workers.room and not self._ending and (address := next(addresses, None)) is not None:
                self.done.asked += 1
                self._advance(address)
            if not self._workers.in_flight:
                break
            self._land()
        self.done.stopped = self._space.stop.is_set()

    @property
    def _ending(self) -> bool:
        return self._space.stop.is_set() or self.done.refusal is not None

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
        if self._archive is None:
            self._take_kept(address, found.original, found.timestamp)
            return
        originals = self._space.site.image_originals(found.original)
        attempts = self._images.attempts(address)
        asked = self._asked.setdefault(address, set())
        step = next_step(originals, found.timestamp, attempts, asked=asked, now=self._space.ledger.now())
        if step is None:
            count = len({attempt.original for attempt in attempts})
            self._conclude(address, ImageState.MISSING, f"{count} URLs were asked for, none gave a picture")
        elif isinstance(step, Pause):
            last = attempts[-1]
            self._conclude(address, ImageState.WAITING, f"{last.verdict}: {last.detail}", due=step.until)
        elif self._ending:
            self._conclude(address, ImageState.WAITING, "the run ended before its turn", due=AT_ONCE)
        else:
            asked.add(step)
            self._workers.submit((address, step), partial(_ask, self._archive, step, found.timestamp))

    def _land(self) -> None:
        landed = self._workers.next()
        if landed is None:
            return  # nothing was recorded, so a later run asks again
        (address, ask), future = landed
        try:
            value = future.result()
        except ArchiveRefused as error:
            self.done.refusal = self.done.refusal or Refusal(str(error), error.until)
            until = format_timestamp(error.until)
            self._conclude(address, ImageState.WAITING, f"the archive refused: {error}", due=until)
            return
        except CaptureError as error:
            self._in_vain(address, ask, error.verdict, error, final=error.final)
        except ListingFailed as error:
            self._in_vain(address, ask, Verdict.WRONG_ANSWER, error, final=False)
        except Stopped:
            pass
        else:
            if isinstance(value, list):
                self._note_listed(address, ask.original, value)
            else:
                self.done.fetched += 1
                self._space.intake.keep(value)
                if self._judge(address, ask, value):
                    return
        self._tell()
        self._advance(address)

    def _in_vain(self, address: str, ask: Ask, verdict: str, error: Exception, *, final: bool) -> None:
        """Record that a question got no answer; `final`: the archive says that it has no capture, or shows none."""
        log.info("image=%s url=%s %s: %s", address, ask.original, verdict, error)
        earlier = next((one for one in self._images.attempts(address) if (one.original, one.asked) == ask), None)
        tries = (earlier.tries if earlier else 0) + 1
        next_at = None if final else format_timestamp(self._space.clock.now() + pause_after(1 + tries))
        self._images.record_attempt(address, ImageAttempt(*ask, "", str(verdict), str(error), tries, next_at, final))

    def _note_listed(self, address: str, original: str, moments: list[str]) -> None:
        """Note a list of captures, and those of them that are to be asked for."""
        known = {moment for one in self._images.attempts(address) for moment in (one.asked, one.timestamp)}
        moments = [moment for moment in moments if moment not in known][:MOST_MOMENTS]
        detail = f"{len(moments)} other captures to be asked for"
        with self._space.ledger.transaction():
            self._images.record_attempt(address, ImageAttempt(original, "", "", LIST, detail, 1, None, final=True))
            for moment in moments:
                attempt = ImageAttempt(original, moment, "", LISTED, "", 0, None, final=False)
                self._images.record_attempt(address, attempt)

    def _judge(self, address: str, ask: Ask, memento: Memento) -> bool:
        """Keep a picture's file; of anything else note what it was. Return whether it was a picture.

        In this thread only: of a large picture each thread that decodes one keeps the memory.
        """
        if isinstance(found := _picture(memento), Picture):
            self._keep(address, ask, memento, found)
            return True
        verdict, detail = found
        log.info("image=%s capture=%s url=%s %s: %s", address, memento.timestamp, ask.original, verdict, detail)
        attempt = ImageAttempt(*ask, memento.timestamp, str(verdict), detail, 1, None, final=True)
        self._images.record_attempt(address, attempt)
        return False

    def _keep(self, address: str, ask: Ask, memento: Memento, picture: Picture) -> None:
        sha256 = hashlib.sha256(memento.body).hexdigest()
        path = f"{sha256[:2]}/{sha256}.{picture.extension}"
        self._space.writer.write(f"{IMAGES_FOLDER}/{path}", memento.body)
        size = f"{picture.width} × {picture.height}"
        with self._space.ledger.transaction():
            attempt = ImageAttempt(*ask, memento.timestamp, KEPT, size, 1, None, final=True)
            self._images.record_attempt(address, attempt)
            kept = KeptImage(path, sha256, picture.width, picture.height, memento.original, memento.timestamp)
            self._images.keep(address, kept)
        self._asked.pop(address, None)
        self.done.kept += 1
        log.info("image=%s capture=%s url=%s kept: %s", address, memento.timestamp, memento.original, path)

    def _take_kept(self, address: str, original: str, timestamp: str) -> None:
        """Offline: take the best of what is kept, of one URL the nearest in time."""
        moved = [one.detail for one in self._images.attempts(address) if one.verdict == REDIRECT]
        moment = parse_timestamp(timestamp)
        for url in (*self._space.site.image_originals(original), *moved):
            found = [one for form in _forms(url) for one in self._space.ledger.mementos.of_url(form)]
            for one in sorted(found, key=lambda one: abs(parse_timestamp(one.timestamp) - moment)):
                memento = self._space.store.load_kept(one)
                if isinstance(picture := _picture(memento), Picture):
                    self._keep(address, Ask(url, timestamp), memento, picture)
                    return
        self._conclude(address, ImageState.WAITING, "not kept yet", due=AT_ONCE)

    def _conclude(self, address: str, state: ImageState, reason: str, *, due: str | None = None) -> None:
        self._images.set_state(address, state, reason, due=due)
        self._asked.pop(address, None)
        if state is ImageState.MISSING:
            self.done.missing.append(address)
        else:
            self.done.waiting += 1
        log.info("image=%s %s: %s", address, state, reason)

    def _tell(self) -> None:
        done = self.done
        answered = done.asked - self._workers.in_flight
        self._space.progress(Progress("pictures", answered, None, done.kept, done.fetched))


def _picture(memento: Memento) -> Picture | tuple[str, str]:
    """Return the picture that a memento is; of anything else verdict and detail."""
    if 300 <= memento.status < 400:
        return REDIRECT, joined(memento.original, memento.header("Location") or "")
    if memento.status >= 400:
        return Verdict.ARCHIVED_ERROR, f"the site answered with {memento.status} {memento.reason}".strip()
    found = examine(memento.body) if memento.status == 200 else ""
    if isinstance(found, Picture):
        return found
    return (Verdict.TRUNCATED, memento.truncated) if memento.truncated else (NOT_AN_IMAGE, found)


def _ask(archive: Archive, ask: Ask, timestamp: str) -> Memento | list[str]:
    """Ask the archive, in a thread: for a capture, or for the moments of what may be pictures, the nearest first."""
    if ask.timestamp:
        return archive.replay.fetch(Capture(ask.original, ask.timestamp, ask.original, "", "", "", ""), "im_")
    wanted = parse_timestamp(timestamp)
    moments = {
        one.timestamp
        for page in archive.cdx.pages(ask.original, "exact")
        for one in page.rows
        if is_timestamp(one.timestamp)
        and one.statuscode in ("200", "-")
        and (one.mimetype.startswith("image/") or one.mimetype == "warc/revisit")
    }
    return sorted(moments, key=lambda moment: abs(parse_timestamp(moment) - wanted))


def _forms(url: str) -> list[str]:
    """Return the ways in which archives spell a URL: Chinese raw or percent-encoded, either scheme."""
    rest = url.partition("://")[2]
    spellings = dict.fromkeys((rest, quote(rest, safe="%/:?=&@!$'()*+,;~[]")))
    return [f"{scheme}://{spelling}" for scheme in ("https", "http") for spelling in spellings]
