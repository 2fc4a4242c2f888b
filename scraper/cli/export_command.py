"""``hkcnews export``: what is kept, as WACZ, JSON Lines, SQLite or for Hugo. Described in docs/exports.md."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.config import load
from scraper.errors import StoreError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from scraper.config import Config
    from scraper.export.rows import Articles

_SHOWN = 20
_STDOUT = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "--wacz", metavar="FILE", type=Path, help="all that is kept, for players such as replayweb.page"
    )
    parser.add_argument("--jsonl", metavar="FILE", help="written articles, one JSON object a line; - for stdout")
    parser.add_argument("--sqlite", metavar="FILE", type=Path, help="written articles, with full-text search")
    parser.add_argument("--hugo", metavar="DIR", type=Path, help="written articles, as a folder that Hugo builds")
    parser.add_argument("--text", action="store_true", help="with --wacz: let the player's search look into the texts")


def run(options: argparse.Namespace) -> int:
    """Make the files that were asked for."""
    from scraper.export.rows import Articles
    from scraper.ledger import Ledger
    from scraper.paths import LEDGER_FILE
    from scraper.sites import get
    from scraper.times import SystemClock

    config = load(options.config, output=options.output, archive=options.archive)
    if not (options.wacz or options.jsonl or options.sqlite or options.hugo):
        raise UsageError("say what to make: --wacz FILE, --jsonl FILE, --sqlite FILE or --hugo DIR")
    if options.json and options.jsonl == _STDOUT:
        raise UsageError("--json and --jsonl - would both write to stdout. Give --jsonl a file.")
    path = config.output_path / LEDGER_FILE
    if not path.exists():
        raise StoreError(f"{path}: no such file, so nothing is kept there. Name the folder of a run with --output.")
    ledger = Ledger(path, site=get(config.site), clock=SystemClock(), read_only=True)
    try:
        articles = Articles(ledger, config.output_path)
        made = {name: make(options, config, articles) for name, make in _FORMS.items() if getattr(options, name)}
    finally:
        ledger.close()
    return _report(options, articles, made)


def _jsonl(options: argparse.Namespace, _: Config, articles: Articles) -> dict[str, object]:
    from scraper.export.jsonl import write_jsonl
    from scraper.files import replacing

    if options.jsonl == _STDOUT:
        count = write_jsonl(articles, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        with replacing(Path(options.jsonl)) as part, part.open("wb") as file:
            count = write_jsonl(articles, file)
    return {"file": options.jsonl, "articles": count}


def _sqlite(options: argparse.Namespace, _: Config, articles: Articles) -> dict[str, object]:
    from scraper.export.sqlite import write_sqlite
    from scraper.files import replacing

    with replacing(options.sqlite) as part:
        count = write_sqlite(articles, part)
    return {"file": str(options.sqlite), "articles": count}


def _hugo(options: argparse.Namespace, _: Config, articles: Articles) -> dict[str, object]:
    from scraper.export.hugo import write_hugo
    from scraper.files import new_folder

    with new_folder(options.hugo) as part:
        count = write_hugo(articles, part)
    return {"file": str(options.hugo), "articles": count}


def _wacz(options: argparse.Namespace, config: Config, articles: Articles) -> dict[str, object]:
    from scraper.export.wacz import Page, pages_of, write_wacz
    from scraper.files import replacing
    from scraper.paths import WARC_FOLDER

    archives = sorted((config.output_path / WARC_FOLDER).glob("*.warc.gz"))
    pages: Iterable[Page] = pages_of(articles.ledger.evidence.each())
    if options.text:
        pages = (Page(row.id, row.original, row.timestamp, row.title, row.text) for row in articles)
    with replacing(options.wacz) as part, part.open("r+b") as file:
        report = write_wacz(archives, pages, file)
    gone = {kept.file for kept in articles.ledger.mementos.each()} - {path.name for path in archives}
    return {
        "file": str(options.wacz),
        "articles": report.pages,
        "records": report.records,
        "warc_files": report.files,
        "damaged": [*(f"{name} is not there" for name in sorted(gone)), *report.damaged],
    }


_FORMS: dict[str, Callable[[argparse.Namespace, Config, Articles], dict[str, object]]] = {
    "jsonl": _jsonl,
    "sqlite": _sqlite,
    "wacz": _wacz,
    "hugo": _hugo,
}


def _report(options: argparse.Namespace, articles: Articles, made: dict[str, dict[str, object]]) -> int:
    skipped = list(articles.skipped.values())
    damaged = made.get("wacz", {}).get("damaged")
    problems = [f"left out: {reason}" for reason in skipped]
    problems += [f"damaged: {reason}" for reason in damaged] if isinstance(damaged, list) else []
    for line in problems[:_SHOWN]:
        print(line, file=sys.stderr)
    if len(problems) > _SHOWN:
        print(f"and {len(problems) - _SHOWN} more", file=sys.stderr)
    if skipped:
        print("`hkcnews rebuild` writes the articles that were left out anew", file=sys.stderr)
    if damaged:
        print("`hkcnews check` says what to do about what is damaged", file=sys.stderr)
    if options.json:
        print(json.dumps({"made": made, "left_out": articles.skipped}, ensure_ascii=False, indent=2))
    elif not options.quiet:
        for form in made.values():
            print(f"{form['file']}: {form['articles']} articles", file=sys.stderr)
    return 1 if problems else 0
