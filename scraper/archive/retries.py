"""The table of failures, which failure an answer is, and how often something is tried."""

from __future__ import annotations

import enum
import logging
import socket
from http.client import HTTPException
from typing import TYPE_CHECKING, NamedTuple

import requests
import urllib3

from scraper.errors import ScraperError
from scraper.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    import tenacity

    from scraper.archive.ratelimit.limiter import Governor, Ticket


class Blame(enum.StrEnum):
    """Against whom a failure counts."""

    CAPTURE = "this capture"
    """It uses up one of the capture's tries, and says nothing about others."""
    SEVERAL = "this capture; on several in a row, the archive"
    """It uses up a try, unless several captures have it within a minute: then it is an outage and uses up none."""
    ARCHIVE = "the archive"
    """Everybody stops for a cool-down; it uses up nobody's tries."""


class Rule(NamedTuple):
    """One line of the table.

    Attributes:
        name: of the failure.
        sign: how it is known.
        retried: whether it is tried again, as often as `tries_per_capture` says.
        wait: seconds before the second try; doubled for each further one.
        blame: against whom it counts.
        verdict: what is remembered of the capture when its tries are used up.
        final: whether asking again in a later run is pointless.
    """

    name: str
    sign: str
    retried: bool
    wait: float
    blame: Blame
    verdict: Verdict
    final: bool = False


