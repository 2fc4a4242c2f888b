"""``hkcnews recover``: single articles by id, URL or Wayback URL."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from scraper.config import load
from scraper.jobs.targets import parse_target
from scraper.models import State
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse

    from scraper.jobs.recover import Recovered, Recovery

_ADVICE = {
    State.WAITING: "Run the same command again later; what was fetched is kept.",
    State.UNKNOWN_LAYOUT: "The page is kept. `hkcnews fixture add` makes a fixture of it to teach a layout with.",
    State.UNRECOVERABLE: "No capture shows the article. New captures are looked for whenever you ask again.",
    State.NEVER_CAPTURED: "The archive has no capture of it. Check the id; nothing else can be done.",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="TARGET",
        help="an article id, a URL of the site in any form, or the address of a capture in the Wayback Machine",
    )
    parser.add_argument("--stdout", action="store_true", help="print the document instead of its path")


def run(options: argparse.Namespace) -> int:
    """Recover what was named."""
    from scraper.cli.logfile import log_file
    from scraper.cli.progress import is_shown
    from scraper.cli.signals import stop_on_signals
    from scraper.jobs.recover import recover
    from scraper.sites import get

    config = load(options.config, output=options.output, archive=options.archive)
    site = get(config.site)
    targets = [parse_target(text, site) for text in options.targets]
    watched = is_shown(quiet=options.quiet)
    with stop_on_signals() as signals, log_file(config, verbose=options.verbose, watched=watched):
        recovery = recover(config, targets, clock=SystemClock(), stop=signals.stop)
    for result in recovery.results:
        _show(result, options)
    if options.json:
        print(json.dumps(_as_json(recovery), ensure_ascii=False, indent=2))
    if signals.exit_status is not None:
        return signals.exit_status
    return recovery.exit_status


def _show(result: Recovered, options: argparse.Namespace) -> None:
    article = result.target.article
    if not (options.quiet and result.path is not None):
        for note in result.notes:
            print(f"article {article}: {note}", file=sys.stderr)
    if result.path is None:
        print(f"article {article}: {result.state}: {result.reason}", file=sys.stderr)
        for line in result.tried:
            print(f"  tried {line}", file=sys.stderr)
        print(f"  {_ADVICE[result.state]}", file=sys.stderr)
    elif options.stdout:
        sys.stdout.flush()
        sys.stdout.buffer.write(result.path.read_bytes())
        sys.stdout.buffer.flush()
    elif not options.json:
        print(result.path)


def _as_json(recovery: Recovery) -> dict[str, object]:
    return {
        "exit_status": recovery.exit_status,
        "results": [
            {
                "id": result.target.article,
                "state": str(result.state),
                "reason": result.reason,
                "file": str(result.path) if result.path else None,
                "capture": dict(zip(("timestamp", "original"), result.capture, strict=True))
                if result.capture
                else None,
                "notes": list(result.notes),
                "tried": list(result.tried),
            }
            for result in recovery.results
        ],
        "refusals": [refusal.message for refusal in recovery.outcomes.refusals],
    }
