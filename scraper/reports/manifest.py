"""``manifest.jsonl``: one JSON object per article id, made from the ledger, the same each time."""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING

from scraper.files import encode, one_line
from scraper.paths import MANIFEST_FILE

if TYPE_CHECKING:
    from collections.abc import Generator

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import ChosenCapture, Entry
    from scraper.store.documents import FileWritten, Writer


def entry_json(entry: Entry) -> str:
    """Return the JSON object of one id as one line, without the line feed.

    Every key is always there; what does not apply is null or empty. U+2028 and the like are escaped: some readers split
    there.
    """
    # The values are encoded one by one: objects made for the encoder's sake take three times as long, and there are
    # 50,000 ids.
    standing = entry.chosen
    tried = [
        f'{{"timestamp": {quoted(timestamp)}, "original": {quoted(original)}, "verdict": {quoted(verdict)}}}'
        for timestamp, original, verdict in entry.tried
    ]
    return one_line(
        f'{{"id": {entry.id}, "state": {quoted(entry.state)}, "reason": {quoted(entry.reason or "not looked at yet")}, '
        f'"capture": {_capture(standing) if standing else "null"}, '
        f'"layout": {_text(standing.layout if standing else None)}, '
        f'"readings": {_readings(standing.won) if standing else "{}"}, '
        f'"file": {_text(entry.file)}, "file_sha256": {_text(entry.file_sha256)}, '
        f'"page_sha256": {_text(standing.page_sha256 if standing else None)}, "tried": [{", ".join(tried)}]}}'
    )


def _capture(standing: ChosenCapture) -> str:
    return (
        f'{{"timestamp": {quoted(standing.timestamp)}, "original": {quoted(standing.original)}, '
        f'"urlkey": {quoted(standing.urlkey)}, "digest": {quoted(standing.digest)}, '
        f'"digest_check": {quoted(standing.digest_check)}}}'
    )


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


@lru_cache(maxsize=256)
def _readings(won: str) -> str:
    """Return which readings won, in the order of the fields; most pages have those of many others."""
    return encode(dict(sorted(json.loads(won).items())))


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
