"""A listing of the whole site into the ledger, against reading the same answers line by line."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import PYTHON, Row

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def cdx_service(count: int) -> Iterator[str]:
    """Run the ready-made CDX service; give its base address."""
    command = [PYTHON, "-m", "bench.cdx_server", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()


def measure(*arguments: str) -> dict[str, float]:
    """Run one contestant with a state folder of its own."""
    with tempfile.TemporaryDirectory() as state:
        done = subprocess.run(
            [PYTHON, "-m", "bench.listing_worker", *arguments],
            env=os.environ | {"XDG_STATE_HOME": state},
            check=True,
            capture_output=True,
            text=True,
        )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each size: the cost must grow no faster than the work."""
    for count in (1_000,) if quick else (10_000, 100_000, 1_000_000):
        with cdx_service(count) as base:
            ratios, peaks, rates = [], [], []
            for _ in range(1 if quick else 3):
                lines = measure("lines", base)
                with tempfile.TemporaryDirectory() as folder:
                    ledger = measure("ledger", base, str(Path(folder) / "output"))
                assert ledger["rows"] == count, ledger
                ratios.append(ledger["wall"] / lines["wall"])
                peaks.append(ledger["peak"])
                rates.append(count / ledger["wall"])
        yield Row(
            f"{count:,} CDX rows into the ledger",
            "reading the same answers line by line",
            statistics.median(ratios),
            3.0,
            "the reading is 1",
            {"rows/s": round(statistics.median(rates)), "peak MiB": round(max(peaks))},
        )
