"""What every command works with: its options, the settings, the clock, and one way to print."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from scraper.config import load_config
from scraper.times import SystemClock

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from scraper.models import Site


class Context:
    """One call of the command line: its options, the settings with what the options override, and the clock.

    Raises:
        ConfigError: the settings cannot be used.
    """

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.config = load_config(options.config, output=options.output, archive=options.archive)
        self.clock = SystemClock()

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

    def say(self, lines: Iterable[str]) -> None:
        """Print lines for people to stderr, quiet or not."""
        for line in lines:
            print(line, file=sys.stderr)

    def print_json(self, value: object) -> None:
        """Print a value for programs to stdout."""
        print(json.dumps(value, ensure_ascii=False, indent=2))

    def print_bytes(self, document: bytes) -> None:
        """Print a document to stdout as it is, whatever encoding and line ends the terminal has."""
        sys.stdout.flush()
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