_SERVER = "status {} without Memento-Datetime"
THROTTLED = Rule("throttled", _SERVER.format("429"), True, 0, Blame.ARCHIVE, Verdict.REFUSED)
BANNED = Rule("banned", 'a page "flagged as suspected abusive"', True, 0, Blame.ARCHIVE, Verdict.REFUSED)
CONNECTION_REFUSED = Rule("connection refused", "ConnectionRefusedError", True, 0, Blame.ARCHIVE, Verdict.REFUSED)
UNREACHABLE = Rule("unreachable", "its name or address cannot be reached", True, 0, Blame.ARCHIVE, Verdict.REFUSED)
TLS = Rule("certificate", "requests.exceptions.SSLError", True, 0, Blame.ARCHIVE, Verdict.REFUSED)
SERVER_ERROR = Rule("server error", _SERVER.format("5xx"), True, 5, Blame.SEVERAL, Verdict.REFUSED)
OUTAGE_PAGE = Rule("outage page", 'a page "Temporarily Offline"', True, 5, Blame.SEVERAL, Verdict.OUTAGE)
CONNECT_TIMEOUT = Rule("connect timeout", "requests.exceptions.ConnectTimeout", True, 5, Blame.SEVERAL, Verdict.REFUSED)
RESET = Rule("reset", "the connection ends before the answer's headers", True, 5, Blame.SEVERAL, Verdict.REFUSED)
READ_TIMEOUT = Rule("read timeout", "nothing comes for `read_timeout`", True, 5, Blame.SEVERAL, Verdict.REFUSED)
TOO_SLOW = Rule("too slow", "not complete after `total_timeout`", True, 5, Blame.SEVERAL, Verdict.REFUSED)
NOT_HTTP = Rule(
    "not HTTP", "any other requests.exceptions.RequestException", True, 5, Blame.SEVERAL, Verdict.WRONG_ANSWER
)
OTHER_STATUS = Rule(
    "other status", "any other status without Memento-Datetime", True, 5, Blame.SEVERAL, Verdict.WRONG_ANSWER
)
NOT_A_LISTING = Rule(
    "not a listing", "a CDX answer of status 200 that is no listing", True, 5, Blame.SEVERAL, Verdict.WRONG_ANSWER
)
BLOCKED_SITE = Rule(
    "blocked site", "a CDX answer of AdministrativeAccessControlException", False, 0, Blame.CAPTURE, Verdict.EXCLUDED
)
TRUNCATED = Rule(
    "truncated",
    "shorter than its length, chunks or encoding say; digest differs, for once",
    True,
    2,
    Blame.CAPTURE,
    Verdict.TRUNCATED,
)
ENDLESS = Rule("endless", "longer than `max_body_megabytes`", True, 5, Blame.CAPTURE, Verdict.WRONG_ANSWER)
WRONG_CAPTURE = Rule("wrong capture", "another URL or time answers", True, 5, Blame.CAPTURE, Verdict.WRONG_ANSWER)
REDIRECT_LOOP = Rule(
    "redirect loop", "more than 5 redirects, or one twice", True, 5, Blame.CAPTURE, Verdict.WRONG_ANSWER
)
REDIRECT_OFF = Rule("redirect off", "a redirect out of the archive", True, 5, Blame.CAPTURE, Verdict.WRONG_ANSWER)
NO_MEMENTO = Rule(
    "no memento",
    "status 200 without Memento-Datetime, none of the pages below",
    True,
    5,
    Blame.CAPTURE,
    Verdict.WRONG_ANSWER,
)
BAD_REQUEST = Rule("bad request", _SERVER.format("400"), False, 0, Blame.CAPTURE, Verdict.WRONG_ANSWER)
EXCLUDED = Rule(
    "excluded", 'a page "has been excluded"; 403 with "AccessControlException"; 451', True, 5, Blame.CAPTURE,
    Verdict.EXCLUDED, final=True,
)  # fmt: skip
NOT_ARCHIVED = Rule(
    "not archived", _SERVER.format("404") + ', or "has not archived that URL"', True, 5, Blame.CAPTURE,
    Verdict.NOT_ARCHIVED, final=True,
)  # fmt: skip
INTERSTITIAL = Rule(
    "interstitial",
    "a page that waits before an archived redirect",
    True,
    5,
    Blame.CAPTURE,
    Verdict.INTERSTITIAL,
    final=True,
)
LOGIN = Rule("login", "the archive asks to log in", True, 5, Blame.CAPTURE, Verdict.LOGIN, final=True)
TABLE = (
    THROTTLED, BANNED, CONNECTION_REFUSED, UNREACHABLE, TLS, SERVER_ERROR, OUTAGE_PAGE, CONNECT_TIMEOUT, RESET,
    READ_TIMEOUT, TOO_SLOW, NOT_HTTP, OTHER_STATUS, NOT_A_LISTING, BLOCKED_SITE, TRUNCATED, ENDLESS, WRONG_CAPTURE,
    REDIRECT_LOOP, REDIRECT_OFF, NO_MEMENTO, BAD_REQUEST, EXCLUDED, NOT_ARCHIVED, INTERSTITIAL, LOGIN,
)  # fmt: skip
"""Every rule. An archived answer (one with Memento-Datetime) is content, whatever its status, and is in no line."""


