"""``hkcnews status`` of single articles, and the page with a map of all of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scraper.cli.looking import open_to_look, unknown_article
from scraper.jobs.targets import parse_target
from scraper.reports.explain import explain
from scraper.reports.manifest import entry_json
from scraper.reports.page import write_page

if TYPE_CHECKING:
    from scraper.cli.context import Context
    from scraper.ledger import Ledger
    from scraper.models import Site


def look_at_articles(context: Context) -> None:
    """Write the page with ``--html``; else explain each id that was named, or print its object with ``--json``."""
    options, site = context.options, context.site
    ids = [parse_target(word, site).article for word in options.ids]
    with contextlib.closing(open_to_look(context)) as ledger:
        if options.html:
            write_page(ledger, site, options.html, output=context.config.output_path)
            if not options.quiet:
                context.say([f"{options.html}: written"])
        elif options.json:
            _print_each(site, {article: _object(ledger, article) for article in ids}, "\n")
        else:
            _print_each(site, {article: explain(ledger, site, article) for article in ids}, "\n\n")


def _object(ledger: Ledger, article: int) -> str | None:
    entry = ledger.evidence.of_article(article)
    return entry_json(entry) if entry else None


def _print_each(site: Site, texts: dict[int, str | None], between: str) -> None:
    """Print the texts; an id without one is an error only once the others are printed."""
    if known := [text for text in texts.values() if text is not None]:
        print(between.join(known))
    for article, text in texts.items():
        if text is None:
            raise unknown_article(site, article)
