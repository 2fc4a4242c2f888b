"""A deposit package for a library or a repository: one BagIt folder, whole or not at all (RFC 8493).

It holds what the output folder holds, in the same places, but for what is withheld.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from itertools import groupby
from typing import TYPE_CHECKING

import bagit

from scraper.engine.outcomes import Progress
from scraper.export.deposit import Deposit, Part, bag_info, datacite, write_crate
from scraper.export.folder import exporting_folder
from scraper.export.rows import write_csv
from scraper.files import json_line
from scraper.paths import (
    ARTICLES_FOLDER,
    IMAGES_FOLDER,
    IMAGES_LIST,
    MANIFEST_FOLDER,
    WARC_FOLDER,
    document_path,
)
from scraper.reports.images import image_json
from scraper.reports.manifest import entry_json
from scraper.reports.words import counted
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.export.rows import Articles, Standing
    from scraper.export.warc_copy import WarcCopy
    from scraper.models import Site

_TABLE = "articles.csv"
_TOP = {"bagit.txt", "bag-info.txt", "data", "metadata", "manifest-sha256.txt", "tagmanifest-sha256.txt"}


def write_bag(
    target: Path,
    articles: Articles,
    site: Site,
    standings: Iterable[Standing],
    archives: Sequence[WarcCopy],
    progress: Callable[[Progress], None],
) -> Deposit:
    """Make a bag at a new place, or in the place of one that was made here; return what is in it.

    Args:
        target: where.
        articles: those of the output folder.
        site: the newspaper.
        standings: `articles.each()`, perhaps wrapped to show progress.
        archives: copies of the WARC files.
        progress: is told what is being done beyond going through `standings`.

    Raises:
        TargetError: something else lies there.
        LockHeld: another process makes it.
        StoreError: it cannot be written.
    """
    changed = parse_timestamp(articles.ledger.articles.last_change() or articles.ledger.now())
    made = Deposit(f"{changed:%Y-%m-%d}", articles.withheld.sentence)
    with exporting_folder(target, may_go=_is_ours) as folder:
        with (folder / _TABLE).open("wb") as file:
            write_csv(_put_documents(folder, standings, site, made), file)
        ids = sum(made.states.values())
        made.parts += [
            Part(f"{ARTICLES_FOLDER}/", f"{counted(made.articles, 'article')}, each a Markdown file with front matter"),
            Part(f"{MANIFEST_FOLDER}/", f"{ids} article ids: state, capture, all that was tried, as JSON Lines"),
            Part(_TABLE, f"{ids} article ids as a table, also those that only lists of articles name", "text/csv"),
        ]
        for number, copy in enumerate(archives, start=1):
            progress(Progress("WARC files", number, len(archives)))
            _put_archive(folder, copy, made)
        _put_pictures(folder, articles, made)
        made.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        progress(Progress("digests", 0, None))
        _describe(folder, made)
    return made


def _describe(folder: Path, made: Deposit) -> None:
    """Make a bag of the folder, and say in it what it is."""
    write_crate(made, folder)
    bag = bagit.make_bag(str(folder), bag_info(made), checksums=["sha256"])
    (folder / "metadata").mkdir()
    told = json.dumps(datacite(made), ensure_ascii=False, indent=2)
    (folder / "metadata" / "datacite.json").write_text(f"{told}\n", encoding="utf-8")
    bag.save()  # with that file in the manifest of tag files, whose lines come in the order of the file system
    tags = folder / "tagmanifest-sha256.txt"
    tags.write_text("".join(sorted(tags.read_text().splitlines(keepends=True))))


def _put_documents(folder: Path, standings: Iterable[Standing], site: Site, made: Deposit) -> Iterator[Standing]:
    """Write documents and manifest, folder by folder; yield each id, for the table."""
    for name, group in groupby(standings, lambda one: document_path(one.entry.id).split("/")[1]):
        shard = folder / MANIFEST_FOLDER / f"{name}.jsonl"
        shard.parent.mkdir(exist_ok=True)
        with shard.open("w", encoding="utf-8", errors="backslashreplace") as lines:
            for one in group:
                lines.write(f"{entry_json(one.entry, site)}\n")
                made.states[one.entry.state] += 1
                if one.data is not None:
                    path = folder / str(one.entry.file)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(one.data)
                    made.articles += 1
                yield one


def _put_archive(folder: Path, copy: WarcCopy, made: Deposit) -> None:
    count = sum(record.kind in ("response", "revisit") for record in copy.records())
    path = folder / WARC_FOLDER / copy.path.name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.writelines(copy.pieces())
    made.records += count
    made.parts.append(Part(f"{WARC_FOLDER}/{path.name}", f"WARC 1.1, {counted(count, 'capture')}", "application/warc"))


def _put_pictures(folder: Path, articles: Articles, made: Deposit) -> None:
    """Copy the list of pictures, if there is one, and those that are kept; none that only withheld articles name."""
    named = (one for one in articles.ledger.images.each() if set(one.articles) - articles.withheld.ids)
    pictures = list(map(image_json, named))
    if not pictures:
        return
    lines = "".join(f"{json_line(one)}\n" for one in pictures)
    (folder / IMAGES_LIST).write_text(lines, encoding="utf-8", errors="backslashreplace")
    made.parts.append(Part(IMAGES_LIST, "One JSON object a picture that an article names", "application/jsonl"))
    kept = sorted({str(one["file"]) for one in pictures if one["file"]})
    for name in kept:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(articles.folder / name, path)
        except FileNotFoundError:
            made.absent.append(f"{name} is not there")
    if kept:
        made.images = len(kept)
        made.parts.append(Part(f"{IMAGES_FOLDER}/", f"{counted(len(kept), 'picture')}, named by their SHA-256"))


def _is_ours(folder: Path) -> bool:
    """Say whether a folder is a bag that was made here, and nothing was added to it or taken away."""
    with contextlib.suppress(bagit.BagError, OSError, ValueError):
        bag = bagit.Bag(str(folder))
        bag.validate(completeness_only=True)
        made_here = str(bag.info.get("Bag-Software-Agent", "")).startswith("hkcnews ")
        return made_here and {path.name for path in folder.iterdir()} <= _TOP
    return False
