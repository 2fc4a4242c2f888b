"""A whole check: its pieces of work, their order, and what they found."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from itertools import groupby
from operator import attrgetter, call
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.check.documents import check_documents
from scraper.check.findings import Finding, Kind
from scraper.check.folder import foreign_files, picture_pieces
from scraper.check.warcs import check_file
from scraper.engine.outcomes import Progress
from scraper.errors import StoreError, WrongVersion
from scraper.files import open_file, require_idle
from scraper.ledger import Ledger
from scraper.parallel import chunked, map_processes
from scraper.paths import LEDGER_FILE, WARC_FOLDER, own_warcs, require_folder, shard_path, shards_below
from scraper.reports.manifest import manifest_lines
from scraper.sites import get_site
from scraper.times import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from scraper.check.findings import Piece
    from scraper.config import Config
    from scraper.times import Clock

_CHUNK = 500
_CUT_OFF = "is older than the ledger: a run is at work, or was cut off before it wrote it; the next one does"


def check(
    config: Config,
    *,
    jobs: int = 1,
    clock: Clock = SYSTEM_CLOCK,
    form: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Iterator[Finding]:
    """Compare an output folder with its ledger, and each kept page with its digests. Changes nothing, keeps no lock.

    `form`: read the form of each document too. One that has the ledger's digest is byte for byte what was written, so
    that finds only what a faulty version of this program has written. `progress` is told of each piece of the work.

    Raises:
        LockHeld: somebody is at work there, so that much is about to change.
        StoreError: there is no such folder, or its ledger may not be read, or is of another version.
    """
    root = config.output_path
    require_folder(root)
    require_idle(root, "check when it has ended")
    try:
        with contextlib.closing(Ledger(root / LEDGER_FILE, clock=clock, read_only=True)) as ledger:
            ledger.require_whole()
            pieces = list(_pieces(config, ledger, form=form))
            for number, found in enumerate(map_processes(call, pieces, jobs=jobs), start=1):
                progress(Progress("checking", number, len(pieces)))
                yield from found
    except WrongVersion:  # nothing is damaged: made again from the kept pages, it would lose what is in it alone
        raise
    except StoreError as error:
        if not (root / LEDGER_FILE).exists():
            yield Finding(Kind.LEDGER, LEDGER_FILE, "is not there")
            return
        if not os.access(root / LEDGER_FILE, os.R_OK):
            raise
        problem = str(error).removeprefix(f"{root / LEDGER_FILE}: ").partition(". ")[0]  # without its own remedy
        yield Finding(Kind.LEDGER, LEDGER_FILE, problem)


def _pieces(config: Config, ledger: Ledger, *, form: bool) -> Iterator[Piece]:
    root = config.output_path
    written = list(ledger.articles.documents())
    for documents in chunked(written, _CHUNK):
        yield partial(check_documents, str(root), config.site, form, documents)
    for low in sorted({*ledger.shards.lows(), *shards_below(root)}):
        yield partial(check_shard, str(root), config.site, low)
    known = {name: list(group) for name, group in groupby(ledger.mementos.each(), attrgetter("file"))}
    for name in sorted({path.name for path in own_warcs(root / WARC_FOLDER)} | known.keys()):
        yield partial(check_file, str(root / WARC_FOLDER), name, known.get(name, []))
    yield from picture_pieces(root)
    yield partial(list, list(foreign_files(root, {document.file for document in written})))


def check_shard(root: str, site: str, low: int) -> list[Finding]:
    """Return how a file of the manifest differs from what the ledger says, as one finding at most."""
    problem = None
    with contextlib.closing(Ledger(Path(root, LEDGER_FILE), clock=SYSTEM_CLOCK, read_only=True)) as ledger:
        try:
            problem = _difference(Path(root, shard_path(low)), manifest_lines(ledger, get_site(site), low))
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
        if problem and low not in ledger.shards.written():
            problem = _CUT_OFF
    return [Finding(Kind.MANIFEST, shard_path(low), problem)] if problem else []


def _difference(path: Path, wanted_lines: Generator[bytes]) -> str | None:
    with open_file(path) as file, contextlib.closing(wanted_lines) as lines:
        for number, wanted in enumerate(lines, start=1):
            if file.readline(len(wanted) + 1) != wanted:
                return f"line {number} is not what the ledger says"
        return "has lines that the ledger does not" if file.read(1) else None
