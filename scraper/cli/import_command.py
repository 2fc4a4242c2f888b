"""``hkcnews import``: the same from WARC files one already has, without network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.errors import TargetError
from scraper.jobs.import_files import import_files

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Take the files in and write what they give."""
    files = context.options.files
    for path in files:
        if not path.exists():
            raise TargetError(f"{path}: no such file or folder. Check the name.")
    with at_work(context) as work:
        report = import_files(context.config, files, **work.means)
    did = f"{context.config.output_path}: {report.report.did}"
    return work.finish(report, did, then="`hkcnews run` asks for the rest")
