"""``hkcnews export``: what is kept, as WACZ, JSON Lines, SQLite or for Hugo. Described in docs/exports.md."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli.context import STDOUT
from scraper.engine.outcomes import Progress
from scraper.errors import ExitStatus, StoreError, UsageError
from scraper.export.hugo import new_folder, write_hugo
from scraper.export.jsonl import write_jsonl
from scraper.export.rows import WrittenArticles
from scraper.export.sqlite import write_sqlite
from scraper.files import exporting
from scraper.ledger import Ledger
from scraper.models import State
from scraper.paths import LEDGER_FILE, WARC_FOLDER, require_folder
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from scraper.cli.context import Context
    from scraper.export.rows import ExportRow


def run(context: Context) -> int:
    """Make the files that were asked for."""
    options, folder = context.options, context.config.output_path
    if not (options.wacz or options.jsonl or options.sqlite or options.hugo):
        raise UsageError("say what to make: --wacz FILE, --jsonl FILE, --sqlite FILE or --hugo DIR")
    if options.json and options.jsonl == STDOUT:
        raise UsageError("--json and --jsonl - would both write to stdout. Give --jsonl a file.")
    require_folder(folder)
    path = folder / LEDGER_FILE
    if not path.exists():
        raise StoreError(f"{path}: no such file, so nothing is kept there. Name the folder of a run with --output.")
    with contextlib.closing(Ledger(path, site=context.site, clock=context.clock, read_only=True)) as ledger:
        made = {}
        articles = WrittenArticles(ledger, folder)
        with context.progress() as show:
            for name, make in _FORMS.items():
                if getattr(options, name):
                    show(Progress(name, 0, None))
                    with contextlib.closing(_told(articles, show, name)) as rows:  # before the ledger is
                        made[name] = make(context, articles, rows)
    return _report(context, articles.skipped, made)


def _told(articles: WrittenArticles, show: Callable[[Progress], None], stage: str) -> Generator[ExportRow]:
    """Yield the rows, and show how far that is."""
    total = articles.ledger.articles.states()[State.WRITTEN]
    for number, row in enumerate(articles, start=1):
        show(Progress(stage, number, total))
        yield row


def _jsonl(context: Context, _: WrittenArticles, rows: Iterator[ExportRow]) -> dict[str, object]:
    name = context.options.jsonl
    if name == STDOUT:
        count = write_jsonl(rows, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        with exporting(Path(name)) as part, part.open("wb") as file:
            count = write_jsonl(rows, file)
    return {"file": name, "articles": count}


def _sqlite(context: Context, articles: WrittenArticles, rows: Iterator[ExportRow]) -> dict[str, object]:
    path = context.options.sqlite
    with exporting(path) as part:
        count = write_sqlite(rows, part, articles.ledger.evidence.each())
    return {"file": str(path), "articles": count}


def _hugo(context: Context, _: WrittenArticles, rows: Iterator[ExportRow]) -> dict[str, object]:
    path = context.options.hugo
    with new_folder(path) as part:
        count = write_hugo(rows, part)
    return {"file": str(path), "articles": count}


def _wacz(context: Context, articles: WrittenArticles, rows: Iterator[ExportRow]) -> dict[str, object]:
    from scraper.export.wacz import Page, pages_of, write_wacz  # with warcio

    path = context.options.wacz
    archives = sorted((context.config.output_path / WARC_FOLDER).glob("*.warc.gz"))
    pages: Iterable[Page] = pages_of(articles.ledger.evidence.each())
    if context.options.text:
        pages = (Page(row.id, row.original, row.timestamp, row.title, row.text) for row in rows)
    with exporting(path) as part, part.open("r+b") as file:
        report = write_wacz(archives, pages, file)
    gone = {kept.file for kept in articles.ledger.mementos.each()} - {path.name for path in archives}
    return {
        "file": str(path),
        "articles": report.pages,
        "without_capture": report.absent,
        "records": report.records,
        "warc_files": report.files,
        "damaged": [*(f"{name} is not there" for name in sorted(gone)), *report.damaged],
    }


_FORMS: dict[str, Callable[[Context, WrittenArticles, Iterator[ExportRow]], dict[str, object]]] = {
    "jsonl": _jsonl,
    "sqlite": _sqlite,
    "wacz": _wacz,
    "hugo": _hugo,
}


def _report(context: Context, skipped: dict[int, str], made: dict[str, dict[str, object]]) -> int:
    damaged = made.get("wacz", {}).get("damaged")
    problems = [f"left out: {reason}" for reason in skipped.values()]
    problems += [f"damaged: {reason}" for reason in damaged] if isinstance(damaged, list) else []
    context.say(first_of(problems))
    if skipped:
        context.say(["`hkcnews rebuild` writes the articles that were left out anew"])
    if damaged:
        context.say(["`hkcnews check` says what to do about what is damaged"])
    absent, records = (made.get("wacz", {}).get(key) for key in ("without_capture", "records"))
    if absent:
        context.say(
            [f"{absent} articles are not in the WACZ: no capture of them is kept here, `hkcnews recover` fetches one"]
        )
    if context.options.json:
        context.print_json({"made": made, "left_out": skipped})
    if not context.options.json and not context.options.quiet:
        context.say(f"{form['file']}: {form['articles']} articles" for form in made.values())
    context.conclude(f"{counted(len(made), 'file')} made")
    return ExitStatus.INCOMPLETE if problems or (absent and not records) else ExitStatus.DONE
