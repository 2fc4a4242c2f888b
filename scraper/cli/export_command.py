"""``hkcnews export``: what is kept, in the forms of others. Described in docs/exports.md."""

from __future__ import annotations

import contextlib
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar

from scraper.cli.context import STDOUT
from scraper.engine.outcomes import Progress
from scraper.errors import ExitStatus, StoreError, UsageError
from scraper.export.folder import require_ours
from scraper.export.hugo import MARK, write_hugo
from scraper.export.jsonl import write_jsonl
from scraper.export.rows import Articles
from scraper.export.sqlite import write_sqlite
from scraper.export.table import write_csv
from scraper.export.warc_copy import WarcCopy
from scraper.files import exporting
from scraper.ledger import Ledger
from scraper.models import State
from scraper.paths import LEDGER_FILE, WARC_FOLDER, own_warcs, require_folder
from scraper.reports.images import image_json
from scraper.reports.manifest import entry_json
from scraper.reports.words import counted, first_of
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.cli.context import Context
    from scraper.export.rows import ExportRow, Standing
    from scraper.markdown.document import Document

_T = TypeVar("_T")


def run(context: Context) -> int:
    """Make what was asked for: each of it whole or not at all."""
    options, folder = context.options, context.config.output_path
    if not any(getattr(options, name) for name in _FORMS):
        raise UsageError(f"say what to make, such as --wacz FILE; there are --{', --'.join(_FORMS)}")
    if (options.jsonl == STDOUT) + (options.csv == STDOUT) + bool(options.json) > 1:
        raise UsageError("--json, --jsonl - and --csv - all write to stdout, and only one can. Give the others a file.")
    if options.text and not options.wacz:
        raise UsageError("--text goes with --wacz FILE: it is for the search of its players.")
    _require_places(options)
    require_folder(folder)
    path = folder / LEDGER_FILE
    if not path.exists():
        raise StoreError(f"{path}: no such file, so nothing is kept there. Name the folder of a run with --output.")
    with contextlib.closing(Ledger(path, site=context.site, clock=context.clock, read_only=True)) as ledger:
        made = {}
        articles = Articles(ledger, folder, context.config.withhold)
        with context.progress() as show:
            for name, make in _FORMS.items():
                if place := getattr(options, name):
                    show(Progress(name, 0, None))
                    made[name] = {"file": str(place), **make(_Making(context, articles, name, place, show))}
    return _report(context, articles, made)


def _require_places(options: Namespace) -> None:
    """See that no form would take the place of another, or of a folder: found out later, some would be made already.

    Raises:
        UsageError: two have one place, or one cannot go to stdout.
        StoreError: the folder for Hugo holds something else.
    """
    taken: dict[Path, str] = {}
    for name in _FORMS:
        place = getattr(options, name)
        if str(place) == STDOUT and name not in ("jsonl", "csv"):
            raise UsageError(f"--{name} -: only --jsonl and --csv write to stdout. Name another place.")
        if not place or place == STDOUT:
            continue
        other = taken.setdefault(Path(place).resolve(), name)
        if other != name:
            raise UsageError(f"--{other} and --{name} both name {place}. Give each a place of its own.")
    if options.hugo:
        require_ours(Path(options.hugo), MARK)


class _Making(NamedTuple):
    """What a form is made of, and the place that was named for it."""

    context: Context
    articles: Articles
    stage: str
    place: str
    show: Callable[[Progress], None]

    def rows(self) -> Iterator[ExportRow]:
        """Yield the written articles, and show how far that is."""
        return self._told(self.articles.rows(), self.articles.ledger.articles.states()[State.WRITTEN])

    def documents(self) -> Iterator[tuple[Standing, Document]]:
        """Yield the same as documents."""
        return self._told(self.articles.documents(), self.articles.ledger.articles.states()[State.WRITTEN])

    def each(self) -> Iterator[Standing]:
        """Yield all ids, and show how far that is."""
        return self._told(self.articles.each(), sum(self.articles.ledger.articles.states().values()))

    def archives(self) -> list[WarcCopy]:
        """Return what is given away of the WARC files: all records but those under a URL of a withheld article."""
        ids, article_id = self.context.config.withhold.ids, self.context.site.article_id
        folder = self.context.config.output_path
        leave_out = (lambda url: article_id(url) in ids) if ids else None
        return [WarcCopy(path, leave_out) for path in own_warcs(folder / WARC_FOLDER)]

    def missing(self, archives: Sequence[WarcCopy]) -> list[str]:
        """Return which WARC files the ledger knows and are not there, for people."""
        known = {kept.file for kept in self.articles.ledger.mementos.each()}
        return [f"{name} is not there" for name in sorted(known - {copy.path.name for copy in archives})]

    def _told(self, items: Iterable[_T], total: int) -> Iterator[_T]:
        for number, item in enumerate(items, start=1):
            self.show(Progress(self.stage, number, total))
            yield item


