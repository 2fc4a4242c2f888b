"""What holds for any captures with any history."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.models import UNREAD, Lack, State, Verdict
from scraper.selection.candidates import Attempt, Candidate, PageRead
from scraper.selection.decision import Policy, Read, Written, decide
from scraper.sites.hkcnews import HKCNEWS
from tests.selection.rows import ASSET, NOW, POOR, URL, capture, state_of, waits

FINAL = sorted(set(Verdict) - UNREAD - {Verdict.EXCLUDED, Verdict.NOT_ARCHIVED})
READS = st.builds(
    PageRead,
    st.sampled_from(FINAL) | st.just(Verdict.ARTICLE),
    st.frozensets(st.sampled_from(sorted(Lack)), max_size=2),
    st.sampled_from("ab"),
    st.tuples(st.integers(0, 2)),
)
FAILURES = st.builds(
    Attempt,
    st.sampled_from(sorted(UNREAD | {Verdict.EXCLUDED, Verdict.NOT_ARCHIVED})),
    st.integers(1, 6),
    st.booleans(),
    st.sampled_from([None, NOW - timedelta(1), NOW, NOW + timedelta(1)]),
)
CAPTURES = st.builds(
    capture,
    st.sampled_from(["20180101", "20210101", "20220103155959", "20220103160000", "20220901", "20211399"]),
    st.sampled_from([URL, POOR, ASSET, "http://hkcnews.com:80/article/28325"]),
    mimetype=st.sampled_from(["text/html", "warc/revisit", "image/png"]),
    status=st.sampled_from(["200", "-", "404"]),
    digest=st.sampled_from(["A", "B", "-"]),
)
CANDIDATES = st.builds(
    Candidate,
    CAPTURES,
    st.sampled_from([1, 2, 5, 900]),
    st.none() | READS,
    st.none() | FAILURES,
    st.booleans(),
    st.booleans(),
)
POLICIES = st.builds(Policy, st.integers(1, 3), st.sampled_from([2, 12]), offline=st.booleans())
MANY = st.lists(CANDIDATES, max_size=6, unique_by=lambda one: one.capture)
CAREFUL = settings(max_examples=150, deadline=None)


def ask(candidates, policy=None, *, listed=True):
    return decide(candidates, site=HKCNEWS, policy=policy or Policy(), witnesses=lambda: 2 * listed, now=NOW)


@CAREFUL
@given(st.data(), MANY, POLICIES, st.booleans())
def test_the_order_of_rows_changes_nothing(data, candidates, policy, listed):
    """Any permutation of the rows gives the same decision."""
    shuffled = data.draw(st.permutations(candidates))
    assert ask(shuffled, policy, listed=listed) == ask(candidates, policy, listed=listed)


@CAREFUL
@given(MANY, CAPTURES, st.sampled_from(sorted(UNREAD)))
def test_a_capture_that_cannot_be_read_never_costs_a_written_article(candidates, row, verdict):
    """Unless the text is empty, which waits for everything that may have more."""
    before = ask(candidates)
    failing = Candidate(row, attempt=Attempt(verdict, 1, final=False, next_at=NOW + timedelta(1)))
    known = {one.capture for one in candidates}
    if row in known or not isinstance(before, Written):
        return
    chosen = next(one for one in candidates if one.capture == before.capture)
    assert chosen.read is not None
    if chosen.read.lacks & {Lack.EMPTY_BODY, Lack.TRUNCATED}:
        return
    # A row can make a revisit of the same digest a page, and so move it; this one brings its own digest.
    after = ask([*candidates, failing._replace(capture=row._replace(digest="NEW"))])
    assert isinstance(after, Written)
    assert after.capture == before.capture


@CAREFUL
@given(MANY, POLICIES)
def test_a_refusal_or_a_partial_listing_never_leads_to_absence(candidates, policy):
    """Without complete listings, or with one unread candidate, no id is given up."""
    given_up = (State.UNRECOVERABLE, State.NEVER_CAPTURED)
    assert state_of(ask(candidates, policy, listed=False)) not in given_up
    unread = Candidate(
        capture("20190101"), attempt=Attempt(Verdict.REFUSED, 9, final=False, next_at=NOW + timedelta(1))
    )
    assert state_of(ask([*candidates, unread], policy)) not in given_up


@CAREFUL
@given(MANY)
def test_what_is_read_next_can_be_read(candidates):
    """Never a capture that was read itself, was asked for in this run, or is not due."""
    decision = ask(candidates)
    if isinstance(decision, Read):
        one = next(one for one in candidates if one.capture == decision.capture)
        assert one.verdict is None or one.read.is_stand_in
        assert not one.attempted
        assert one.attempt is None or one.attempt.next_at is None or one.attempt.next_at <= NOW


@CAREFUL
@given(MANY, POLICIES, st.lists(READS | FAILURES, min_size=12, max_size=12))
def test_asking_comes_to_an_end(candidates, policy, answers):
    """Whatever the captures turn out to be, a run asks for each at most once and stops."""
    known = {one.capture: one._replace(attempted=False) for one in candidates}
    asked = []
    decision = ask(list(known.values()), policy)
    while isinstance(decision, Read):
        assert decision.capture not in asked
        answer = answers[len(asked)]
        asked.append(decision.capture)
        one = known[decision.capture]._replace(attempted=True)
        kind = {"read": answer} if isinstance(answer, PageRead) else {"attempt": answer}
        known[decision.capture] = one._replace(**kind)
        decision = ask(list(known.values()), policy)
    assert len(asked) <= policy.candidates_per_run
    if waits(decision):
        assert decision.reason
