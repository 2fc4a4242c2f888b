"""All ids in a few lines, or as one JSON object, and the table of what is believed of the pages. Counts only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.engine.outcomes import Tally, tally_of
from scraper.models import State
from scraper.reports.words import counted
from scraper.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.archive.ratelimit.status import RateStatus
    from scraper.ledger import Ledger, Listing
    from scraper.models import Belief, Site

_MEANING = {
    State.WRITTEN: "their files are below articles/",
    State.WAITING: "still to be read, or to be asked for again",
    State.UNKNOWN_LAYOUT: "a page is kept that cannot be read yet",
    State.UNRECOVERABLE: "every capture was tried, none is the article",
    State.NEVER_CAPTURED: "complete listings have no capture",
}


def summary_json(ledger: Ledger, site: Site, archive: RateStatus) -> dict[str, Any]:
    """Return the object that ``status --json`` prints. Times are ISO 8601, UTC."""
    ledger.require_whole("articles")  # damage of an index gives wrong counts, and no error
    listings = ledger.listings.all()  # of the whole site, and of single articles those that are partial
    return {
        "states": ledger.articles.states(),
        "due": len(ledger.articles.due(ledger.now())),
        "listings": [_listing_json(listing) for listing in (*listings, *ledger.listings.of_articles())],
        "next_request_at": archive.next_request_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "pace": {name: service.as_json() for name, service in archive.services.items()},
        "beliefs": [one.as_json() for one in _beliefs(ledger, site)],
        "known_from_lists": ledger.lists.unwritten(),
        "to_confirm": _to_confirm(ledger, listings),
        "vanished": ledger.listings.vanished_count(),
    }


def summary_text(ledger: Ledger, site: Site, archive: RateStatus) -> str:
    """Return the same as lines for people."""
    ledger.require_whole("articles")
    states, listings = ledger.articles.states(), ledger.listings.all()
    lines = [f"{sum(states.values()):>9,}  article ids"]
    lines += [f"{count:>9,}  {state:<15} {_MEANING[state]}" for state, count in states.items()]
    none = "No listing of all of the archive's captures was asked for yet."
    lines += ["", "Listings of the archive's captures:" if listings else none]
    lines += [f"  {listing_line(listing)}" for listing in worth_showing(listings)]
    if known := ledger.lists.unwritten():
        lines += ["", f"Not written, but named by a list of articles: {counted(known, 'id')}."]
    if count := _to_confirm(ledger, listings):
        still = "are named by no list; each is still to be asked for alone, some in every run."
        lines += ["", f"{counted(count, 'id')} {still}"]
    if vanished := ledger.listings.vanished_count():
        lines += ["", vanished_line(vanished)]
    if table := belief_table(_beliefs(ledger, site)):
        lines += ["", *table]
    return "\n".join([*lines, "", *_next(ledger, listings, archive)])


def _next(ledger: Ledger, listings: Sequence[Listing], archive: RateStatus) -> Iterator[str]:
    paces = "; ".join(f"{name} {service.as_text()}" for name, service in archive.services.items())
    yield f"Pace: {paces}."
    if archive.until:
        reason = archive.reason or "it refused"
        yield f"The archive is not asked before {archive.next_request_at:%Y-%m-%d %H:%M:%S} UTC: {reason}."
    now, next_due = ledger.now(), ledger.articles.next_due()
    to_do = [f"{counted(due, 'id')} to look at"] if (due := len(ledger.articles.due(now))) else []
    if not listings or not all(listing.complete for listing in listings):
        to_do.append("the list of captures to complete")
    if to_do:
        yield f"Next: `hkcnews run` has {' and '.join(to_do)}."
    elif next_due and next_due > now:
        yield f"Next: ids are waiting for {moment(next_due)}; `hkcnews run` then."
    else:
        yield "Next: nothing, until the archive has new captures; `hkcnews run` asks."


def _beliefs(ledger: Ledger, site: Site) -> list[BeliefRow]:
    tally = tally_of(ledger)
    return belief_rows(site.beliefs, tally) if tally.pages else []


def _to_confirm(ledger: Ledger, listings: Sequence[Listing]) -> int:
    return ledger.articles.to_confirm(unseen=any(map(_is_full, listings)))


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


class BeliefRow(NamedTuple):
    """A belief, how many pages bear it out, how many contradict it, the first articles of those.

    `doubted`: most pages contradict it.
    """

    belief: Belief
    held: int
    against: int
    ids: tuple[int, ...]
    doubted: bool

    def as_json(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "name": self.belief.name,
            "belief": self.belief.sentence,
            "place": self.belief.place,
            "known": self.belief.known,
            "for": self.held,
            "against": self.against,
            "ids": list(self.ids),
        }

    def line(self) -> str:
        """Return it as a line of the table."""
        such = f" (such as {', '.join(map(str, self.ids))})" if self.ids else ""
        inferred = "" if self.belief.known else ", inferred"
        return f"{self.held:>7} {self.against:>7}  {self.belief.sentence} [{self.belief.place}{inferred}]{such}"

    def problem(self) -> str:
        """Return what most pages contradict, for people."""
        ids = ", ".join(map(str, self.ids))
        return (
            f"BELIEF {self.belief.name}: {self.belief.sentence}: {self.against} of {self.held + self.against} pages "
            f"say otherwise, such as {ids}. "
            "Look at them; `hkcnews fixture add` makes a regression fixture of a kept page."
        )


def belief_rows(beliefs: Sequence[Belief], tally: Tally) -> list[BeliefRow]:
    """Return the whole table, also of what no page speaks of."""
    doubted = tally.doubted(beliefs)
    return [
        BeliefRow(
            one, tally.held[one.name], tally.against[one.name], tuple(tally.ids.get(one.name, ())), one.name in doubted
        )
        for one in beliefs
    ]


def belief_table(rows: Iterable[BeliefRow]) -> list[str]:
    """Return the lines of the table; of what no page speaks of there is none."""
    told = [row.line() for row in rows if row.held or row.against]
    return ["    for against  what is believed of the pages", *told] if told else []
