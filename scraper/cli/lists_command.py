"""``hkcnews lists``: lists of articles as witnesses of what is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.jobs.lists import fetch_lists
from scraper.reports.words import counted

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Fetch and read lists; 1 if one contradicts a written document."""
    with at_work(context, archive=True) as work:
        report = fetch_lists(context.config, limit=context.options.limit, **work.means)
    then = "`hkcnews status ID` says what they tell" if report.named else ""
    return work.finish(report, f"{counted(report.read, 'list')} read", then=then, asked=not context.options.quiet)
