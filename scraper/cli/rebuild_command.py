"""``hkcnews rebuild``: all Markdown again from the kept pages, without network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.jobs.rebuild import diff, rebuild
from scraper.jobs.targets import parse_ids
from scraper.paths import require_folder
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.cli.context import Context
    from scraper.jobs.rebuild import Rebuilt


def run(context: Context) -> int:
    """Read all kept pages again and write what they give."""
    options, config = context.options, context.config
    ids = parse_ids(options.ids) if options.ids is not None else ()
    require_folder(config.output_path)

    def show(name: str, before: str, now: str) -> None:
        try:
            if not reader_left:
                context.show(diff(name, before, now))
        except BrokenPipeError as error:  # such as `head`: what was made again by now is written in good order
            reader_left.append(error)
            work.stop.set()

    reader_left: list[BrokenPipeError] = []
    with at_work(context, bar=not options.diff) as work:
        changed = show if options.diff and not options.json else None
        rebuilt = rebuild(config, ids=ids, jobs=context.jobs, anew=options.ledger, changed=changed, **work.means)
    if reader_left:
        raise reader_left[0]
    context.say(_problems(rebuilt))
    done = rebuilt.outcomes
    if options.json:
        context.print_report(rebuilt.exit_status, _as_json(rebuilt))
    elif not options.diff:
        for article in done.written:
            context.show(str(article))
    counts = f"{counted(len(done.written), 'document')} changed, {done.unchanged} unchanged"
    did = f"{counted(done.articles, 'article')} read again: {counts}"
    if options.verbose and not context.is_watched:
        context.say([did])
    return work.end(rebuilt.exit_status, did)


def _problems(rebuilt: Rebuilt) -> Iterator[str]:
    yield from first_of(rebuilt.broken, rest=" kept pages cannot be read")
    for article, why in rebuilt.outcomes.lost.items():
        yield f"article {article}: was written, is now {why}"
    if rebuilt.unknown:
        yield (
            f"{rebuilt.unknown} documents are there that the ledger made anew does not know, such as adopted ones. "
            "`hkcnews check` names them and says what to do before the next run."
        )


def _as_json(rebuilt: Rebuilt) -> dict[str, object]:
    done = rebuilt.outcomes
    return {
        "articles": done.articles,
        "changed": done.written,
        "unchanged": done.unchanged,
        "lost": sorted(done.lost),
        "broken": rebuilt.broken,
        "mended": rebuilt.mended,
        "unknown": rebuilt.unknown,
        "stopped": rebuilt.stopped,
    }
