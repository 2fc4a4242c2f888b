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
    """Return a store's files in the order in which they were written; none if there is no such folder.

    What has such a name but is no file, such as a pipe or a link that leads nowhere, is passed over.
    """
    if not folder.is_dir():
        return []
    found = [
        (serial, path) for path in folder.iterdir() if (serial := warc_serial(path.name)) is not None and path.is_file()
    ]
    return [path for _, path in sorted(found)]


def end_as_known(folder: Path, known: Mapping[str, int]) -> bool:
    """Say whether each of a store's files ends behind its last known record: then there is nothing to take up.

    Args:
        folder: of the files.
        known: file name to the end of its last known record, in bytes.
    """
    return all(path.stat().st_size == known.get(path.name, 0) for path in own_files(folder))
