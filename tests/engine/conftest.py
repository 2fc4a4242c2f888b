"""A loopback archive, a clock that runs fast, and the whole job on an output folder of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scraper.config import Config
from scraper.jobs.run import RunOptions, run
from scraper.ledger import Ledger
from scraper.reports.run import RunReport
from scraper.sites import get_site
from scraper.times import SystemClock
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.server import TestArchive

SITE = get_site("hkcnews")


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The budget of a test is its own."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@dataclass
class Folder:
    """An output folder and the job on it."""

    archive: TestArchive
    output: Path
    clock: ScaledClock
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        own = {"archive": self.archive.base, "output": str(self.output), "in_flight": 4, "cdx_per_minute": 1_000}
        settings = own | self.settings
        return Config(**settings)  # type: ignore[arg-type]

    def run(self, *, stop: threading.Event | None = None, **options: object) -> RunReport:
        wanted = RunOptions(**({"ids": (range(1, 400),)} | options))  # type: ignore[arg-type]
        return run(self.config, wanted, clock=self.clock, stop=stop or threading.Event())

    def ledger(self) -> Ledger:
        return Ledger(self.output / "ledger.sqlite3", site=SITE, clock=SystemClock(), read_only=True)

    def documents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.output.glob("articles/*/*"))}

    def document(self, article: int) -> str:
        return (self.output / f"articles/1-1000/article_{article}.md").read_text(encoding="utf-8")

    def asked(self) -> list[str]:
        """Paths of all replay requests so far."""
        return [entry.path for entry in self.archive.log.entries("replay")]


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Callable[..., Folder]]:
    """Give output folders, each with an archive that holds certain captures.

    Each knows a few ids, since a run asks for each of them alone; with `new` the folder is not there yet, and the first
    run makes it, with all known ids. All of a test share a clock: a fresh one would begin behind what the first run has
    written down.
    """
    archives: list[TestArchive] = []
    clocks: dict[float, ScaledClock] = {}

    def make(
        *saved: object, factor: float = 600.0, new: bool = False, known: range = range(195, 215), **archive: object
    ) -> Folder:
        clock = clocks.setdefault(factor, ScaledClock(factor))
        output = tmp_path / "output"
        if not new and not output.exists():
            know_few_ids(output, known)
        archives.append(TestArchive(saved, clock=clock.monotonic, **archive).__enter__())  # type: ignore[arg-type]
        return Folder(archives[-1], output, clock)

    yield make
    for archive in archives:
        archive.close()
    logging.getLogger("scraper").handlers.clear()