@contextlib.contextmanager
def _file(name: str) -> Iterator[BinaryIO]:
    """Give a file to write to, or stdout."""
    if name == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with exporting(Path(name)) as part, part.open("wb") as file:
            yield file


def _jsonl(making: _Making) -> dict[str, Any]:
    with _file(making.place) as file:
        return {"articles": write_jsonl(making.rows(), file, making.articles.lost())}


def _csv(making: _Making) -> dict[str, Any]:
    with _file(making.place) as file:
        return {"articles": write_csv(making.each(), file, making.articles.leave_out)}


def _sqlite(making: _Making) -> dict[str, Any]:
    articles = making.articles
    with exporting(Path(making.place)) as part:
        count = write_sqlite(making.rows(), part, articles.lost(), withheld=articles.withheld.sentence)
    return {"articles": count}


def _hugo(making: _Making) -> dict[str, Any]:
    articles = ((standing.entry.id, document) for standing, document in making.documents())
    return {"articles": write_hugo(articles, Path(making.place))}


def _wacz(making: _Making) -> dict[str, Any]:
    from scraper.export.wacz import Page, pages_of, write_wacz  # with warcio

    articles, archives, has_text = making.articles, making.archives(), making.context.options.text
    pages: Iterable[Page] = pages_of(articles.entries())
    if has_text:
        pages = (Page(row.id, row.original, row.timestamp, row.title, row.text) for row in making.rows())
    with exporting(Path(making.place)) as part, part.open("r+b") as file:
        report = write_wacz(archives, pages, file, has_text=has_text, withheld=articles.withheld.sentence)
    return {
        "articles": report.pages,
        "without_capture": report.absent,
        "records": report.records,
        "warc_files": report.files,
        "damaged": [*making.missing(archives), *report.damaged],
    }


def _bag(making: _Making) -> dict[str, Any]:
    from scraper.export.bag import Contents, write_bag  # with bagit

    context, articles, archives = making.context, making.articles, making.archives()
    changed = parse_timestamp(articles.ledger.articles.last_change() or articles.ledger.now())
    named = articles.ledger.images.each()
    contents = Contents(
        making.each(),
        archives,
        context.config.output_path,
        [image_json(one) for one in named if set(one.articles) - articles.withheld.ids],
        partial(entry_json, site=context.site),
        f"{changed:%Y-%m-%d}",
        articles.withheld.sentence,
        making.show,
    )
    report = write_bag(Path(making.place), contents)
    return {
        "articles": report.articles,
        "records": report.records,
        "warc_files": len(archives),
        "images": report.images,
        "damaged": [*making.missing(archives), *report.damaged],
    }


_FORMS: dict[str, Callable[[_Making], dict[str, Any]]] = {
    "bag": _bag,  # first: it refuses a folder of others, and then nothing is made in vain
    "csv": _csv,
    "jsonl": _jsonl,
    "sqlite": _sqlite,
    "wacz": _wacz,
    "hugo": _hugo,
}
_MOST_NAMED = 20


def _report(context: Context, articles: Articles, made: dict[str, dict[str, Any]]) -> int:
    left_out, kept_back = articles.left_out, articles.withheld
    damaged = list(dict.fromkeys(one for form in made.values() for one in form.get("damaged", ())))
    problems = [f"left out: {reason}" for reason in left_out.values()]
    problems += [f"damaged: {reason}" for reason in damaged]
    problems += context.config.withhold.strangers({*kept_back.ids, *context.site.known_ids})
    context.say(first_of(problems))
    if left_out.keys() - articles.without_page:
        context.say(["`hkcnews rebuild` writes anew what was left out"])
    if without_page := sorted(articles.without_page):  # which a rebuild cannot make
        ids = " ".join(map(str, without_page[:_MOST_NAMED])) + (" …" if len(without_page) > _MOST_NAMED else "")
        context.say([f"of {len(without_page)} of them no page is kept: `hkcnews recover {ids}` fetches one"])
    if damaged:
        context.say(["`hkcnews check` says what to do about what is damaged"])
    absent, records = (made.get("wacz", {}).get(key) for key in ("without_capture", "records"))
    if absent:
        context.say(
            [f"{absent} articles are not in the WACZ: no capture of them is kept here, `hkcnews recover` fetches one"]
        )
    if context.options.json:
        withheld = {"articles": len(kept_back.ids), "reason": kept_back.reason}
        context.print_json({"made": made, "left_out": left_out, "withheld": withheld})
    done = [f"{form['file']}: {counted(form['articles'], 'article')}" for form in made.values()]
    context.conclude("; ".join([*done, *filter(None, [kept_back.sentence])]))
    return ExitStatus.INCOMPLETE if problems or (absent and not records) else ExitStatus.DONE
