"""What is concluded when no capture shows the article."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scraper.models import Lack, State, Verdict
from scraper.selection.candidates import PageRead
from scraper.selection.decision import Concluded, Policy, Read, Written
from tests.selection.rows import LATER, NOW, article, ask, failed, gone, judged, unread, waits

NO_ARTICLE = [
    Verdict.FAREWELL, Verdict.EMPTY, Verdict.SOFT_404, Verdict.LISTING, Verdict.CHALLENGE, Verdict.LOGIN,
    Verdict.TRUNCATED, Verdict.FOREIGN, Verdict.REDIRECT_ELSEWHERE, Verdict.ARCHIVED_ERROR, Verdict.INTERSTITIAL,
]  # fmt: skip
SERVICE = [Verdict.OUTAGE, Verdict.REFUSED, Verdict.WRONG_ANSWER]


def test_the_first_in_order_is_read_first():
    """An id of which nothing was read starts with its best candidate."""
    decision = ask(unread("20200101"), unread("20210101"))
    assert decision == Read(unread("20210101").capture)


@pytest.mark.parametrize("verdict", NO_ARTICLE)
def test_a_page_that_is_no_article_makes_the_next_be_read(verdict):
    """Every such verdict steps back by itself."""
    assert ask(judged("20210101", verdict), unread("20200101")) == Read(unread("20200101").capture)


@pytest.mark.parametrize("verdict", NO_ARTICLE)
def test_when_all_are_read_and_none_is_an_article_the_id_is_unrecoverable(verdict):
    """With how many captures were what."""
    decision = ask(judged("20200101", verdict), gone("20210101"))
    counts = ", ".join(sorted(["1 excluded", f"1 {verdict}"], key=lambda count: count[2:]))
    assert decision == Concluded(State.UNRECOVERABLE, f"all captures were tried: {counts}")


@pytest.mark.parametrize("service", SERVICE)
@pytest.mark.parametrize("other", [*NO_ARTICLE, Verdict.UNKNOWN_LAYOUT])
def test_one_unread_capture_keeps_the_id_waiting(service, other):
    """Whatever the others were."""
    decision = ask(judged("20210101", other), failed("20200101", service, tries=99))
    assert waits(decision)
    assert (decision.until, decision.witnesses) == (LATER, None)
    assert decision.reason.startswith(f"{service} 99 times for capture 20200101000000")


@pytest.mark.parametrize("service", SERVICE)
def test_a_verdict_of_the_service_is_never_final(service):
    """Not even if somebody recorded it as read or as final."""
    as_read = unread("20210101")._replace(read=PageRead(service))
    assert isinstance(ask(as_read), Read)
    failure = failed("20210101", service).attempt
    assert failure is not None
    assert waits(ask(unread("20210101")._replace(attempt=failure._replace(final=True))))


@pytest.mark.parametrize("service", SERVICE)
def test_a_page_of_the_service_that_is_held_is_asked_for_anew(service):
    """An outage page saved as the article, found in somebody's WARC: once a run, from the archive only."""
    held = unread("20210101", held=True)._replace(read=PageRead(service))
    assert isinstance(ask(held), Read)
    for other, policy in ((held._replace(attempted=True), Policy()), (held, Policy(offline=True))):
        decision = ask(other, policy=policy)
        assert waits(decision)
        assert decision.reason == f"{service} for capture 20210101000000"


def test_a_failed_capture_is_asked_for_again_when_its_time_has_come():
    """Not before, and at the moment itself."""
    assert waits(ask(failed("20210101"), now=LATER - timedelta(seconds=1)))
    assert isinstance(ask(failed("20210101"), now=LATER), Read)


def test_a_capture_is_not_asked_for_twice_in_a_run():
    """Even if its time has come again meanwhile."""
    decision = ask(failed("20210101", next_at=NOW)._replace(attempted=True))
    assert waits(decision)


def test_the_wait_ends_with_the_first_of_the_unread():
    """Two failed captures: the earlier moment."""
    sooner = NOW + timedelta(minutes=5)
    decision = ask(failed("20210101"), failed("20200101", next_at=sooner))
    assert waits(decision)
    assert decision.until == sooner


