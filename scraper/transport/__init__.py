"""Requests to the archive: each within the budget, each with an end, each failure by the table."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from typing import TYPE_CHECKING

import requests
import tenacity
import urllib3

from scraper import __version__
from scraper.content import TooLarge, decode
from scraper.errors import Stopped
from scraper.timestamps import parse_http_date
from scraper.transport import refusals, retries
from scraper.transport.connection import listen, new_session
from scraper.transport.retries import Blame, Failure
from scraper.transport.watchdog import Exchange, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.clock import Clock
    from scraper.config import Config
    from scraper.governor import Governor, Ticket

log = logging.getLogger(__name__)

_PIECE = 1 << 16
_VOUCHED_FOR = 2.0
"""Seconds for which a witness's answer stands."""
_PAGE = 1 << 19
"""So much of an answer that is no content is read, to see what it is."""


class Answer:
    """An answer's status and headers; its body comes when asked for.

    Attributes:
        url: that was asked for.
        status: HTTP status.
        reason: reason phrase.
        headers: in order, repeated ones repeated.
        ticket: of the request.
        cut: why the body is known to have ended early, or None; set by reading it.
    """

    def __init__(self, url: str, response: requests.Response, exchange: Exchange, ticket: Ticket) -> None:
        raw: urllib3.HTTPResponse = response.raw
        self.url = url
        self.status = response.status_code
        self.reason = raw.reason or ""
        self.headers = tuple((key, _text(value)) for key, value in raw.headers.iteritems())
        self.ticket = ticket
        self.cut: str | None = None
        self._raw = raw
        self._exchange = exchange

    def header(self, name: str) -> str | None:
        """Return the values of a header, whatever its case, joined by commas; None if it is not there."""
        wanted = name.lower()
        values = [value for key, value in self.headers if key.lower() == wanted]
        return ", ".join(values) if values else None

    @property
    def is_memento(self) -> bool:
        """Whether this is archived content: if and only if it carries ``Memento-Datetime``, whatever its status."""
        return self.header("Memento-Datetime") is not None

    def pieces(self) -> Iterator[bytes]:
        """Give the body as transferred, piece by piece as it comes; an early end sets `cut` and is no error.

        Raises:
            Failure: nothing came for too long, or it took too long in all.
        """
        try:
            while piece := self._raw.read1(_PIECE, decode_content=False):
                yield piece
        except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise Failure(
                retries.READ_TIMEOUT, f"{self.url}: the answer stalled. Try again later.", ticket=self.ticket
            ) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if not self._exchange.overdue:
                self.cut = f"the transfer ended early ({type(error).__name__})"
        if self._exchange.overdue:
            raise Failure(
                retries.TOO_SLOW, f"{self.url}: the answer took too long in all. Try again later.", ticket=self.ticket
            )

    def read(self, limit: int) -> bytes:
        """Return the body as transferred.

        Raises:
            Failure: as `pieces`, or it is longer than `limit`.
        """
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if len(body) > limit:
                raise Failure(
                    retries.ENDLESS,
                    f"{self.url}: longer than {limit >> 20} MB. If that is right, raise max_body_megabytes.",
                    ticket=self.ticket,
                )
        return bytes(body)

    def page(self) -> bytes:
        """Return the first part of the body without its encoding, to see what an answer that is no content says.

        Raises:
            Failure: as `pieces`.
        """
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if len(body) >= _PAGE:
                break
        try:
            return decode(bytes(body), self.header("Content-Encoding") or "", _PAGE << 3).body
        except TooLarge:
            return bytes(body)

    def close(self) -> None:
        """Leave the connection; one whose body was not read to its end is not used again."""
        if not self._raw.isclosed():
            self._raw.close()
        self._raw.release_conn()


