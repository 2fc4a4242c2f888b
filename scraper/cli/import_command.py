"""``hkcnews import``: the same from WARC files one already has, without network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli.showing import show
from scraper.cli.signals import stop_on_signals
from scraper.config import load
from scraper.errors import TargetError
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="WARC or ARC (plain or gzip), WACZ, saved HTML, or a folder that is searched for them",
    )


def run(options: argparse.Namespace) -> int:
    """Take the files in and write what they give."""
    from scraper.cli.logfile import log_file
    from scraper.jobs.import_files import import_files

    config = load(options.config, output=options.output, archive=options.archive)
    for path in options.files:
        if not path.exists():
            raise TargetError(f"{path}: no such file or folder. Check the name.")
    with stop_on_signals() as signals, log_file(config, enabled=True, verbose=options.verbose):
        report = import_files(config, options.files, clock=SystemClock(), stop=signals.stop)
    show(report, options)
    return signals.exit_status if signals.exit_status is not None else report.exit_status
