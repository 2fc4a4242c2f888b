"""Listings into the ledger: which question to ask the CDX server, page by page, going on where a list was cut."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.engine.fetch import ahead
from scraper.engine.outcomes import Progress, Refusal
from scraper.engine.questions import Group, groups, namesakes, narrower, own_question, wider_urls
from scraper.errors import ArchiveError, ArchiveRefused, ListingFailed
from scraper.ledger import Listing, Question
from scraper.times import format_timestamp, is_timestamp, parse_timestamp
from scraper.urls import urlkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.archive.client import Archive
    from scraper.engine.workspace import Workspace

log = logging.getLogger(__name__)
_MOST_UNANSWERED = 3
"""Narrowest questions that a run finds unanswered before it stops asking: then the service does not answer."""


class Discovery:
    """Asks for captures; the ledger takes them in, with how far each listing has come.

    `refusal` is why the last question that failed got no whole answer, or None.
    """

    def __init__(self, space: Workspace, archive: Archive) -> None:
        self._space = space
        self._site = space.site
        self._greatest = space.site.known_ids.stop - 1
        self._ledger = space.ledger
        self._cdx = archive.cdx
        self._unanswered = 0
        self._rows = 0
        self.refusal: Refusal | None = None

    def answers(self, ask: Callable[[], object]) -> bool:
        """Call `ask`, a method of this class, unless the service has refused; say whether it was answered."""
        if self.refusal is not None and self.refusal.until is not None:
            return False
        try:
            ask()
        except ArchiveError as error:
            self.refusal = Refusal(str(error), error.until if isinstance(error, ArchiveRefused) else None)
            return False
        return True

    def whole_site(self, from_ts: str | None = None, to_ts: str | None = None) -> Listing:
        """List everything below the site's article prefix that is not known yet, or what lies between two moments.

        Raises:
            ArchiveError: the list was cut. What came is in the ledger, and the next call goes on there.
        """
        question = Question(self._site.article_prefix, "prefix", None, from_ts, to_ts)
        if question.is_whole:
            question = self._next(question)
        before = self._ledger.listings.added()
        try:
            listing = self._ask(question)
            if listing.complete and from_ts is None and to_ts is None:
                # Everything is listed now, so that the rest of a list that was cut earlier has nothing to add.
                self._ledger.listings.drop_partial(listing.id)
            return listing
        finally:
            if self._ledger.listings.added() != before:
                self._ledger.captures.count_shared()

    def groups(self, articles: Iterable[int]) -> list[Group]:
        """Return the questions that name the captures of these ids with the fewest answers."""
        return groups(self._site.article_prefix, articles, self._greatest)

    def group(self, group: Group, *, anew: bool = False) -> None:
        """Ask for the captures of some ids; with `anew` not only for what is newer than what is known.

        The end of a list of one id is not proven yet: see `confirm`. ArchiveError as in `whole_site`.
        """
        question = group.question if anew else self._next(group.question)
        try:
            self._ask(question, prove=question.article is None, anew=anew)
        finally:
            self._ledger.captures.count_shared(group.ids)

    def confirm(self, article: int) -> None:
        """Ask what still has to be asked before an id may be called absent or unrecoverable.

        That is one complete listing of this id alone, its end proven, and one of it and others. ArchiveError as in
        `whole_site`.
        """
        prefix = self._site.article_prefix
        own, wider = own_question(prefix, article), wider_urls(prefix, article)
        complete = self._ledger.listings.complete_below([own.url, *wider])
        try:
            if own.url not in complete:
                self._ask(own)
            if not any(url in complete for url in wider):
                self._ask(Question(wider[-1], "prefix"))
        finally:
            self._ledger.captures.count_shared((article,))

    def _ask(self, question: Question, *, prove: bool = True, anew: bool = False) -> Listing:
        """Ask a question; one that the service takes too long to answer is asked in parts.

        A part that is not answered either stays open; others of other ids are asked all the same, as long as such parts
        are few, and not again by later runs.
        """
        try:
            return self._list(question, prove=prove, anew=anew)
        except ListingFailed as error:
            prefix, now = self._site.article_prefix, self._ledger.now()
            parts = narrower(prefix, question, now, self._greatest) if error.too_wide else []
            if not parts:
                self._unanswered += 1
                raise
            log.info("listing=%s is too wide and is asked in %d parts", question.url, len(parts))
        listing = self._ledger.listings.open(question)
        opened: list[ListingFailed] = []
        for part in parts:
            if self._ledger.listings.is_done(part, since=listing.started_at):
                continue
            try:
                self._ask(part)
            except ListingFailed as error:
                opened.append(error)
                if self._unanswered >= _MOST_UNANSWERED or not part.url[-1].isdigit() or part.url == question.url:
                    break  # others of the same ids take as long
        if opened:
            done = sum(self._ledger.listings.is_done(part, since=listing.started_at) for part in parts)
            message = f"{len(parts) - done} of its {len(parts)} parts stay open: {opened[-1]}"
            self._ledger.listings.cut(listing.id, message)
            raise ListingFailed(f"{question.url}: {message}") from opened[-1]
        self._ledger.listings.complete_by_parts(listing.id)
        self._completed(listing)
        return self._ledger.listings.get(listing.id)

    def _next(self, question: Question) -> Question:
        """Return what to ask now: everything, or the rest of a list that was cut, else what is new."""
        known = [one for one in self._ledger.listings.of_url(question.url) if one.question.to_ts is None]
        whole = [one for one in known if one.question.from_ts is None]
        # Captures with old timestamps come into the index late, when somebody hands in their WARC files.
        oldest = parse_timestamp(self._ledger.now()) - timedelta(days=self._space.config.full_listing_days)
        if not whole or not whole[-1].complete or parse_timestamp(whole[-1].started_at) < oldest:
            return question
        cut = [one for one in known if not one.complete and one.question.from_ts is not None and one.pages]
        if cut and cut[-1].id > whole[-1].id:
            return cut[-1].question
        complete = [one for one in known if one.complete]
        newest = max(one.newest for one in complete)
        if not is_timestamp(newest):
            return question
        # From the newest capture known, and never after the question that it came by.
        since = parse_timestamp(min(newest, max(one.started_at for one in complete)))
        overlap = timedelta(days=self._space.config.listing_overlap_days)
        return question._replace(from_ts=format_timestamp(since - overlap))

    def _list(self, question: Question, *, prove: bool, anew: bool) -> Listing:
        listing = self._ledger.listings.open(question, anew=anew)
        pages = self._cdx.pages(
            question.url,
            question.match_type,
            from_ts=question.from_ts,
            to_ts=question.to_ts,
            resume_key=listing.resume_key,
            prove=prove,
        )
        complete = said = False
        self._rows = listing.rows
        try:
            for page in ahead(pages, self._space.stop, self._tell):
                # A site of which nobody knows anything, said in no words at all, is no list of captures.
                said = bool(self._rows or page.rows or page.malformed or page.dialect)
                complete = page.complete and (said or question.article is not None)
                added = self._ledger.listings.add_page(
                    listing.id,
                    page.rows,
                    page.malformed,
                    resume_key=page.resume_key,
                    complete=complete,
                    dialect=page.dialect,
                )
                self._rows += len(page.rows)
                self._tell()
                log.info("listing=%s rows=%d new=%d complete=%s", question.url, len(page.rows), added, complete)
        except ArchiveError as error:
            self._ledger.listings.cut(listing.id, str(error))
            log.warning("listing=%s cut after %d rows: %s", question.url, self._rows, error)
            raise
        if complete and question.is_whole:
            self._completed(listing, said=said)
        elif not complete and (prove or not self._rows):
            self._ledger.listings.cut(listing.id, "the answer ended without saying that it is complete")
            if not self._rows:
                raise ListingFailed(f"{question.url}: an answer of 0 bytes is no list of captures. Run again later.")
        return self._ledger.listings.get(listing.id)

    def _tell(self) -> None:
        self._space.progress(Progress("listing", self._rows, None))

    def _completed(self, listing: Listing, *, said: bool = True) -> None:
        """Make the ids due that waited for a complete listing, and note the captures that have vanished from it.

        None have vanished from an empty body, which `said` nothing.
        """
        question = listing.question
        digits = question.url.removeprefix(self._site.article_prefix)
        if said and question.match_type == "prefix" and (digits.isdigit() or not digits):
            key = urlkey(question.url)
            ids = namesakes(digits, self._greatest)
            self._ledger.listings.note_vanished(listing.id, ids, lambda url: urlkey(url).startswith(key))
        if question.article is not None:
            self._ledger.articles.mark_due((question.article,))
        elif question.match_type == "prefix":
            self._ledger.articles.mark_waiting_due(question.url.removeprefix(self._site.article_prefix))
