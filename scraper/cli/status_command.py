"""``hkcnews status``: sums up, explains single ids, prints the manifest's objects, makes a page to look at."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import config as settings
from scraper.archive.ratelimit.status import look
from scraper.errors import TargetError
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from scraper.config import Config
    from scraper.models import Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="article ids or URLs to explain; none: sum up")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write one self-contained page with a map of all ids")


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit status is 0 whatever the states are."""
    config = settings.load(options.config, output=options.output, archive=options.archive)
    if options.ids or options.html:
        _look_closer(config, options)
    else:
        with contextlib.closing(open_to_look(config)) as ledger:
            _print_summary(ledger, config, as_json=options.json)
    return 0


def open_to_look(config: Config) -> Ledger:
    """Open the ledger to look only. Before the first run there is none: then nothing is known, in memory."""
    path = config.output_path / LEDGER_FILE
    if path.exists():
        return Ledger(path, clock=SystemClock(), read_only=True)
    from scraper.sites import get

    return Ledger(Path(":memory:"), site=get(config.site), clock=SystemClock())


def _look_closer(config: Config, options: argparse.Namespace) -> None:
    from scraper.jobs.targets import parse_target
    from scraper.sites import get  # with its words and URLs: who only sums up does without them

    site = get(config.site)
    ids = [parse_target(word, site).article for word in options.ids]
    with contextlib.closing(open_to_look(config)) as ledger:
        if options.html:
            from scraper.reports.page import write_page

            write_page(ledger, site, options.html, output=config.output_path)
            if not options.quiet:
                print(f"{options.html}: written", file=sys.stderr)
        elif options.json:
            _print_objects(ledger, site, ids)
        else:
            _print_explanations(ledger, site, ids)


def unknown(site: Site, article: int) -> TargetError:
    """Return the error for an id that the ledger does not know."""
    known = site.known_ids
    return TargetError(
        f"article {article} is not known: outside {known.start} to {known.stop - 1}, in no listing, on no page read. "
        f"`hkcnews recover {article}` asks the archive for it."
    )


def _print_objects(ledger: Ledger, site: Site, ids: list[int]) -> None:
    from scraper.reports.manifest import line

    entries = {article: ledger.evidence.of(article) for article in ids}
    _print_known(site, {article: None if one is None else line(one) for article, one in entries.items()}, "\n")


def _print_explanations(ledger: Ledger, site: Site, ids: list[int]) -> None:
    from scraper.reports.explain import explain

    _print_known(site, {article: explain(ledger, site, article) for article in ids}, "\n\n")


def _print_known(site: Site, texts: Mapping[int, str | None], between: str) -> None:
    """Print the texts; an id without one is an error only once the others are printed."""
    if known := [text for text in texts.values() if text is not None]:
        print(between.join(known))
    for article, text in texts.items():
        if text is None:
            raise unknown(site, article)


def _print_summary(ledger: Ledger, config: Config, *, as_json: bool) -> None:
    from scraper.reports import summary as summaries

    stand = look(config, clock=SystemClock())
    refusal = (stand.reason or "it refused") if stand.cooling else ""
    summary = summaries.summarize(ledger, next_request_at=stand.next_request_at, refusal=refusal)
    if as_json:
        import json

        print(json.dumps(summaries.as_json(summary), ensure_ascii=False, indent=2))
    else:
        print(summaries.as_text(summary, now=ledger.now()))
