"""The archive's replay service: a capture's bytes as archived, and proof that they are that capture's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scraper.archive import retries
from scraper.archive.answer import ONLY_THE_DIGEST, memento_of, provenance_of
from scraper.archive.ratelimit.status import CONTACT
from scraper.archive.retries import Failure, rule_of_answer
from scraper.compression import TooLarge
from scraper.errors import CaptureError
from scraper.headers import values, with_header
from scraper.models import Verdict
from scraper.payload import REDIRECTS, said_to_be_cut
from scraper.times import format_timestamp, parse_http_date
from scraper.urls import ReplayUrl, joined, original_of_link, parse_replay_url, replay_url, same_resource

if TYPE_CHECKING:
    from collections.abc import Container

    from scraper.archive.answer import Answer
    from scraper.archive.transport import Transport
    from scraper.config import Config
    from scraper.models import Capture, Memento

_MOST_REDIRECTS = 5
_SAFE = "%/:?=&@!$'()*+,;~[]"


class _Incomplete(Failure):
    """A memento that was cut short; it is asked for again, and taken as it is if it never comes whole.

    One of which only the digest says so (`unsure`) is then taken as whole: the digest alone fails nothing.
    """

    def __init__(self, memento: Memento, answer: Answer) -> None:
        message = f"{memento.source_uri}: cut short ({memento.truncated})."
        super().__init__(retries.TRUNCATED, message, permit=answer.permit)
        self.unsure = memento.truncated == ONLY_THE_DIGEST
        self.memento = memento._replace(truncated=None) if self.unsure else memento


class ReplayClient:
    """Asks the replay service. Thread-safe."""

    def __init__(self, config: Config, transport: Transport) -> None:
        self._base = config.replay
        self._limit = config.max_body_megabytes << 20
        self._tries = config.tries_per_capture
        self._transport = transport

    def fetch(self, capture: Capture, modifier: str = "id_", *, kept: Container[str] = frozenset()) -> Memento:
        """Fetch a capture.

        If the archive redirects to the nearest capture of the same URL, that one is returned: the memento's `timestamp`
        and `original` name the capture that answered. An archived redirect is returned, not followed; its ``Location``
        is the archived one.

        Args:
            capture: which one; its digest, if it has one, is compared.
            modifier: ``id_`` for the bytes as archived, empty for the rewritten page, ``im_`` for an image. No listing
                says that there is such an image, so "not archived" is believed the first time.
            kept: timestamps of captures of the same URL that are kept: a redirect to one of them is not followed.

        Raises:
            CaptureError: this capture cannot be read; `verdict` and `final` say what to remember.
            ArchiveRefused: the archive refuses or is down.
            Stopped: the run is to end.
        """
        best: Memento | None = None
        cuts = 0

        def attempt() -> Memento:
            nonlocal best, cuts
            try:
                return self._attempt(capture, modifier, kept)
            except _Incomplete as incomplete:
                cuts, last = cuts + 1, incomplete.memento
                if incomplete.unsure and best is not None and best.payload == last.payload:
                    self._transport.limiter.record_answer(incomplete.permit)
                    return last  # twice the same bytes: nothing but the digest speaks against them
                if best is None or len(last.body) >= len(best.body):
                    best = last
                raise
            except Failure as failure:
                cuts = 0
                if modifier == "im_" and failure.rule is retries.NOT_ARCHIVED:
                    self._transport.limiter.record_answer(failure.permit)
                    raise CaptureError(str(failure), verdict=failure.rule.verdict, final=True) from failure
                raise

        try:
            return self._transport.retrying(f"{capture.urlkey} {capture.timestamp}")(attempt)
        except Failure as failure:
            # What was cut is believed if nothing else ever came; trouble in between says that it may yet come whole.
            if best is not None and (best.truncated is None or cuts >= self._tries):
                return best
            rule = failure.rule
            raise CaptureError(str(failure), verdict=rule.verdict, final=rule.final) from failure

    def address(self, timestamp: str, original: str, modifier: str = "id_") -> str:
        """Return the URL at which a capture is asked for.

        Crawlers have archived URLs with a fragment; the archive's index leaves it out, and finds none that has one.
        """
        return replay_url(self._base, timestamp, quote(original.partition("#")[0], safe=_SAFE), modifier)

    def _attempt(self, capture: Capture, modifier: str, kept: Container[str]) -> Memento:
        """Make one try: follow the archive's own redirects, then read."""
        wanted = ReplayUrl(capture.timestamp, modifier, capture.original)
        seen: set[ReplayUrl] = set()
        reasons: list[tuple[str, str]] = []
        while True:
            seen.add(wanted)
            url = self.address(wanted.timestamp, wanted.original, modifier)
            with self._transport.get("replay", url) as answer:
                if answer.is_memento:
                    return self._memento(capture, wanted, answer, reasons)
                if answer.status not in REDIRECTS:
                    raise self._no_memento(answer)
                wanted = self._redirected(answer, modifier)
                reasons += provenance_of(answer.headers)
                if not same_resource(wanted.original, capture.original):
                    text = f"the archive redirects to a capture of {wanted.original} instead. Try again later."
                    raise answer.failure(retries.WRONG_CAPTURE, text)
            if wanted.timestamp != capture.timestamp and wanted.timestamp in kept:
                raise CaptureError(
                    f"{url}: the archive redirects to the capture of {wanted.timestamp}, which is kept already.",
                    verdict=Verdict.WRONG_ANSWER,
                    final=False,
                )
            if wanted in seen or len(seen) > _MOST_REDIRECTS:
                raise answer.failure(retries.REDIRECT_LOOP, "the archive redirects in a circle or without end.")

    def _redirected(self, answer: Answer, modifier: str) -> ReplayUrl:
        """Return where the archive itself redirects to, if that is within the archive."""
        location = answer.header("Location")
        replayed = within(self._base, joined(answer.url, location))
        if replayed is not None:
            return replayed._replace(modifier=modifier)
        login = "/account/login" in location.partition("?")[0]
        text = f"the archive redirects to {location[:200]!r}, which is no capture of it; not followed."
        raise answer.failure(retries.LOGIN if login else retries.REDIRECT_OFF, text)

    @staticmethod
    def _no_memento(answer: Answer) -> Failure:
        rule = rule_of_answer(answer.status, answer.page())
        text = f"{rule.name}: status {answer.status} without Memento-Datetime, so no archived content."
        if rule is retries.EXCLUDED:
            text += f" The archive shows this URL to nobody. --retry-final asks again; whom to ask why: {CONTACT}."
        return answer.failure(rule, text)

    def _memento(self, capture: Capture, wanted: ReplayUrl, answer: Answer, reasons: list[tuple[str, str]]) -> Memento:
        """Read an answer that is archived content, and see that it is what was asked for.

        `reasons` are what redirects on the way said of why they lead here.
        """
        timestamp = self._check_time(wanted, answer)
        original = original_of_link(answer.header("Link")) or wanted.original
        if not same_resource(original, capture.original):
            raise answer.failure(retries.WRONG_CAPTURE, f"a capture of {original} answered instead. Try again later.")
        as_archived = timestamp == capture.timestamp and wanted.modifier in ("id_", "im_")
        digest = capture.digest if as_archived else ""
        raw = answer.read(self._limit)
        try:
            memento = memento_of(answer, raw, digest, original=original, timestamp=timestamp, limit=self._limit)
        except TooLarge as error:
            raise answer.failure(retries.ENDLESS, "grows beyond all measure when decoded.") from error
        memento = memento._replace(provenance=(*reasons, *memento.provenance))
        if location := values(answer.headers, "X-Archive-Orig-Location") or answer.header("Location"):
            replayed = within(self._base, joined(answer.url, location)) or parse_replay_url(location)
            target = joined(original, replayed.original if replayed else location)
            memento = memento._replace(headers=with_header(memento.headers, "Location", target))
        if memento.truncated:
            raise _Incomplete(memento, answer)
        # What is announced is what the digest is of: asking again gives no more.
        return memento._replace(truncated=said_to_be_cut(answer.headers))

    @staticmethod
    def _check_time(wanted: ReplayUrl, answer: Answer) -> str:
        text = answer.header("Memento-Datetime")
        try:
            timestamp = format_timestamp(parse_http_date(text))
        except ValueError:
            timestamp = ""
        if not timestamp.startswith(wanted.timestamp) or not timestamp:
            raise answer.failure(retries.WRONG_CAPTURE, f"a capture of {text!r} answered instead. Try again later.")
        return timestamp


def within(base: str, url: str) -> ReplayUrl | None:
    """Take a replay URL of this archive apart; None if it is of another host or port, or no replay URL.

    The scheme is not compared: what is fetched is made anew from `base`, so no redirect leads anywhere else.
    """
    try:
        here, there = urlsplit(base), urlsplit(url)
        same = there.hostname == here.hostname and there.port in (here.port, None)
    except ValueError:
        return None
    rest = url.partition("://")[2][len(there.netloc) :]
    if not same or there.scheme not in ("http", "https") or not rest.startswith(here.path + "/"):
        return None
    return parse_replay_url("/web" + rest[len(here.path) :])
