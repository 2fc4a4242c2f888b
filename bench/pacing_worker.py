"""One run with scaled time, in a process of its own: prints what it wrote, what refused it, and when requests left."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    from scraper.archive.ratelimit.budget import Permit


def main() -> None:
    """Run once. Times are in scaled seconds of the machine's monotonic clock."""
    from scraper.archive.ratelimit.limiter import RateLimiter
    from scraper.config import Config
    from scraper.jobs.run import RunOptions, run
    from tests.clocks import ScaledClock

    base, output, budget, factor = sys.argv[1:]
    clock = ScaledClock(float(factor))
    departures: dict[Permit, tuple[float, float]] = {}  # to how long after it a request was written, and when
    still_permits = RateLimiter.still_permits

    def noted(self: RateLimiter, permit: Permit) -> bool:
        if permit.service == "replay":
            departures[permit] = clock.monotonic() - permit.granted_at, clock.monotonic()  # asked again once connected
        return still_permits(self, permit)

    # The timeouts are real seconds; nothing here comes near them.
    config = Config(archive=base, output=output, replay_per_minute=int(budget))
    with patch.object(RateLimiter, "still_permits", noted):
        report = run(config, RunOptions(), clock=clock, stop=threading.Event())
    result = {"written": len(report.outcomes.written), "refusals": len(report.outcomes.refusals)}
    print(json.dumps(result | {"departures": list(departures.values())}))


if __name__ == "__main__":
    main()
