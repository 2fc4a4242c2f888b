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


class ServiceStatus(NamedTuple):
    """How fast one service is asked, in requests a minute.

    Attributes:
        used: those of the last minute.
        budget: those that the settings allow.
        pace: those that go now.
        limit: those that the archive let through before it last refused; None: it never did.
        why: why the pace is not the budget, for people; None: it is.
    """

    used: int
    budget: int
    pace: float
    limit: float | None
    why: str | None

    def as_json(self) -> dict[str, object]:
        """Return the pace for programs."""
        limit = None if self.limit is None else round(self.limit)
        return {"per_minute": round(self.pace), "budget": self.budget, "limit": limit, "why": self.why}

    def as_text(self) -> str:
        """Return the pace for people, and why it is not the whole budget."""
        text = f"{self.pace:.0f} of {self.budget} a minute"
        if self.why is None:
            return text
        met = "" if self.limit is None else f"; the archive let {self.limit:.0f} through"
        return f"{text} ({self.why}{met})"


class RateStatus(NamedTuple):
    """The state of the rate limiter.

    Attributes:
        services: by name, ``cdx`` and ``replay``.
        until: end of the cool-down, None if none is on.
        probing: whether a single request must be answered before the others go on.
        refusals, reason: how many since the last clean day, and what the last of them was.
        next_request_at: when the next request may be made; now or earlier if at once.
    """

    services: Mapping[str, ServiceStatus]
    until: datetime | None
    probing: bool
    refusals: int
    reason: str
    next_request_at: datetime


def rate_status(config: Config, *, clock: Clock) -> RateStatus:
    """Return the state for the archive that the settings name; raise StoreError if it cannot be read."""
    file = StateFile(state_path(config.replay), clock, cool_down=config.cool_down)
    return status_of(file.peek(), budgets_of(config), clock=clock)


def status_of(state: Budget, budgets: Mapping[str, int], *, clock: Clock) -> RateStatus:
    """Make the status of a state, which is brought up to the present."""
    now, wall = clock.monotonic(), clock.now()
    state.forget(now)
    left, delays = state.until - now, []
    services = {}
    for service, budget in budgets.items():
        pace = state.pace(service)
        delays.append(pace.delay(budget, now))
        why = pace.why or "it grows as long as the archive answers" if pace.rate < budget else None
        services[service] = ServiceStatus(len(pace.sent), budget, pace.per_minute(budget), pace.limit, why)
    return RateStatus(
        services=services,
        until=wall + timedelta(seconds=left) if left > 0 else None,
        probing=state.probing,
        refusals=state.refusals,
        reason=state.reason,
        next_request_at=wall + timedelta(seconds=max(0.0, left, min(delays))),
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
