"""The table of failures: one rule for each answer or exception by which a request fails."""

from __future__ import annotations

import enum
import socket
from http.client import HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING, NamedTuple

import requests
import urllib3

from scraper.errors import ScraperError
from scraper.models import Verdict
from scraper.page.archive_pages import judge_answer

if TYPE_CHECKING:
    from scraper.archive.ratelimit.budget import Permit


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
        sign: how the failure is known.
        verdict: what is remembered of the capture when its tries are used up.
        retried: whether it is tried again, as often as `tries_per_capture` says.
        wait: seconds before the second try, doubled for each further one; what counts against the archive waits for
            the end of the cool-down instead.
        final: whether asking again in a later run is pointless.
    """

    name: str
    sign: str
    blame: Blame
    verdict: Verdict
    retried: bool = True
    wait: float = 5.0
    final: bool = False


_A, _S, _C = Blame.ARCHIVE, Blame.SEVERAL, Blame.CAPTURE
THROTTLED = Rule("throttled", "status 429 without Memento-Datetime", _A, Verdict.REFUSED)
BANNED = Rule("banned", 'a page "flagged as suspected abusive"', _A, Verdict.REFUSED)
CONNECTION_REFUSED = Rule("connection refused", "ConnectionRefusedError", _A, Verdict.REFUSED)
UNREACHABLE = Rule("unreachable", "its name or address cannot be reached", _A, Verdict.REFUSED)
TLS = Rule("certificate", "requests.exceptions.SSLError", _A, Verdict.REFUSED)
SERVER_ERROR = Rule("server error", "status 5xx without Memento-Datetime", _S, Verdict.REFUSED)
OUTAGE_PAGE = Rule("outage page", 'a page "Temporarily Offline"', _S, Verdict.OUTAGE)
CONNECT_TIMEOUT = Rule("connect timeout", "requests.exceptions.ConnectTimeout", _S, Verdict.REFUSED)
RESET = Rule("reset", "the connection ends before the answer's headers", _S, Verdict.REFUSED)
READ_TIMEOUT = Rule("read timeout", "nothing comes for `read_timeout`", _S, Verdict.REFUSED)
TOO_SLOW = Rule("too slow", "not complete after `total_timeout`", _S, Verdict.REFUSED)
NOT_HTTP = Rule("not HTTP", "any other requests.exceptions.RequestException", _S, Verdict.WRONG_ANSWER)
OTHER_STATUS = Rule("other status", "any other status without Memento-Datetime", _S, Verdict.WRONG_ANSWER)
NOT_A_LISTING = Rule("not a listing", "a CDX answer of status 200 that is no listing", _S, Verdict.WRONG_ANSWER)
TOO_WIDE = Rule("too wide", "a CDX answer of status 504", _C, Verdict.REFUSED, retried=False)
FORBIDDEN = Rule(
    "forbidden", "a CDX answer of status 401, or of 403 for another reason", _C, Verdict.REFUSED, retried=False
)
BLOCKED_SITE = Rule(
    "blocked site", "a CDX answer of AdministrativeAccessControlException", _C, Verdict.EXCLUDED, retried=False
)
TRUNCATED = Rule(
    "truncated", "shorter than its length, chunks or encoding say; digest differs, for once", _C, Verdict.TRUNCATED,
    wait=2.0,
)  # fmt: skip
ENDLESS = Rule("endless", "longer than `max_body_megabytes`", _C, Verdict.WRONG_ANSWER)
WRONG_CAPTURE = Rule("wrong capture", "another URL or time answers", _C, Verdict.WRONG_ANSWER)
REDIRECT_LOOP = Rule("redirect loop", "more than 5 redirects, or one twice", _C, Verdict.WRONG_ANSWER)
REDIRECT_OFF = Rule("redirect off", "a redirect out of the archive", _C, Verdict.WRONG_ANSWER)
NO_MEMENTO = Rule(
    "no memento", "status 200 without Memento-Datetime, none of the pages below", _C, Verdict.WRONG_ANSWER
)
BAD_REQUEST = Rule("bad request", "status 400 without Memento-Datetime", _C, Verdict.WRONG_ANSWER, retried=False)
EXCLUDED = Rule(
    "excluded", 'a page "has been excluded"; 403 with "AccessControlException"; 451', _C, Verdict.EXCLUDED, final=True
)
NOT_ARCHIVED = Rule(
    "not archived", 'status 404 without Memento-Datetime, or "has not archived that URL"', _C, Verdict.NOT_ARCHIVED,
    final=True,
)  # fmt: skip
INTERSTITIAL = Rule(
    "interstitial", "a page that waits before an archived redirect", _C, Verdict.INTERSTITIAL, final=True
)
LOGIN = Rule("login", "the archive asks to log in", _C, Verdict.LOGIN, final=True)
TABLE = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
"""Every rule. An archived answer (one with Memento-Datetime) is content, whatever its status, and is in no line."""
_OF_PAGE = {
    Verdict.REFUSED: BANNED,
    Verdict.EXCLUDED: EXCLUDED,
    Verdict.NOT_ARCHIVED: NOT_ARCHIVED,
    Verdict.INTERSTITIAL: INTERSTITIAL,
    Verdict.OUTAGE: OUTAGE_PAGE,
    Verdict.LOGIN: LOGIN,
}
"""The rule for each of the archive's own pages (`page.archive_pages`)."""
_OF_STATUS = {
    200: NO_MEMENTO, 400: BAD_REQUEST, 401: LOGIN, 404: NOT_ARCHIVED, 410: NOT_ARCHIVED, 451: EXCLUDED,
}  # fmt: skip


def rule_of_page(page: bytes, status: int = 200) -> Rule | None:
    """Return the rule for one of the archive's own pages, of which this is the first part; None if it is none."""
    verdict = judge_answer(page, status)
    return None if verdict is None else _OF_PAGE[verdict]


def rule_of_answer(status: int, page: bytes) -> Rule:
    """Return the rule for an answer of the replay service that is no archived content and no plain redirect."""
    return rule_of_page(page, status) or _OF_STATUS.get(status, OTHER_STATUS)


class Failure(ScraperError):
    """One request that failed, by a rule of the table. Never leaves `cdx` and `replay`.

    Attributes:
        retry_after: seconds that the archive asked us to wait.
        progress: whether the try came further than the one before, so that it is not held against it.
    """

    def __init__(
        self, rule: Rule, message: str, *, permit: Permit, retry_after: float = 0.0, progress: bool = False
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.permit = permit
        self.retry_after = retry_after
        self.progress = progress


_OF_ERROR: tuple[tuple[type[BaseException], Rule], ...] = (
    (ConnectionRefusedError, CONNECTION_REFUSED),
    (requests.exceptions.SSLError, TLS),
    (requests.exceptions.ConnectTimeout, CONNECT_TIMEOUT),
    (requests.exceptions.ReadTimeout, READ_TIMEOUT),
    (urllib3.exceptions.ReadTimeoutError, READ_TIMEOUT),
    (urllib3.exceptions.NewConnectionError, UNREACHABLE),
    (socket.gaierror, UNREACHABLE),
    (RemoteDisconnected, RESET),
    (HTTPException, NOT_HTTP),  # a hundred headers, one without end, no status line
    (ConnectionError, RESET),
    (requests.exceptions.ConnectionError, RESET),
)
"""The rule for exceptions that come instead of an answer, the first that fits."""


def rule_of(error: Exception) -> Rule:
    """Return the rule for an exception that came instead of an answer, by its type or that of one of its causes."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    return next((rule for kind, rule in _OF_ERROR if any(isinstance(cause, kind) for cause in causes)), NOT_HTTP)
