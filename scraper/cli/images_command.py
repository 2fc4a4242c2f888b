"""``hkcnews images``: fetch and keep the pictures of written articles."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.errors import UsageError
from scraper.jobs.images import collect_images
from scraper.jobs.run import Deadline
from scraper.jobs.workspace import open_archive, open_workspace, refresh_manifest
from scraper.times import parse_duration

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Take care of the pictures."""
    options, config, clock = context.options, context.config, context.clock
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be 1 or more.")
    with ExitStack() as stack:
        work = stack.enter_context(at_work(context, bar=True))
        runtime = parse_duration(config.max_runtime) if config.max_runtime else None
        stack.callback(Deadline(runtime, clock=clock, stop=work.stop).close)
        space = stack.enter_context(open_workspace(config, clock=clock))
        archive = None
        if not options.offline:
            archive = stack.enter_context(open_archive(config, clock=clock, stop=work.stop))
        report = collect_images(
            space,
            config,
            archive,
            clock=clock,
            stop=work.stop,
            limit=options.limit,
            ask_again=options.again,
            progress=work.progress,
        )
        refresh_manifest(space)
    return work.finish(report)
