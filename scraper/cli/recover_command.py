"""``hkcnews recover``: single articles by id, URL or Wayback URL."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING

from scraper.cli.context import STDOUT
from scraper.cli.work import at_work
from scraper.errors import TargetError, UsageError
from scraper.jobs.recover import recover
from scraper.jobs.targets import parse_target
from scraper.reports.words import counted, next_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.cli.context import Context
    from scraper.jobs.recover import Recovered, Recovery
    from scraper.jobs.targets import Target
    from scraper.models import Site


def run(context: Context) -> int:
    """Recover what was named."""
    targets = list(_named(context.options.targets, context.site))
    if not targets:
        raise UsageError("no article is named on stdin; write one id or address a line")
    with at_work(context, archive=True) as work:
        recovery = recover(context.config, targets, **work.means)
    for result in recovery.results:
        _show(result, context)
    if context.options.json:
        context.print_json(_as_json(recovery))
    written = sum(result.path is not None for result in recovery.results)
    left = len(recovery.results) - written
    then = "`hkcnews status ID` says what was tried" if left else ""
    return work.end(recovery.exit_status, f"{counted(written, 'article')} written, {left} not", then=then)


def _named(words: Sequence[str], site: Site) -> Iterator[Target]:
    """Yield what was named; for a ``-`` what stands on stdin, one a line, but for blank lines and those with ``#``."""
    for word in words:
        if word != STDOUT:
            yield parse_target(word, site)
            continue
        data = sys.stdin.buffer.read().removeprefix(codecs.BOM_UTF8)
        for number, raw in enumerate(data.splitlines(), start=1):
            line = raw.decode(errors="surrogateescape")
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            try:
                yield parse_target(line, site)
            except TargetError as error:
                raise TargetError(f"line {number} of stdin: {error} Nothing was done.") from error


def _show(result: Recovered, context: Context) -> None:
    options = context.options
    if result.path is None or not options.quiet:
        context.say(f"article {result.target.article}: {note}" for note in result.notes)
    if result.path is None:
        article = result.target.article
        context.say([f"article {article}: {result.state}: {result.reason}"])
        context.say([*(f"  tried {line}" for line in result.tried), f"  {next_step(result.state, article)}"])
    elif options.stdout:
        context.print_bytes(result.path.read_bytes())
    elif not options.json:
        context.show(str(result.path))


def _as_json(recovery: Recovery) -> dict[str, object]:
    return {
        "exit_status": recovery.exit_status,
        "results": [
            {
                "id": result.target.article,
                "state": str(result.state),
                "reason": result.reason,
                "file": str(result.path) if result.path else None,
                "capture": result.capture and dict(zip(("timestamp", "original"), result.capture, strict=True)),
                "notes": list(result.notes),
                "tried": list(result.tried),
            }
            for result in recovery.results
        ],
        "refusals": [refusal.message for refusal in recovery.outcomes.refusals],
    }
