"""Every document again from the kept pages: no network, over all processors, the same bytes whatever their number."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scraper.check.folder import unknown_documents
from scraper.engine.keep import read_page
from scraper.errors import ExitStatus, Stopped, StoreError
from scraper.files import output_lock
from scraper.jobs.lists import read_kept_lists
from scraper.jobs.workspace import make_engine, open_workspace, refresh_manifest
from scraper.models import DigestCheck
from scraper.parallel import chunked, map_processes
from scraper.paths import LEDGER_FILE
from scraper.reports.manifest import read_manifest
from scraper.sites import get_site
from scraper.store.documents import Writer
from scraper.store.warc import WarcStore
from scraper.times import SYSTEM_CLOCK, SystemClock, format_timestamp

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

    from scraper.config import Config
    from scraper.engine.keep import ReadPage
    from scraper.engine.outcomes import Outcomes, Progress
    from scraper.jobs.workspace import Workspace
    from scraper.ledger.mementos import Kept
    from scraper.models import Site
    from scraper.store.documents import FileWritten
    from scraper.times import Clock

_CHUNK = 16
"""Articles that travel together: some hundred kilobytes of what was read."""
_EVERY = range(2**62)


class ArticleRead(NamedTuple):
    """The kept pages of an article, read again: `again` had been read before, `broken` could not be got."""

    article: int
    pages: dict[tuple[str, str], ReadPage]
    again: list[tuple[str, str]]
    broken: list[str]


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild gave.

    Attributes:
        outcomes: what was done; `written` are the ids whose file has changed.
        broken: kept pages, or stretches of WARC files, that cannot be read, for people. Articles whose page is known to
            be among them were left as they are; what else stood there, a ledger made anew cannot know.
        mended: mementos that the ledger did not know of, all of them when it was made anew.
        unknown: documents that a ledger made anew does not know: adopted ones have no kept page.
    """

    outcomes: Outcomes
    broken: list[str] = field(default_factory=list)
    mended: int = 0
    unknown: int = 0
    stopped: bool = False

    @property
    def exit_status(self) -> ExitStatus:
        """1 when a kept page cannot be read, an article was lost by this, or there are documents nobody knows."""
        return ExitStatus.INCOMPLETE if self.broken or self.outcomes.lost or self.unknown else ExitStatus.DONE


class _TellingWriter(Writer):
    """A writer that tells of each file that changes, with what it was."""

    def __init__(self, folder: Path, changed: Callable[[str, str, str], None]) -> None:
        super().__init__(folder)
        self._root = folder
        self._changed = changed

    def write(self, name: str, data: bytes, *, known_sha256: str | None = None) -> FileWritten:
        path = self._root / name
        before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        file = super().write(name, data, known_sha256=known_sha256)
        if file.changed:
            self._changed(name, before, data.decode("utf-8"))
        return file


