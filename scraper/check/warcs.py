"""Kept records against their digests and the ledger. Runs in many processes, a file each."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.models import DigestCheck
from scraper.paths import WARC_FOLDER
from scraper.payload import check_digest, split_head
from scraper.store.records import Damage, Record, iter_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.ledger.mementos import Kept

_MAX_BLOCK = 1 << 30


class KnownFile(NamedTuple):
    """A WARC file as the ledger has it.

    Attributes:
        name: in the folder.
        records: offset to article id.
        end: behind the last record.
    """

    name: str
    records: dict[int, int | None]
    end: int


def known_files(kept: Iterable[Kept], files: Iterable[Path]) -> Iterator[KnownFile]:
    """Yield all files: those that the ledger has (`kept` in their order), and those that are only there."""
    known = {}
    for name, group in groupby(kept, attrgetter("file")):
        records = list(group)
        end = max(one.offset + one.length for one in records)
        known[name] = KnownFile(name, {one.offset: one.article for one in records}, end)
    for name in sorted({path.name for path in files} | known.keys()):
        yield known.get(name) or KnownFile(name, {}, 0)


def check_file(folder: str, known: KnownFile) -> list[Finding]:
    """Return what is wrong with a file: digests, damage, records that are not where they should be."""
    name = f"{WARC_FOLDER}/{known.name}"
    missing = dict(known.records)
    findings: list[Finding] = []
    try:
        with open_file(Path(folder, known.name)) as file:
            for record in iter_records(file, max_block=_MAX_BLOCK):
                article = missing.pop(record.offset, None)
                findings += _check(name, record, article, known)
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); the ledger has {len(known.records)} records in it"
        return [Finding(Kind.WARC_MISSING, name, problem)]
    for offset, article in missing.items():
        problem = f"byte {offset}: the record that the ledger has here is not there"
        findings.append(Finding(Kind.WARC_DAMAGED, name, problem, article, offset))
    return findings


def _check(name: str, record: Record | Damage, article: int | None, known: KnownFile) -> list[Finding]:
    unrecorded = record.offset >= known.end
    where = f"byte {record.offset}"
    if isinstance(record, Damage):
        kind = Kind.WARC_DAMAGED if record.offset in known.records else Kind.WARC_SCAR
        if unrecorded and record.torn:
            kind = Kind.WARC_UNRECORDED
        return [Finding(kind, name, f"{where}: {record.reason}", article, record.offset)]
    if wrong := _wrong_digest(record):
        kind = Kind.WARC_DAMAGED if record.offset in known.records else Kind.WARC_SCAR
        return [Finding(kind, name, f"{where}: the {wrong} digest differs", article, record.offset)]
    if unrecorded and record.kind in ("response", "revisit"):
        return [Finding(Kind.WARC_UNRECORDED, name, f"{where}: a record that the ledger does not have")]
    return []


def _wrong_digest(record: Record) -> str | None:
    """Return which digest of a record is not that of its bytes, or None. One of an unknown kind proves nothing."""
    block = record.block or b""
    if check_digest(record.headers.get("warc-block-digest", ""), block) is DigestCheck.MISMATCH:
        return "block"
    head = split_head(block) if record.kind == "response" else None
    if head is None:
        return None
    payload = memoryview(block)[head[1] :]
    differs = check_digest(record.headers.get("warc-payload-digest", ""), payload) is DigestCheck.MISMATCH
    return "payload" if differs else None
