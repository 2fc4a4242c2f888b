"""The state of the rate limiter, for people: read without a request."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from scraper.archive.ratelimit.budget import budgets_of
from scraper.archive.ratelimit.statefile import StateFile, state_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scraper.archive.ratelimit.budget import Budget
    from scraper.config import Config
    from scraper.times import Clock

CONTACT = "info@archive.org"
"""Where the archive wants to hear of a block that is a mistake: its own page of 2026 says so."""


class RateStatus(NamedTuple):
    """The state of the rate limiter; by service: requests a minute.

    Attributes:
        used, budgets, pace: those of the last minute, those allowed by the settings, those that go now.
        limits: those that the archive let through before it last refused; only where known.
        why: why the pace is not the budget, for people; only where it is slower.
        until: end of the cool-down, None if none is on.
        probing: whether a single request must be answered before the others go on.
        refusals, reason: how many since the last clean day, and what the last of them was.
        next_request_at: when the next request may be made; now or earlier if at once.
    """

    used: Mapping[str, int]
    budgets: Mapping[str, int]
    pace: Mapping[str, float]
    limits: Mapping[str, float]
    why: Mapping[str, str]
    until: datetime | None
    probing: bool
    refusals: int
    reason: str
    next_request_at: datetime

    def pace_as_json(self) -> dict[str, dict[str, object]]:
        """Return each service's pace for programs: requests a minute, budget, limit if one is known, and why."""
        return {
            service: {
                "per_minute": round(pace),
                "budget": self.budgets[service],
                "limit": round(self.limits[service]) if service in self.limits else None,
                "why": self.why.get(service),
            }
            for service, pace in self.pace.items()
        }

    def pace_as_text(self) -> str:
        """Return each service's pace in one sentence, and why it is not the whole budget."""
        told = []
        for service, pace in self.pace.items():
            text = f"{service} {pace:.0f} of {self.budgets[service]} a minute"
            if service in self.why:
                met = f"; the archive let {self.limits[service]:.0f} through" if service in self.limits else ""
                text += f" ({self.why[service]}{met})"
            told.append(text)
        return "; ".join(told)


def rate_status(config: Config, *, clock: Clock) -> RateStatus:
    """Return the state for the archive that the settings name; raise StoreError if it cannot be read."""
    file = StateFile(state_path(config.replay), clock, cool_down=config.cool_down)
    return status_of(file.peek(), budgets_of(config), clock=clock)


def status_of(state: Budget, budgets: Mapping[str, int], *, clock: Clock) -> RateStatus:
    """Make the status of a state, which is brought up to the present."""
    now, wall = clock.monotonic(), clock.now()
    state.forget(now)
    left = state.until - now
    paces = {service: state.pace(service) for service in budgets}
    next_ones = [pace.delay(budgets[service], now) for service, pace in paces.items()]
    slower = {service: pace for service, pace in paces.items() if pace.rate < budgets[service]}
    return RateStatus(
        used={service: len(pace.sent) for service, pace in paces.items()},
        budgets=budgets,
        pace={service: pace.per_minute(budgets[service]) for service, pace in paces.items()},
        limits={service: pace.limit for service, pace in paces.items() if pace.limit is not None},
        why={service: pace.why or "it grows as long as the archive answers" for service, pace in slower.items()},
        until=wall + timedelta(seconds=left) if left > 0 else None,
        probing=state.probing,
        refusals=state.refusals,
        reason=state.reason,
        next_request_at=wall + timedelta(seconds=max(0.0, left, min(next_ones))),
    )


def why_refused(state: Budget) -> str:
    """Return what a refusal means and what can be done, as a sentence with a space behind it; empty: nothing to say."""
    if state.reason == "connection refused":
        return (
            "The archive's firewall takes no connection from this address, as it does for an hour or more when one "
            "goes on asking after a refusal. If that lasts for days, write to "
            f"{CONTACT} and name your address and User-Agent. "
        )
    if state.reason == "banned":
        return f"It takes this address for a bot that does harm. If that is a mistake, write to {CONTACT}. "
    if state.unprovoked:
        return (
            "It was the first request for an hour or more, so others may be asking the archive from this address too. "
        )
    return ""
