"""A deposit package for a library or a repository: one BagIt folder, whole or not at all (RFC 8493).

It holds what the output folder holds, in the same places, but for what is withheld.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import bagit

from scraper.engine.outcomes import Progress
from scraper.export.deposit import Deposit, Part, bag_info, datacite, write_crate
from scraper.export.folder import exporting_folder
from scraper.export.table import write_csv
from scraper.files import json_line
from scraper.paths import (
    ARTICLES_FOLDER,
    IMAGES_FOLDER,
    IMAGES_LIST,
    MANIFEST_FOLDER,
    WARC_FOLDER,
    document_path,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.export.rows import Standing
    from scraper.export.warc_copy import WarcCopy
    from scraper.ledger.evidence import Entry

_TABLE = "articles.csv"
_TOP = {"bagit.txt", "bag-info.txt", "data", "metadata", "manifest-sha256.txt", "tagmanifest-sha256.txt"}


class Contents(NamedTuple):
    """What goes into a bag.

    Attributes:
        standings: all ids, in order.
        archives: what is given away of the WARC files.
        folder: the output folder, which holds the pictures.
        pictures: JSON objects of the list of pictures.
        manifest_line: makes the line of an id, without the line feed.
        date: of the last change, ``YYYY-MM-DD``.
        withheld: a sentence that says what is withheld.
        progress: is told what is being done beyond going through `standings`.
    """

    standings: Iterable[Standing]
    archives: Sequence[WarcCopy]
    folder: Path
    pictures: Sequence[dict[str, object]]
    manifest_line: Callable[[Entry], str]
    date: str
    withheld: str
    progress: Callable[[Progress], None]


def write_bag(target: Path, contents: Contents) -> Deposit:
    """Make a bag at a new place, or in the place of one that was made here; return what is in it.

    Raises:
        TargetError: something else lies there.
        LockHeld: another process makes it.
        StoreError: it cannot be written.
    """
    made = Deposit(contents.date, contents.withheld)
    with exporting_folder(target, may_go=_is_ours) as folder:
        _put_documents(folder, contents, made)
        _put_archives(folder, contents, made)
        if contents.pictures:
            _put_pictures(folder, contents, made)
        made.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        write_crate(made, folder)
        contents.progress(Progress("digests", 0, None))
        bag = bagit.make_bag(str(folder), bag_info(made), checksums=["sha256"])
        (folder / "metadata").mkdir()
        told = json.dumps(datacite(made), ensure_ascii=False, indent=2)
        (folder / "metadata" / "datacite.json").write_text(f"{told}\n", encoding="utf-8")
        bag.save()  # with that file in the manifest of tag files, whose lines come in the order of the file system
        tags = folder / "tagmanifest-sha256.txt"
        tags.write_text("".join(sorted(tags.read_text().splitlines(keepends=True))))
    return made


def _put_documents(folder: Path, contents: Contents, made: Deposit) -> None:
    """Write documents, manifest and table, in one go through all ids."""
    with (folder / _TABLE).open("wb") as file:
        write_csv(_each_put(folder, contents, made), file)
    ids = sum(made.states.values())
    made.parts += [
        Part(f"{ARTICLES_FOLDER}/", f"{made.articles} articles, each a Markdown file with front matter"),
        Part(f"{MANIFEST_FOLDER}/", f"{ids} article ids: state, capture, all that was tried, as JSON Lines"),
        Part(_TABLE, f"{ids} article ids as a table, also those that only lists of articles name", "text/csv"),
    ]


def _each_put(folder: Path, contents: Contents, made: Deposit) -> Iterator[Standing]:
    """Write documents and manifest, folder by folder, and hand each id on."""
    for name, group in groupby(contents.standings, lambda one: document_path(one.entry.id).split("/")[1]):
        shard = folder / MANIFEST_FOLDER / f"{name}.jsonl"
        shard.parent.mkdir(exist_ok=True)
        with shard.open("w", encoding="utf-8", errors="backslashreplace") as lines:
            for one in group:
                lines.write(f"{contents.manifest_line(one.entry)}\n")
                made.states[one.entry.state] += 1
                if one.data is not None:
                    path = folder / str(one.entry.file)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(one.data)
                    made.articles += 1
                yield one


def _put_archives(folder: Path, contents: Contents, made: Deposit) -> None:
    for number, copy in enumerate(contents.archives, start=1):
        contents.progress(Progress("WARC files", number, len(contents.archives)))
        count = sum(record.kind in ("response", "revisit") for record in copy.records())
        path = folder / WARC_FOLDER / copy.path.name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.writelines(copy.pieces())
        made.records += count
        made.parts.append(Part(f"{WARC_FOLDER}/{path.name}", f"WARC 1.1, {count} captures", "application/warc"))


def _put_pictures(folder: Path, contents: Contents, made: Deposit) -> None:
    """Copy the list of pictures and those that are kept."""
    lines = "".join(f"{json_line(one)}\n" for one in contents.pictures)
    (folder / IMAGES_LIST).write_text(lines, encoding="utf-8", errors="backslashreplace")
    made.parts.append(Part(IMAGES_LIST, "One JSON object a picture that an article names", "application/jsonl"))
    kept = sorted({str(one["file"]) for one in contents.pictures if one["file"]})
    for name in kept:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(contents.folder / name, path)
        except FileNotFoundError:
            made.absent.append(f"{name} is not there")
    if kept:
        made.images = len(kept)
        made.parts.append(Part(f"{IMAGES_FOLDER}/", f"{len(kept)} pictures, named by their SHA-256"))


def _is_ours(folder: Path) -> bool:
    """Say whether a folder is a bag that was made here, and nothing was added to it or taken away."""
    with contextlib.suppress(bagit.BagError, OSError, ValueError):
        bag = bagit.Bag(str(folder))
        bag.validate(completeness_only=True)
        made_here = str(bag.info.get("Bag-Software-Agent", "")).startswith("hkcnews ")
        return made_here and {path.name for path in folder.iterdir()} <= _TOP
    return False
