"""``hkcnews export``: what is kept, in the forms of others. Described in docs/exports.md."""

from __future__ import annotations

import contextlib
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from scraper.cli.context import STDOUT
from scraper.engine.outcomes import Progress
from scraper.errors import ExitStatus, StoreError, UsageError
from scraper.export.folder import require_ours
from scraper.export.hugo import MARK, write_hugo
from scraper.export.rows import Articles, write_csv, write_jsonl
from scraper.export.sqlite import write_sqlite
from scraper.export.warc_copy import WarcCopy
from scraper.files import exporting
from scraper.ledger import Ledger
from scraper.models import State
from scraper.paths import LEDGER_FILE, WARC_FOLDER, own_warcs, require_folder
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.cli.context import Context
    from scraper.export.rows import Standing

_T = TypeVar("_T")
_FORMS = ("bag", "csv", "jsonl", "sqlite", "wacz", "hugo")
"""First the bag: it refuses a folder of others, and then nothing is made in vain."""
_MOST_NAMED = 20


def run(context: Context) -> int:
    """Make what was asked for: each of it whole or not at all."""
    options, folder = context.options, context.config.output_path
    places = {form: place for form in _FORMS if (place := getattr(options, form))}
    _require_sense(places, options)
    require_folder(folder)
    path = folder / LEDGER_FILE
    if not path.exists():
        raise StoreError(f"{path}: no such file, so nothing is kept there. Name the folder of a run with --output.")
    with (
        contextlib.closing(Ledger(path, clock=context.clock, read_only=True)) as ledger,
        context.progress() as show,
    ):
        export = _Export(context, ledger, show)
        made = {form: export.make(form, place) for form, place in places.items()}
    return _report(context, export.articles, made)


def _require_sense(places: dict[str, str], options: Namespace) -> None:
    """See that all forms can be made, and none in the place of another: found out later, some would be made already.

    Raises:
        UsageError: there is no form, one cannot go to stdout, or two have one place.
        StoreError: the folder for Hugo holds something else.
    """
    if not places:
        raise UsageError(f"say what to make, such as --wacz FILE; there are --{', --'.join(_FORMS)}")
    taken: dict[Path, str] = {}
    for form, place in places.items():
        if place == STDOUT and form not in ("jsonl", "csv"):
            raise UsageError(f"--{form} -: only --jsonl and --csv write to stdout. Name another place.")
        if place != STDOUT and (other := taken.setdefault(Path(place).resolve(), form)) != form:
            raise UsageError(f"--{other} and --{form} both name {place}. Give each a place of its own.")
    if [*places.values()].count(STDOUT) + bool(options.json) > 1:
        raise UsageError("--json, --jsonl - and --csv - all write to stdout, and only one can. Give the others a file.")
    if options.text and not options.wacz:
        raise UsageError("--text goes with --wacz FILE: it is for the search of its players.")
    if options.hugo:
        require_ours(Path(options.hugo), MARK)


