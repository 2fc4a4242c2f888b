"""Listings into the ledger: which question to ask the CDX server, page by page, going on where a list was cut."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scraper.errors import ArchiveError, ListingFailed
from scraper.ledger import Listing, Question
from scraper.times import format_timestamp, is_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import timedelta

    from scraper.archive.cdx import CdxClient, ListingPage
    from scraper.ledger import Ledger
    from scraper.models import Site

log = logging.getLogger(__name__)


class Discovery:
    """Asks for captures; the ledger takes them in, with where each listing stands.

    Args:
        site, ledger, cdx: whose, where they go, who is asked.
        overlap: how far a listing for what is new reaches back before the newest capture known.
        full_after: how old the last complete listing may be before everything is asked for anew: captures with old
            timestamps come into the index late, when somebody hands in their WARC files.
        stepwise: makes an iterator whose waiting can be interrupted.
        progress: is told how many rows have come.
    """

    def __init__(
        self,
        site: Site,
        ledger: Ledger,
        cdx: CdxClient,
        *,
        overlap: timedelta,
        full_after: timedelta,
        stepwise: Callable[[Iterable[ListingPage]], Iterator[ListingPage]] = iter,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._cdx = cdx
        self._overlap = overlap
        self._full_after = full_after
        self._stepwise = stepwise
        self._progress = progress

    def whole_site(self, from_ts: str | None = None, to_ts: str | None = None) -> Listing:
        """List everything below the site's article prefix that is not known yet, or what lies between two moments.

        Raises:
            ArchiveError: the list was cut. What came is in the ledger, and the next call goes on there.
        """
        question = Question(self._site.article_prefix, "prefix", None, from_ts, to_ts)
        limited = from_ts is not None or to_ts is not None
        if not limited:
            question = self._next(question, self._ledger.listings.of_site())
        before = self._ledger.listings.added()
        try:
            listing = self._list(question)
            if listing.complete and not limited:
                # Everything is listed now, so that the rest of a list that was cut earlier has nothing to add.
                self._ledger.listings.drop_partial(listing.id)
            return listing
        finally:
            if self._ledger.listings.added() != before:
                self._ledger.captures.count_shared()

    def articles(self, articles: Sequence[int], *, anew: bool = False) -> None:
        """List the captures of single articles, and of no others.

        Args:
            articles: their ids.
            anew: ask for everything, not only for what is newer than what is known.

        Raises:
            ArchiveError: as `whole_site`; the articles before it are done.
        """
        try:
            for article in articles:
                self._article(article, anew=anew)
        finally:
            self._ledger.captures.count_shared(articles)

    def _article(self, article: int, *, anew: bool) -> None:
        known = self._ledger.listings.of_article(article)
        for url, match_type in self._site.article_queries(article):
            own = [one for one in known if (one.question.url, one.question.match_type) == (url, match_type)]
            question = Question(url, match_type, article)
            self._list(question if anew else self._next(question, own))

    def _next(self, question: Question, known: Sequence[Listing]) -> Question:
        """Return what to ask now: the rest of a list that was cut, else what is new, else everything."""
        known = [one for one in known if one.question.to_ts is None]
        whole = [one for one in known if one.question.from_ts is None]
        if whole and not whole[-1].complete:
            return whole[-1].question
        if not whole or self._is_old(whole[-1]):
            return question
        cut = [one for one in known if not one.complete and one.question.from_ts is not None and one.pages]
        if cut and cut[-1].id > whole[-1].id:
            return cut[-1].question
        return Question(question.url, question.match_type, question.article, self._since(known), None)

    def _is_old(self, listing: Listing) -> bool:
        return parse_timestamp(self._ledger.now()) - parse_timestamp(listing.started_at) > self._full_after

    def _since(self, known: Sequence[Listing]) -> str | None:
        """Return the moment from which captures may be new: of the newest one known, and never after the question."""
        complete = [one for one in known if one.complete]
        newest = max((one.newest for one in complete), default="")
        if not is_timestamp(newest):
            return None
        moment = min(newest, max(one.started_at for one in complete))
        return format_timestamp(parse_timestamp(moment) - self._overlap)

    def _list(self, question: Question) -> Listing:
        listing = self._ledger.listings.open(question)
        pages = self._cdx.pages(
            question.url,
            question.match_type,
            from_ts=question.from_ts,
            to_ts=question.to_ts,
            resume_key=listing.resume_key,
        )
        complete = False
        count = listing.rows
        try:
            for page in self._stepwise(pages):
                # A site of which nobody knows anything, said in no words at all, is no list of captures.
                said = bool(count or page.rows or page.malformed or page.dialect)
                complete = page.complete and (said or not question.is_everything)
                added = self._ledger.listings.add_page(
                    listing.id,
                    page.rows,
                    page.malformed,
                    resume_key=page.resume_key,
                    complete=complete,
                    dialect=page.dialect,
                )
                count += len(page.rows)
                self._progress(count)
                log.info("listing=%s rows=%d new=%d complete=%s", question.url, len(page.rows), added, complete)
        except ArchiveError as error:
            self._ledger.listings.cut(listing.id, str(error))
            log.warning("listing=%s cut after %d rows: %s", question.url, count, error)
            raise
        if not complete:
            self._ledger.listings.cut(listing.id, "the answer ended without saying that it is complete")
            if not count:
                raise ListingFailed(f"{question.url}: an answer of 0 bytes is no list of captures. Run again later.")
        elif question.from_ts is None and question.to_ts is None:
            if question.article is None:
                self._ledger.articles.mark_waiting_due()
            else:
                self._ledger.articles.mark_due((question.article,))
        return self._ledger.listings.get(listing.id)
