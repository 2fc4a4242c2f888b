"""Which of several captures that show an article is written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.models import Lack, Verdict
from scraper.selection.decision import Policy, Read, Written
from tests.selection.rows import LATER, NOW, POOR, article, ask, chosen, differ, failed, judged, unread, waits

LACKS = [Lack.NO_AUTHOR_BOX, Lack.ENGLISH, Lack.EMPTY_BODY]


def test_one_intact_capture_is_enough():
    """Nothing else is read once the first in order is an article without lacks."""
    decision = ask(article("20210101"), unread("20200101"), unread("20190101"))
    assert isinstance(decision, Written)
    assert decision.capture.timestamp == "20210101000000"
    assert decision.again is None


@pytest.mark.parametrize("lack", LACKS)
def test_a_lack_makes_the_next_best_be_read_too(lack):
    """A lack is a reason to look at one more."""
    decision = ask(article("20210101", lack), unread("20200101"), unread("20190101"))
    assert isinstance(decision, Read)
    assert decision.capture.timestamp == "20200101000000"


def test_for_a_poor_url_only_a_good_url_is_read():
    """What another poor URL shows cannot mend it."""
    assert chosen(article("20210101", url=POOR), unread("20200101", POOR), unread("20190101")) == "20190101"
    decision = ask(article("20210101", url=POOR), unread("20200101", POOR))
    assert isinstance(decision, Written)


@pytest.mark.parametrize("lack", [*LACKS, Lack.POOR_URL, Lack.TRUNCATED])
def test_the_same_text_is_taken_from_where_it_lacks_nothing(lack):
    """Same text: the capture without the lack."""
    assert chosen(article("20210101", lack), article("20200101")) == "20200101"


@pytest.mark.parametrize("lack", [Lack.NO_AUTHOR_BOX, Lack.ENGLISH, Lack.POOR_URL])
def test_of_different_texts_the_later_one_is_taken_and_the_other_kept(lack):
    """A correction is not given up for a prettier page; the earlier text is a version."""
    known = [article("20210101", lack, text="b"), article("20200101")]
    decision = ask(*known)
    assert isinstance(decision, Written)
    assert decision.capture.timestamp == "20210101000000"
    assert differ(*known)


def test_the_later_text_means_before_the_closure():
    """A text from after the closure does not win over one from before it."""
    decision = ask(article("20210101", Lack.ENGLISH), article("20220301", text="b"))
    assert isinstance(decision, Written)
    assert decision.capture.timestamp == "20210101000000"


@pytest.mark.parametrize("lack", [Lack.EMPTY_BODY, Lack.TRUNCATED])
def test_a_lack_in_the_text_itself_gives_way_to_the_complete_text(lack):
    """The complete one is taken though it is older and has other lacks, and what lacks text is no version."""
    decision = ask(article("20210101", lack, text=""), article("20200101", Lack.ENGLISH, text="b"), unread("20190101"))
    assert isinstance(decision, Read)
    known = [article("20210101", lack, text=""), article("20200101", Lack.ENGLISH, text="b")]
    decision = ask(*known)
    assert isinstance(decision, Written)
    assert decision.capture.timestamp == "20200101000000"
    assert not differ(*known)


def test_a_comparison_that_was_lost_settles_the_lack():
    """Once a page without the lack was read and has another text, no further ones are read."""
    decision = ask(article("20210101", Lack.ENGLISH, text="b"), article("20200101"), unread("20190101"))
    assert isinstance(decision, Written)


def test_captures_are_read_on_until_one_is_without_the_lack():
    """Another page with the same lack settles nothing."""
    assert (
        chosen(article("20210101", Lack.ENGLISH), article("20200101", Lack.ENGLISH), unread("20190101")) == "20190101"
    )


def test_an_article_with_a_lack_is_written_though_a_better_one_cannot_be_read_yet():
    """Written now, and asked again when the other may be asked for."""
    decision = ask(article("20210101", Lack.ENGLISH), failed("20200101"))
    assert isinstance(decision, Written)
    assert decision.again == LATER
    assert isinstance(ask(article("20210101", Lack.ENGLISH), failed("20200101"), now=LATER), Read)


def test_an_article_is_written_though_a_capture_before_it_alone_keeps_failing():
    """One capture's 503 costs the article nothing; it is asked for again later, but not for ever."""
    decision = ask(failed("20210101"), article("20200101"))
    assert isinstance(decision, Written)
    assert decision.again == LATER
    worn_out = ask(failed("20210101", tries=4), article("20200101"), now=LATER)
    assert isinstance(worn_out, Written)
    assert worn_out.again is None


def test_an_empty_text_waits_for_every_other_capture():
    """It is written once no other capture has more."""
    empty = article("20210101", Lack.EMPTY_BODY, text="")
    assert waits(ask(empty, failed("20200101")))
    assert isinstance(ask(empty, unread("20200101", status="301")), Read)
    assert isinstance(ask(empty, judged("20200101", Verdict.FAREWELL)), Written)


def test_for_looks_no_asset_or_error_is_read():
    """Only pages can be without the lack."""
    decision = ask(article("20210101", Lack.ENGLISH), unread("20200101", status="404"), unread("20190101", shared=5))
    assert isinstance(decision, Written)


def test_a_new_and_better_placed_row_is_read():
    """A written article is reconsidered when the listing brings a later capture."""
    assert chosen(article("20200101"), unread("20210101")) == "20210101"


def test_captures_per_article_reads_so_many_and_compares_them():
    """With N = 3 three intact captures are read, what is no article not counted."""
    policy = Policy(captures_per_article=3)
    known = [article("20210101"), judged("20200101", Verdict.FAREWELL), article("20190101", text="b")]
    assert ask(*known, unread("20180101"), policy=policy) == Read(unread("20180101").capture)
    decision = ask(*known, article("20180101"), unread("20170101"), policy=policy)
    assert isinstance(decision, Written)
    assert decision.capture.timestamp == "20210101000000"
    assert differ(*known)
    assert not differ(known[0], article("20180101"))


def test_what_only_one_capture_shows_counts_as_completeness():
    """Same text, same lacks: the capture with a stamp, figure or box more."""
    policy = Policy(captures_per_article=2)
    assert chosen(
        article("20210101", completeness=(9, 1, 0)), article("20200101", completeness=(9, 1, 1)), policy=policy
    ) == ("20200101")


def test_equal_captures_are_decided_by_order():
    """Nothing to tell them apart: the latest."""
    policy = Policy(captures_per_article=2)
    assert chosen(article("20200101"), article("20210101"), policy=policy) == "20210101"


def test_an_article_over_the_limit_of_the_run_is_written_and_asked_again():
    """The run's limit postpones the search for a better one, not the article."""
    first = article("20210101", Lack.ENGLISH)._replace(attempted=True)
    decision = ask(first, unread("20200101"), policy=Policy(candidates_per_run=1))
    assert isinstance(decision, Written)
    assert decision.again == NOW


def test_the_reason_says_what_was_better():
    """People read why this capture was taken."""
    decision = ask(article("20210101", Lack.ENGLISH), article("20200101"))
    assert isinstance(decision, Written)
    assert decision.reason == "preferred to 20210101000000 (English interface)"


def test_moments_are_aware():
    """The moment to ask again is that of the failure, in UTC."""
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    decision = ask(failed("20210101", next_at=moment), article("20200101"))
    assert isinstance(decision, Written)
    assert decision.again == moment
