"""``hkcnews rebuild``: all Markdown again from the kept pages, without network."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from scraper.cli.progress import is_shown
from scraper.cli.signals import stop_on_signals
from scraper.config import load
from scraper.jobs.targets import parse_ids
from scraper.parallel import processors
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse

    from scraper.jobs.rebuild import Rebuilt

SCHEMA = 1
_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--ids", metavar="LIST", help="only these articles, such as 1-1000,28325")
    parser.add_argument("--jobs", type=int, default=processors(), metavar="N", help="processes (default: all)")
    parser.add_argument("--diff", action="store_true", help="show how each document that changes has changed")
    parser.add_argument(
        "--ledger",
        action="store_true",
        help="set the ledger aside, damaged or not, and make it again from the WARC files first",
    )


def run(options: argparse.Namespace) -> int:
    """Read all kept pages again and write what they give."""
    from scraper.cli.logfile import log_file
    from scraper.jobs.rebuild import diff, rebuild, set_ledger_aside
    from scraper.paths import require_folder

    config = load(options.config, output=options.output, archive=options.archive)
    ids = parse_ids(options.ids) if options.ids is not None else ()
    require_folder(config.output_path)
    clock = SystemClock()

    def show(name: str, before: str, now: str) -> None:
        print(diff(name, before, now))

    with stop_on_signals() as signals, log_file(config, enabled=True, verbose=options.verbose):
        if options.ledger:
            set_ledger_aside(config, clock=clock)
        wanted = show if options.diff and not options.json else None
        rebuilt = rebuild(
            config, ids=ids, jobs=options.jobs, clock=clock, stop=signals.stop, anew=options.ledger, changed=wanted
        )
    _show(rebuilt, options)
    return signals.exit_status if signals.exit_status is not None else rebuilt.exit_status


def _show(rebuilt: Rebuilt, options: argparse.Namespace) -> None:
    for line in rebuilt.broken[:_SHOWN]:
        print(line, file=sys.stderr)
    if len(rebuilt.broken) > _SHOWN:
        print(f"and {len(rebuilt.broken) - _SHOWN} more kept pages cannot be read", file=sys.stderr)
    for article, why in rebuilt.outcomes.lost.items():
        print(f"article {article}: was written, is now {why}", file=sys.stderr)
    if rebuilt.unknown:
        print(
            f"{rebuilt.unknown} documents are there that the ledger made anew does not know, such as adopted ones. "
            "`hkcnews check` names them and says what to do before the next run.",
            file=sys.stderr,
        )
    done = rebuilt.outcomes
    if options.json:
        report = {
            "schema": SCHEMA,
            "command": "rebuild",
            "exit_status": rebuilt.exit_status,
            "articles": done.articles,
            "changed": done.written,
            "unchanged": done.unchanged,
            "lost": sorted(rebuilt.outcomes.lost),
            "broken": rebuilt.broken,
            "mended": rebuilt.mended,
            "unknown": rebuilt.unknown,
            "stopped": rebuilt.stopped,
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    if not options.diff:
        for article in done.written:
            print(article)
    if options.verbose or is_shown(quiet=options.quiet):
        print(f"{done.articles} articles read again: {len(done.written)} documents changed, "
              f"{done.unchanged} unchanged", file=sys.stderr)  # fmt: skip
