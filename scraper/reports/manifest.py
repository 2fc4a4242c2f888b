"""``manifest.jsonl``: one JSON object per article id, made from the ledger, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.files import json_line
from scraper.paths import MANIFEST_FILE

if TYPE_CHECKING:
    from collections.abc import Generator

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry
    from scraper.store.documents import FileWritten, Writer

_CAPTURE = ("timestamp", "original", "urlkey", "digest", "digest_check")


def entry_json(entry: Entry) -> str:
    """Return the JSON object of one id as one line, without the line feed.

    Every key is always there; what does not apply is null or empty. U+2028 and the like are escaped: some readers split
    there.
    """
    chosen = entry.chosen
    return json_line(
        {
            "id": entry.id,
            "state": entry.state,
            "reason": entry.reason or "not looked at yet",
            "capture": {name: getattr(chosen, name) for name in _CAPTURE} if chosen else None,
            "layout": chosen.layout if chosen else None,
            "readings": dict(sorted(chosen.readings.items())) if chosen else {},
            "file": entry.file,
            "file_sha256": entry.file_sha256,
            "page_sha256": chosen.page_sha256 if chosen else None,
            "tried": [one._asdict() for one in entry.tried],
            "provenance": dict(sorted(chosen.provenance.items())) if chosen else {},
            "known_from": entry.known_from._asdict() if entry.known_from else None,
        }
    )


def manifest_lines(ledger: Ledger, first: int = 0, last: int = 2**62) -> Generator[bytes]:
    """Yield the lines of all ids, or of those from `first` to `last`, in ascending order, UTF-8 with line feed."""
    for entry in ledger.evidence.each(first, last):
        yield f"{entry_json(entry)}\n".encode("utf-8", "backslashreplace")


def write_manifest(ledger: Ledger, writer: Writer) -> FileWritten:
    """Write the manifest below the output folder; it is not touched if nothing has changed.

    Raises:
        StoreError: the ledger cannot be read or the file not written.
    """
    return writer.write_lines(MANIFEST_FILE, manifest_lines(ledger))
