"""Articles as JSON Lines: UTF-8, one object a line, one line an article."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, BinaryIO

from scraper.files import json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scraper.export.rows import ExportRow


def write_jsonl(rows: Iterable[ExportRow], file: BinaryIO, lost: Iterable[Mapping[str, object]] = ()) -> int:
    """Write the rows in the order they come, then what is known of lost articles; return how many rows there were."""
    count = 0
    for row in rows:
        file.write(json_line(dataclasses.asdict(row)).encode() + b"\n")
        count += 1
    file.writelines(json_line(known).encode() + b"\n" for known in lost)
    return count
