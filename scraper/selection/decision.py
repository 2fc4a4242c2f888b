"""What to do next about one article id: a pure function of its captures and what reading them gave.

The rules, in the order in which they are asked:

1. Captures are read in order until one is an article; what stands before it is read first, also if it came later.
   So is the capture itself of which only what a browser saved is held.
2. With ``captures_per_article = N`` on until there are N.
3. An article that shows a lack is compared with the next best that may not; for a lack of text with all.
4. Then the best is written, now, even if a better-placed capture could not be read; that one is asked for again later.
   Only an empty text waits for every other capture.
5. Without an article: wait as long as one candidate is unread; a page that is held but not readable yet is an unknown
   layout; and only two complete listings allow *unrecoverable* and *never captured*: one of this id alone, and one of
   it and others.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scraper.models import TO_BE_CONFIRMED, Lack, Verdict
from scraper.selection.candidates import Candidate, Ranked, in_order
from scraper.selection.comparison import best, in_words, read_of, unsettled_lacks
from scraper.selection.decisions import (
    Decision,
    NeverCaptured,
    Policy,
    Read,
    UnknownLayout,
    Unrecoverable,
    Wait,
    Waiting,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.models import Site

FIRST_INTACT = "first intact capture in order"
"""Why nearly every article is written."""

_WITNESSES = 2


def decide(candidates: Sequence[Candidate], *, site: Site, policy: Policy, witnesses: int, now: datetime) -> Decision:
    """Say what to do next about one article id, of which `candidates` are all captures, in any order.

    `witnesses` is how many kinds of complete listings would name its captures: of this id alone, of it and others. Of
    the site only its closure and its rules about URLs are used.
    """
    case = _Case(in_order(candidates, site), policy, now)
    readable = next((one for one in case.wanted if case.may_be_read_now(one.candidate)), None)
    if readable is not None:
        return Read(readable.candidate.capture)
    return _with_article(case) if case.articles else _without_article(case, witnesses)


class _Case:
    """The ranked candidates of one id, with the questions that the rules ask of them."""

    def __init__(self, ranked: list[Ranked], policy: Policy, now: datetime) -> None:
        self.ranked = ranked
        self.policy = policy
        self.now = now
        self.articles = [one for one in ranked if one.candidate.verdict is Verdict.ARTICLE]
        self.unread = [one for one in ranked if one.candidate.verdict is None]
        self._limit_reached = sum(one.candidate.attempted for one in ranked) >= policy.candidates_per_run

    def may_be_read_now(self, candidate: Candidate) -> bool:
        """Say whether a capture can be asked for, or read from the store, in this run."""
        if self._limit_reached or candidate.attempted:
            return False
        if self.policy.offline and (not candidate.held or candidate.read is not None):
            return False  # not there, or what is there is a page of the service itself: only the archive has more
        return self.not_before(candidate) <= self.now

    def not_before(self, candidate: Candidate) -> datetime:
        """Return when a capture may be asked for again."""
        attempt = candidate.attempt
        return self.now if attempt is None or attempt.next_at is None else attempt.next_at

    @cached_property
    def chosen(self) -> Ranked:
        """The best of the articles; there must be one."""
        return best(self.articles)

    @cached_property
    def wanted(self) -> list[Ranked]:
        """The unread ones that are to be read, could they be had, in the order of rules 1 to 3."""
        if not self.articles:
            return self.unread
        first = self.ranked.index(self.articles[0])
        better = [one for one in self.ranked[:first] if one.candidate.verdict is None and self._worth_for_better(one)]
        reads = ((one, one.candidate.read) for one in self.articles)
        better += [one for one, read in reads if read and read.is_stand_in and self._worth_for_better(one)]
        compared = self._pages if len(self.articles) < self.policy.captures_per_article else []
        return [*better, *compared, *self._wanted_for_lack()]

    def _worth_for_better(self, one: Ranked) -> bool:
        """Say whether an article that is already readable waits for this one: not for ever."""
        attempt = one.candidate.attempt
        return attempt is None or (not attempt.final and attempt.tries < self.policy.tries_for_better)

    @property
    def _pages(self) -> list[Ranked]:
        return [one for one in self.unread if one.is_page and self._worth_for_better(one)]

    def _wanted_for_lack(self) -> list[Ranked]:
        lacks = unsettled_lacks(self.articles, self.chosen)
        if not lacks:
            return []
        if Lack.EMPTY_BODY in lacks:
            return self.unread
        return [one for one in self._pages if not one.poor_url] if lacks == {Lack.POOR_URL} else self._pages

    def wait(self) -> Waiting:
        """Say why the unread ones are unread."""
        failed = [one.candidate for one in self.unread if one.candidate.attempt or one.candidate.read]
        count = len(self.unread)
        if len(failed) < count:
            if self.policy.offline and any(not one.candidate.held for one in self.unread):
                return Waiting(Wait.NOT_FETCHED, f"{_captures(count)} not fetched yet")
            most = self.policy.candidates_per_run
            return Waiting(Wait.RUN_LIMIT, f"{_captures(count)} unread, over the limit of {most} a run")
        first = min(failed, key=self.not_before)
        return Waiting(Wait.ARCHIVE, _why_failed(first, count), self.not_before(first))


def _captures(count: int) -> str:
    return "1 capture" if count == 1 else f"{count} captures"


def _why_failed(candidate: Candidate, count: int) -> str:
    attempt, read = candidate.attempt, candidate.read
    verdict = attempt.verdict if attempt else read.verdict if read else ""
    times = f" {attempt.tries} times" if attempt and attempt.tries > 1 else ""
    others = f", {count - 1} more unread" if count > 1 else ""
    return f"{verdict}{times} for capture {candidate.capture.timestamp}{others}"


def _without_article(case: _Case, witnesses: int) -> Decision:
    """Rule 5."""
    if case.unread:
        return case.wait()
    if unknown := _held_unknown_layout(case):
        return unknown
    if not witnesses:
        return Waiting(Wait.LISTING, "the list of captures is not complete yet")
    if witnesses < _WITNESSES:
        return Waiting(Wait.WITNESS, TO_BE_CONFIRMED)
    if not case.ranked:
        return NeverCaptured()
    return Unrecoverable(
        tuple((one.candidate.capture, verdict) for one in case.ranked if (verdict := one.candidate.verdict))
    )


def _held_unknown_layout(case: _Case) -> UnknownLayout | None:
    unknown = (one for one in case.ranked if one.candidate.verdict is Verdict.UNKNOWN_LAYOUT)
    return next((UnknownLayout(one.candidate.capture, read_of(one).detail) for one in unknown), None)


def _with_article(case: _Case) -> Decision:
    """Rule 4."""
    chosen = case.chosen
    if Lack.EMPTY_BODY in chosen.lacks:
        if case.unread:
            return case.wait()
        if unknown := _held_unknown_layout(case):
            return unknown
    again = min((case.not_before(one.candidate) for one in case.wanted), default=None)
    return Written(chosen.candidate.capture, _why_written(case, chosen), again)


def _why_written(case: _Case, chosen: Ranked) -> str:
    first = case.articles[0]
    if chosen is not first:
        lost = in_words(first.lacks - chosen.lacks) or "shows less"
        return f"preferred to {first.candidate.capture.timestamp} ({lost})"
    if chosen.lacks:
        return f"{FIRST_INTACT} ({in_words(chosen.lacks)}), none better"
    return FIRST_INTACT
