"""A whole check: its pieces of work, and those that compare documents and manifest with the ledger."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import partial
from itertools import groupby
from operator import attrgetter, call
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.audit.examine import find_cut
from scraper.audit.markup import examine_blocks
from scraper.check.findings import Finding, Kind
from scraper.check.folder import foreign_files, picture_pieces
from scraper.check.warcs import check_file
from scraper.engine.outcomes import Progress
from scraper.errors import StoreError, WrongVersion
from scraper.files import open_file, require_idle
from scraper.images.documents import UP, addresses
from scraper.ledger import Ledger
from scraper.markdown.document import DocumentError, parse_document, read_loosely
from scraper.parallel import chunked, map_processes
from scraper.paths import LEDGER_FILE, WARC_FOLDER, own_warcs, require_folder, shard_path, shards_below
from scraper.reports.manifest import manifest_lines
from scraper.sites import get_site
from scraper.times import SYSTEM_CLOCK
from scraper.urls import parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from scraper.check.findings import Piece
    from scraper.config import Config
    from scraper.ledger import WrittenDocument
    from scraper.models import Site
    from scraper.times import Clock

_CHUNK = 500
_MOST = 1 << 24
"""Bytes of a document: a page has 3 MB at most, an adopted one 4 MB. What is longer was changed, and is not read."""
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


def check_documents(root: str, site_name: str, form: bool, documents: list[WrittenDocument]) -> list[Finding]:
    """Return what is wrong with some documents of the ledger; `form`: look at the form of unchanged ones too."""
    site = get_site(site_name)
    return [finding for document in documents for finding in _check_document(root, site, form, document)]


def _check_document(root: str, site: Site, form: bool, document: WrittenDocument) -> list[Finding]:
    article, name, sha256, adopted = document
    try:
        with open_file(f"{root}/{name}") as file:  # a `Path` of each would take as long as hashing it
            data = file.read() if os.fstat(file.fileno()).st_size <= _MOST else b""
    except FileNotFoundError:
        return [Finding(Kind.DOCUMENT_MISSING, name, "is in the ledger but not there", article)]
    except OSError as error:
        return [Finding(Kind.DOCUMENT_MISSING, name, f"cannot be read ({error.strerror})", article)]
    if hashlib.sha256(data).hexdigest() != sha256:
        kind = Kind.ADOPTED_CHANGED if adopted else Kind.DOCUMENT_CHANGED  # no page is kept to make it from
        return [Finding(kind, name, "was changed after it was written", article)]
    if not (adopted or form or UP.encode() in data):
        return []
    text = data.decode("utf-8", "replace")
    if adopted:  # taken over in whatever form it had; earlier versions of this program also took half a document
        cut = find_cut(text, read_loosely(text), site)
        return [Finding(Kind.DOCUMENT_CUT, name, f"is half a document: {cut}", article)] if cut else []
    problems = _problems(text) if form else []
    found = [Finding(Kind.DOCUMENT_FORM, name, problem, article) for problem in problems]
    return found + _pictures(root, document, text)


def _pictures(root: str, document: WrittenDocument, text: str) -> list[Finding]:
    named = {address for address in addresses(text) if address.startswith(UP)}
    return [
        Finding(Kind.IMAGE_MISSING, document.file, f"names {address}, which is not there", document.article)
        for address in sorted(named)
        if not Path(root, document.file).parent.joinpath(address).is_file()
    ]


def _problems(text: str) -> list[str]:
    """Return what is wrong with the form of a document, in words; empty if nothing is."""
    try:
        document = parse_document(text)
    except DocumentError as error:
        return [str(error)]
    found = [f"{one.defect}: {one.detail}" for one in examine_blocks(document.body)]
    named = parse_replay_url(document.front_matter.url)
    if named is None or named.original != document.front_matter.original_url:
        found.append("url and original_url do not name the same capture")
    return found


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
