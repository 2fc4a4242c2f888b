"""The site's folder: what in it is ours, what it was made from, and the kept pictures in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

from scraper.export.folder import files_below, put
from scraper.export.web import places
from scraper.files import temporary_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT = 1
_AT_TOP = ("feed.xml", "sitemap")


def link(source: Path, path: Path) -> bool:
    """Let a kept picture appear in the site, without a copy where the disk can; return whether it was put there.

    Its name is the digest of its content, so one that is there is the same.
    """
    if path.exists() and path.stat().st_size == source.stat().st_size:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = temporary_of(path)
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, part)
    part.replace(path)
    return True


def left_out_of(folder: Path, inputs: str) -> dict[int, str] | None:
    """Return what the site lacks if it was made from these inputs, and all its files are there; else None."""
    try:
        found = json.loads((folder / places.MARK).read_bytes())
        left_out = {int(number): reason for number, reason in found["left_out"].items()}
    except (AttributeError, KeyError, TypeError, ValueError):  # not whole, or changed by somebody
        return None
    return left_out if found == json.loads(mark(inputs, fingerprint(folder), left_out)) else None


def record(folder: Path, inputs: str, left_out: Mapping[int, str]) -> None:
    """Record what the site was made from, now that it is whole but for what was left out, which each run has to say."""
    put(folder / places.MARK, mark(inputs, fingerprint(folder), left_out))


def mark(inputs: str = "", files: str = "", left_out: Mapping[int, str] | None = None) -> bytes:
    """Return what the site's mark holds; nothing of a site that is not whole: the next run looks at everything."""
    made = {"format": FORMAT, "site": "hkcnews", "inputs": inputs, "files": files, "left_out": dict(left_out or {})}
    return json.dumps(made, indent=1).encode() + b"\n"


def fingerprint(folder: Path) -> str:
    """Return a digest of the names and sizes of all files that we make."""
    digest = hashlib.sha256()
    for path in sorted(ours(folder)):
        digest.update(f"{path}\t{(folder / path).lstat().st_size}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def ours(folder: Path) -> Iterator[str]:
    """Yield the files that are ours, as paths below the folder: in the folders of our names, and pages beside them."""
    for one in folder.iterdir():
        sheet = one.name in (places.FRONT, places.SEARCH, places.ABOUT)
        if sheet or (one.name.startswith(_AT_TOP) and one.suffix == ".xml"):
            yield one.name
    for name in places.OWN:
        yield from files_below(folder, name)
