"""What follows from a final decision: a file, or a state with its reason."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from scraper.pipeline.outcomes import Failed
from scraper.selection import Decision, UnknownLayout, Unrecoverable, Wait, Waiting, Written
from scraper.states import State
from scraper.timestamps import format_timestamp
from scraper.writer import document_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.ledger import Ledger
    from scraper.models import Article
    from scraper.pipeline.outcomes import Outcomes
    from scraper.sites import Site
    from scraper.writer import Writer

log = logging.getLogger(__name__)


class CannotRender(Exception):
    """A page was read as an article, but no document can be made of it."""


class Conclusions:
    """Writes documents and records states.

    Args:
        site: spells the URLs.
        ledger: remembers.
        writer: writes the documents.
        outcomes: counts.
        shown: is given an article's document and gives it back as it is to be written.
    """

    def __init__(
        self, site: Site, ledger: Ledger, writer: Writer, outcomes: Outcomes, shown: Callable[[int, str], str]
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._writer = writer
        self._outcomes = outcomes
        self._shown = shown

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
        file = self._writer.write(name, document, known_sha256=row.file_sha256 if row else None)
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
        # A rebuild that changes nothing must not push what happened before out of the log.
        level, what = (logging.INFO, "written") if file.changed else (logging.DEBUG, "unchanged")
        said = "article=%d capture=%s url=%s %s: %s"
        log.log(level, said, article, capture.timestamp, capture.original, what, file.path)

    def _render(self, page: Article, original: str, timestamp: str) -> str:
        from scraper.markdown import render_document  # a run that finds nothing new need not wait for it

        try:
            document = render_document(page, original_url=self._site.document_url(original), timestamp=timestamp)
            document.encode("utf-8")
        except Exception as error:
            raise CannotRender(f"{type(error).__name__}: {error}"[:300]) from error
        return document

    def record(self, article: int, decision: Decision) -> None:
        """Record where an article stands that is not to be written now."""
        row = self._ledger.articles.get(article)
        reason, due = _reason(decision)
        if isinstance(decision, Waiting) and row is not None and row.state is State.WRITTEN:
            # What is written stays as long as nothing better is known.
            self._ledger.articles.set_due(article, due)
            return
        if row is not None and row.file is not None and not isinstance(decision, Waiting):
            self._writer.withdraw(row.file, known_sha256=row.file_sha256)
        self._ledger.articles.set_state(article, decision.state, reason, due=due)
        if row is not None and row.state is State.WRITTEN:
            self._outcomes.lost[article] = f"{decision.state}: {reason}"
        quiet = decision.state is State.NEVER_CAPTURED  # tens of thousands, and nothing happened
        log.log(logging.DEBUG if quiet else logging.INFO, "article=%d state=%s %s", article, decision.state, reason)
        for_a_list = isinstance(decision, Waiting) and decision.cause is Wait.LISTING
        if not quiet and not for_a_list:
            self._outcomes.failed[article] = Failed(article, decision.state, reason, due)

    def leave(self, article: int, reason: str) -> None:
        """Leave an article in the middle; the next run goes on."""
        row = self._ledger.articles.get(article)
        if row is not None and row.state is not State.WRITTEN:
            self._ledger.articles.set_state(article, State.WAITING, reason, due="")
            self._ledger.manifest_is_stale = True


def _reason(decision: Decision) -> tuple[str, str | None]:
    """Return why an article stands where it does, for people, and when to look again."""
    if isinstance(decision, Waiting):
        if decision.until is not None:
            return decision.reason, format_timestamp(decision.until)
        # A listing that becomes complete wakes those that wait for it.
        return decision.reason, None if decision.cause is Wait.LISTING else ""
    if isinstance(decision, UnknownLayout):
        return f"{decision.detail or 'no layout reads this page'} (capture {decision.capture.timestamp})", None
    if isinstance(decision, Unrecoverable):
        counts = Counter(str(verdict) for _, verdict in decision.tried)
        return f"all captures were tried: {', '.join(f'{counts[one]} {one}' for one in sorted(counts))}", None
    return "complete listings have no capture of it", None
