"""Files of an output folder that the ledger does not name, and pictures whose bytes are not what their name says."""

from __future__ import annotations

import hashlib
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.parallel import chunked
from scraper.paths import (
    ARTICLES_FOLDER,
    IMAGES_FOLDER,
    MANIFEST_FOLDER,
    WARC_FOLDER,
    document_path,
    shards_below,
    warc_serial,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scraper.check.findings import Piece

_LEFTOVER = re.compile(r"\..*\.tmp\Z")
_ASIDE = re.compile(r".*\.(md|jsonl)\.orig(-[0-9]+)?\Z")
_DOCUMENT = re.compile(r"/article_(?P<id>[1-9][0-9]{0,8})\.md\Z")
_PICTURE = re.compile(rf"{IMAGES_FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.[a-z0-9]+\Z")
_CHUNK = 100


def foreign_files(root: Path, documents: Collection[str]) -> Iterator[Finding]:
    """Yield the files in the folders of documents, WARC files, pictures and the manifest that do not belong there.

    What a person changed and the program set aside (``.orig``) does.
    """
    shards = set(shards_below(root).values())
    for name in _files_below(root, ARTICLES_FOLDER):
        if name in documents or _ASIDE.match(name):
            continue
        match = _DOCUMENT.search(name)
        if match and document_path(int(match["id"])) == name:
            yield Finding(Kind.DOCUMENT_UNKNOWN, name, "is a document that the ledger does not know", int(match["id"]))
        else:
            yield _stray(name, "is no document that the ledger has")
    for name in _files_below(root, WARC_FOLDER):
        if warc_serial(name.removeprefix(f"{WARC_FOLDER}/")) is None or not (root / name).is_file():
            yield _stray(name, "is no file of this store; `hkcnews import` reads it")
    for name in _files_below(root, MANIFEST_FOLDER):
        if root / name not in shards and not _ASIDE.match(name):
            yield _stray(name, "is no file of the manifest")
    for name in _files_below(root, IMAGES_FOLDER):
        if not _PICTURE.match(name):
            yield _stray(name, "is no picture that was kept")


def unknown_documents(root: Path, documents: Collection[str]) -> dict[int, str]:
    """Return the documents in an output folder that are none of these, id to file."""
    found = foreign_files(root, documents)
    return {one.article: one.file for one in found if one.kind is Kind.DOCUMENT_UNKNOWN and one.article is not None}


def _stray(name: str, problem: str) -> Finding:
    if _LEFTOVER.match(name.rpartition("/")[2]):
        return Finding(Kind.LEFTOVER, name, "is half-written")
    return Finding(Kind.FOREIGN, name, problem)


def _files_below(root: Path, folder: str) -> Iterator[str]:
    for base, folders, names in os.walk(root / folder):
        folders.sort()
        below = Path(base).relative_to(root).as_posix()
        for name in sorted(names):
            yield f"{below}/{name}"


def picture_pieces(root: Path) -> Iterator[Piece]:
    """Yield the pieces of work that find pictures whose bytes do not have the digest in their name."""
    named = (name for name in _files_below(root, IMAGES_FOLDER) if _PICTURE.match(name))
    for names in chunked(named, _CHUNK):
        yield partial(_check_pictures, str(root), names)


def _check_pictures(root: str, names: list[str]) -> list[Finding]:
    findings = []
    for name in names:
        try:
            with open_file(Path(root, name)) as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != Path(name).stem:
                    findings.append(Finding(Kind.IMAGE_DAMAGED, name, "is not what its name says"))
        except OSError as error:
            findings.append(Finding(Kind.IMAGE_DAMAGED, name, f"cannot be read ({error.strerror})"))
    return findings
