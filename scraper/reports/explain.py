"""One article id for people: where it stands and why, each capture with its verdict, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.engine.questions import own_question, wider_urls
from scraper.models import State, Verdict
from scraper.reports.summary import listing_line, worth_showing
from scraper.reports.words import counted, next_step
from scraper.selection.candidates import Rank, Ranked, in_order
from scraper.selection.comparison import has_other_texts, in_words
from scraper.times import format_timestamp, moment
from scraper.urls import public_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.ledger import ArticleRow, Ledger
    from scraper.ledger.evidence import Entry
    from scraper.models import Site

_PLACE = {
    Rank.BEFORE_CLOSURE: "before the closure",
    Rank.AFTER_CLOSURE: "after the closure",
    Rank.REST: "not a page by the listing",
    Rank.SHARED: "one page under many ids",
}


def explain(ledger: Ledger, site: Site, entry: Entry) -> str:
    """Return the lines about one id."""
    article = entry.id
    row = ledger.articles.get(article)
    assert row is not None, "there is something known of it"
    ranked = in_order(ledger.captures.of_article(article), site)
    lines = [f"Article {article}: {row.state.replace('_', ' ')}", f"  why      {entry.reason or 'not looked at yet'}"]
    lines += [f"  {line}" for line in _chosen(entry)]
    lines += ["", *_captures(ranked, row, ledger.listings.vanished(article))]
    lines += ["", *_listings(ledger, site, article), *_next(row, ranked, article)]
    return "\n".join(lines)


def _chosen(entry: Entry) -> Iterator[str]:
    if entry.file:
        yield f"file     {entry.file}"
    if witness := entry.known_from:
        said = (witness.title, witness.author, witness.category, witness.date)
        yield f"known    {' | '.join(filter(None, said))}"
        yield f"         by {counted(witness.lists, 'list')}, such as {public_url(witness.timestamp, witness.original)}"
    if chosen := entry.chosen:
        yield f"capture  {moment(chosen.timestamp)}, digest: {chosen.digest_check}"
        yield f"         {public_url(chosen.timestamp, chosen.original)}"
        if chosen.layout:
            readings = ", ".join(f"{field} by {name}" for field, name in sorted(chosen.readings.items()))
            yield f"layout   {chosen.layout}" + (f": {readings}" if readings else "")


def _captures(ranked: Sequence[Ranked], row: ArticleRow, vanished: Mapping[tuple[str, str], str]) -> Iterator[str]:
    if not ranked:
        yield "No captures are known."
        return
    yield "Captures, in the order in which they are read:"
    for place, one in enumerate(ranked, start=1):
        capture = one.candidate.capture
        mark = ">" if _is_used(one, row) else " "
        yield f"{mark}{place:>3}  {moment(capture.timestamp)}, {_PLACE[one.rank]}: {_what(one)}"
        yield f"      {public_url(capture.timestamp, capture.original)}"
        if noticed := vanished.get((capture.timestamp, capture.original)):
            yield f"      was listed once and has vanished from the archive's list, as noticed {moment(noticed)}"


def _is_used(one: Ranked, row: ArticleRow) -> bool:
    return (one.candidate.capture.timestamp, one.candidate.capture.original) == (row.timestamp, row.original)


def _what(one: Ranked) -> str:
    candidate = one.candidate
    if candidate.verdict is Verdict.ARTICLE:
        return "article" + (f" ({in_words(one.lacks)})" if one.lacks else "")
    if candidate.verdict is not None:
        read = candidate.read if candidate.read and candidate.read.verdict is candidate.verdict else None
        said = read or candidate.attempt  # a reading of a stand-in says nothing of a capture that is not to be had
        detail = said.detail if said else ""
        shared = ", known from the same bytes under another id" if read and read.by_digest else ""
        return f"{candidate.verdict}{shared}" + (f" ({detail})" if detail else "")
    if (attempt := candidate.attempt) is not None:
        again = f"from {moment(format_timestamp(attempt.next_at))}" if attempt.next_at else "next time"
        times = f"{attempt.tries} times" if attempt.tries != 1 else "once"
        return f"{attempt.verdict} {times}, asked for again {again} ({attempt.detail})"
    return "not read"


def _listings(ledger: Ledger, site: Site, article: int) -> Iterator[str]:
    prefix = site.article_prefix
    urls = [*wider_urls(prefix, article), own_question(prefix, article).url]
    listings = [listing for url in urls for listing in ledger.listings.of_url(url)]
    yield "Listings that say so:" if listings else "No listing was asked for it yet."
    for listing in worth_showing(listings):
        yield f"  {listing_line(listing)}"


def _next(row: ArticleRow, ranked: Sequence[Ranked], article: int) -> Iterator[str]:
    yield ""
    if row.state is State.WRITTEN:
        articles = [one for one in ranked if one.candidate.verdict is Verdict.ARTICLE]
        used = [one for one in articles if _is_used(one, row)]
        if used and has_other_texts(articles, used[0]):
            yield f"Other texts were captured: `hkcnews history {article}` shows what differs."
        if row.due is None:
            yield "Next: nothing; it is done unless the archive has new captures."
        else:
            yield f"Next: a better capture is asked for by the first `hkcnews run`{_from(row.due)}."
    elif row.state is State.WAITING and row.due is None:
        yield "Next: `hkcnews run` completes the list of captures and goes on from there."
    elif row.state is State.WAITING:
        when = f"the first `hkcnews run`{_from(row.due)} goes on" if row.due else "a `hkcnews run` goes on in its turn"
        yield f"Next: {when}; or `hkcnews recover {article}` at once."
    else:
        yield f"Next: {next_step(row.state, article)}."


def _from(due: str) -> str:
    return f" from {moment(due)} on" if due else ""
