"""Requests to the archive: each within the budget, each with an end, each failure by the table."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

import requests
import tenacity
import urllib3

from scraper import __version__
from scraper.archive import refusals, retries
from scraper.archive.answer import Answer
from scraper.archive.connection import listen, new_session
from scraper.archive.retries import Failure, Tries, rule_of
from scraper.archive.watchdog import Exchange, Watchdog
from scraper.errors import Stopped
from scraper.times import parse_http_date

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from scraper.archive.ratelimit.limiter import Governor, Ticket
    from scraper.config import Config
    from scraper.times import Clock

log = logging.getLogger(__name__)
_VOUCHED_FOR = 2.0
"""Seconds for which a witness's answer stands."""
_PLAIN_REFUSALS = frozenset(rule.name for rule in retries.TABLE if rule.blame is retries.Blame.ARCHIVE)


class _Departure:
    """Passes on when a request goes out, and when it has."""

    def __init__(self, governor: Governor, ticket: Ticket, exchange: Exchange) -> None:
        self._governor = governor
        self._ticket = ticket
        self._exchange = exchange

    def going_out(self, sock: socket.socket | None) -> None:
        self._exchange.socket = sock
        counted = self._governor.sent(self._ticket)
        if counted is None:
            raise Failure(retries.RESET, "not sent: the archive refused others meanwhile", ticket=self._ticket)
        self._ticket = counted

    def gone_out(self) -> None:
        self._governor.departed(self._ticket)


