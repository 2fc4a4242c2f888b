"""One contestant of the listing row, in a process of its own: prints seconds of processor time and peak MiB."""

from __future__ import annotations

import json
import sys
import threading
import time
from urllib.parse import quote_plus, unquote_plus

from bench.measure import peak_memory


def line_by_line(base: str) -> int:
    """Read every page of the listing line by line with requests, doing nothing with the lines but count them."""
    import requests

    count, resume = 0, None
    with requests.Session() as session:
        session.trust_env = False
        while True:
            url = f"{base}/cdx/search/cdx" + (f"?resumeKey={quote_plus(resume)}" if resume else "")
            last = b""
            with session.get(url, stream=True, timeout=60) as answer:
                for line in answer.iter_lines(chunk_size=65536):
                    count, last = count + 1, line
            tail = json.loads(last.rstrip(b"]") + b"]")
            if len(tail) != 1:
                return count
            resume = unquote_plus(tail[0])


def into_the_ledger(base: str, output: str) -> int:
    """List the whole site into a new ledger, as a run does."""
    from scraper.clock import SystemClock
    from scraper.config import Config
    from scraper.job import make_discovery, open_archive
    from scraper.pipeline import workspace

    config = Config(archive=base, output=output, cdx_per_minute=1_000_000)
    stop, clock = threading.Event(), SystemClock()
    with workspace(config, clock=clock) as space, open_archive(config, clock=clock, stop=stop) as archive:
        return make_discovery(space, config, archive, stop=stop).whole_site().rows


def main() -> None:
    """Measure one."""
    start = time.process_time()
    wall = time.perf_counter()
    count = into_the_ledger(*sys.argv[2:]) if sys.argv[1] == "ledger" else line_by_line(sys.argv[2])
    taken = time.process_time() - start
    print(json.dumps({"rows": count, "cpu": taken, "wall": time.perf_counter() - wall, "peak": peak_memory()}))


if __name__ == "__main__":
    main()
