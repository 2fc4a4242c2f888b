"""How the store's files are called, and where in them a record lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper.paths import warc_serial

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Location(NamedTuple):
    """Where a record lies: file name in the store's folder, offset and length in bytes."""

    file: str
    offset: int
    length: int


def own_files(folder: Path) -> list[Path]:
    """Return a store's files, and nothing else of such a name, in the order in which they were written."""
    if not folder.is_dir():
        return []
    found = [
        (serial, path) for path in folder.iterdir() if (serial := warc_serial(path.name)) is not None and path.is_file()
    ]
    return [path for _, path in sorted(found)]


def end_as_known(folder: Path, known: Mapping[str, int]) -> bool:
    """Say whether a store's files end behind their last `known` records, in bytes: then there is nothing to take up."""
    return all(path.stat().st_size == known.get(path.name, 0) for path in own_files(folder))
