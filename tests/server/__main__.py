"""``python -m tests.server FILE.warc.gz… [--port P] [--faults PLAN] [--seed N]``: serve until interrupted."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from tests.server import KINDS, Faults, TestArchive, read_warc


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.server", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.warc.gz")
    parser.add_argument("--port", type=int, default=0, help="default: any free one; it is printed")
    parser.add_argument(
        "--faults",
        default="",
        metavar="PLAN",
        help="kind[@service][~part of URL][+skip][*times|*all],… Kinds: " + ", ".join(KINDS),
    )
    parser.add_argument("--seed", type=int, help="play every kind of fault once, at moments drawn from this number")
    options = parser.parse_args()
    saved = [one for path in options.files for one in read_warc(path)]
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with TestArchive(saved, port=options.port, faults=Faults.parse(options.faults, seed=options.seed)) as archive:
        print(f"{len(saved)} captures at {archive.base}", flush=True)
        stop.wait()
        log = archive.log
        busiest = ", ".join(f"{service} {log.busiest(service)}" for service in ("cdx", "replay"))
        print(f"{len(log.entries())} requests; busiest minute: {busiest}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
