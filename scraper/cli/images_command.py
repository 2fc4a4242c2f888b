"""``hkcnews images``: fetch and keep the pictures of written articles."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from scraper.cli.progress import progress_bar
from scraper.cli.showing import show
from scraper.cli.signals import stop_on_signals
from scraper.config import load
from scraper.errors import UsageError
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--limit", type=int, metavar="N", help="fetch at most N pictures")
    parser.add_argument("--again", action="store_true", help="ask again for pictures that were missing")
    parser.add_argument("--offline", action="store_true", help="only put in place what is kept; no requests")


def run(options: argparse.Namespace) -> int:
    """Take care of the pictures."""
    from scraper.archive.ratelimit.limiter import Governor
    from scraper.cli.logfile import log_file
    from scraper.jobs.images import collect_images
    from scraper.jobs.run import Deadline
    from scraper.jobs.workspace import open_archive, open_workspace, refresh_manifest
    from scraper.times import parse_duration

    config = load(options.config, output=options.output, archive=options.archive)
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be 1 or more.")
    clock = SystemClock()
    with ExitStack() as stack:
        signals = stack.enter_context(stop_on_signals())
        governor = Governor.of(config, clock=clock, stop=signals.stop)
        stack.enter_context(log_file(config, enabled=True, verbose=options.verbose))
        quiet = options.quiet or options.json or bool(options.verbose)
        progress = stack.enter_context(progress_bar(governor.snapshot, quiet=quiet))
        runtime = parse_duration(config.max_runtime) if config.max_runtime else None
        stack.callback(Deadline(runtime, clock=clock, stop=signals.stop).close)
        space = stack.enter_context(open_workspace(config, clock=clock))
        archive = None
        if not options.offline:
            archive = stack.enter_context(open_archive(config, clock=clock, stop=signals.stop))
        report = collect_images(
            space,
            config,
            archive,
            clock=clock,
            stop=signals.stop,
            limit=options.limit,
            ask_again=options.again,
            progress=progress,
        )
        refresh_manifest(space)
    show(report, options)
    return signals.exit_status if signals.exit_status is not None else report.exit_status
