"""``manifest.jsonl``: one JSON object per article id, made from the ledger, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper.jsonlines import json_line

if TYPE_CHECKING:
    from collections.abc import Generator

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry
    from scraper.writer import FileWritten, Writer

_SAME = 1000
MANIFEST = "manifest.jsonl"
"""Its path below the output folder."""


def describe(entry: Entry) -> dict[str, Any]:
    """Return the object of one id. Every key is always there; what does not apply is null or empty."""
    standing = entry.standing
    capture = None
    if standing is not None:
        capture = {
            "timestamp": standing.timestamp,
            "original": standing.original,
            "urlkey": standing.urlkey,
            "digest": standing.digest,
            "digest_check": standing.digest_check,
        }
    return {
        "id": entry.id,
        "state": str(entry.state),
        "reason": entry.reason or "not looked at yet",
        "capture": capture,
        "layout": standing.layout if standing else None,
        "readings": dict(sorted(standing.readings.items())) if standing else {},
        "file": entry.file,
        "file_sha256": entry.file_sha256,
        "page_sha256": standing.page_sha256 if standing else None,
        "tried": [one._asdict() for one in entry.tried],
    }


def line(entry: Entry) -> str:
    """Return the line of one id, without the line feed. U+2028 and the like are escaped: some readers split there."""
    return json_line(describe(entry))


def lines(ledger: Ledger, first: int = 0, last: int = 2**62) -> Generator[bytes]:
    """Yield the lines of all ids, or of those from `first` to `last`, in ascending order, UTF-8 with line feed."""
    same: dict[tuple[str, str], str] = {}
    for entry in ledger.evidence.each(first, last):
        text = line(entry) if entry.tried or entry.standing or entry.file else _bare_line(entry, same)
        yield text.encode("utf-8", "backslashreplace") + b"\n"


def _bare_line(entry: Entry, same: dict[tuple[str, str], str]) -> str:
    """Return the line of an id of which only state and reason are known: but for the id they are the same."""
    begin = f'{{"id": {entry.id}, '
    key = (entry.state, entry.reason)
    if key not in same:
        if len(same) > _SAME:
            same.clear()
        same[key] = line(entry).removeprefix(begin)
    return begin + same[key]


def write(ledger: Ledger, writer: Writer) -> FileWritten:
    """Write the manifest below the output folder; it is not touched if nothing has changed.

    Raises:
        StoreError: the ledger cannot be read or the file not written.
    """
    return writer.write_lines(MANIFEST, lines(ledger))