def _text(value: str) -> str:
    """Return a header's value; raw UTF-8 (a URL in Link, Location) was taken for Latin-1 on its way here."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


class _Departure:
    """Passes on when a request goes out."""

    def __init__(self, governor: Governor, ticket: Ticket, exchange: Exchange) -> None:
        self._governor = governor
        self._ticket = ticket
        self._exchange = exchange

    def going_out(self, sock: socket.socket | None) -> None:
        self._exchange.socket = sock
        self._governor.sent(self._ticket)


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
            rule = refusals.rule_of_page(answer.page()) or rule
        raise Failure(
            rule,
            f"{answer.url}: status {answer.status} {answer.reason} from the archive itself. Try again later.",
            ticket=answer.ticket,
            retry_after=self.retry_after(answer),
        )

    def vouch(self, ticket: Ticket) -> bool:
        """Ask for the witness, once: is it the archive that is in trouble, or are it some captures only?

        Whoever comes while somebody asks waits for that answer, and takes it as his own.
        """
        if ticket.service != "replay":
            return False
        with self._vouching:
            if self._clock.monotonic() < self._vouched_at + _VOUCHED_FOR:
                return True
            if not self.witness or self.governor.serial() != ticket.serial or not self.governor.count("replay"):
                return False
            try:
                with self._watchdog.watch(self._config.total_timeout) as exchange:
                    answer = self._send(self.witness, "gzip", ticket, exchange)
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
        tries = _Tries(self.governor, key, self._config.tries_per_capture, self.vouch)
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


class _Tries:
    """Counts the tries of one thing asked for. A cool-down since the first of them makes them count anew."""

    def __init__(self, governor: Governor, key: str, most: int, vouch: Callable[[Ticket], bool]) -> None:
        self._governor = governor
        self._vouch = vouch
        self._key = key
        self._most = most
        self._used = 0
        self._serial: int | None = None

    def go_on(self, error: BaseException) -> bool:
        if not isinstance(error, Failure):
            return False
        rule, ticket = error.rule, error.ticket
        log.info("%s", error)
        if ticket.serial != self._serial or error.progress:
            self._used, self._serial = 0, ticket.serial
        if rule.blame is Blame.ARCHIVE:
            self._governor.refused(ticket, rule.name, error.retry_after)
            return True
        if rule.blame is Blame.SEVERAL:
            if self._governor.trouble(ticket, self._key, rule.name, vouch=lambda: self._vouch(ticket)):
                return True
        else:
            self._governor.answered(ticket)
        self._used += 1
        return rule.retried and self._used < self._most

    def wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, Failure) or error.rule.blame is Blame.ARCHIVE or self._used == 0:
            return 0.0  # the governor waits
        return max(error.rule.wait * 2.0 ** (self._used - 1), error.retry_after)


def rule_of(error: Exception) -> retries.Rule:
    """Return the line of the table for an exception that came instead of an answer."""
    causes = _causes(error)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return retries.CONNECTION_REFUSED
    if any(isinstance(cause, requests.exceptions.SSLError) for cause in causes):
        return retries.TLS
    if any(isinstance(cause, requests.exceptions.ConnectTimeout) for cause in causes):
        return retries.CONNECT_TIMEOUT
    if any(
        isinstance(cause, requests.exceptions.ReadTimeout | urllib3.exceptions.ReadTimeoutError) for cause in causes
    ):
        return retries.READ_TIMEOUT
    if any(isinstance(cause, urllib3.exceptions.NewConnectionError | socket.gaierror) for cause in causes):
        return retries.UNREACHABLE
    if any(isinstance(cause, ConnectionError | requests.exceptions.ConnectionError) for cause in causes):
        return retries.RESET
    return retries.NOT_HTTP


def _causes(error: BaseException) -> list[BaseException]:
    """Return the error and all that is wrapped in it; `requests` and `urllib3` wrap by argument as well as by cause."""
    found: list[BaseException] = []
    todo: list[BaseException] = [error]
    while todo and len(found) < 30:
        current = todo.pop()
        if current in found:
            continue
        found.append(current)
        wrapped = (*current.args, current.__cause__, current.__context__, getattr(current, "reason", None))
        todo.extend(item for item in wrapped if isinstance(item, BaseException))
    return found
