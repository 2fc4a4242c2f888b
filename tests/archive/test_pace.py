"""The pace: it finds a limit that nobody told, keeps below it, and looks now and then whether more is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.ratelimit.pace import LEAST, START, Latency, Pace
from tests.archive.virtual_archive import HOUR, simulate


def between(moments: list[float], begin: float, end: float) -> float:
    """How many a minute."""
    return sum(begin <= moment < end for moment in moments) / (end - begin) * 60


@pytest.mark.parametrize(("limit", "pages"), [(40, 8_000), (60, 12_000), (105, 20_000), (200, 35_000)])
def test_an_unknown_limit_is_found_at_the_first_refusal_and_used(limit: int, pages: int) -> None:
    """One cool-down in the first hour, one in any hour after, never a block, 92 % of the limit from the second on."""
    ran = simulate(limit, pages=pages)
    assert ran.blocks == ran.ended == 0
    assert len([moment for moment in ran.refusals if moment < HOUR]) == 1
    assert all(later - earlier > HOUR for earlier, later in zip(ran.refusals, ran.refusals[1:], strict=False))
    assert between(ran.done, HOUR, ran.done[-1] // HOUR * HOUR) >= 0.92 * limit


@pytest.mark.parametrize("seed", range(20))
def test_an_unknown_limit_of_one_a_second_costs_one_request(seed: int) -> None:
    """300 articles at 40 or 60 a minute, a refusal after 0.8 s at most: one request refused, 1.35 times the ideal."""
    for limit in (40, 60):
        ran = simulate(limit, pages=300, latency=(0.2, 0.8), refusal=(0.2, 0.8), seed=seed)
        assert ran.refused == 1
        assert ran.done[-1] <= 1.35 * 300 * 60 / limit
        assert ran.ended == 0


def test_a_budget_that_is_allowed_is_used_after_two_minutes() -> None:
    """Nothing is refused, and the pace doubles until it is the budget."""
    ran = simulate(600, pages=4_000)
    assert ran.refused == 0
    assert between(ran.done, 120, 480) >= 0.95 * 480


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(12, 500), min_size=2, max_size=6),
    st.floats(0.1, 20),
    st.integers(0, 1_000),
)
def test_a_limit_that_changes_leads_to_no_block(limits: list[int], slowest: float, seed: int) -> None:
    """Whatever the limit becomes every half hour and however slow the answers, no request goes on after a refusal."""
    ran = simulate(
        lambda passed: limits[int(passed // 1_800) % len(limits)],
        pages=6_000,
        latency=(0.05, slowest),
        seed=seed,
        until=6 * HOUR,
    )
    assert ran.blocks == 0
    assert all(later - earlier > 60 for earlier, later in zip(ran.refusals, ran.refusals[1:], strict=False))


def test_a_limit_that_rises_is_found_out() -> None:
    """After some hours at 40 the archive takes 300 again: the pace comes near that within six hours."""
    ran = simulate(lambda passed: 40 if passed < HOUR else 300, pages=60_000, until=8 * HOUR)
    assert between(ran.done, 7 * HOUR, 8 * HOUR) > 200


def test_a_day_later_the_pace_dares_more() -> None:
    """A limit that was met yesterday no longer holds the pace down: it grows by a tenth a minute."""
    pace = Pace()
    for number in range(40):
        pace.admit(480, 1_000.0 + number)
    pace.refused(1_040.0, 1_100.0, "throttled")
    assert pace.rate == pytest.approx(38)
    now = 90_000.0
    for _ in range(1_500):
        now += max(0.0, pace.delay(480, now))
        pace.admit(480, now)
    assert pace.rate > 100


def test_what_was_never_refused_is_not_taken_for_granted_after_a_day() -> None:
    """A rest of a day, and the pace begins low; a rest of an hour changes nothing."""
    pace = Pace()
    pace.rate, pace.used_at = 480.0, 1_000.0
    pace.forget(4_600.0)
    assert pace.rate == 480
    pace.forget(90_000.0)
    assert pace.rate == START


def test_strain_slows_down_for_some_minutes_and_not_below_the_floor() -> None:
    """Connections that break off, or answers that take long, cut the pace once a minute; it grows again."""
    pace = Pace()
    pace.rate = 100.0
    assert pace.slow_down(1_000.0, "reset")
    assert not pace.slow_down(1_030.0, "reset")
    assert pace.rate == pytest.approx(70)
    now = 1_030.0
    for _ in range(600):
        now += max(0.0, pace.delay(480, now))
        pace.admit(480, now)
    assert 90 < pace.rate < 100
    for minute in range(100):
        pace.slow_down(now + 61 * minute, "reset")
    assert pace.rate == LEAST


def test_a_jump_in_latency_is_seen_once() -> None:
    """Answers that vary are no jump; three times as slow for a while is one, and then what is usual."""
    latency = Latency()
    assert not any(latency.add(1 + number % 8) for number in range(200))
    assert sum(latency.add(25.0) != "" for _ in range(60)) == 1
    assert 20 <= latency.in_flight(60) <= 28
