"""Every document again from the kept pages: no network, over all processors, the same bytes whatever their number."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

from scraper.check.folder import unknown_documents
from scraper.engine.keep import read_guarded
from scraper.errors import ExitStatus, Stopped, StoreError
from scraper.images.documents import shown
from scraper.jobs.lists import read_kept_lists
from scraper.jobs.workspace import Means, make_engine, open_workspace, refresh_manifest
from scraper.parallel import chunked, map_processes
from scraper.paths import document_path
from scraper.reports.manifest import read_manifest
from scraper.sites import get_site
from scraper.store.warc import WarcStore
from scraper.times import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.config import Config
    from scraper.engine.outcomes import Outcomes
    from scraper.engine.workspace import Workspace
    from scraper.ledger.mementos import Kept
    from scraper.models import Reading

_CHUNK = 16
"""Articles that travel together: some hundred kilobytes of what was read."""
_EVERY = range(2**62)


class ArticleRead(NamedTuple):
    """The kept pages of an article, read `again` or for the first time; `broken` says which could not be loaded."""

    article: int
    pages: dict[tuple[str, str], Reading]
    again: bool
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


def rebuild(
    config: Config,
    *,
    ids: Sequence[range] = (),
    jobs: int = 1,
    anew: bool = False,
    changed: Callable[[str, str, str], None] | None = None,
    **means: Unpack[Means],
) -> Rebuilt:
    """Read every kept page again with the program as it is now, decide, and write.

    A ledger that is missing is made again from the WARC files first; what only listings knew is then not known.
    Of `ids` only, if there are any, in `jobs` processes; `means` and errors are as in `scraper.jobs`. `anew`: the
    ledger is made again, whatever it is; it may not know all documents then. On an error the old one stays. `changed`
    is told of each file that changes: name below the output folder, text before, text now.
    """
    with open_workspace(config, **means, anew=anew) as space:
        _know_ids_of_manifest(space)
        engine = make_engine(space, shown=partial(_shown, changed) if changed else shown)
        rebuilt = Rebuilt(engine.outcomes, broken=list(space.store.damage), mended=space.mended)
        work = partial(_read, str(space.store.folder), space.site.name)
        try:
            for chunk in map_processes(work, chunked(_kept(space, ids), _CHUNK), jobs=jobs):
                with space.ledger.transaction(), space.writer.together():
                    for read in chunk:
                        rebuilt.broken += read.broken
                        if not read.broken:  # with a broken page nothing is concluded
                            engine.decide_from(read.article, read.pages, again=read.again)
        except Stopped:
            rebuilt.stopped = True
        if not ids and not rebuilt.stopped:
            read_kept_lists(space)
            if anew:  # else many are only not written down yet
                known = {one.file for one in space.ledger.articles.documents()}
                rebuilt.unknown = len(unknown_documents(space.folder, known))
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


def _kept(space: Workspace, ids: Sequence[range]) -> Iterator[tuple[list[Kept], bool]]:
    """Yield what is to be read of each article: again what was read, or, where nothing was, all that is kept."""
    for wanted in ids or (_EVERY,):
        for kept in space.ledger.mementos.of_articles(wanted[0], wanted[-1]):
            if space.stop.is_set():
                raise Stopped("the rebuild was asked to end")
            before = [one for one, was_read in kept if was_read]
            yield before or [one for one, _ in kept], bool(before)


def _read(folder: str, site_name: str, articles: list[tuple[list[Kept], bool]]) -> list[ArticleRead]:
    """Read the kept pages of some articles; runs in a process of its own.

    Revisits name the place of their payload, so no ledger is asked.
    """
    store = WarcStore(Path(folder), clock=SYSTEM_CLOCK, max_bytes=1, find=lambda _: None)
    site = get_site(site_name)
    done = []
    for captures, again in articles:
        article = captures[0].article
        assert article is not None
        read = ArticleRead(article, {}, again, [])
        for kept in captures:
            try:
                memento = store.load_kept(kept)
            except StoreError as error:
                read.broken.append(f"article {article}, capture {kept.timestamp}: {error}")
            else:
                read.pages[kept.original, kept.timestamp] = read_guarded(site, memento, store.folder.parent)
        done.append(read)
    return done


def _shown(tell: Callable[[str, str, str], None], space: Workspace, article: int, document: str) -> str:
    """Return a document as it is to be written, and tell how that changes its file, if it does."""
    now, name = shown(space, article, document), document_path(article)
    path = space.folder / name
    before = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    if before != now:
        tell(name, before, now)
    return now


def diff(name: str, before: str, now: str) -> str:
    """Return how a file has changed, as a unified diff."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
    return "\n".join(lines)
