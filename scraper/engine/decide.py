"""What a run holds of each article it is at work on, and what that says is next."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scraper.engine.outcomes import Plan
from scraper.engine.questions import own_question, wider_urls
from scraper.models import State, Verdict
from scraper.selection.decision import Concluded, Decision, Policy, Read, Written, decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.engine.workspace import Workspace
    from scraper.models import Capture, Reading
    from scraper.selection.candidates import Candidate

Place = tuple[str, str]
"""Original and timestamp: what names a kept page."""


class Cases:
    """Brings what the ledger knows of an article, and what this run did, before `selection`.

    By article id: `named`, the capture to write if it shows an article; `pages`, what reading each gave in this run;
    `attempted`, the captures that this run has asked for; and `known`, those that the last decision was about.
    """

    def __init__(self, space: Workspace, permitted: Callable[[Capture], bool], *, offline: bool) -> None:
        config = space.config
        self._policy = Policy(
            config.captures_per_article, config.candidates_per_run, config.tries_per_capture, offline=offline
        )
        self._site = space.site
        self._ledger = space.ledger
        self._clock = space.clock
        self._permitted = permitted
        self.named: dict[int, Capture] = {}
        self.pages: dict[int, dict[Place, Reading]] = defaultdict(dict)
        self.attempted: dict[int, set[Capture]] = defaultdict(set)
        self.known: dict[int, dict[Capture, Candidate]] = defaultdict(dict)

    def forget(self, article: int) -> None:
        """Let go of an article that is done with."""
        self.pages.pop(article, None)
        self.attempted.pop(article, None)
        self.known.pop(article, None)

    def page(self, article: int, capture: Capture) -> Reading | None:
        """Return what reading a capture gave in this run, or None."""
        return self.pages[article].get((capture.original, capture.timestamp))

    def tries(self, article: int, capture: Capture) -> int:
        """Return how often a capture was asked for in vain; those count that are held against it."""
        known = self.known[article].get(capture)
        return known.attempt.tries if known and known.attempt else 0

    def decide(self, article: int) -> Decision:
        """Say what is next for an article."""
        attempted = self.attempted[article]
        rows = self._ledger.captures.of_article(article)
        self.known[article] = {one.capture: one for one in rows}
        if named := self._decide_named(article, attempted):
            return named
        known = [one._replace(attempted=True) if one.capture in attempted else one for one in rows]
        within = [one for one in known if one.read is not None or self._permitted(one.capture)]
        prefix, now = self._site.article_prefix, self._clock.now()
        witnesses = self._ledger.witnesses(own_question(prefix, article).url, wider_urls(prefix, article))
        decision = decide(within, site=self._site, policy=self._policy, witnesses=witnesses, now=now)
        if len(within) < len(known) and isinstance(decision, Concluded):
            return Concluded(State.WAITING, "captures outside of --from and --to are unread", now, witnesses=0)
        return decision

    def _decide_named(self, article: int, attempted: set[Capture]) -> Decision | None:
        """Read the capture that was asked for by its address first, and write it if it is an article."""
        capture = self.named.get(article)
        if capture is None:
            return None
        read = self.known[article][capture].own_read
        if read is None and capture not in attempted:
            return Read(capture)
        if read is not None and read.verdict is Verdict.ARTICLE:
            return Written(capture, "the capture that was asked for")
        return None

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
