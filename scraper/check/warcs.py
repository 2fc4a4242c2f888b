"""Kept records against their digests and the ledger. Runs in many processes, a file each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.models import DigestCheck
from scraper.paths import WARC_FOLDER
from scraper.payload import check_digest, parse_digest, split_head
from scraper.reports.words import counted
from scraper.store.mementos import target_uri, timestamp_of
from scraper.store.records import Damage, Record, iter_records

if TYPE_CHECKING:
    from scraper.ledger.mementos import Kept

_MAX_BLOCK = 1 << 30


def check_file(folder: str, file_name: str, known: list[Kept]) -> list[Finding]:
    """Return what is wrong with a file: digests, damage, records that are not where they should be."""
    name = f"{WARC_FOLDER}/{file_name}"
    missing = {one.offset: one for one in known}
    end = max((one.offset + one.length for one in known), default=0)
    findings: list[Finding] = []
    try:
        with open_file(Path(folder, file_name)) as file:
            for record in iter_records(file, max_block=_MAX_BLOCK):
                findings += _check(name, record, missing.pop(record.offset, None), end)
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); the ledger has {counted(len(known), 'record')} in it"
        return [Finding(Kind.WARC_MISSING, name, problem)]
    for offset, kept in missing.items():
        problem = f"byte {offset}: the record that the ledger has here is not there"
        findings.append(Finding(Kind.WARC_DAMAGED, name, problem, kept.article, offset))
    return findings


def _check(name: str, record: Record | Damage, kept: Kept | None, end: int) -> list[Finding]:
    unrecorded = record.offset >= end
    where, article = f"byte {record.offset}", kept.article if kept else None
    kind = Kind.WARC_DAMAGED if kept else Kind.WARC_SCAR
    if isinstance(record, Damage):
        if unrecorded and record.torn:
            kind = Kind.WARC_UNRECORDED
        return [Finding(kind, name, f"{where}: {record.reason}", article, record.offset)]
    if wrong := _wrong_digest(record):
        return [Finding(kind, name, f"{where}: the {wrong} digest differs", article, record.offset)]
    if kept and not _is_of(record, kept):
        problem = f"{where}: a record of {record.headers.get('warc-target-uri', 'nothing')}, not the one that was kept"
        return [Finding(kind, name, problem, article, record.offset)]
    if unrecorded and record.kind in ("response", "revisit"):
        return [Finding(Kind.WARC_UNRECORDED, name, f"{where}: a record that the ledger does not have")]
    return []


def _is_of(record: Record, kept: Kept) -> bool:
    """Say whether a record is the one that the ledger has at its place: URL, moment and payload."""
    headers = record.headers
    return (
        headers.get("warc-target-uri") == target_uri(kept.original)
        and timestamp_of(headers.get("warc-date", "")) == kept.timestamp
        and parse_digest(headers.get("warc-payload-digest", "")) in (None, parse_digest(kept.payload_sha1))
    )


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
