"""The manifest against the ledger, line by line. Runs in many processes, a stretch of the file each."""

from __future__ import annotations

import contextlib
import re
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, MANIFEST_FILE
from scraper.reports.manifest import manifest_lines
from scraper.times import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from scraper.check.findings import Piece

_STRETCH = 2 << 20
_ID = re.compile(rb'\{"id": ([1-9][0-9]{0,17}), ')
_LAST = 2**62
_CUT_OFF = "is older than the ledger: a run is at work, or was cut off before it wrote it; the next one does"


class _Cut(NamedTuple):
    """A place in the file where a line begins, and the id that this is of."""

    offset: int
    article: int


def manifest_pieces(root: str, *, stretch: int = _STRETCH) -> Iterator[Piece]:
    """Yield the pieces of work that compare the manifest with the ledger; several may find that it differs.

    Args:
        root: the output folder.
        stretch: bytes of the manifest that one piece looks at.
    """
    try:
        with open_file(Path(root, MANIFEST_FILE)) as file:
            cuts = [_Cut(0, 0), *_cuts(file, stretch), _Cut(-1, _LAST)]
    except OSError:
        cuts = [_Cut(0, 0), _Cut(-1, _LAST)]
    for begin, end in pairwise(cuts):
        yield partial(_check, root, begin, end)


def _cuts(file: BinaryIO, stretch: int) -> Iterator[_Cut]:
    """Yield where to cut, with ascending ids: all ids lie between two cuts, whatever the file holds."""
    size, article, offset = file.seek(0, 2), 0, stretch
    while offset < size:
        file.seek(offset)
        file.readline(_STRETCH)
        place = file.tell()
        match = _ID.match(file.readline(64))
        if match and int(match[1]) > article:
            article = int(match[1])
            yield _Cut(place, article)
        offset = place + stretch


def _check(root: str, begin: _Cut, end: _Cut) -> list[Finding]:
    with contextlib.closing(Ledger(Path(root, LEDGER_FILE), clock=SystemClock(), read_only=True)) as ledger:
        try:
            with open_file(Path(root, MANIFEST_FILE)) as file:
                if _is_equal(file, ledger, begin, end):
                    return []
                file.seek(0)
                problem = _CUT_OFF if ledger.manifest_is_stale else _difference(file, ledger)
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
        return [Finding(Kind.MANIFEST, MANIFEST_FILE, problem)] if problem else []


def _is_equal(file: BinaryIO, ledger: Ledger, begin: _Cut, end: _Cut) -> bool:
    file.seek(begin.offset)
    with contextlib.closing(manifest_lines(ledger, begin.article, end.article - 1)) as wanted:
        if any(file.readline(len(line) + 1) != line for line in wanted):
            return False
    return file.tell() == end.offset or (end.article == _LAST and not file.read(1))


def _difference(file: BinaryIO, ledger: Ledger) -> str | None:
    """Say where the file differs from what the ledger says, None if it does not."""
    with contextlib.closing(manifest_lines(ledger)) as lines:
        for number, wanted in enumerate(lines, start=1):
            if file.readline(len(wanted) + 1) != wanted:
                return f"line {number} is not what the ledger says"
    return "has lines that the ledger does not" if file.read(1) else None
