"""The articles that a run works on: what is next for each, and what became of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from scraper.engine.outcomes import Failed, Outcomes, Plan, Refusal, pause_after
from scraper.engine.questions import own_question, wider_urls
from scraper.errors import CaptureError
from scraper.ledger import AT_ONCE
from scraper.models import UNREAD, State, Verdict
from scraper.paths import document_path
from scraper.selection.candidates import Attempt
from scraper.selection.decision import Concluded, Decision, Policy, Read, Written, decide
from scraper.times import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.engine.workspace import Workspace
    from scraper.errors import ArchiveRefused
    from scraper.models import Capture, Reading
    from scraper.selection.candidates import Candidate

log = logging.getLogger(__name__)
MOST_CUT = 3
"""Captures in a row of which only a part came: then it is the archive that fails."""
Place = tuple[str, str]
"""Original and timestamp: what names a kept page."""


class Cases:
    """Asks `selection` what is next for an article; writes documents, records states and failed tries.

    By article id: `named`, the capture to write if it shows an article; `pages`, what reading each gave in this run;
    `attempted`, the captures that this run has asked for; and `known`, those that the last decision was about.
    `permitted` and `shown` are those of `Engine`.
    """

    def __init__(
        self,
        space: Workspace,
        *,
        offline: bool,
        permitted: Callable[[Capture], bool],
        shown: Callable[[int, str], str],
    ) -> None:
        config = space.config
        self._policy = Policy(
            config.captures_per_article, config.candidates_per_run, config.tries_per_capture, offline=offline
        )
        self._space = space
        self._ledger = space.ledger
        self._permitted = permitted
        self._shown = shown
        self.outcomes = Outcomes()
        self.cut_in_a_row = 0
        self.named: dict[int, Capture] = {}
        self.pages: dict[int, dict[Place, Reading]] = defaultdict(dict)
        self.attempted: dict[int, set[Capture]] = defaultdict(set)
        self.known: dict[int, dict[Capture, Candidate]] = defaultdict(dict)

    def forget(self, article: int) -> None:
        """Drop what is held of an article that is concluded or postponed."""
        self.pages.pop(article, None)
        self.attempted.pop(article, None)
        self.known.pop(article, None)

    def decide(self, article: int) -> Decision:
        """Say what is next for an article."""
        attempted = self.attempted[article]
        rows = self._ledger.captures.of_article(article)
        self.known[article] = {one.capture: one for one in rows}
        if (named := self.named.get(article)) is not None:  # is read first, and written if it is an article
            read = self.known[article][named].own_read
            if read is None and named not in attempted:
                return Read(named)
            if read is not None and read.verdict is Verdict.ARTICLE:
                return Written(named, "the capture that was asked for")
        known = [one._replace(attempted=True) if one.capture in attempted else one for one in rows]
        within = [one for one in known if one.read is not None or self._permitted(one.capture)]
        prefix, now = self._space.site.article_prefix, self._space.clock.now()
        decision = decide(
            within,
            site=self._space.site,
            policy=self._policy,
            witnesses=lambda: self._ledger.witnesses(own_question(prefix, article).url, wider_urls(prefix, article)),
            now=now,
        )
        if len(within) < len(known) and isinstance(decision, Concluded):
            return Concluded(State.WAITING, "captures outside of --from and --to are unread", now, witnesses=0)
        return decision

    def plan(self, wanted: Callable[[int], bool], limit: int | None) -> Plan:
        """Say what the articles that are due need first, and change nothing."""
        fetch: list[tuple[int, str]] = []
        read: list[int] = []
        concluded = 0
        for article in filter(wanted, self._ledger.articles.due(self._ledger.now())):
            decision = self.decide(article)
            self.forget(article)
            if not isinstance(decision, Read):
                concluded += 1
            elif self._ledger.mementos.get(decision.capture.original, decision.capture.timestamp) is not None:
                read.append(article)
            elif limit is None or len(fetch) < limit:
                fetch.append((article, decision.capture.timestamp))
        return Plan(fetch, read, concluded)

    def write(self, article: int, decision: Written, page: Reading) -> bool:
        """Write an article's document and record that it is on disk.

        If no document can be made of the page, its layout is as good as unknown: that is recorded, and False returned.
        """
        from scraper.markdown.document import render_document  # a run that finds nothing new need not wait for it

        capture = decision.capture
        assert page.article is not None
        try:
            original = self._space.site.document_url(capture.original)
            form = render_document(page.article, original_url=original, timestamp=capture.timestamp)
            form.encode("utf-8")
        except Exception as error:  # noqa: BLE001 # whatever a hostile page brings: it is kept and reported
            why = f"no document: {f'{type(error).__name__}: {error}'[:300]}"
            log.warning("article=%d capture=%s %s", article, capture.timestamp, why)
            unknown = page._replace(verdict=Verdict.UNKNOWN_LAYOUT, article=None, detail=why)
            self._space.intake.record(article, capture, unknown)
            return False
        document = self._shown(article, form).encode("utf-8")
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
            self.outcomes.written.append(article)
        else:
            self.outcomes.unchanged += 1
        self.outcomes.failed.pop(article, None)
        self.outcomes.unconfirmed.pop(article, None)
        # A rebuild that changes nothing must not push what happened before out of the log.
        level, what = (logging.INFO, "written") if file.changed else (logging.DEBUG, "unchanged")
        log.log(level, "article=%d capture=%s %s", article, capture.timestamp, what)
        return True

    def conclude(self, article: int, decision: Concluded) -> None:
        """Record the state of an article that is not to be written now."""
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
            self.outcomes.lost[article] = f"{state}: {reason}"
        self.outcomes.unconfirmed.pop(article, None)
        if decision.witnesses is not None:
            self.outcomes.unconfirmed[article] = decision.witnesses > 0
        # Of these there are tens of thousands, and nothing happened.
        quiet = decision.witnesses is not None or state is State.NEVER_CAPTURED
        log.log(logging.DEBUG if quiet else logging.INFO, "article=%d state=%s %s", article, state, reason)
        if not quiet:
            self.outcomes.failed[article] = Failed(article, state, reason, due)

    def postpone(self, article: int, reason: str) -> None:
        """Record that an article is not finished; the next run goes on with it."""
        row = self._ledger.articles.get(article)
        if row is not None and row.state is not State.WRITTEN:
            self._ledger.articles.set_state(article, State.WAITING, reason, due=AT_ONCE)

    def record_refusal(self, article: int, capture: Capture, error: ArchiveRefused) -> None:
        """Record that the archive refused: that ends the run, and uses up none of the capture's tries."""
        log.warning("article=%d capture=%s %s", article, capture.timestamp, error)
        self.outcomes.refused(Refusal(str(error), error.until))
        tries = self._tries(article, capture)
        attempt = Attempt(Verdict.REFUSED, tries, False, error.until, str(error))
        self._ledger.captures.record_attempt(article, capture, attempt)

    def _tries(self, article: int, capture: Capture) -> int:
        """Return how many failed tries count against a capture."""
        known = self.known[article].get(capture)
        return known.attempt.tries if known and known.attempt else 0

    def record_failure(self, article: int, capture: Capture, error: CaptureError, *, anew: bool = False) -> None:
        """Record a failed try of this capture: it is counted, and asked for again later unless that is pointless."""
        log.warning("article=%d capture=%s %s: %s", article, capture.timestamp, error.verdict, error)
        self.outcomes.vain[str(error.verdict)] += 1
        tries = 1 if anew else self._tries(article, capture) + 1
        final = error.final and error.verdict not in UNREAD
        pause = pause_after(tries)
        next_at = self._space.clock.now() + pause if pause and not final else None
        attempt = Attempt(error.verdict, tries, final, next_at, str(error))
        self._ledger.captures.record_attempt(article, capture, attempt)

    def record_part(self, article: int, capture: Capture, detail: str, *, more: bool) -> None:
        """Record that the archive gave a part of a capture only; several in a row are the archive's trouble.

        With `more` it is more than what it gave before, so its tries are counted anew.
        """
        message = f"a part of what was promised: {detail}"
        self.record_failure(article, capture, CaptureError(message, verdict=Verdict.TRUNCATED, final=False), anew=more)
        self.cut_in_a_row += 1
        if self.cut_in_a_row == MOST_CUT:
            self.outcomes.refused(Refusal(f"{MOST_CUT} captures in a row came in part only. Run again later.", None))
