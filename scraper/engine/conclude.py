"""What became of an article: a document or a state, and when to ask again."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.engine.outcomes import Failed, Refusal
from scraper.errors import CaptureError
from scraper.ledger import AT_ONCE
from scraper.models import UNREAD, State, Verdict
from scraper.paths import document_path
from scraper.selection.candidates import Attempt
from scraper.times import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.engine.decide import Cases
    from scraper.engine.outcomes import Outcomes
    from scraper.engine.workspace import Workspace
    from scraper.errors import ArchiveRefused
    from scraper.models import Article, Capture
    from scraper.selection.decision import Concluded, Written

log = logging.getLogger(__name__)
_PAUSES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LONGEST = timedelta(days=1)
MOST_CUT = 3
"""Captures in a row of which the archive gave a part only: then it is the archive that fails."""


def pause_after(tries: int) -> timedelta:
    """Return how long what could not be had is left alone after so many tries, 1 or more."""
    return _PAUSES[tries - 1] if tries <= len(_PAUSES) else LONGEST


class CannotRender(Exception):
    """A page was read as an article, but no document can be made of it."""


class Conclusions:
    """Writes documents and records states and vain attempts; `shown` is that of `Engine`."""

    def __init__(self, space: Workspace, cases: Cases, outcomes: Outcomes, shown: Callable[[int, str], str]) -> None:
        self._space = space
        self._ledger = space.ledger
        self._cases = cases
        self._outcomes = outcomes
        self._shown = shown
        self.cut_in_a_row = 0

    def write(self, article: int, decision: Written, page: Article) -> None:
        """Write an article's document and record that it is on disk.

        Raises:
            CannotRender: no document can be made of this page.
            StoreError: the output folder takes no more.
        """
        capture = decision.capture
        document = self._shown(article, self._render(page, capture.original, capture.timestamp)).encode("utf-8")
        row = self._ledger.articles.get(article)
        name = document_path(article)
        file = self._space.writer.write(name, document, known_sha256=row.file_sha256 if row else None)
        self._ledger.articles.written(
            article,
            timestamp=capture.timestamp,
            original=capture.original,
            file=name,
            sha256=file.sha256,
            reason=decision.reason,
            due=format_timestamp(decision.again) if decision.again else None,
        )
        if file.changed:
            self._outcomes.written.append(article)
        else:
            self._outcomes.unchanged += 1
        self._outcomes.failed.pop(article, None)
        self._outcomes.unconfirmed.pop(article, None)
        # A rebuild that changes nothing must not push what happened before out of the log.
        level, what = (logging.INFO, "written") if file.changed else (logging.DEBUG, "unchanged")
        log.log(level, "article=%d capture=%s %s", article, capture.timestamp, what)

    def _render(self, page: Article, original: str, timestamp: str) -> str:
        from scraper.markdown.document import render_document  # a run that finds nothing new need not wait for it

        try:
            document = render_document(page, original_url=self._space.site.document_url(original), timestamp=timestamp)
            document.encode("utf-8")
        except Exception as error:
            raise CannotRender(f"{type(error).__name__}: {error}"[:300]) from error
        return document

    def record(self, article: int, decision: Concluded) -> None:
        """Record where an article stands that is not to be written now."""
        row = self._ledger.articles.get(article)
        waits, state, reason = decision.state is State.WAITING, decision.state, decision.reason
        if decision.until is not None:
            due: str | None = format_timestamp(decision.until)
        else:  # a listing that becomes complete wakes those that wait for it
            due = AT_ONCE if waits and decision.witnesses != 0 else None
        if waits and row is not None and row.state is State.WRITTEN:
            # What is written stays as long as nothing better is known.
            self._ledger.articles.set_due(article, due)
            return
        if not waits and row is not None and row.file is not None:
            self._space.writer.withdraw(row.file, known_sha256=row.file_sha256)
        self._ledger.articles.set_state(article, state, reason, due=due)
        if row is not None and row.state is State.WRITTEN:
            self._outcomes.lost[article] = f"{state}: {reason}"
        self._outcomes.unconfirmed.pop(article, None)
        if decision.witnesses is not None:
            self._outcomes.unconfirmed[article] = decision.witnesses > 0
        # Of these there are tens of thousands, and nothing happened.
        quiet = decision.witnesses is not None or state is State.NEVER_CAPTURED
        log.log(logging.DEBUG if quiet else logging.INFO, "article=%d state=%s %s", article, state, reason)
        if not quiet:
            self._outcomes.failed[article] = Failed(article, state, reason, due)

    def leave(self, article: int, reason: str) -> None:
        """Leave an article in the middle; the next run goes on."""
        row = self._ledger.articles.get(article)
        if row is not None and row.state is not State.WRITTEN:
            self._ledger.articles.set_state(article, State.WAITING, reason, due=AT_ONCE)

    def refused(self, article: int, capture: Capture, error: ArchiveRefused) -> None:
        """Record the archive's trouble: it ends the run, and uses up none of the capture's tries."""
        log.warning("article=%d capture=%s %s", article, capture.timestamp, error)
        self._outcomes.refused(Refusal(str(error), error.until))
        tries = self._cases.tries(article, capture)
        attempt = Attempt(Verdict.REFUSED, tries, False, error.until, str(error))
        self._ledger.captures.record_attempt(article, capture, attempt)

    def in_vain(self, article: int, capture: Capture, error: CaptureError, *, anew: bool = False) -> None:
        """Record this capture's trouble: counted, and asked for again later unless there is no point in that."""
        log.warning("article=%d capture=%s %s: %s", article, capture.timestamp, error.verdict, error)
        self._outcomes.vain[str(error.verdict)] += 1
        tries = 1 if anew else self._cases.tries(article, capture) + 1
        final = error.final and error.verdict not in UNREAD
        pause = pause_after(tries)
        next_at = self._space.clock.now() + pause if pause and not final else None
        attempt = Attempt(error.verdict, tries, final, next_at, str(error))
        self._ledger.captures.record_attempt(article, capture, attempt)

    def in_part(self, article: int, capture: Capture, detail: str, *, more: bool) -> None:
        """Record that the archive gave a part of a capture only; several in a row are the archive's trouble.

        With `more` it is more than what it gave before, so its tries are counted anew.
        """
        message = f"a part of what was promised: {detail}"
        self.in_vain(article, capture, CaptureError(message, verdict=Verdict.TRUNCATED, final=False), anew=more)
        self.cut_in_a_row += 1
        if self.cut_in_a_row == MOST_CUT:
            self._outcomes.refused(Refusal(f"{MOST_CUT} captures in a row came in part only. Run again later.", None))
