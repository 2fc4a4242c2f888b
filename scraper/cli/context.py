"""What every command works with: its options, the settings, the clock, how it prints and shows how far it is."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from typing import TYPE_CHECKING

from scraper.cli import printing
from scraper.config import load_config
from scraper.reports import SCHEMA
from scraper.reports.words import duration
from scraper.times import SystemClock

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping

    from scraper.engine.outcomes import Progress
    from scraper.errors import ExitStatus
    from scraper.models import Site

STDOUT = "-"
"""The file name that means stdout."""


class Context:
    """One call of the command line: its options, the settings with what the options override, and the clock.

    Raises:
        ConfigError: the settings cannot be used.
    """

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.config = load_config(options.config, output=options.output, archive=options.archive)
        self.clock = SystemClock()
        self._started = time.monotonic()

    @property
    def site(self) -> Site:
        """The site that the settings name."""
        from scraper.sites import get_site  # with its words and URLs: who only sums up does without them

        return get_site(self.config.site)

    @property
    def jobs(self) -> int:
        """How many processes share the work: as many as --jobs says, else one for each processor there is for us."""
        if self.options.jobs is not None:
            return int(self.options.jobs)
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks at stderr and wants to be told: under cron, and with --quiet, nobody does."""
        return sys.stderr.isatty() and not self.options.quiet

    @property
    def has_bar(self) -> bool:
        """Whether `progress` shows a bar."""
        return self.is_watched and not self.options.json and not self.options.verbose

    @contextlib.contextmanager
    def progress(self, *, archive: bool = False) -> Iterator[Callable[[Progress], None]]:
        """Give a function that shows on a terminal how far the command is, and with `archive` whom it waits for."""
        if not self.has_bar:
            yield lambda _: None
            return
        from scraper.cli.progress import progress_bar  # with rich

        with progress_bar(self.config if archive else None, clock=self.clock) as show:
            yield show

    say = staticmethod(printing.say)
    show = staticmethod(printing.show)
    print_bytes = staticmethod(printing.write)

    def conclude(self, did: str, *, then: str = "") -> None:
        """Say on a terminal, as the last line, what was done, how long it took, and what to do next."""
        if self.is_watched:
            took = duration(time.monotonic() - self._started)
            printing.say([f"hkcnews {self.options.command}: {did} ({took}).{f' Next: {then}.' if then else ''}"])

    def print_report(self, status: ExitStatus, report: Mapping[str, object]) -> None:
        """Print for programs what the command did, its name and exit status first."""
        self.print_json({"schema": SCHEMA, "command": self.options.command, "exit_status": status, **report})

    def print_json(self, value: object) -> None:
        """Print a value for programs to stdout."""
        self.print_bytes(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode("utf-8", "backslashreplace"))
