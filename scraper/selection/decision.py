"""What to do next about one article id: a pure function of its captures and what reading them gave.

The rules, in the order in which they are asked:

1. Captures are read in order until one is an article (`_first_article`).
2. With ``captures_per_article = N`` on until there are N (`_enough`).
3. An article that shows a lack is compared with the next best that may not (`_for_a_lack`).
4. Then the best is written, now, even if a better-placed capture could not be read; that one is asked for again later.
   Only an empty text waits for every other capture.
5. Without an article: wait as long as one candidate is unread; a page that is held but not readable yet is an unknown
   layout; and only complete listings allow *unrecoverable* and *never captured*.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scraper.models import Lack, Verdict
from scraper.selection.candidates import Candidate, Ranked, in_order
from scraper.selection.comparison import IN_THE_TEXT, best, in_words, read_of, unsettled_lacks, versions
from scraper.selection.decisions import (
    Decision,
    NeverCaptured,
    Policy,
    Read,
    UnknownLayout,
    Unrecoverable,
    Wait,
    Waiting,
    Why,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.models import Site


def decide(candidates: Sequence[Candidate], *, site: Site, policy: Policy, listed: bool, now: datetime) -> Decision:
    """Say what to do next about one article id.

    Args:
        candidates: every capture of the id, in any order, each with what is known of it.
        site: whose article it is; only its closure and its rules about URLs are used.
        policy: the settings.
        listed: the listings that would name captures of this id are complete.
        now: aware UTC.
    """
    case = _Case(in_order(candidates, site), policy, now)
    if not case.articles:
        return case.read_next() or _without_article(case, listed=listed)
    if read := case.first_article() or case.enough() or case.for_a_lack():
        return read
    return _with_article(case)


class _Case:
    """The ranked candidates of one id, with the questions that the rules ask of them."""

    def __init__(self, ranked: list[Ranked], policy: Policy, now: datetime) -> None:
        self.ranked = ranked
        self.policy = policy
        self.now = now
        self.articles = [one for one in ranked if one.candidate.verdict is Verdict.ARTICLE]
        self.unread = [one for one in ranked if one.candidate.verdict is None]
        self.limit_reached = sum(one.candidate.attempted for one in ranked) >= policy.candidates_per_run
        self.open = [one for one in self.unread if self._may_be_read_now(one.candidate)]

    def _may_be_read_now(self, candidate: Candidate) -> bool:
        if self.limit_reached or candidate.attempted:
            return False
        if self.policy.offline and (not candidate.held or candidate.read is not None):
            return False  # not there, or what is there is a page of the service itself: only the archive has more
        attempt = candidate.attempt
        return attempt is None or attempt.next_at is None or attempt.next_at <= self.now

    def _worth_for_better(self, one: Ranked) -> bool:
        """Say whether an article that is already readable waits for this one: not for ever."""
        attempt = one.candidate.attempt
        return attempt is None or attempt.tries < self.policy.tries_for_better

    def read_next(self) -> Read | None:
        """Return the first capture that can be read, as long as there is no article."""
        if not self.open:
            return None
        one = self.open[0]
        why = Why.FIRST_CHOICE if one is self.ranked[0] else Why.STEP_BACK
        return Read(one.candidate.capture, why)

    def _better_placed(self) -> list[Ranked]:
        before = self.ranked[: self.ranked.index(self.articles[0])]
        return [one for one in before if one.candidate.verdict is None and self._worth_for_better(one)]

    def first_article(self) -> Read | None:
        """Rule 1: what stands before the first article is read first, also if it came or came back later."""
        better = [one for one in self._better_placed() if one in self.open]
        return Read(better[0].candidate.capture, Why.FIRST_CHOICE) if better else None

    def _wanted_for_comparison(self) -> list[Ranked]:
        if len(self.articles) >= self.policy.captures_per_article:
            return []
        return [one for one in self.unread if one.is_page and self._worth_for_better(one)]

    def enough(self) -> Read | None:
        """Rule 2: N intact captures are read, if there are so many pages."""
        wanted = [one for one in self._wanted_for_comparison() if one in self.open]
        return Read(wanted[0].candidate.capture, Why.COMPARE) if wanted else None

    @cached_property
    def chosen(self) -> Ranked:
        """The best of the articles; there must be one."""
        return best(self.articles)

    def _wanted_for_lack(self) -> list[Ranked]:
        lacks = unsettled_lacks(self.articles, self.chosen)
        if not lacks:
            return []
        if lacks & IN_THE_TEXT:
            return self.unread
        pages = [one for one in self.unread if one.is_page and self._worth_for_better(one)]
        return [one for one in pages if not one.poor_url] if lacks == {Lack.POOR_URL} else pages

    def for_a_lack(self) -> Read | None:
        """Rule 3: the next best that may be without the lack is read too; for a lack of text all are."""
        wanted = [one for one in self._wanted_for_lack() if one in self.open]
        return Read(wanted[0].candidate.capture, Why.LACK) if wanted else None

    def ask_again(self) -> datetime | None:
        """Return when a written article may become better without new captures, or None."""
        wanted = [*self._better_placed(), *self._wanted_for_comparison(), *self._wanted_for_lack()]
        return min((self._not_before(one.candidate) for one in wanted), default=None)

    def _not_before(self, candidate: Candidate) -> datetime:
        attempt = candidate.attempt
        return self.now if attempt is None or attempt.next_at is None else attempt.next_at

    def wait(self) -> Waiting:
        """Say why the unread ones are unread."""
        failed = [one.candidate for one in self.unread if one.candidate.attempt or one.candidate.read]
        count = len(self.unread)
        if len(failed) < count:
            if self.policy.offline and any(not one.candidate.held for one in self.unread):
                return Waiting(Wait.NOT_FETCHED, f"{_captures(count)} not fetched yet")
            most = self.policy.candidates_per_run
            return Waiting(Wait.RUN_LIMIT, f"{_captures(count)} unread, over the limit of {most} a run")
        first = min(failed, key=self._not_before)
        return Waiting(Wait.ARCHIVE, _why_failed(first, count), self._not_before(first))


def _captures(count: int) -> str:
    return "1 capture" if count == 1 else f"{count} captures"


def _why_failed(candidate: Candidate, count: int) -> str:
    attempt, read = candidate.attempt, candidate.read
    verdict = attempt.verdict if attempt else read.verdict if read else ""
    times = f" {attempt.tries} times" if attempt and attempt.tries > 1 else ""
    others = f", {count - 1} more unread" if count > 1 else ""
    return f"{verdict}{times} for capture {candidate.capture.timestamp}{others}"


def _without_article(case: _Case, *, listed: bool) -> Decision:
    """Rule 5."""
    if case.unread:
        return case.wait()
    if unknown := _held_unknown_layout(case):
        return unknown
    if not listed:
        return Waiting(Wait.LISTING, "the list of captures is not complete yet")
    if not case.ranked:
        return NeverCaptured()
    return Unrecoverable(tuple((one.candidate.capture, _verdict_of(one)) for one in case.ranked))


def _verdict_of(one: Ranked) -> Verdict:
    verdict = one.candidate.verdict
    assert verdict is not None, one
    return verdict


def _held_unknown_layout(case: _Case) -> UnknownLayout | None:
    for one in case.ranked:
        if one.candidate.verdict is Verdict.UNKNOWN_LAYOUT:
            return UnknownLayout(one.candidate.capture, read_of(one).detail)
    return None


def _with_article(case: _Case) -> Decision:
    """Rule 4."""
    chosen = case.chosen
    if chosen.lacks & IN_THE_TEXT:
        if case.unread:
            return case.wait()
        if unknown := _held_unknown_layout(case):
            return unknown
    others = tuple(one.candidate.capture for one in versions(case.articles, chosen))
    return Written(chosen.candidate.capture, _why_written(case, chosen), others, case.ask_again())


def _why_written(case: _Case, chosen: Ranked) -> str:
    first = case.articles[0]
    if chosen is not first:
        lost = in_words(first.lacks - chosen.lacks) or "shows less"
        return f"preferred to {first.candidate.capture.timestamp} ({lost})"
    if chosen.lacks:
        return f"first intact capture in order ({in_words(chosen.lacks)}), none better"
    return "first intact capture in order"
