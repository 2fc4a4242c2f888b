"""The manifest against the ledger, line by line."""

from __future__ import annotations

import contextlib
from pathlib import Path

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, MANIFEST_FILE
from scraper.reports.manifest import manifest_lines
from scraper.times import SystemClock

_CUT_OFF = "is older than the ledger: a run is at work, or was cut off before it wrote it; the next one does"


def check_manifest(root: str) -> list[Finding]:
    """Return how the manifest below an output folder differs from what the ledger says, as one finding at most."""
    problem = None
    with contextlib.closing(Ledger(Path(root, LEDGER_FILE), clock=SystemClock(), read_only=True)) as ledger:
        try:
            problem = _difference(Path(root, MANIFEST_FILE), ledger)
            if problem and ledger.manifest_is_stale:
                problem = _CUT_OFF
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
    return [Finding(Kind.MANIFEST, MANIFEST_FILE, problem)] if problem else []


def _difference(path: Path, ledger: Ledger) -> str | None:
    with open_file(path) as file, contextlib.closing(manifest_lines(ledger)) as lines:
        for number, wanted in enumerate(lines, start=1):
            if file.readline(len(wanted) + 1) != wanted:
                return f"line {number} is not what the ledger says"
        return "has lines that the ledger does not" if file.read(1) else None
