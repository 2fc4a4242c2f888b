"""An output folder of the scenario, and runs into it."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from typing import TYPE_CHECKING, Any

import pytest

from scraper.config import Config
from scraper.jobs.run import RunOptions, run
from scraper.reports.manifest import read_manifest
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.scenario import archive as scenario
from tests.scenario.table import SPACING
from tests.server import TestArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scraper.engine.outcomes import Progress
    from scraper.reports.run import RunReport
    from tests.scenario.table import Case

DAY = 86_400.0


class Crash(BaseException):
    """The run ends here and now, without a chance to tidy up."""


class Folder:
    """An output folder, and runs into it."""

    def __init__(self, path: Path, archive: TestArchive, clock: ScaledClock, ids: list[int]) -> None:
        self.path = path
        self.clock = clock
        self.ids = ids
        self.config = Config(
            output=str(path),
            archive=archive.base,
            contact="test@example.org",
            cdx_per_minute=100_000,
            replay_per_minute=100_000,
            cool_down=5,
        )

    def run(self) -> RunReport:
        """Run once, to the end."""
        return self._run(lambda _: None, threading.Event())

    def run_cut(self, *, after: int, crash: bool) -> None:
        """Run until so many steps of progress have been made; then ask for the end, or crash."""
        stop = threading.Event()
        steps = 0

        def progress(_: Progress) -> None:
            nonlocal steps
            steps += 1
            if steps == after and crash:
                raise Crash
            if steps == after:
                stop.set()

        with contextlib.suppress(Crash):
            self._run(progress, stop)

    def _run(self, progress: Callable[[Progress], None], stop: threading.Event) -> RunReport:
        wanted = tuple(range(one, one + 1) for one in self.ids)
        options = RunOptions(ids=wanted, go_on=True)  # the slugs of the cases are no tags, and none has the plea
        try:
            return run(self.config, options, clock=self.clock, stop=stop, progress=progress)
        finally:
            self.clock.jump += DAY

    def manifest(self) -> dict[int, dict[str, Any]]:
        return {entry["id"]: entry for entry in read_manifest(self.path)}

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in sorted((self.path / "articles").rglob("*.md"))}


@contextlib.contextmanager
def served(
    cases: Sequence[Case], seed: int, path: Path, *, all_ids: bool = False
) -> Iterator[tuple[TestArchive, Folder]]:
    """Serve the cases with their rows in the seed's order, with a folder and a budget of one's own.

    The folder knows the ids of the cases (not those between them: each would be asked for alone), or all that the site
    had.
    """
    clock = ScaledClock(120.0)
    saved, faults = scenario.saved(cases, seed=seed), scenario.faults(cases)
    ids = [case.id for case in cases]
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as state,
        TestArchive(saved, faults=faults, clock=clock.monotonic) as archive,
    ):
        patch.setenv("XDG_STATE_HOME", state)
        if not all_ids:
            know_few_ids(path, range(ids[0], ids[-1] + 1, SPACING))
        yield archive, Folder(path, archive, clock, ids)
