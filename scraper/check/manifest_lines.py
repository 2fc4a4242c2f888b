"""The manifest against the ledger, line by line, in as many pieces as it has files."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, shard_path
from scraper.reports.manifest import manifest_lines
from scraper.sites import get_site
from scraper.times import SystemClock

if TYPE_CHECKING:
    from collections.abc import Generator

_CUT_OFF = "is older than the ledger: a run is at work, or was cut off before it wrote it; the next one does"


def check_shard(root: str, site: str, low: int) -> list[Finding]:
    """Return how a file of the manifest differs from what the ledger says, as one finding at most."""
    problem = None
    with contextlib.closing(Ledger(Path(root, LEDGER_FILE), clock=SystemClock(), read_only=True)) as ledger:
        try:
            problem = _difference(Path(root, shard_path(low)), manifest_lines(ledger, get_site(site), low))
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
        if problem and low not in ledger.shards.written():
            problem = _CUT_OFF
    return [Finding(Kind.MANIFEST, shard_path(low), problem)] if problem else []


def _difference(path: Path, wanted_lines: Generator[bytes]) -> str | None:
    with open_file(path) as file, contextlib.closing(wanted_lines) as lines:
        for number, wanted in enumerate(lines, start=1):
            if file.readline(len(wanted) + 1) != wanted:
                return f"line {number} is not what the ledger says"
        return "has lines that the ledger does not" if file.read(1) else None
