"""``hkcnews status``: sums up; explains single ids, prints the manifest's objects, makes a page to look at."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive.ratelimit.status import rate_status
from scraper.cli.context import STDOUT
from scraper.errors import ExitStatus, TargetError, UsageError
from scraper.files import exporting
from scraper.jobs.targets import parse_target
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, require_folder
from scraper.reports.explain import explain
from scraper.reports.manifest import entry_json
from scraper.reports.summary import summary_json, summary_text
from scraper.reports.words import counted

if TYPE_CHECKING:
    from scraper.cli.context import Context
    from scraper.models import Site


def run(context: Context) -> int:
    """Say where the articles stand; the exit status is 0 whatever their states are."""
    options = context.options
    if options.html and options.ids:
        raise UsageError("--html FILE shows all ids; leave out the ids, or --html.")
    with contextlib.closing(open_to_look(context)) as ledger:
        if options.html:
            _make_page(context, ledger)
        elif options.ids:
            _show_each(context, ledger)
        else:
            _sum_up(context, ledger)
    return ExitStatus.DONE


def _make_page(context: Context, ledger: Ledger) -> None:
    from scraper.reports.page import status_page  # with jinja2

    file = context.options.html
    page = status_page(ledger, context.site, file.parent, output=context.config.output_path)
    if str(file) == STDOUT:
        context.print_bytes(page)
        return
    with exporting(file) as part:
        part.write_bytes(page)
    context.conclude(f"{file} written")


def _sum_up(context: Context, ledger: Ledger) -> None:
    known = ledger, context.site, rate_status(context.config, clock=context.clock)
    if context.options.json:
        context.print_json(summary_json(*known))
    else:
        context.show(summary_text(*known))
    context.conclude(f"{counted(ledger.articles.count(), 'id')} of {context.config.output_path} summed up")


def _show_each(context: Context, ledger: Ledger) -> None:
    """Explain each id, or print its object; an id that is not known is an error only once the others are printed."""
    site, as_json = context.site, context.options.json
    ids = [parse_target(word, site).article for word in context.options.ids]
    entries = {article: ledger.evidence.of_article(article) for article in ids}
    known = [entry for entry in entries.values() if entry is not None]
    if as_json:
        lines = "".join(f"{entry_json(entry, site)}\n" for entry in known)
        context.print_bytes(lines.encode("utf-8", "backslashreplace"))
    elif known:
        context.show("\n\n".join(explain(ledger, site, entry) for entry in known))
    for article, entry in entries.items():
        if entry is None:
            raise unknown_article(site, article)
    context.conclude(f"{counted(len(entries), 'article')} explained")


def open_to_look(context: Context) -> Ledger:
    """Open the ledger to look only. Before the first run there is none: then nothing is known, in memory.

    Raises:
        StoreError: there is no such output folder, or the ledger cannot be read.
    """
    if context.options.output is not None:  # perhaps mistyped, so not taken for a folder before its first run
        require_folder(context.config.output_path)
    path = context.config.output_path / LEDGER_FILE
    if path.exists():
        return Ledger(path, clock=context.clock, read_only=True)
    return Ledger(Path(":memory:"), site=context.site, clock=context.clock)


def unknown_article(site: Site, article: int) -> TargetError:
    """Return the error for an id that the ledger does not know."""
    known = site.known_ids
    return TargetError(
        f"article {article} is not known: outside {known.start} to {known.stop - 1}, in no listing, on no page read. "
        f"`hkcnews recover {article}` asks the archive for it."
    )
