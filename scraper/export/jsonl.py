"""Articles as JSON Lines: UTF-8, one object a line, one line an article."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.export.rows import ExportRow

# JSON lets these stand, but many readers take them for the end of a line (Python's str.splitlines among them).
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def json_line(value: object) -> bytes:
    """Return a JSON value as one line, with its line feed."""
    return f"{json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)}\n".encode()


def write_jsonl(rows: Iterable[ExportRow], file: BinaryIO) -> int:
    """Write the rows in the order they come; return how many there were."""
    count = 0
    for row in rows:
        file.write(json_line(dataclasses.asdict(row)))
        count += 1
    return count
