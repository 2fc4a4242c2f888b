"""What asking for a capture in vain means: for the capture, or for the archive as a whole."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.ledger.known import Attempt
from scraper.models import UNREAD, Verdict
from scraper.pipeline.outcomes import Refusal
from scraper.timestamps import format_timestamp

if TYPE_CHECKING:
    from scraper.clock import Clock
    from scraper.errors import ArchiveRefused, CaptureError
    from scraper.ledger import Ledger
    from scraper.ledger.known import Known
    from scraper.models import Capture
    from scraper.pipeline.outcomes import Outcomes

log = logging.getLogger(__name__)

BACK_OFF = (timedelta(0), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long a capture that could not be read is left alone after the first, second, … try; then `LONGEST`."""
LONGEST = timedelta(days=1)


class Failures:
    """Records vain attempts.

    Args:
        ledger: remembers them.
        clock: tells the time.
        outcomes: counts them.
    """

    def __init__(self, ledger: Ledger, clock: Clock, outcomes: Outcomes) -> None:
        self._ledger = ledger
        self._clock = clock
        self._outcomes = outcomes

    def refused(self, article: int, capture: Capture, known: Known | None, error: ArchiveRefused) -> None:
        """Record the archive's trouble: it ends the run, and uses up none of the capture's tries."""
        self._log(article, capture, str(error))
        self._outcomes.refused(Refusal(str(error), error.until))
        tries = known.attempt.tries if known and known.attempt else 0
        until = format_timestamp(error.until)
        attempt = Attempt(tries, Verdict.REFUSED, str(error), self._ledger.now(), until, final=False)
        self._ledger.captures.record_attempt(article, capture, attempt)

    def in_vain(self, article: int, capture: Capture, known: Known | None, error: CaptureError) -> None:
        """Record this capture's trouble: counted, and asked for again later unless there is no point in that."""
        self._log(article, capture, f"{error.verdict}: {error}")
        self._outcomes.vain[str(error.verdict)] += 1
        tries = (known.attempt.tries if known and known.attempt else 0) + 1
        final = error.final and error.verdict not in UNREAD
        pause = BACK_OFF[tries - 1] if tries <= len(BACK_OFF) else LONGEST
        next_at = format_timestamp(self._clock.now() + pause) if pause and not final else None
        attempt = Attempt(tries, error.verdict, str(error), self._ledger.now(), next_at, final)
        self._ledger.captures.record_attempt(article, capture, attempt)

    @staticmethod
    def _log(article: int, capture: Capture, what: str) -> None:
        log.warning("article=%d capture=%s url=%s %s", article, capture.timestamp, capture.original, what)
