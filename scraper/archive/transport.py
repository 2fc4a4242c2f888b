"""Requests to the archive: each within the budget, each with an end, each failure by the table."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from typing import TYPE_CHECKING

import requests
import tenacity
import urllib3

from scraper import __version__
from scraper.archive import retries
from scraper.archive.answer import Answer
from scraper.archive.connection import Session, announcing, watched
from scraper.archive.retries import Blame, Failure, rule_of, rule_of_page
from scraper.errors import Stopped
from scraper.payload import REDIRECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.archive.connection import Exchange
    from scraper.archive.ratelimit.budget import Permit
    from scraper.archive.ratelimit.limiter import RateLimiter
    from scraper.config import Config
    from scraper.times import Clock

log = logging.getLogger(__name__)
_MOMENT = re.compile(r"/[0-9]{13}([0-9])(?=[a-z_]*/)")
_LONGEST_PAUSE = 60.0
"""Seconds that one worker waits at most because a single answer asked it to."""


def _beside(url: str) -> str:
    """Return the replay URL of a moment close by: it is answered with a redirect, so no page is asked for twice."""
    return _MOMENT.sub(lambda found: found[0][:-1] + ("1" if found[1] == "0" else "0"), url, count=1)


class Transport:
    """Makes requests, each permitted by the limiter. Thread-safe: all threads share one pool of connections."""

    def __init__(self, config: Config, limiter: RateLimiter, clock: Clock, stop: threading.Event) -> None:
        self._config = config
        self.limiter = limiter
        self._clock = clock
        self._stop = stop
        contact = f"; {config.contact}" if config.contact else ""
        user_agent = f"hkcnews/{__version__} (recovery of archived news articles{contact})"
        self._session = Session(user_agent, most_connections=config.in_flight + 2)
        self._asking_canary = threading.Lock()
        self._canary_answered_at = float("-inf")
        self.canary = ""
        """The replay URL of a capture that was answered; asked for when others fail: does the archive answer?"""

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    @contextlib.contextmanager
    def get(self, service: str, url: str) -> Iterator[Answer]:
        """Ask for a URL, once, when the budget allows it. No redirect is followed.

        What the block reads without an error counts as an answer of the archive.

        Raises:
            Failure: no answer, or one by which the archive as a whole refuses or is down.
            ArchiveRefused, Stopped, StoreError: as `RateLimiter.acquire`.
        """
        with self._answer(url, self.limiter.acquire(service)) as answer:
            yield answer
            self.limiter.record_answer(answer.permit)
            if answer.is_memento:
                self.canary = url

    @contextlib.contextmanager
    def _answer(self, url: str, permit: Permit) -> Iterator[Answer]:
        with (
            self.limiter.in_flight(permit),
            watched(self._config.total_timeout) as exchange,
            contextlib.closing(self._send(url, permit, exchange)) as answer,
        ):
            if exchange.overdue:  # its head may be cut
                raise answer.failure(retries.TOO_SLOW, "the answer took too long in all. Try again later.")
            if not answer.is_memento:
                self._look_for_refusal(answer)
            yield answer

    def _send(self, url: str, permit: Permit, exchange: Exchange) -> Answer:
        request = self._session.prepare_request(requests.Request("GET", "http://localhost/"))
        request.url = url  # as it is: `requests` would take "a/../b" out of an archived URL's path

        def before_sending() -> None:
            if exchange.overdue:
                raise Failure(retries.TOO_SLOW, f"{url}: waited too long for a connection", permit=permit)
            if not self.limiter.still_permits(permit):
                raise Failure(retries.RESET, "not sent: the archive refused others meanwhile", permit=permit)

        try:
            with announcing(exchange, before_sending):
                timeout = self._config.connect_timeout, self._config.read_timeout
                response = self._session.send(request, stream=True, timeout=timeout)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            rule = retries.TOO_SLOW if exchange.overdue else rule_of(error)
            raise Failure(rule, f"{url}: {rule.name} ({error}). Try again later.", permit=permit) from error
        log.debug("%s %s %s", permit.service, response.status_code, url)
        return Answer(url, response, exchange, permit)

    def _look_for_refusal(self, answer: Answer) -> None:
        """Raise Failure if the status alone says that the archive refuses or is down."""
        if answer.status == 429:
            rule = retries.THROTTLED
        elif answer.status == 504 and answer.permit.service == "cdx":
            rule = retries.TOO_WIDE
        elif answer.status >= 500:
            rule = rule_of_page(answer.page(), answer.status) or retries.SERVER_ERROR
        else:
            return
        text = f"status {answer.status} {answer.reason} from the archive itself. Try again later."
        raise answer.failure(rule, text, retry_after=answer.retry_after)

    def archive_answers(self, permit: Permit) -> bool:
        """Ask for the canary: say whether the archive answers, so that only some captures fail.

        Threads that come while one asks wait for its answer, which stands for two seconds.
        """
        if permit.service != "replay":
            return False
        with self._asking_canary:
            if self._clock.monotonic() < self._canary_answered_at + 2:
                return True
            own_permit = self.limiter.try_acquire("replay") if self.canary else None
            if own_permit is None:
                return False
            try:
                with self._answer(_beside(self.canary), own_permit) as answer:
                    found = answer.is_memento or answer.status in REDIRECTS
            except Failure as failure:
                if failure.rule.blame is Blame.ARCHIVE:
                    self.limiter.record_refusal(own_permit, failure.rule.name, failure.retry_after)
                return False
            if found:
                self._canary_answered_at = self._clock.monotonic()
            return found

    def retrying(self, key: str) -> tenacity.Retrying:
        """Return what tries again until there is a result or the tries are used up, by the table of `retries`.

        Failure comes out of it when they are; ArchiveRefused when all requests stop for longer than is waited for;
        Stopped when the run is to end. `key` names what is asked for: do several things fail, or one several times?
        """
        tries = _Tries(self, key, self._config.tries_per_capture)
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Failure),
            after=tries.count,
            stop=tries.are_used_up,
            wait=tries.pause,
            sleep=self._sleep,
            reraise=True,
        )

    def _sleep(self, seconds: float) -> None:
        if self._clock.wait(seconds, self._stop):
            raise Stopped("stopped before another try")


class _Tries:
    """Counts the tries of one thing asked for, by the table. A cool-down since the first makes them count anew."""

    def __init__(self, transport: Transport, key: str, most: int) -> None:
        self._transport = transport
        self._key = key
        self._most = most
        self._used = 0
        self._serial: int | None = None

    def count(self, state: tenacity.RetryCallState) -> None:
        """Tell the limiter of a failure, and use up a try if it is the capture's."""
        failure, limiter = _failure_of(state), self._transport.limiter
        rule, permit = failure.rule, failure.permit
        log.info("%s", failure)
        if permit.serial != self._serial or failure.progress:
            self._used, self._serial = 0, permit.serial
        if rule.blame is Blame.ARCHIVE:
            limiter.record_refusal(permit, rule.name, failure.retry_after)
        elif rule.blame is Blame.CAPTURE:
            limiter.record_answer(permit)
            self._used += 1
        elif not limiter.record_failure(
            permit,
            self._key,
            rule.name,
            strained=rule is retries.RESET or failure.retry_after > 0,
            archive_answers=lambda: self._transport.archive_answers(permit),
        ):
            self._used += 1

    def are_used_up(self, state: tenacity.RetryCallState) -> bool:
        """Say whether there is no further try."""
        return self._used >= (self._most if _failure_of(state).rule.retried else 1)

    def pause(self, state: tenacity.RetryCallState) -> float:
        """Return the seconds before the next try; none where the limiter makes everybody wait."""
        failure = _failure_of(state)
        if failure.rule.blame is Blame.ARCHIVE or not self._used:
            return 0.0
        return max(failure.rule.wait * 2.0 ** (self._used - 1), min(failure.retry_after, _LONGEST_PAUSE))


def _failure_of(state: tenacity.RetryCallState) -> Failure:
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, Failure)
    return failure