class Transport:
    """Makes requests. Thread-safe: each thread has its own session and connection.

    Args:
        config: timeouts, tries, contact.
        governor: gives leave for each request and hears how it went.
        clock: waits between tries.
        stop: set when the run is to end; what is in the air gets 8 s more.
    """

    def __init__(self, config: Config, governor: Governor, clock: Clock, stop: threading.Event) -> None:
        self._config = config
        self.governor = governor
        self._clock = clock
        self._stop = stop
        self._watchdog = Watchdog(stop)
        self._threads = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()
        self._vouching = threading.Lock()
        self._vouched_at = float("-inf")
        self.witness = ""
        """The address of a capture that the archive has answered with; may be set to one from an earlier run."""

    @property
    def user_agent(self) -> str:
        """The honest ``User-Agent``: without one the archive answers 400; the contact is for its complaints."""
        contact = f"; {self._config.contact}" if self._config.contact else ""
        return f"hkcnews/{__version__} (recovery of archived news articles{contact})"

    def close(self) -> None:
        """Close all connections."""
        self._watchdog.close()
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()

    @contextlib.contextmanager
    def get(self, service: str, url: str, accept_encoding: str) -> Iterator[Answer]:
        """Ask for a URL, once, when the budget allows it. No redirect is followed.

        Raises:
            Failure: no answer, or one by which the archive as a whole refuses or is down.
            ArchiveRefused, Stopped, StoreError: as `Governor.acquire`.
        """
        ticket = self.governor.acquire(service)
        if ticket.probe and service == "replay" and self.witness not in ("", url) and self._may_be_captures_trouble():
            self._probe(ticket)
            ticket = self.governor.acquire(service)
        with self._watchdog.watch(self._config.total_timeout) as exchange:
            answer = None
            try:
                answer = self._send(url, accept_encoding, ticket, exchange)
                if not answer.is_memento:
                    self._look_for_refusal(answer)
                yield answer
                if answer.is_memento:
                    self.witness = url
            except Failure as failure:
                if self._stop.is_set() and exchange.overdue:
                    self.governor.release(ticket)
                    raise Stopped("stopped in the middle of an answer") from failure
                raise
            finally:
                if answer is not None:
                    answer.close()

    def _send(self, url: str, accept_encoding: str, ticket: Ticket, exchange: Exchange) -> Answer:
        session = self._session()
        request = requests.Request(
            "GET", "http://localhost/", headers={"Accept-Encoding": accept_encoding, "Accept": "*/*"}
        )
        prepared = session.prepare_request(request)
        prepared.url = url  # as it is: `requests` would take "a/../b" out of an archived URL's path
        listen(_Departure(self.governor, ticket, exchange))
        try:
            # Not `session.send`: it reads the body of a redirect, whole and without limit, to see where it leads.
            response = session.get_adapter(url).send(
                prepared, stream=True, timeout=(self._config.connect_timeout, self._config.read_timeout), verify=True
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            rule = retries.TOO_SLOW if exchange.overdue else rule_of(error)
            raise Failure(rule, f"{url}: {rule.name} ({error}). Try again later.", ticket=ticket) from error
        finally:
            listen(None)
        log.debug("%s %s %s", ticket.service, response.status_code, url)
        return Answer(url, response, exchange, ticket)

    def _look_for_refusal(self, answer: Answer) -> None:
        """Raise Failure if the status alone says that the archive refuses or is down."""
        rule = refusals.rule_of_status(answer.status)
        if rule is None:
            return
        if rule is retries.SERVER_ERROR:
            rule = refusals.rule_of_page(answer.page(), answer.status) or rule
        raise Failure(
            rule,
            f"{answer.url}: status {answer.status} {answer.reason} from the archive itself. Try again later.",
            ticket=answer.ticket,
            retry_after=self.retry_after(answer),
        )

    def _may_be_captures_trouble(self) -> bool:
        """Say whether some captures alone may have caused the cool-down; what is kept is asked for again only then."""
        return self.governor.reason() not in _PLAIN_REFUSALS

    def _probe(self, ticket: Ticket) -> None:
        """Ask for the witness, as the one request after a cool-down: one that is itself in trouble tells nothing.

        Raises:
            Failure: the archive is still down; another witness is to be found.
        """
        witness, self.witness = self.witness, ""
        with self._watchdog.watch(self._config.total_timeout) as exchange:
            answer = self._send(witness, "gzip", ticket, exchange)
            try:
                if answer.is_memento:
                    self.witness = witness
                else:
                    self._look_for_refusal(answer)
            finally:
                answer.close()
        self.governor.answered(ticket)

    def vouch(self, ticket: Ticket) -> bool:
        """Ask for the witness, once: is it the archive that is in trouble, or are it some captures only?

        Whoever comes while somebody asks waits for that answer, and takes it as his own.
        """
        if ticket.service != "replay":
            return False
        with self._vouching:
            if self._clock.monotonic() < self._vouched_at + _VOUCHED_FOR:
                return True
            if not self.witness or self.governor.serial() != ticket.serial:
                return False
            leave = self.governor.count("replay")
            if leave is None:
                return False
            try:
                with self._watchdog.watch(self._config.total_timeout) as exchange:
                    answer = self._send(self.witness, "gzip", leave, exchange)
                    answer.close()
            except Failure:
                return False
            if answer.is_memento:
                self._vouched_at = self._clock.monotonic()
            return answer.is_memento

    def retry_after(self, answer: Answer) -> float:
        """Return the seconds that ``Retry-After`` asks for, 0 if it asks for none; never more than a day."""
        text = (answer.header("Retry-After") or "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text), 86_400.0)
        try:
            until = parse_http_date(text)
        except ValueError:
            return 0.0
        try:
            now = parse_http_date(answer.header("Date") or "")  # the archive's own clock, whatever ours says
        except ValueError:
            now = self._clock.now()
        return min(max(0.0, (until - now).total_seconds()), 86_400.0)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = new_session(self.user_agent)
            self._threads.session = session
            with self._lock:
                self._sessions.append(session)
        return session

    def retrying(self, key: str) -> tenacity.Retrying:
        """Return what tries again until there is a result or the tries are used up, by the table of `retries`.

        Failure comes out of it when they are; ArchiveRefused when everybody is to stop for longer than is waited for;
        Stopped when the run is to end.

        Args:
            key: what is asked for, the same for every try; tells several captures in trouble from one.
        """
        tries = Tries(self.governor, key, self._config.tries_per_capture, self.vouch)
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(tries.go_on),
            stop=tenacity.stop_never,
            wait=tries.wait,
            sleep=self._nap,
            reraise=True,
        )

    def _nap(self, seconds: float) -> None:
        if self._clock.wait(seconds, self._stop):
            raise Stopped("stopped before another try")
