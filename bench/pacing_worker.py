"""One run with scaled time, in a process of its own: prints what it wrote, what refused it, and when requests left."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    from scraper.archive.ratelimit.limiter import Ticket


def main() -> None:
    """Run once. Times are in scaled seconds of the machine's monotonic clock."""
    from scraper.archive.ratelimit.limiter import Governor
    from scraper.config import Config
    from scraper.jobs.run import RunOptions, run
    from tests.clocks import ScaledClock

    base, output, budget, factor = sys.argv[1:]
    clock = ScaledClock(float(factor))
    departures: list[tuple[float, float]] = []  # how long after its leave a request was written, and when
    departed = Governor.departed

    def noted(self: Governor, ticket: Ticket) -> None:
        if ticket.service == "replay":
            departures.append((clock.monotonic() - ticket.counted, clock.monotonic()))
        departed(self, ticket)

    # The timeouts are real seconds; nothing here comes near them.
    config = Config(archive=base, output=output, replay_per_minute=int(budget))
    with patch.object(Governor, "departed", noted):
        report = run(config, RunOptions(), clock=clock, stop=threading.Event())
    result = {"written": len(report.outcomes.written), "refusals": len(report.outcomes.refusals)}
    print(json.dumps(result | {"departures": departures}))


if __name__ == "__main__":
    main()
