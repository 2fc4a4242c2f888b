"""Where everything lies below the output folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


FOLDER = "images"
LEDGER_FILE = "ledger.sqlite3"
"""Its name in the output folder."""
LOCK_FILE = ".lock"
_PER_FOLDER = 1000


def document_path(article_id: int) -> str:
    """Return the path of a document below the output folder: ``articles/28001-29000/article_28325.md``.

    Raises:
        ValueError: ids start with 1.
    """
    if article_id < 1:
        raise ValueError(f"not an article id: {article_id}")
    low = (article_id - 1) // _PER_FOLDER * _PER_FOLDER + 1
    return f"articles/{low}-{low + _PER_FOLDER - 1}/article_{article_id}.md"


_NAME = re.compile(r"captures-(?P<serial>[0-9]{5,})\.warc\.gz\Z")


def file_name(serial: int) -> str:
    """Return the name of a file."""
    return f"captures-{serial:05}.warc.gz"


def serial_of(name: str) -> int | None:
    """Return the serial number of a file of this name, or None if no store writes one."""
    match = _NAME.match(name)
    return int(match["serial"]) if match else None


WARC_FOLDER = "warc"


def require_folder(folder: Path) -> None:
    """Make sure that there is an output folder, for what works on what is kept already.

    Raises:
        StoreError: there is none.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such folder, so nothing is kept there. Name the folder of a run with --output.")


LIST = "images.jsonl"
"""The list of pictures, below the output folder."""
MANIFEST = "manifest.jsonl"
"""Its path below the output folder."""
LOG_FILE = "hkcnews.log"
