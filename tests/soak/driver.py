"""One `hkcnews run` with time that runs: what the soak test starts, and kills, as a process of its own.

``python -m tests.soak.driver CONFIG IDS JUMP``: the scaled clock comes from the environment, the wall clock is off by
JUMP seconds.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from scraper.config import load_config
from scraper.jobs.run import RunOptions, run
from scraper.jobs.targets import parse_ids
from tests.clocks import ScaledClock


def main() -> int:
    config, ids, jump = sys.argv[1:]
    clock = ScaledClock.from_environment()
    clock.jump = float(jump)
    options = RunOptions(ids=parse_ids(ids), go_on=True)
    report = run(load_config(Path(config)), options, clock=clock, stop=threading.Event())
    print(json.dumps(report.as_json(), ensure_ascii=False))
    return report.exit_status


if __name__ == "__main__":
    raise SystemExit(main())
