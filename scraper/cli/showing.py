"""What a run says at its end: data on stdout, talk on stderr; under cron nothing at all unless something went wrong."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Protocol

from scraper.cli.progress import is_shown

if TYPE_CHECKING:
    import argparse


class Report(Protocol):
    """What a run did, as its command shows it."""

    def problems(self) -> list[str]:
        """Return what somebody should know of, for people."""

    def summary(self) -> list[str]:
        """Return what was done, for people."""

    def as_json(self) -> dict[str, object]:
        """Return the same for programs."""


def show(report: Report, options: argparse.Namespace, *, asked: bool = False) -> None:
    """Print a report.

    Args:
        report: what was done.
        options: of the command line.
        asked: the summary is what was asked for, so it is shown whoever is looking.
    """
    for line in report.problems():
        print(line, file=sys.stderr)
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    elif options.verbose or asked or is_shown(quiet=options.quiet):
        for line in report.summary():
            print(line, file=sys.stderr)
