"""Progress of a run on a terminal. Imported, with rich, where there is one."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from scraper.archive.ratelimit.status import rate_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.archive.ratelimit.status import RateStatus
    from scraper.config import Config
    from scraper.engine.outcomes import Progress
    from scraper.times import Clock

_EVERY = 0.25
"""Seconds between two looks at the budget, which lies in a file."""


@contextlib.contextmanager
def progress_bar(config: Config, *, clock: Clock) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows how far a run is, and how things stand with the archive that `config` names."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[now]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, now="")
        looked, budget = 0.0, ""

        def show(progress: Progress) -> None:
            nonlocal looked, budget
            if time.monotonic() - looked >= _EVERY:
                looked, budget = time.monotonic(), _budget(rate_status(config, clock=clock))
            what = f"{progress.written} written, {progress.fetched} pages" if progress.stage != "listing" else "rows"
            bar.update(
                task,
                description=progress.stage,
                completed=progress.done,
                total=progress.total,
                now=f"{what}; {budget}",
            )

        yield show


def _budget(now: RateStatus) -> str:
    if now.cooling and now.until is not None:
        return f"the archive refused ({now.reason}); waiting until {now.until:%H:%M:%S} UTC"
    used = ", ".join(f"{name} {count}/{now.pace[name]:.0f}" for name, count in now.used.items())
    return f"{used} a minute{', probing' if now.probing else ''}"
