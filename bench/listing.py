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


AGAINST = {
    "lines": "reading the same answers with `iter_lines()`",
    "large chunks": "the same, told to take 64 KiB at a time",
    "insert": "parsing them and inserting unchecked",
}


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield three rows for each size: the cost must grow no faster than the work."""
    for count in (1_000,) if quick else (10_000, 100_000, 1_000_000):
        taken: dict[str, list[float]] = {name: [] for name in ("ledger", *AGAINST)}
        peak = 0.0
        with cdx_service(count) as base:
            for _ in range(1 if quick else 3):
                for name, times in taken.items():
                    with tempfile.TemporaryDirectory() as folder:
                        one = measure(name, base, str(Path(folder) / "output"))
                    times.append(one["cpu"])
                    if name == "ledger":
                        assert one["rows"] == count, one
                        peak = max(peak, one["peak"])
        medians = {name: statistics.median(times) for name, times in taken.items()}
        for name, words in AGAINST.items():
            yield Row(
                f"{count:,} CDX rows into the ledger",
                words,
                medians["ledger"] / medians[name],
                3.0 if name == "lines" else None,
                "the reading is 1" if name != "insert" else "this is what cannot be left out",
                {"rows/s": round(count / medians["ledger"]), "peak MiB": round(peak)},
            )
