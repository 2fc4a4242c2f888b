"""``hkcnews recover``: single articles by id, URL or Wayback URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.jobs.recover import recover
from scraper.jobs.targets import parse_target
from scraper.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.cli.context import Context
    from scraper.jobs.recover import Recovered, Recovery

_ADVICE = {
    State.WAITING: "Run the same command again later; what was fetched is kept.",
    State.UNKNOWN_LAYOUT: "The page is kept. `hkcnews fixture add` makes a fixture of it to teach a layout with.",
    State.UNRECOVERABLE: "No capture shows the article. New captures are looked for whenever you ask again.",
    State.NEVER_CAPTURED: "The archive has no capture of it. Check the id; nothing else can be done.",
}


def run(context: Context) -> int:
    """Recover what was named."""
    targets = [parse_target(text, context.site) for text in context.options.targets]
    with at_work(context, warn=True) as work:
        recovery = recover(context.config, targets, clock=context.clock, stop=work.stop)
    for result in recovery.results:
        _show(result, context)
    if context.options.json:
        context.print_json(_as_json(recovery))
    return work.status(recovery.exit_status)


def _show(result: Recovered, context: Context) -> None:
    options = context.options
    if result.path is None or not options.quiet:
        context.say(f"article {result.target.article}: {note}" for note in result.notes)
    if result.path is None:
        context.say(_problem(result))
    elif options.stdout:
        context.print_bytes(result.path.read_bytes())
    elif not options.json:
        print(result.path)


def _problem(result: Recovered) -> Iterator[str]:
    yield f"article {result.target.article}: {result.state}: {result.reason}"
    yield from (f"  tried {line}" for line in result.tried)
    yield f"  {_ADVICE[result.state]}"


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
