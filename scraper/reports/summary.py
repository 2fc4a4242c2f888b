"""All ids in a few lines, or as one JSON object. Counts only, no look at single captures."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.models import State
from scraper.reports.beliefs import belief_table
from scraper.reports.words import counted, moment, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from scraper.ledger import Ledger, Listing
    from scraper.reports.beliefs import BeliefRow

_MEANING = {
    State.WRITTEN: "their files are below articles/",
    State.WAITING: "still to be read, or to be asked for again",
    State.UNKNOWN_LAYOUT: "a page is kept that cannot be read yet",
    State.UNRECOVERABLE: "every capture was tried, none is the article",
    State.NEVER_CAPTURED: "complete listings have no capture",
}


class Summary(NamedTuple):
    """How far the whole work is.

    Attributes:
        states: state to how many ids stand in it, every state there.
        due: how many ids the next run looks at.
        next_due: 14 digits, when the first of those that wait for a moment is due, or None.
        listings: of the whole site, and of single articles those that are partial.
        of_articles: the complete ones of single articles, which only programs are told.
        next_request_at: when the archive may be asked again, aware UTC; now or earlier if at once.
        refusal: why not at once, or empty.
        pace: how fast the archive is asked, in a sentence; empty: not known.
        pace_json: the same for programs, by service.
        beliefs: what all pages read say of what is believed of them.
        known_from_lists: how many ids that are not written are named by a list of articles.
        to_confirm: how many ids are in no list and still have to be asked for one by one.
        vanished: how many captures were listed once and are not any more.
    """

    states: Mapping[State, int]
    due: int
    next_due: str | None
    listings: tuple[Listing, ...]
    of_articles: tuple[Listing, ...]
    next_request_at: datetime
    refusal: str = ""
    pace: str = ""
    pace_json: Mapping[str, Mapping[str, object]] = MappingProxyType({})
    beliefs: Sequence[BeliefRow] = ()
    known_from_lists: int = 0
    to_confirm: int = 0
    vanished: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``status --json`` prints. Times are ISO 8601, UTC."""
        return {
            "states": {str(state): count for state, count in self.states.items()},
            "due": self.due,
            "listings": [_listing_json(listing) for listing in (*self.listings, *self.of_articles)],
            "next_request_at": self.next_request_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "pace": dict(self.pace_json),
            "beliefs": [one.as_json() for one in self.beliefs],
            "known_from_lists": self.known_from_lists,
            "to_confirm": self.to_confirm,
            "vanished": self.vanished,
        }

    def as_text(self, *, now: str) -> str:
        """Return the lines for people. `now` is 14 digits."""
        lines = [f"{number(sum(self.states.values())):>9}  article ids"]
        lines += [f"{number(count):>9}  {state:<15} {_MEANING[state]}" for state, count in self.states.items()]
        none = "No listing of all of the archive's captures was asked for yet."
        lines += ["", "Listings of the archive's captures:" if self.listings else none]
        lines += [f"  {listing_line(listing)}" for listing in worth_showing(self.listings)]
        if self.known_from_lists:
            lines += [
                "",
                f"Of {number(self.known_from_lists)} ids that are not written a list of articles says what they were.",
            ]
        if self.to_confirm:
            still = "are named by no list; each is still to be asked for alone, some in every run."
            lines += ["", f"{counted(self.to_confirm, 'id')} {still}"]
        if self.vanished:
            lines += ["", vanished_line(self.vanished)]
        if table := belief_table(self.beliefs):
            lines += ["", *table]
        return "\n".join([*lines, "", *self._next(now)])

    def _next(self, now: str) -> Iterator[str]:
        if self.pace:
            yield f"Pace: {self.pace}."
        if self.refusal:
            yield f"The archive is not asked before {self.next_request_at:%Y-%m-%d %H:%M:%S} UTC: {self.refusal}."
        to_do = [f"{number(self.due)} ids to look at"] if self.due else []
        if not self.listings or not all(listing.complete for listing in self.listings):
            to_do.append("the list of captures to complete")
        if to_do:
            yield f"Next: `hkcnews run` has {' and '.join(to_do)}."
        elif self.next_due and self.next_due > now:
            yield f"Next: ids are waiting for {moment(self.next_due)}; `hkcnews run` then."
        else:
            yield "Next: nothing, until the archive has new captures; `hkcnews run` asks."


def summarize(
    ledger: Ledger,
    *,
    next_request_at: datetime,
    refusal: str = "",
    pace: str = "",
    pace_json: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    beliefs: Sequence[BeliefRow] = (),
) -> Summary:
    """Ask the ledger; the rest is taken as given.

    Raises:
        StoreError: it cannot be read.
    """
    ledger.require_whole("articles")  # damage of an index gives wrong counts, and no error
    listings = tuple(ledger.listings.all())
    return Summary(
        states=ledger.articles.states(),
        due=ledger.articles.count_due(ledger.now()),
        next_due=ledger.articles.next_due(),
        listings=listings,
        of_articles=tuple(ledger.listings.of_articles()),
        next_request_at=next_request_at,
        refusal=refusal,
        pace=pace,
        pace_json=pace_json,
        beliefs=beliefs,
        known_from_lists=ledger.lists.unwritten(),
        to_confirm=ledger.articles.to_confirm(unseen=any(map(_is_full, listings))),
        vanished=ledger.listings.vanished_count(),
    )


def vanished_line(count: int) -> str:
    """Return what is said of captures that were listed once and are not any more."""
    return (
        f"{counted(count, 'capture')} listed once and vanished from the archive's list: what was known stays; "
        "`hkcnews history ID` names them."
    )


def _listing_json(listing: Listing) -> dict[str, Any]:
    question = listing.question
    return {
        "url": question.url,
        "match_type": question.match_type,
        "article": question.article,
        "from": question.from_ts,
        "to": question.to_ts,
        "complete": listing.complete,
        "pages": listing.pages,
        "rows": listing.rows,
        "newest": listing.newest or None,
        "started_at": listing.started_at,
        "updated_at": listing.updated_at,
        "error": listing.error or None,
    }


def _is_full(listing: Listing) -> bool:
    """Say whether a listing has all captures of the whole site, of any time."""
    question = listing.question
    return listing.complete and (question.article, question.from_ts, question.to_ts) == (None, None, None)


def worth_showing(listings: Sequence[Listing]) -> list[Listing]:
    """Return what people need to see of many listings: partial ones, the last full one, the last, those of one id."""
    whole = [one for one in listings if one.complete and one.question.article is None]
    full = [one.id for one in whole if _is_full(one)]
    last = {*full[-1:], *(one.id for one in listings[-1:])}
    return [one for one in listings if one.id in last or not one.complete or one.question.article is not None]


def listing_line(listing: Listing) -> str:
    """Return one listing in a line."""
    question = listing.question
    span = "".join(
        f" {word} {moment(stamp)}" for word, stamp in (("from", question.from_ts), ("to", question.to_ts)) if stamp
    )
    state = "complete" if listing.complete else "partial"
    error = f"; {listing.error}" if listing.error and not listing.complete else ""
    rows = counted(listing.rows, "row")
    return f"{question.url} ({question.match_type}){span}: {state}, {rows}, {moment(listing.updated_at)}{error}"
