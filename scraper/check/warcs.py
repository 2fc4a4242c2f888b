"""Kept records against their digests and the ledger. Runs in many processes, a stretch of a file each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.models import DigestCheck
from scraper.payload import check_digest, split_head
from scraper.store.records import Damage, Record, iter_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.ledger.mementos import Kept

_STRETCH = 2 << 20
"""Bytes of a file that one process reads at a time."""
_MAX_BLOCK = 1 << 30


class Stretch(NamedTuple):
    """A part of a WARC file.

    Attributes:
        file: its name in the folder.
        start: offset of a record.
        end: where the next stretch starts; None: the end of the file.
        records: offset to article id, of the records that the ledger has in it.
        known_end: behind the last record that the ledger has in this file.
    """

    file: str
    start: int
    end: int | None
    records: dict[int, int | None]
    known_end: int


def stretches(kept: Iterable[Kept], files: Iterable[Path]) -> Iterator[Stretch]:
    """Yield the stretches of all files, those that the ledger does not know included.

    Args:
        kept: in the order of files and offsets.
        files: that are there.
    """
    known: dict[str, list[Stretch]] = {}
    for one in kept:
        parts = known.setdefault(one.file, [Stretch(one.file, 0, None, {}, 0)])
        if one.offset - parts[-1].start >= _STRETCH:
            parts[-1] = parts[-1]._replace(end=one.offset)
            parts.append(Stretch(one.file, one.offset, None, {}, 0))
        parts[-1].records[one.offset] = one.article
        parts[-1] = parts[-1]._replace(known_end=one.offset + one.length)
    present = {path.name for path in files}
    for name in sorted(present | known.keys()):
        yield from known.get(name, [Stretch(name, 0, None, {}, 0)])


def check_stretch(folder: str, stretch: Stretch) -> list[Finding]:
    """Return what is wrong with a stretch of a file: digests, damage, records that are not where they should be."""
    name = f"warc/{stretch.file}"
    missing = dict(stretch.records)
    findings: list[Finding] = []
    try:
        with open_file(Path(folder, stretch.file)) as file:
            for record in iter_records(file, max_block=_MAX_BLOCK, offset=stretch.start):
                if stretch.end is not None and record.offset >= stretch.end:
                    break
                article = missing.pop(record.offset, None)
                findings += _check(name, record, article, stretch)
    except OSError as error:
        count = len(stretch.records)
        return [
            Finding(Kind.WARC_MISSING, name, f"cannot be read ({error.strerror}); the ledger has {count} records in it")
        ]
    for offset, article in missing.items():
        problem = f"byte {offset}: the record that the ledger has here is not there"
        findings.append(Finding(Kind.WARC_DAMAGED, name, problem, article, offset))
    return findings


def _check(name: str, record: Record | Damage, article: int | None, stretch: Stretch) -> list[Finding]:
    unrecorded = stretch.end is None and record.offset >= stretch.known_end
    where = f"byte {record.offset}"
    if isinstance(record, Damage):
        kind = Kind.WARC_DAMAGED if record.offset in stretch.records else Kind.WARC_SCAR
        if unrecorded and record.torn:
            kind = Kind.WARC_UNRECORDED
        return [Finding(kind, name, f"{where}: {record.reason}", article, record.offset)]
    if wrong := _wrong_digest(record):
        kind = Kind.WARC_DAMAGED if record.offset in stretch.records else Kind.WARC_SCAR
        return [Finding(kind, name, f"{where}: the {wrong} digest differs", article, record.offset)]
    if unrecorded and record.kind in ("response", "revisit"):
        return [Finding(Kind.WARC_UNRECORDED, name, f"{where}: a record that the ledger does not have")]
    return []


def _wrong_digest(record: Record) -> str | None:
    block = record.block or b""
    if check_digest(record.headers.get("warc-block-digest", ""), block) is DigestCheck.MISMATCH:
        return "block"
    digest = record.headers.get("warc-payload-digest")
    if record.kind == "response" and digest:
        head = split_head(block)
        if head is not None and check_digest(digest, memoryview(block)[head[1] :]) is DigestCheck.MISMATCH:
            return "payload"
    return None
