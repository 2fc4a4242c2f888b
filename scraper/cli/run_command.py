"""``hkcnews run``: find captures, fetch what is not yet written, write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.errors import TargetError
from scraper.jobs import run as job
from scraper.jobs.targets import parse_ids, parse_moment
from scraper.times import parse_duration

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Do the main job."""
    wanted = _wanted(context)
    with at_work(context, log=not wanted.dry_run, archive=True) as work:
        advise = (lambda _: None) if context.options.quiet else lambda text: context.say([text])
        report = job.run(context.config, wanted, advise=advise, **work.means)
    if report.plan is not None:
        return work.finish(report, "nothing was changed", then="the same without --dry-run", asked=True)
    did = f"{context.config.output_path}: {report.did}"
    return work.finish(report, did, then="`hkcnews status` says where all stand")


def _wanted(context: Context) -> job.RunOptions:
    options = context.options
    time = context.config.max_runtime if options.max_runtime is None else options.max_runtime
    try:
        runtime = parse_duration(time) if time else None
    except ValueError as error:
        raise TargetError(f"--max-runtime: {error}") from error
    wanted = job.RunOptions(
        ids=parse_ids(options.ids) if options.ids is not None else (),
        limit=options.limit,
        from_ts=parse_moment(options.from_ts) if options.from_ts else None,
        to_ts=parse_moment(options.to_ts, end=True) if options.to_ts else None,
        dry_run=options.dry_run,
        max_runtime=runtime,
        retry_final=options.retry_final,
        images=options.images,
        go_on=options.go_on,
    )
    if wanted.from_ts and wanted.to_ts and wanted.from_ts > wanted.to_ts:
        raise TargetError(f"--from {options.from_ts} --to {options.to_ts}: there is no moment between them.")
    return wanted
