"""The whole site: reads the documents, writes every page and the search, removes what is no more."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from operator import call
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from scraper import __version__
from scraper.export.folder import put, renewing, sweep
from scraper.export.web import places
from scraper.export.web.index import MOST_READ
from scraper.export.web.inputs import Context
from scraper.export.web.lists import by_name, kept_pictures, list_pages
from scraper.export.web.pages import feed, sitemap
from scraper.export.web.postings import ranges
from scraper.export.web.search import document_scripts, fold_script, script
from scraper.export.web.stages import (
    CHUNK,
    hash_documents,
    make_index,
    read_documents,
    write_articles,
    write_pages,
)
from scraper.parallel import chunked, map_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.export.web.inputs import Entry, Inputs, Story
    from scraper.export.web.lists import Page
    from scraper.export.web.stages import Neighbours
    from scraper.models import Site

    Show = Callable[[str, int, int], None]

T = TypeVar("T")
_PAGES = 50
"""Pages of lists that travel together."""
_RANGES = {"words": 8, "pairs": 128}
"""Into how many pieces the index is divided to be merged, so that each takes some megabytes of memory."""
ASSETS = Path(__file__).parent / "assets"
_SCRATCH = ".making-"


@dataclass(slots=True)
class Built:
    """What came of it: pages of articles, files written just now, those that are not made any more.

    `left_out` has the articles whose document is not as the manifest says: id to the reason, for people.
    """

    articles: int = 0
    changed: int = 0
    removed: int = 0
    left_out: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the site is to be.

    Attributes:
        base_url: its address, ending with a slash, or empty: then it has no feed and no site map.
        embed: pictures that are not kept are shown from the archive.
        withheld: a sentence that says what was left out on purpose.
        jobs: processes.
    """

    base_url: str = ""
    embed: bool = False
    withheld: str = ""
    jobs: int = 1


def build(output: Path, target: Path, site: Site, wanted: Wanted, inputs: Inputs, show: Show) -> Built:
    """Make the site, or bring it up to date. Same input, same bytes; files that stay the same are not touched.

    `show` is told the stage, how much of it is done, and how much there is.

    Raises:
        LockHeld: another process makes this site.
        StoreError: the site's folder holds other things, or cannot be written.
        ProcessLost: another process did not come to its end.
    """
    with renewing(target, places.MARK, places.mark(target)):
        made_from = _fingerprint(output, inputs, wanted, show)
        left_out = places.left_out_of(target, made_from)
        if left_out is not None:
            return Built(articles=len(inputs.written) - len(left_out), left_out=left_out)
        put(target / places.MARK, places.mark(target))
        for left in target.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left)
        # Where somebody ends the command, other processes may still write there: the next one removes what is left.
        with TemporaryDirectory(prefix=_SCRATCH, dir=target, ignore_cleanup_errors=True) as scratch:
            context = Context(output, target, Path(scratch), site, wanted.base_url, wanted.embed)
            built = _Build(context, wanted, inputs, show).run()
        put(target / places.MARK, places.mark(target, made_from, built.left_out))
    return built


