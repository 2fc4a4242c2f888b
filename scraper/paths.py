"""Where everything lies below the output folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

LEDGER_FILE = "ledger.sqlite3"
LOCK_FILE = ".lock"
LOG_FILE = "hkcnews.log"
IMAGES_LIST = "images.jsonl"
ARTICLES_FOLDER = "articles"
IMAGES_FOLDER = "images"
MANIFEST_FOLDER = "manifest"
WARC_FOLDER = "warc"
SMALL_MANIFEST = "manifest.jsonl"
"""What is known of few ids, in one file; it used to hold all, and came near the size that git hosts take."""
_OWN_FOLDERS = frozenset({ARTICLES_FOLDER, IMAGES_FOLDER, WARC_FOLDER, MANIFEST_FOLDER})
_OWN_FILES = (LEDGER_FILE, LOG_FILE, SMALL_MANIFEST, IMAGES_LIST)
"""Also what lies beside them under a longer name: SQLite's own, older logs, what a person changed."""
IDS_PER_FOLDER = 1000
_SHARD_NAME = re.compile(r"(?P<low>[1-9][0-9]{0,17})-[0-9]+\.jsonl\Z")
_WARC_NAME = re.compile(r"captures-(?P<serial>[0-9]{5,})\.warc\.gz\Z")


def document_path(article_id: int) -> str:
    """Return the path of a document below the output folder: ``articles/28001-29000/article_28325.md``.

    Raises:
        ValueError: ids start with 1.
    """
    if article_id < 1:
        raise ValueError(f"not an article id: {article_id}")
    low = (article_id - 1) // IDS_PER_FOLDER * IDS_PER_FOLDER + 1
    return f"{ARTICLES_FOLDER}/{low}-{low + IDS_PER_FOLDER - 1}/article_{article_id}.md"


def shard_path(low: int) -> str:
    """Return the path of the manifest's file for a folder of documents, by that folder's first id."""
    return f"{MANIFEST_FOLDER}/{low}-{low + IDS_PER_FOLDER - 1}.jsonl"


def shards_below(root: Path) -> dict[int, Path]:
    """Return the files of the manifest that lie below an output folder, by the first id of each, ascending."""
    named = {path: _SHARD_NAME.match(path.name) for path in (root / MANIFEST_FOLDER).glob("*.jsonl")}
    found = {int(match["low"]): path for path, match in named.items() if match}
    return {low: found[low] for low in sorted(found) if root / shard_path(low) == found[low]}


def warc_name(serial: int) -> str:
    """Return the name of one of the store's WARC files."""
    return f"captures-{serial:05}.warc.gz"


def warc_serial(name: str) -> int | None:
    """Return the serial number of a WARC file of this name, or None if the store writes none of that name."""
    match = _WARC_NAME.match(name)
    return int(match["serial"]) if match else None


def own_warcs(folder: Path) -> list[Path]:
    """Return the WARC files of a store's folder, and nothing else of such a name, in the order they were written."""
    found = ((warc_serial(path.name), path) for path in folder.glob("*") if path.is_file())
    return [path for _, path in sorted((serial, path) for serial, path in found if serial is not None)]


def own_file(path: Path) -> Path | None:
    """Return the output folder of which a path names one of the program's own files, by whatever links, or None.

    An output folder has a lock or a ledger in it. A file of any other name may be put into it.
    """
    real = path.parent.resolve() / path.name
    for folder in real.parents:
        if (folder / LOCK_FILE).exists() or (folder / LEDGER_FILE).exists():
            name, *below = (part.casefold() for part in real.relative_to(folder).parts)
            visible = name.removeprefix(".")
            if name in _OWN_FOLDERS or (not below and (name == LOCK_FILE or visible.startswith(_OWN_FILES))):
                return folder
    return None


def require_folder(folder: Path) -> None:
    """Raise StoreError unless there is an output folder, for commands that work on what is kept already."""
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such folder, so nothing is kept there. Name the folder of a run with --output.")
