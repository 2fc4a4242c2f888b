"""One `hkcnews run` with time that runs: what the soak test starts, and kills, as a process of its own.

``python -m tests.soak.driver CONFIG IDS JUMP LOG``: the scaled clock comes from the environment, the wall clock is off
by JUMP seconds. Behind the user agent each request says which run sends it (the name of LOG) and when it was permitted.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from pathlib import Path

import requests

from scraper.archive.ratelimit.budget import Permit
from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.config import load_config
from scraper.jobs.run import RunOptions, run
from scraper.jobs.targets import parse_ids
from tests.clocks import ScaledClock


def sign_requests(run: str) -> None:
    """Have each request say which run sends it, and when the limiter let it go."""
    here = threading.local()
    acquire, try_acquire, prepare = RateLimiter.acquire, RateLimiter.try_acquire, requests.Session.prepare_request

    def permitted(limiter: RateLimiter, service: str) -> Permit:
        here.permit = acquire(limiter, service)
        return here.permit

    def permitted_at_once(limiter: RateLimiter, service: str) -> Permit | None:
        here.permit = try_acquire(limiter, service)
        return here.permit

    def signed(session: requests.Session, request: requests.Request) -> requests.PreparedRequest:
        prepared = prepare(session, request)
        prepared.headers["User-Agent"] += f" {run} {here.permit.granted_at}"
        return prepared

    RateLimiter.acquire, RateLimiter.try_acquire = permitted, permitted_at_once
    requests.Session.prepare_request = signed


def main() -> int:
    config, ids, jump, log = sys.argv[1:]
    logging.basicConfig(filename=log, level=logging.INFO)
    sign_requests(Path(log).stem)
    clock = ScaledClock.from_environment()
    clock.jump = float(jump)
    options = RunOptions(ids=parse_ids(ids), go_on=True)
    report = run(load_config(Path(config)), options, clock=clock, stop=threading.Event())
    print(json.dumps(report.as_json(), ensure_ascii=False))
    return report.exit_status


if __name__ == "__main__":
    raise SystemExit(main())