def _fingerprint(output: Path, inputs: Inputs, wanted: Wanted, show: Show) -> str:
    """Return a digest of all that the site is made from, this program included."""
    digest = hashlib.sha256(f"{__version__} {replace(wanted, jobs=1)} {inputs}".encode())
    for path in sorted(Path(__file__).parent.rglob("*.*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".svg"):
            digest.update(path.read_bytes())
    files = [str(output / entry.file) for entry in inputs.written]
    pieces = list(chunked(files, 1000))
    for done, found in enumerate(map_processes(hash_documents, pieces, jobs=wanted.jobs), start=1):
        digest.update(found)
        show("looking", done, len(pieces))
    return digest.hexdigest()


class _Build:
    def __init__(self, context: Context, wanted: Wanted, inputs: Inputs, show: Show) -> None:
        self._context, self._wanted, self._inputs, self._show = context, wanted, inputs, show
        self._made: set[str] = set()
        self._done = Built()
        self._sizes: dict[str, Counter[str]] = {"words": Counter(), "pairs": Counter()}
        self._chunks: list[tuple[int, list[Entry]]] = [
            (number, list(group)) for number, group in groupby(inputs.written, key=lambda entry: entry.id // CHUNK)
        ]

    def run(self) -> Built:
        target, wanted = self._context.target, self._wanted
        stories = sorted(self._read(), key=lambda story: (story.date, story.id))
        self._write_articles(stories)
        self._write_lists(list_pages(self._inputs.entries, stories, embed=wanted.embed, withheld=wanted.withheld))
        self._write_index(stories)
        for file in kept_pictures(stories):
            self._wrote([(file, places.link(self._context.output / file, target / file))])
        for asset in sorted(ASSETS.iterdir()):
            self._put(f"assets/{asset.name}", asset.read_bytes())
        if wanted.base_url:
            pages = sorted(path for path in self._made if path.endswith(".html"))
            for path, data in (*sitemap(pages, wanted.base_url), feed(stories, wanted.base_url)):
                self._put(path, data)
        self._done.removed = sweep(target, places.ours(target), self._made)
        self._done.articles = len(stories)
        return self._done

    def _wrote(self, written: Iterable[tuple[str, bool]]) -> None:
        for path, changed in written:
            self._made.add(path)
            self._done.changed += changed

    def _put(self, path: str, data: bytes) -> None:
        self._wrote([(path, put(self._context.target / path, data))])

    def _spread(self, stage: str, work: Iterable[Callable[[], T]], total: int | None = None) -> Iterator[T]:
        """Yield what each piece of work gives, in order; once it was taken in, that is shown."""
        for done, found in enumerate(map_processes(call, work, jobs=self._wanted.jobs), start=1):
            yield found
            self._show(stage, done, total or done)

    def _read(self) -> list[Story]:
        pictures, held = self._inputs.pictures, frozenset(entry.id for entry in self._inputs.written)
        work = [
            partial(read_documents, self._context, held, number, [(one, pictures.get(one.id, {})) for one in entries])
            for number, entries in self._chunks
        ]
        stories: list[Story] = []
        for found in self._spread("reading", work, len(work)):
            stories += found.stories
            self._sizes["pairs"].update(found.pairs)
            self._sizes["words"].update(found.words)
            self._done.left_out |= found.left_out
            self._wrote(found.written)
        return stories

    def _write_articles(self, stories: Sequence[Story]) -> None:
        known, near, texts = {story.id: story for story in stories}, _near(stories), self._inputs.texts
        work = (
            partial(write_articles, self._context, number, self._done.left_out, [
                (entry, known.get(entry.id), near.get(entry.id, ()), texts.get(entry.id, [])) for entry in entries
            ])
            for number, entries in self._chunks
        )  # fmt: skip
        for written in self._spread("articles", work, len(self._chunks)):
            self._wrote(written)

    def _write_lists(self, pages: Iterable[Page]) -> None:
        work = (partial(write_pages, self._context, some) for some in chunked(pages, _PAGES))
        for written in self._spread("lists", work):
            self._wrote(written)

    def _write_index(self, stories: Sequence[Story]) -> None:
        last_id = max((story.id for story in stories), default=1)
        chunks = [number for number, _ in self._chunks]
        work = [
            partial(make_index, self._context, kind, chunks, chars, last_id)
            for kind, parts in _RANGES.items()  # the letters of words come before the characters of pairs
            for chars in ranges(self._sizes[kind], parts)
        ]
        firsts: list[str] = []
        for shards in self._spread("search", work, len(work)):
            for one in shards:
                path = f"index/{len(firsts)}"
                self._put(f"search/{path}.js", script(path, one.groups))
                firsts.append(one.first)
        directory = {"last": last_id, "read": MOST_READ, "firsts": " ".join(firsts)}
        self._put("search/directory.js", script("directory", directory))
        self._put("search/fold.js", fold_script())
        for path, data in document_scripts(stories):
            self._put(path, data)


def _near(stories: Sequence[Story]) -> dict[int, list[Neighbours]]:
    """Return for each article the newer and the older one, of its day and of its author."""
    rows: dict[int, list[Neighbours]] = defaultdict(list)
    of_days, of_authors = by_name(stories, lambda story: (story.date,)), by_name(stories, lambda story: (story.author,))
    for _, group in (*of_days, *of_authors):
        for older, story, newer in zip([None, *group], group, [*group[1:], None], strict=False):
            rows[story.id].append((newer, older))
    return rows