@pytest.mark.parametrize("verdict", [Verdict.EXCLUDED, Verdict.NOT_ARCHIVED])
def test_excluded_and_not_archived_are_final_after_their_tries(verdict):
    """Before that they are unread like any other."""
    assert ask(gone("20210101", verdict)).state is State.UNRECOVERABLE
    assert waits(ask(failed("20210101", verdict)))


def test_over_the_limit_of_a_run_the_id_waits_for_the_next_run():
    """Twelve were asked for and none was it; there are more."""
    tried = [judged(f"202101{day:02}", Verdict.FAREWELL)._replace(attempted=True) for day in range(1, 13)]
    decision = ask(*tried, unread("20200101"))
    assert waits(decision)
    assert decision == Concluded(State.WAITING, "1 capture unread, over the limit of 12 a run")
    next_run = [one._replace(attempted=False) for one in tried]
    assert isinstance(ask(*next_run, unread("20200101")), Read)


def test_offline_only_what_is_held_is_read():
    """An import judges by what is there and waits for the rest."""
    offline = Policy(offline=True)
    decision = ask(unread("20210101"), unread("20200101", held=True), policy=offline)
    assert decision == Read(unread("20200101").capture)
    decision = ask(unread("20210101"), judged("20200101", Verdict.FAREWELL), policy=offline)
    assert waits(decision)
    assert decision.reason == "1 capture not fetched yet"


def test_offline_what_failed_says_so_still():
    """Making the files again takes nothing away from why and until when an id waits."""
    candidates = judged("20210101", Verdict.FAREWELL), failed("20200101", Verdict.OUTAGE)
    assert ask(*candidates, policy=Policy(offline=True)) == ask(*candidates)


def test_a_held_unknown_layout_is_never_unrecoverable():
    """All others are final and no article."""
    decision = ask(
        judged("20200101", Verdict.UNKNOWN_LAYOUT, detail="title"),
        gone("20210101"),
        judged("20190101", Verdict.FAREWELL),
    )
    assert decision == Concluded(State.UNKNOWN_LAYOUT, "title (capture 20200101000000)")


def test_an_article_is_written_though_another_capture_has_an_unknown_layout():
    """The text is there; the other page stays kept."""
    assert isinstance(ask(judged("20210101", Verdict.UNKNOWN_LAYOUT), article("20200101")), Written)


def test_an_empty_article_is_not_written_while_an_unknown_layout_may_have_the_text():
    """The held page may have more than the empty one."""
    empty = article("20210101", Lack.EMPTY_BODY, text="")
    assert ask(empty, judged("20200101", Verdict.UNKNOWN_LAYOUT)).state is State.UNKNOWN_LAYOUT


def test_without_any_capture_complete_listings_say_never_captured():
    """And partial ones say nothing."""
    assert ask() == Concluded(State.NEVER_CAPTURED, "complete listings have no capture of it")
    decision = ask(witnesses=0)
    assert waits(decision)
    assert decision.witnesses == 0


@pytest.mark.parametrize("candidates", [(), (judged("20210101", Verdict.FAREWELL),)])
def test_one_complete_listing_is_one_witness_and_two_are_needed(candidates):
    """Neither never captured nor unrecoverable before the archive was asked about this id alone, too."""
    decision = ask(*candidates, witnesses=1)
    assert waits(decision)
    assert decision.witnesses == 1


@pytest.mark.parametrize("verdict", [*NO_ARTICLE])
def test_without_complete_listings_nothing_is_unrecoverable(verdict):
    """There may be captures that nobody has heard of yet."""
    assert waits(ask(judged("20210101", verdict), witnesses=0))


def test_without_complete_listings_an_article_is_written_and_a_held_page_stays_held():
    """What is there is there."""
    assert isinstance(ask(article("20210101"), witnesses=0), Written)
    assert ask(judged("20210101", Verdict.UNKNOWN_LAYOUT), witnesses=0).state is State.UNKNOWN_LAYOUT
