"""What a run says of what went wrong: cron mails it."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper.engine.outcomes import Failed, Outcomes
from scraper.models import State
from scraper.reports.run import RunReport

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def report(*failed: Failed) -> RunReport:
    outcomes = Outcomes()
    outcomes.failed = {one.article: one for one in failed}
    return RunReport("run", NOW, NOW, outcomes, {})


def failures(count: int, state: State, first: int) -> list[Failed]:
    return [Failed(article, state, "why", None) for article in range(first, first + count)]


def test_of_many_articles_a_summary_comes_first_and_the_log_has_the_rest() -> None:
    """How many stand where, what a person has to do about them, then some of them; a mail that fits a screen."""
    lines = report(*failures(52, State.WAITING, 1), *failures(22, State.UNKNOWN_LAYOUT, 100)).problems()
    assert lines[0] == "74 articles not written:"
    assert lines[1].startswith("     52  waiting: what was fetched is kept; `hkcnews run` goes on")
    assert lines[2].startswith("     22  unknown layout: the page is kept; `hkcnews fixture add")
    assert lines[3] == "article 1: waiting: why"
    assert lines[-1] == "and 64 more: each is a line of hkcnews.log"
    assert len(lines) == 14


def test_a_few_are_their_own_summary_and_nothing_is_said_when_all_is_well() -> None:
    """Three lines need no heading, and cron sends no mail about nothing."""
    assert report(*failures(3, State.WAITING, 1)).problems() == [f"article {one}: waiting: why" for one in (1, 2, 3)]
    assert report().problems() == []
