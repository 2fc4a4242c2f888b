"""All article ids as one CSV file for spreadsheets: where each stands, and what its front matter says."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, BinaryIO

from scraper.markdown.document import DocumentError
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.export.rows import Standing
    from scraper.ledger.evidence import Entry

COLUMNS = (
    *("id", "state", "reason", "title", "date", "last_updated", "author", "category", "tags", "url", "original_url"),
    *("captured", "digest", "digest_check", "file"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell (https://owasp.org/www-community/attacks/CSV_Injection)."""


def write_csv(
    standings: Iterable[Standing], file: BinaryIO, leave_out: Callable[[Entry, Exception], None] = lambda *_: None
) -> int:
    """Write a line an id, and one of names above; return how many articles have a document.

    UTF-8 with a byte order mark, without which Excel shows no Chinese. Of a document that cannot be read `leave_out`
    is told; its line has no front matter.
    """
    written = 0
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for standing in standings:
        row = _known(standing.entry)
        try:
            if document := standing.document:
                front_matter = asdict(document.front_matter)
                row |= front_matter | {"tags": "; ".join(front_matter["tags"])}
                written += 1
        except DocumentError as error:
            leave_out(standing.entry, error)
        lines.writerow(_cell(row.get(name)) for name in COLUMNS)
    text.detach()  # writes what is left, and does not close the file
    return written


def _known(entry: Entry) -> dict[str, object]:
    """Return what the ledger says of an id; of one that is not written, what a list of articles says of it."""
    row: dict[str, object] = {"id": entry.id, "state": entry.state, "reason": entry.reason, "file": entry.file}
    if entry.known_from is not None:
        title, category, author, date, *_ = entry.known_from
        row |= {"title": title, "category": category, "author": author, "date": date}
    if capture := entry.chosen:
        row |= {"captured": f"{parse_timestamp(capture.timestamp):%Y-%m-%d %H:%M:%S}"}
        row |= {"digest": capture.digest, "digest_check": capture.digest_check}
    return row


def _cell(value: object) -> str:
    """Return the text of a cell; what would be a formula has an apostrophe before it, which shows that it is text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
