"""One contestant of the listing row, in a process of its own: prints seconds of processor time and peak MiB."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

from bench.measure import peak_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests


def answers(base: str) -> Iterator[requests.Response]:
    """Yield the answer of every page of the listing; the caller leaves its last line in `tail`."""
    import requests

    resume = None
    with requests.Session() as session:
        session.trust_env = False
        while True:
            url = f"{base}/cdx/search/cdx" + (f"?resumeKey={quote_plus(resume)}" if resume else "")
            with session.get(url, stream=True, timeout=60) as answer:
                yield answer
            last = json.loads(answer.last_line.rstrip(b"]") + b"]")
            if len(last) != 1:
                return
            resume = unquote_plus(last[0])


def line_by_line(base: str, chunk: int) -> int:
    """Read every page line by line with requests, doing nothing with the lines but count them.

    By default `iter_lines` takes 512 bytes at a time; with large chunks it costs a fraction of that.
    """
    count = 0
    for answer in answers(base):
        for line in answer.iter_lines(chunk_size=chunk):
            count, answer.last_line = count + 1, line
    return count


def bare_insert(base: str, folder: str) -> int:
    """Parse every page whole and insert its rows, unchecked, into one table of the same form: the limit."""
    import sqlite3

    from scraper.ledger.database import _PRAGMAS
    from scraper.ledger.schema import MIGRATIONS

    ledger = sqlite3.connect(f"{folder}.sqlite3", isolation_level=None)
    tables = "".join(script for _, script in MIGRATIONS)
    for statement in (*_PRAGMAS, tables[tables.index("CREATE TABLE captures (") :].partition(";\n")[0]):
        ledger.execute(statement)
    count = 0
    for answer in answers(base):
        answer.last_line = answer.content.rstrip().rsplit(b"\n", 1)[-1]
        rows = [row for row in json.loads(answer.content)[1:] if len(row) == 7]
        count += len(rows)
        ledger.execute("BEGIN")
        ledger.executemany(
            "INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            ((int(row[0].split("/")[2]), row[1], row[2], row[0], *row[3:]) for row in rows),
        )
        ledger.execute("COMMIT")
    return count


def into_the_ledger(base: str, output: str) -> int:
    """List the whole site into a new ledger, as a run does."""
    from scraper.config import Config
    from scraper.engine.discover import Discovery
    from scraper.jobs.workspace import open_archive, open_workspace
    from scraper.times import SystemClock

    config = Config(archive=base, output=output, cdx_per_minute=1_000_000)
    with open_workspace(config, clock=SystemClock(), all_ids=True) as space, open_archive(space) as archive:
        return Discovery(space, archive).whole_site().rows


def main() -> None:
    """Measure one."""
    start = time.process_time()
    wall = time.perf_counter()
    contestants = {
        "ledger": into_the_ledger,
        "insert": bare_insert,
        "lines": lambda base, _: line_by_line(base, 512),
        "large chunks": lambda base, _: line_by_line(base, 65536),
    }
    count = contestants[sys.argv[1]](*sys.argv[2:])
    taken = time.process_time() - start
    print(json.dumps({"rows": count, "cpu": taken, "wall": time.perf_counter() - wall, "peak": peak_memory()}))


if __name__ == "__main__":
    main()
