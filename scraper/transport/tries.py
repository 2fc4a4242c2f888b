"""Counting the tries of one thing asked for, and telling by the table what a failure means."""

from __future__ import annotations

import logging
import socket
from http.client import HTTPException
from typing import TYPE_CHECKING

import requests
import urllib3

from scraper.transport import retries
from scraper.transport.retries import Blame, Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    import tenacity

    from scraper.governor.leave import Governor, Ticket

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
    if any(isinstance(cause, HTTPException) and not isinstance(cause, ConnectionError) for cause in causes):
        return retries.NOT_HTTP  # a hundred headers, one without end, no status line
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
