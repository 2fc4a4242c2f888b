"""``hkcnews status``: sums up; explains single ids, prints the manifest's objects, makes a page to look at."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scraper.archive.ratelimit.status import rate_status
from scraper.cli.looking import open_to_look
from scraper.engine.beliefs import tally_of
from scraper.errors import ExitStatus
from scraper.reports.beliefs import belief_rows
from scraper.reports.summary import summarize

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Say where the articles stand; the exit status is 0 whatever their states are."""
    if context.options.ids or context.options.html:
        from scraper.cli.articles_status import look_at_articles  # with what knows captures: a sum is of counts alone

        look_at_articles(context)
    else:
        _sum_up(context)
    return ExitStatus.DONE


def _sum_up(context: Context) -> None:
    with contextlib.closing(open_to_look(context)) as ledger:
        archive = rate_status(context.config, clock=context.clock)
        refusal = (archive.reason or "it refused") if archive.cooling else ""
        tally = tally_of(ledger)
        summary = summarize(
            ledger,
            next_request_at=archive.next_request_at,
            refusal=refusal,
            pace=archive.pace_as_text(),
            pace_json=archive.pace_as_json(),
            beliefs=belief_rows(context.site.beliefs, tally) if tally.pages else (),
        )
        if context.options.json:
            context.print_json(summary.as_json())
        else:
            print(summary.as_text(now=ledger.now()))
