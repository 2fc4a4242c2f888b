"""How far a command is, on a terminal. Imported, with rich, where there is one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Column
from rich.text import Text

from scraper.archive.ratelimit.status import rate_status
from scraper.cli.printing import printable
from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Task

    from scraper.config import Config
    from scraper.engine.outcomes import Progress
    from scraper.times import Clock


class _Now(ProgressColumn):
    """What is going on, looked up each time; cut where the terminal ends, or the bar would break into lines."""

    def __init__(self, archive: Callable[[], str]) -> None:
        super().__init__(Column())  # gives way to the others
        self._archive = archive

    def render(self, task: Task) -> Text:
        return Text(printable(f"{self._archive()} {task.fields['now']}".strip()), no_wrap=True, overflow="ellipsis")


@contextlib.contextmanager
def progress_bar(config: Config | None, *, clock: Clock) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows how far a command is, and whom it waits for if it asks the archive of `config`."""
    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        BarColumn(bar_width=12, table_column=Column(no_wrap=True)),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
        _Now(lambda: _archive(config, clock) if config else ""),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=4)
    task = bar.add_task("starting", total=None, now="")

    def show(progress: Progress) -> None:
        counts = ((progress.written, "written"), (progress.fetched, "fetched"))
        now = ", ".join(f"{count} {what}" for count, what in counts if count)
        bar.update(task, description=progress.stage, completed=progress.done, total=progress.total, now=now)

    bar.start()
    try:
        yield show
    finally:
        with contextlib.suppress(OSError):  # the terminal is gone
            bar.stop()


def _archive(config: Config, clock: Clock) -> str:
    """Say how things stand with the archive: whether it asked to wait, else how much of the budget is used."""
    try:
        now = rate_status(config, clock=clock)
    except ScraperError:  # whoever asks the archive says so
        return ""
    if now.until is not None:
        left = max(0, round((now.until - clock.now()).total_seconds()))
        return f"the archive asked us to wait, {left} s ({now.reason});"
    used = ", ".join(f"{name} {service.used}/{service.pace:.0f}" for name, service in now.services.items())
    return f"{used} a minute{', probing' if now.probing else ''};"
