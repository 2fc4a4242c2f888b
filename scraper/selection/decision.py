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

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from scraper.models import TO_BE_CONFIRMED, Capture, Lack, State, Verdict
from scraper.selection.candidates import Candidate, Ranked, in_order
from scraper.selection.comparison import best, in_words, read_of, unsettled_lacks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from scraper.models import Site

FIRST_INTACT = "first intact capture in order"
"""Why nearly every article is written."""

_WITNESSES = 2


class Policy(NamedTuple):
    """The settings that decide.

    Attributes:
        captures_per_article: how many intact captures of each article are read and compared.
        candidates_per_run: how many captures of one id a run asks for.
        tries_for_better: how often a capture is asked for in vain before an article that is already written no longer
            waits for it.
        offline: only what is held can be read.
    """

    captures_per_article: int = 1
    candidates_per_run: int = 12
    tries_for_better: int = 4
    offline: bool = False


class Read(NamedTuple):
    """Read this capture next, then ask again."""

    capture: Capture


class Written(NamedTuple):
    """Write this capture, for a reason that is for people.

    `again`: ask again from then on, for a better capture is still unread; None when only new captures can change it.
    """

    capture: Capture
    reason: str
    again: datetime | None = None


class Concluded(NamedTuple):
    """Not to be written now: where the id stands, and why, for people.

    Attributes:
        until: of one that waits: ask again from then on, aware UTC; None: at the next run.
        witnesses: of one that waits for nothing but complete listings: how many there are.
    """

    state: State
    reason: str
    until: datetime | None = None
    witnesses: int | None = None


Decision = Read | Written | Concluded


def decide(
    candidates: Sequence[Candidate], *, site: Site, policy: Policy, witnesses: Callable[[], int], now: datetime
) -> Decision:
    """Say what to do next about one article id, of which `candidates` are all captures, in any order.

    `witnesses` says how many kinds of complete listings would name its captures: of this id alone, of it and others; it
    is asked only where no article is found. Of the site only its closure and its rules about URLs are used.
    """
    case = _Case(in_order(candidates, site), policy, now)
    readable = next((one for one in case.wanted if case.may_be_read_now(one.candidate)), None)
    if readable is not None:
        return Read(readable.candidate.capture)
    return _with_article(case) if case.articles else _without_article(case, witnesses())


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
        better += [one for one in self.articles if read_of(one).is_stand_in and self._worth_for_better(one)]
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

    def wait(self) -> Concluded:
        """Say why the unread ones are unread."""
        failed = [one.candidate for one in self.unread if one.candidate.attempt or one.candidate.read]
        count = len(self.unread)
        captures = "1 capture" if count == 1 else f"{count} captures"
        if len(failed) == count:
            first = min(failed, key=self.not_before)
            return Concluded(State.WAITING, _why_failed(first, count), self.not_before(first))
        if self.policy.offline and any(not one.candidate.held for one in self.unread):
            return Concluded(State.WAITING, f"{captures} not fetched yet")
        most = self.policy.candidates_per_run
        return Concluded(State.WAITING, f"{captures} unread, over the limit of {most} a run")

    @property
    def unsettled(self) -> Concluded | None:
        """Why nothing is final: a capture is unread, or a page with text is held that no layout can read yet."""
        if self.unread:
            return self.wait()
        for one in self.ranked:
            if one.candidate.verdict is Verdict.UNKNOWN_LAYOUT:
                detail, moment = read_of(one).detail or "no layout reads this page", one.candidate.capture.timestamp
                return Concluded(State.UNKNOWN_LAYOUT, f"{detail} (capture {moment})")
        return None


def _why_failed(candidate: Candidate, count: int) -> str:
    attempt, read = candidate.attempt, candidate.read
    verdict = attempt.verdict if attempt else read.verdict if read else ""
    times = f" {attempt.tries} times" if attempt and attempt.tries > 1 else ""
    others = f", {count - 1} more unread" if count > 1 else ""
    return f"{verdict}{times} for capture {candidate.capture.timestamp}{others}"


def _without_article(case: _Case, witnesses: int) -> Decision:
    """Rule 5."""
    if unsettled := case.unsettled:
        return unsettled
    if witnesses < _WITNESSES:
        why = TO_BE_CONFIRMED if witnesses else "the list of captures is not complete yet"
        return Concluded(State.WAITING, why, witnesses=witnesses)
    if not case.ranked:
        return Concluded(State.NEVER_CAPTURED, "complete listings have no capture of it")
    counts = Counter(str(one.candidate.verdict) for one in case.ranked)
    tried = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    return Concluded(State.UNRECOVERABLE, f"all captures were tried: {tried}")


def _with_article(case: _Case) -> Decision:
    """Rule 4."""
    chosen = case.chosen
    if Lack.EMPTY_BODY in chosen.lacks and (unsettled := case.unsettled):
        return unsettled
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
