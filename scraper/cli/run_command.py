"""``hkcnews run``: find captures, fetch what is not yet written, write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.progress import progress_bar
from scraper.cli.showing import show
from scraper.cli.signals import stop_on_signals
from scraper.config import load
from scraper.errors import TargetError
from scraper.jobs.targets import parse_ids, parse_moment
from scraper.times import SystemClock, parse_duration

if TYPE_CHECKING:
    import argparse

    from scraper.archive.ratelimit.status import Snapshot
    from scraper.config import Config
    from scraper.jobs.run import RunOptions


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--ids", metavar="LIST", help="only these articles, such as 1-1000,28325")
    parser.add_argument("--limit", type=int, metavar="N", help="ask the archive for at most N articles")
    parser.add_argument("--from", dest="from_ts", metavar="TS", help="only captures from then on: 4 to 14 digits, UTC")
    parser.add_argument("--to", dest="to_ts", metavar="TS", help="only captures up to then: 4 to 14 digits, UTC")
    parser.add_argument("--dry-run", action="store_true", help="change nothing; say what would be done")
    parser.add_argument("--max-runtime", metavar="TIME", help="end in good order after that long, such as 50m")
    parser.add_argument(
        "--retry-final", action="store_true", help="ask again for captures that were excluded or not there"
    )
    parser.add_argument("--images", action="store_true", help="fetch and keep the pictures of written articles too")


def run(options: argparse.Namespace) -> int:
    """Do the main job."""
    from scraper.archive.ratelimit.limiter import Governor
    from scraper.cli.logfile import log_file
    from scraper.jobs.run import run as do

    config = load(options.config, output=options.output, archive=options.archive)
    wanted = _wanted(options, config)
    clock = SystemClock()
    with stop_on_signals() as signals:
        governor = Governor.of(config, clock=clock, stop=signals.stop)

        def snapshot() -> Snapshot:
            return governor.snapshot()

        with (
            log_file(config, enabled=not wanted.dry_run, verbose=options.verbose),
            progress_bar(snapshot, quiet=options.quiet or options.json or bool(options.verbose)) as progress,
        ):
            report = do(config, wanted, clock=clock, stop=signals.stop, progress=progress)
    show(report, options, asked=report.plan is not None)
    return signals.exit_status if signals.exit_status is not None else report.exit_status


def _wanted(options: argparse.Namespace, config: Config) -> RunOptions:
    from scraper.jobs.run import RunOptions

    if options.limit is not None and options.limit < 1:
        raise TargetError(f"--limit {options.limit}: must be 1 or more.")
    time = config.max_runtime if options.max_runtime is None else options.max_runtime
    try:
        runtime = parse_duration(time) if time else None
    except ValueError as error:
        raise TargetError(f"--max-runtime: {error}") from error
    wanted = RunOptions(
        ids=parse_ids(options.ids) if options.ids is not None else (),
        limit=options.limit,
        from_ts=parse_moment(options.from_ts) if options.from_ts else None,
        to_ts=parse_moment(options.to_ts, end=True) if options.to_ts else None,
        dry_run=options.dry_run,
        max_runtime=runtime,
        retry_final=options.retry_final,
        images=options.images,
    )
    if wanted.from_ts and wanted.to_ts and wanted.from_ts > wanted.to_ts:
        raise TargetError(f"--from {options.from_ts} --to {options.to_ts}: there is no moment between them.")
    return wanted