class Failure(ScraperError):
    """One request that failed, by a rule of the table. Never leaves `cdx` and `replay`.

    Attributes:
        rule: which line it is.
        ticket: of the request, None if the answer told nothing new about the archive.
        retry_after: seconds that the archive asked us to wait.
        progress: whether the try came further than the one before, so that it is not held against it.
    """

    def __init__(
        self, rule: Rule, message: str, *, ticket: Ticket, retry_after: float = 0.0, progress: bool = False
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.ticket = ticket
        self.retry_after = retry_after
        self.progress = progress


def markdown_table() -> str:
    """Return the table as it stands in `docs/retries.md`."""
    head = "| failure | known by | tried again | first wait | counts against | remembered as |\n" + "| --- " * 6 + "|\n"
    return head + "".join(_line(rule) for rule in TABLE)


def _line(rule: Rule) -> str:
    again = "`tries_per_capture`" if rule.retried else "no"
    wait = f"{rule.wait:g} s, doubling" if rule.retried else "–"
    if rule.blame is Blame.ARCHIVE:
        again, wait = "until cool-downs exceed `sit_out`", "cool-down"
    remembered = rule.verdict.value + (", final" if rule.final else "")
    return f"| {rule.name} | {rule.sign} | {again} | {wait} | {rule.blame.value} | {remembered} |\n"


DOCUMENT = """# Retries

What can go wrong with a request, how often it is tried again and against whom it counts. The table is made from
`scraper/archive/retries.py`, which the program runs by; a test keeps the two equal.

{table}
- An answer with `Memento-Datetime` is archived content whatever its status, and is in no line: an archived 404, 429 or
  503 is neither tried again nor does it slow anything down.
- *this capture*: a try of this capture is used up (`tries_per_capture` in `config.toml`). Others are not concerned.
- *this capture; on several in a row, the archive*: three different captures within a minute, with no answer of that
  service between, are an outage: everybody stops, and no try is used up. So is a failure of the probe after a
  cool-down. Before that a capture that was answered earlier, in this run or the last, is asked for once more: if it
  comes, the archive is there, and the failures count against the captures.
- *the archive*: all requests of all processes stop for a cool-down: `cool_down` seconds, twice as long each time, never
  more than six hours, and at least what `Retry-After` asks for. One longer than `sit_out` is not waited for: the run
  ends and says until when. After it a single request goes, the next that is due, or after an outage one for a capture
  that was answered before; when it is answered the others follow at half the rate, which grows back within half an
  hour. A day without refusal forgets.
- *final*: not asked for again unless somebody asks for it. Anything else is tried again by a later run.
- A truncated answer that never comes whole is kept and marked as truncated; if some tries ended otherwise, a later run
  asks again. One whose digest alone differs is asked for
  once more; the same bytes twice are taken as they are, and the digest check says `mismatch`.
- The last error is the one that is shown, with what caused it behind it.
"""
"""`docs/retries.md`, but for the table."""


def document() -> str:
    """Return `docs/retries.md`."""
    return DOCUMENT.format(table=markdown_table())


log = logging.getLogger(__name__)
_LONGEST_PAUSE = 60.0
"""Seconds that one worker waits at most because a single answer asked it to."""


class Tries:
    """Counts the tries of one thing asked for. A cool-down since the first of them makes them count anew."""

    def __init__(self, governor: Governor, key: str, most: int, vouch: Callable[[Ticket], bool]) -> None:
        self._governor = governor
        self._vouch = vouch
        self._key = key
        self._most = most
        self._used = 0
        self._serial: int | None = None

    def go_on(self, error: BaseException) -> bool:
        """Account for a failure; return whether there is another try."""
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
        """Return the seconds before the next try."""
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, Failure) or error.rule.blame is Blame.ARCHIVE or self._used == 0:
            return 0.0  # the governor waits
        return max(error.rule.wait * 2.0 ** (self._used - 1), min(error.retry_after, _LONGEST_PAUSE))


def rule_of(error: Exception) -> Rule:
    """Return the line of the table for an exception that came instead of an answer."""
    causes = _causes(error)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return CONNECTION_REFUSED
    if any(isinstance(cause, requests.exceptions.SSLError) for cause in causes):
        return TLS
    if any(isinstance(cause, requests.exceptions.ConnectTimeout) for cause in causes):
        return CONNECT_TIMEOUT
    if any(
        isinstance(cause, requests.exceptions.ReadTimeout | urllib3.exceptions.ReadTimeoutError) for cause in causes
    ):
        return READ_TIMEOUT
    if any(isinstance(cause, urllib3.exceptions.NewConnectionError | socket.gaierror) for cause in causes):
        return UNREACHABLE
    if any(isinstance(cause, HTTPException) and not isinstance(cause, ConnectionError) for cause in causes):
        return NOT_HTTP  # a hundred headers, one without end, no status line
    if any(isinstance(cause, ConnectionError | requests.exceptions.ConnectionError) for cause in causes):
        return RESET
    return NOT_HTTP


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