class _Export:
    """Makes the forms. The method of a form has its name, is given the place to write to, and returns what went in."""

    def __init__(self, context: Context, ledger: Ledger, show: Callable[[Progress], None]) -> None:
        self.articles = Articles(ledger, context.config.output_path, context.config.withhold)
        self._context, self._ledger, self._show = context, ledger, show
        self._form = ""

    def make(self, form: str, place: str) -> dict[str, Any]:
        """Make one form."""
        self._form = form
        self._show(Progress(form, 0, None))
        return {"file": place, **getattr(self, form)(place)}

    def jsonl(self, place: str) -> dict[str, Any]:
        with _file(place) as file:
            return {"articles": write_jsonl(self._written(self.articles.rows()), file, self.articles.lost())}

    def csv(self, place: str) -> dict[str, Any]:
        with _file(place) as file:
            return {"articles": write_csv(self._each(), file, self.articles.leave_out)}

    def sqlite(self, place: str) -> dict[str, Any]:
        rows, lost = self._written(self.articles.rows()), self.articles.lost()
        with exporting(Path(place)) as part:
            return {"articles": write_sqlite(rows, part, lost, withheld=self.articles.withheld.sentence)}

    def hugo(self, place: str) -> dict[str, Any]:
        documents = self._written(self.articles.documents())
        return {"articles": write_hugo(((one.entry.id, document) for one, document in documents), Path(place))}

    def wacz(self, place: str) -> dict[str, Any]:
        from scraper.export.wacz import Page, pages_of, write_wacz  # with warcio

        archives, has_text = self._archives(), self._context.options.text
        pages: Iterable[Page] = pages_of(self.articles.entries())
        if has_text:
            rows = self._written(self.articles.rows())
            pages = (Page(row.id, row.original, row.timestamp, row.title, row.text) for row in rows)
        with exporting(Path(place)) as part, part.open("r+b") as file:
            report = write_wacz(archives, pages, file, has_text=has_text, withheld=self.articles.withheld.sentence)
        return {
            "articles": report.pages,
            "without_capture": report.absent,
            "records": report.records,
            "warc_files": len(archives),
            "damaged": self._damage(archives),
        }

    def bag(self, place: str) -> dict[str, Any]:
        from scraper.export.bag import write_bag  # with bagit

        archives = self._archives()
        made = write_bag(Path(place), self.articles, self._context.site, self._each(), archives, self._show)
        return {
            "articles": made.articles,
            "records": made.records,
            "warc_files": len(archives),
            "images": made.images,
            "damaged": [*self._damage(archives), *made.absent],
        }

    def _archives(self) -> list[WarcCopy]:
        """Return what is given away of the WARC files: all records but those under a URL of a withheld article."""
        ids, article_id = self._context.config.withhold.ids, self._context.site.article_id
        leave_out = (lambda url: article_id(url) in ids) if ids else None
        return [WarcCopy(path, leave_out) for path in own_warcs(self._context.config.output_path / WARC_FOLDER)]

    def _damage(self, archives: Sequence[WarcCopy]) -> list[str]:
        """Return which WARC files the ledger knows and are not there, and what could not be read of the others."""
        missing = {kept.file for kept in self._ledger.mementos.each()} - {copy.path.name for copy in archives}
        return [*(f"{name} is not there" for name in sorted(missing)), *chain(*(copy.damaged for copy in archives))]

    def _each(self) -> Iterator[Standing]:
        return self._with_progress(self.articles.each(), sum(self._ledger.articles.states().values()))

    def _written(self, items: Iterable[_T]) -> Iterator[_T]:
        return self._with_progress(items, self._ledger.articles.states()[State.WRITTEN])

    def _with_progress(self, items: Iterable[_T], total: int) -> Iterator[_T]:
        """Yield the items, and show how far that is."""
        for number, item in enumerate(items, start=1):
            self._show(Progress(self._form, number, total))
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


def _report(context: Context, articles: Articles, made: dict[str, dict[str, Any]]) -> int:
    left_out, kept_back = articles.left_out, articles.withheld
    damaged = list(dict.fromkeys(one for form in made.values() for one in form.get("damaged", ())))
    problems = [f"left out: {reason}" for reason in left_out.values()]
    problems += [f"damaged: {reason}" for reason in damaged]
    problems += context.config.withhold.strangers({*kept_back.ids, *context.site.known_ids})
    said = first_of(problems)
    if left_out.keys() - articles.without_page:
        said.append("`hkcnews rebuild` writes anew what was left out")
    if without_page := sorted(articles.without_page):  # which a rebuild cannot make
        ids = " ".join(map(str, without_page[:_MOST_NAMED])) + (" …" if len(without_page) > _MOST_NAMED else "")
        said.append(f"of {len(without_page)} of them no page is kept: `hkcnews recover {ids}` fetches one")
    if damaged:
        said.append("`hkcnews check` says what to do about what is damaged")
    absent, records = (made.get("wacz", {}).get(key) for key in ("without_capture", "records"))
    if absent:
        which = f"{counted(absent, 'article')}, of which no capture is kept here"
        said.append(f"not in the WACZ: {which}; `hkcnews recover` fetches one")
    context.say(said)
    if context.options.json:
        withheld = {"articles": len(kept_back.ids), "reason": kept_back.reason}
        context.print_json({"made": made, "left_out": left_out, "withheld": withheld})
    done = [f"{form['file']}: {counted(form['articles'], 'article')}" for form in made.values()]
    context.conclude("; ".join([*done, *filter(None, [kept_back.sentence])]))
    return ExitStatus.INCOMPLETE if problems or (absent and not records) else ExitStatus.DONE
