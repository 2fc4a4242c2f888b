"""Is everything in an output folder what the ledger says it is? Looks only."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from typing import TYPE_CHECKING

from scraper import manifest
from scraper.check.documents import Expected, check_documents
from scraper.check.findings import Finding, Kind
from scraper.check.folder import foreign_files, pictures
from scraper.check.warcs import check_stretch, stretches
from scraper.errors import StoreError
from scraper.ledger import LEDGER_FILE, Ledger
from scraper.models import State
from scraper.parallel import chunked, spread
from scraper.pipeline import WARC_FOLDER, require_folder
from scraper.sites import get
from scraper.warc import WarcStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.clock import Clock
    from scraper.config import Config

__all__ = ["Finding", "Kind", "check"]

_CHUNK = 100


def check(config: Config, *, jobs: int, clock: Clock) -> Iterator[Finding]:
    """Compare an output folder with its ledger, and each kept page with its digests. Changes nothing, takes no lock.

    Args:
        config: names the folder.
        jobs: how many processes.
        clock: for the ledger.

    Raises:
        StoreError: there is no such folder, or its ledger may not be read.
    """
    root = config.output_path
    require_folder(root)
    try:
        with contextlib.closing(
            Ledger(root / LEDGER_FILE, site=get(config.site), clock=clock, read_only=True)
        ) as ledger:
            yield from _documents(root, ledger, jobs)
            yield from _manifest(root, ledger)
            yield from _warcs(root, ledger, clock, jobs)
            yield from pictures(root, jobs)
            yield from foreign_files(root, {row.file for row in ledger.articles.each(State.WRITTEN) if row.file})
    except StoreError as error:
        if not (root / LEDGER_FILE).exists():
            yield Finding(Kind.LEDGER, LEDGER_FILE, "is not there")
            return
        if not os.access(root / LEDGER_FILE, os.R_OK):
            raise
        problem = str(error).removeprefix(f"{root / LEDGER_FILE}: ").partition(". ")[0]  # without its own remedy
        yield Finding(Kind.LEDGER, LEDGER_FILE, problem)


def _documents(root: Path, ledger: Ledger, jobs: int) -> Iterator[Finding]:
    expected = (
        Expected(row.id, row.file, row.file_sha256 or "", row.source == "adopted")
        for row in ledger.articles.each(State.WRITTEN)
        if row.file
    )
    for findings in spread(partial(check_documents, str(root)), chunked(expected, _CHUNK), jobs=jobs):
        yield from findings


def _manifest(root: Path, ledger: Ledger) -> Iterator[Finding]:
    try:
        with (root / manifest.MANIFEST).open("rb") as file:
            for number, wanted in enumerate(manifest.lines(ledger), start=1):
                if file.readline(len(wanted) + 1) != wanted:
                    yield Finding(Kind.MANIFEST, manifest.MANIFEST, f"line {number} is not what the ledger says")
                    return
            if file.read(1):
                yield Finding(Kind.MANIFEST, manifest.MANIFEST, "has lines that the ledger does not")
    except OSError as error:
        yield Finding(Kind.MANIFEST, manifest.MANIFEST, f"cannot be read ({error.strerror})")


def _warcs(root: Path, ledger: Ledger, clock: Clock, jobs: int) -> Iterator[Finding]:
    folder = root / WARC_FOLDER
    store = WarcStore(folder, clock=clock, max_bytes=1, find=lambda _: None)
    parts = stretches(ledger.mementos.each(), store.files())
    for findings in spread(partial(check_stretch, str(folder)), parts, jobs=jobs):
        yield from findings
