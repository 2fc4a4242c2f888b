"""A folder in which all is done: what it costs to find that out, and to give account of it."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from bench.ledger_made import CAPTURES, make
from bench.listing import cdx_service
from bench.measure import PYTHON, Row, processes_take_turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.measure import Ran

_ONE_REQUEST = "import requests; requests.get({url!r}, timeout=60)"
_LONG = ("sha256sum", "check", "check in all processes")
"""What takes seconds; the others, which take hundredths, need more turns until their medians stand still."""
_ONE_QUERY = (
    "import sqlite3; print(sqlite3.connect({path!r}).execute('SELECT state, count(*) FROM articles GROUP BY state')"
    ".fetchall())"
)


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield three rows for each size: the cost of a run with nothing to do must not grow with the ledger."""
    for count in (200,) if quick else (1_000, 10_000, 50_000):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(os.environ, {"XDG_STATE_HOME": folder}),
            cdx_service(10) as base,
        ):
            output = Path(folder) / "output"
            make(output, count)
            commands = _commands(output, base, folder)
            long = {name: commands.pop(name) for name in _LONG}
            ran = processes_take_turns(commands, rounds=1 if quick else 15)
            ran |= processes_take_turns(long, rounds=1 if quick else 3)
            sizes = [_size(output)]
            subprocess.run(
                [PYTHON, "-m", "scraper", "images", "--offline", "-q", "--output", str(output)],
                check=False,
                capture_output=True,
            )
            sizes.append(_size(output))
            lines = sum(path.stat().st_size for path in output.glob("manifest/*.jsonl")) / count
        yield from _rows(count, ran)
        yield from _size_rows(count, sizes, lines)


def _size(output: Path) -> int:
    return sum(path.stat().st_size for path in output.glob("ledger.sqlite3*"))


def _size_rows(count: int, sizes: list[int], line: float) -> Iterator[Row]:
    """Yield what is promised of sizes; for few articles the file's own pages count."""
    goal = 1.0 if count >= 10_000 else None
    for name, size in zip(("", ", once pictures were asked for"), sizes, strict=True):
        a_row = size / (count * CAPTURES)
        figures = {"bytes a capture row": round(a_row), "MB": round(size / 1e6, 1)}
        words = f"ledger, {count:,} articles, {count * CAPTURES:,} captures{name}"
        yield Row(words, "300 bytes a capture row", a_row / 300, None if name else goal, "", figures)
    words = f"manifest, {count:,} written articles"
    yield Row(words, "700 bytes a line", line / 700, 1.0, "the URL of the capture is 155", {"bytes": round(line)})


def sha256sum(output: Path) -> list[str]:
    """Return the command that reads and hashes all documents of an output folder."""
    return ["sh", "-c", f"find {shlex.quote(str(output / 'articles'))} -type f -print0 | xargs -0 sha256sum"]


def _commands(output: Path, base: str, folder: str) -> dict[str, list[str]]:
    settings = Path(folder) / "config.toml"
    settings.write_text("cdx_per_minute = 100000\n", encoding="utf-8")  # so that no turn waits for the one before
    ours = [PYTHON, "-m", "scraper"]
    common = ["--config", str(settings), "--output", str(output), "--archive", base]
    return {
        "pass": [PYTHON, "-c", "pass"],
        "request": [PYTHON, "-c", _ONE_REQUEST.format(url=f"{base}/cdx/search/cdx?from=2020")],
        "query": [PYTHON, "-c", _ONE_QUERY.format(path=str(output / "ledger.sqlite3"))],
        "sha256sum": sha256sum(output),
        "run": [*ours, "run", "-q", *common],
        "status": [*ours, "status", *common],
        "check": [*ours, "check", "--jobs", "1", *common],
        "check in all processes": [*ours, "check", *common],
    }


def _rows(count: int, ran: Mapping[str, Ran]) -> Iterator[Row]:
    size = f"{count:,} articles, {count * CAPTURES:,} captures"
    for command, against, words, limit in (
        ("run", "request", "Python and one request with `requests`", "python -c pass is {limit:.2f}"),
        ("status", "query", "Python and one SQL query", "the query is 1"),
        ("check", "sha256sum", "`sha256sum` of the documents", "the reading and hashing is 1"),
        ("check in all processes", "sha256sum", "`sha256sum` of the documents", "the reading and hashing is 1"),
    ):
        name = "run with nothing new" if command == "run" else command
        yield Row(
            f"{name}, {size}",
            words,
            ran[command].cpu / ran[against].cpu,
            2.0 if command in ("status", "check") else None,
            limit.format(limit=ran["pass"].cpu / ran[against].cpu),
            {
                "s": round(ran[command].wall, 2),
                "s beside it": round(ran[command].wall - ran[against].wall, 2),
                "CPU s": round(ran[command].cpu, 2),
                "peak MiB": round(ran[command].peak),
            },
        )
