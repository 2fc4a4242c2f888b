"""Where each page of the site lies, below its folder. Names are safe on every file system: digits, letters, hashes."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import lru_cache

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
    """Return the path of the so-manieth part of a list, whose first part is `path`."""
    return path if number == 1 else path.removesuffix(".html") + f"-{number}.html"


def up(path: str) -> str:
    """Return what leads from a page to the site's folder."""
    return "../" * path.count("/")
