"""The site's folder: where each page lies in it, what in it is ours, what it was made from, and its kept pictures.

Names are safe on every file system: digits, letters, hashes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.export.folder import files_below
from scraper.files import temporary_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FRONT = "index.html"
SEARCH = "search.html"
ABOUT = "about.html"
CALENDAR = "date/index.html"
CATEGORIES = "category/index.html"
AUTHORS = "author/index.html"
TAGS = "tag/index.html"
LOST = "lost/index.html"
MARK = "site.json"
"""Says that the folder is a site of ours, and what it was made from."""
OWN = ("article", "assets", "author", "category", "date", "images", "lost", "search", "tag")
"""Folders in which everything is made by us: what is not made again goes."""
_AT_TOP = ("feed.xml", "sitemap")
_FORMAT = 1
_YEARS = range(1990, 2100)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def article(number: int) -> str:
    """Return the page of an article; a thousand ids a folder, as FAT drives slow down with more."""
    return f"article/{number // 1000}/{number}.html"


def is_day(text: str) -> bool:
    """Say whether a document's date is a day of our times. It comes from a page, so it may be anything."""
    match = _DATE.fullmatch(text)
    try:
        return match is not None and date(*map(int, match.groups())).year in _YEARS
    except ValueError:
        return False


def day(text: str) -> str:
    """Return the page of a day, given as ``YYYY-MM-DD``."""
    return f"date/{text[:4]}/{text[5:7]}/{text[8:]}.html"


def month(text: str) -> str:
    """Return the page of a month, given as ``YYYY-MM``."""
    return f"date/{text[:4]}/{text[5:7]}/index.html"


def year(text: str) -> str:
    """Return the page of a year, given as ``YYYY``."""
    return f"date/{text}/index.html"


@lru_cache(maxsize=1 << 16)
def listed(kind: str, name: str) -> str:
    """Return the first page of a category, author or tag; names differing in letter case only share one.

    There may be as many tags as articles, so they lie in folders.
    """
    name = hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()[:10]
    return f"{kind}/{name[:2]}/{name[2:]}.html" if kind == "tag" else f"{kind}/{name}.html"


def part(path: str, number: int) -> str:
    """Return the path of a part of a list, counted from 1; the first one is at `path`."""
    return path if number == 1 else path.removesuffix(".html") + f"-{number}.html"


def up(path: str) -> str:
    """Return the relative path from a page to the site's folder, such as ``../../``."""
    return "../" * path.count("/")


def link(source: Path, path: Path) -> bool:
    """Link a kept picture into the site, or copy it where the disk has no links; return whether it was put there.

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
        found = json.loads((folder / MARK).read_bytes())
        left_out = {int(number): reason for number, reason in found["left_out"].items()}
    except (AttributeError, KeyError, TypeError, ValueError):  # not whole, or changed by somebody
        return None
    return left_out if found == json.loads(mark(folder, inputs, left_out)) else None


def mark(folder: Path, inputs: str = "", left_out: Mapping[int, str] | None = None) -> bytes:
    """Return what `MARK` holds: of a whole site its inputs, and a digest of the names and sizes of all our files.

    Without inputs the site counts as unfinished: the next run looks at everything.
    """
    files = ""
    if inputs:
        listed = "".join(f"{path}\t{(folder / path).lstat().st_size}\n" for path in sorted(ours(folder)))
        files = hashlib.sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()
    made = {"format": _FORMAT, "site": "hkcnews", "inputs": inputs, "files": files, "left_out": dict(left_out or {})}
    return json.dumps(made, indent=1).encode() + b"\n"


def ours(folder: Path) -> Iterator[str]:
    """Yield the files that are ours, as paths below the folder: in the folders of our names, and pages beside them."""
    for one in folder.iterdir():
        sheet = one.name in (FRONT, SEARCH, ABOUT)
        if sheet or (one.name.startswith(_AT_TOP) and one.suffix == ".xml"):
            yield one.name
    for name in OWN:
        yield from files_below(folder, name)