def rebuild(
    config: Config,
    *,
    ids: Sequence[range] = (),
    jobs: int = 1,
    clock: Clock = SYSTEM_CLOCK,
    stop: threading.Event | None = None,
    anew: bool = False,
    changed: Callable[[str, str, str], None] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Rebuilt:
    """Read every kept page again with the program as it is now, decide, and write.

    A ledger that is missing is made again from the WARC files first; what only listings knew is then not known.
    Of `ids` only, if there are any, in `jobs` processes; `clock`, `stop` and `progress` are as in `scraper.jobs.run`.
    `anew`: the ledger was set aside, so there may be documents that it does not know any more. `changed` is told of
    each file that changes: name below the output folder, text before, text now.

    Raises:
        LockHeld: a run is at work on this output folder.
        StoreError: the output folder cannot be written.
    """
    with open_workspace(config, clock=clock, stop=stop, progress=progress) as space:
        _know_ids_of_manifest(space)
        if changed is not None:
            space.writer = _TellingWriter(space.folder, changed)
        engine = make_engine(space)
        rebuilt = Rebuilt(engine.outcomes, broken=list(space.damage), mended=space.mended)
        work = partial(_read_all, str(space.store.folder), space.site.name)
        try:
            for chunk in map_processes(work, chunked(_kept(space, ids), _CHUNK), jobs=jobs):
                with space.ledger.transaction(), space.writer.together():
                    for read in chunk:
                        rebuilt.broken += read.broken
                        if not read.broken:  # with a broken page nothing is concluded
                            engine.decide_from(read.article, read.pages, read.again)
        except Stopped:
            rebuilt.stopped = True
        if not ids and not rebuilt.stopped:
            read_kept_lists(space)
        if anew and not ids and not rebuilt.stopped:  # else many are only not written down yet
            rebuilt.unknown = len(
                unknown_documents(space.folder, {one.file for one in space.ledger.articles.documents()})
            )
        refresh_manifest(space)
        return rebuilt


def _know_ids_of_manifest(space: Workspace) -> None:
    """Let a ledger that is made anew know the ids that the one before it knew, as far as the manifest tells."""
    ledger = space.ledger
    with ledger.transaction():
        if ledger.get_meta("seeded") is None:
            ids: list[int] = []
            with contextlib.suppress(StoreError, TypeError, KeyError):  # damaged: the next run knows the others anew
                ids.extend(int(one["id"]) for one in read_manifest(space.folder))
            ledger.articles.add_ids(ids, "range")
            ledger.set_meta("seeded", "manifest")


def _kept(space: Workspace, ids: Sequence[range]) -> Iterator[list[tuple[Kept, bool]]]:
    """Yield what is to be read: what was read before, or, of an article of which nothing was, all that is kept."""
    for wanted in ids or (_EVERY,):
        for kept in space.ledger.mementos.of_articles(wanted[0], wanted[-1]):
            if space.stop.is_set():
                raise Stopped("the rebuild was asked to end")
            yield [one for one in kept if one[1]] or kept


@cache
def _tools(folder: str, site_name: str) -> tuple[WarcStore, Site]:
    """Open the store in this process; revisits name the place of their payload, so no ledger is asked."""
    store = WarcStore(Path(folder), clock=SystemClock(), max_bytes=1, find=lambda _: None)
    return store, get_site(site_name)


def _read_all(folder: str, site_name: str, articles: list[list[tuple[Kept, bool]]]) -> list[ArticleRead]:
    """Read the kept pages of some articles; runs in a process of its own."""
    store, site = _tools(folder, site_name)
    return [_read(store, site, kept) for kept in articles]


def _read(store: WarcStore, site: Site, captures: list[tuple[Kept, bool]]) -> ArticleRead:
    article = captures[0][0].article
    assert article is not None
    read = ArticleRead(article, {}, [], [])
    for kept, before in captures:
        key = kept.original, kept.timestamp
        try:
            memento = store.load_kept(kept)
        except StoreError as error:
            read.broken.append(f"article {article}, capture {kept.timestamp}: {error}")
            continue
        read.pages[key] = read_page(site, memento, DigestCheck(kept.digest_check), store.folder.parent)
        if before:
            read.again.append(key)
    return read


def diff(name: str, before: str, now: str) -> str:
    """Return how a file has changed, as a unified diff."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
    return "\n".join(lines)


def set_ledger_aside(config: Config, *, clock: Clock) -> Path | None:
    """Rename the ledger, so that the next to open the folder makes it again from the WARC files; return its new name.

    Raises:
        LockHeld: a run is at work on this output folder.
        StoreError: it cannot be renamed.
    """
    path = config.output_path / LEDGER_FILE
    with output_lock(config.output_path):
        if not path.exists():
            return None
        aside = path.with_name(f"{path.name}.{format_timestamp(clock.now())}")
        try:
            for ending in ("-wal", "-shm", ""):  # last the file itself: until then the old ledger is whole
                if (part := path.with_name(path.name + ending)).exists():
                    part.rename(aside.with_name(aside.name + ending))
        except OSError as error:
            raise StoreError(f"{path}: cannot be renamed ({error.strerror}). Mend the permissions.") from error
    return aside
