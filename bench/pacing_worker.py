"""One run with scaled time, in a process of its own: prints what it wrote and what refused it."""

from __future__ import annotations

import json
import sys
import threading


def main() -> None:
    """Run once."""
    from scraper.config import Config
    from scraper.job import RunOptions, run
    from tests.clocks import ScaledClock

    base, output, budget, factor = sys.argv[1:]
    # The timeouts are real seconds; nothing here comes near them.
    config = Config(archive=base, output=output, replay_per_minute=int(budget))
    report = run(config, RunOptions(), clock=ScaledClock(float(factor)), stop=threading.Event())
    print(json.dumps({"written": len(report.outcomes.written), "refusals": len(report.outcomes.refusals)}))


if __name__ == "__main__":
    main()
