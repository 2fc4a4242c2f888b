"""How matters stand with the archive, for people: looked at without a request."""

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


class RateStatus(NamedTuple):
    """How matters stand with the archive.

    Attributes:
        used: service to requests in the last minute.
        budgets: service to requests allowed a minute.
        share: part of the budgets in use after a refusal, 1 if all.
        cooling: whether a cool-down is on.
        until: end of the cool-down, or None.
        probing: whether a single request must be answered before the others go on.
        refusals: refusals since the last clean day.
        reason: what the last of them was.
        next_request_at: when the next request may be made; now or earlier if at once.
    """

    used: Mapping[str, int]
    budgets: Mapping[str, int]
    share: float
    cooling: bool
    until: datetime | None
    probing: bool
    refusals: int
    reason: str
    next_request_at: datetime


def rate_status(config: Config, *, clock: Clock) -> RateStatus:
    """Return how matters stand with the archive that the settings name, without changing anything.

    Raises:
        StoreError: the state folder cannot be written.
    """
    file = StateFile(state_path(config.replay), clock, cool_down=config.cool_down)
    return status_of(file.peek(), budgets_of(config), clock=clock)


def status_of(state: Budget, budgets: Mapping[str, int], *, clock: Clock) -> RateStatus:
    """Return how matters stand; `state` is brought up to the present."""
    now, wall = clock.monotonic(), clock.now()
    state.forget(now)
    left = state.cooling(now)
    waits = [state.delay(service, budget, now) for service, budget in budgets.items()]
    return RateStatus(
        used={service: len(state.sent.get(service, [])) for service in budgets},
        budgets=budgets,
        share=state.usable_share(max(now, state.share_at)),
        cooling=left > 0,
        until=wall + timedelta(seconds=left) if left > 0 else None,
        probing=state.probing,
        refusals=state.level,
        reason=state.reason,
        next_request_at=wall + timedelta(seconds=max(0.0, left, min(waits))),
    )
