"""A sample of a folder of documents: few, and some of every kind that there is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scraper.models import Site

_FIELD = re.compile(r'^(title|date|category|original_url): "(.*)"$', re.MULTILINE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KINDS = {
    "stamp": re.compile(r"^last_updated: ", re.MULTILINE),
    "box": re.compile(r"\n\n---\n\n(?:!\[|\*\*)"),
    "table": re.compile(r"^\| --- \|", re.MULTILINE),
    "frame": re.compile(r"^\{\{< video ", re.MULTILINE),
    "plea": re.compile(r"\n\n\n---\n\n\n[^\n]+\n\n[^\n]+\n(?:\Z|\n---\n\n)"),
}


class Document(NamedTuple):
    """A document of a folder and what kind it is of."""

    article: int
    path: Path
    kinds: frozenset[str]


def kinds_of(text: str, site: Site) -> frozenset[str]:
    """Return the kinds a document is of: its year, category and language, and the parts that it has."""
    head = text.partition("\n---\n")[0]
    fields = {match[1]: match[2] for match in _FIELD.finditer(head)}
    year, category = fields.get("date", "")[:4], fields.get("category", "")
    language = "chinese" if _CHINESE.search(fields.get("title", "")) else "other language"
    kinds = {year, category, language, f"{year} {category} {language}"}
    kinds |= {name for name, pattern in _KINDS.items() if pattern.search(text)}
    kinds |= {"no tags"} if "\ntags:" not in head else set()
    kinds |= {"revised"} if site.is_revised(fields.get("original_url", "")) else set()
    return frozenset(kinds)


def draw(documents: Iterable[Document], count: int) -> list[Document]:
    """Return so many documents that each kind is among them as early and as often as can be.

    The same documents give the same sample, so that what was fetched for one is not fetched for the next.
    """
    groups: dict[frozenset[str], list[Document]] = defaultdict(list)
    for one in sorted(documents, key=lambda one: hashlib.sha256(str(one.article).encode()).digest()):
        groups[one.kinds].append(one)
    seen: Counter[str] = Counter()
    drawn: list[Document] = []
    while groups and len(drawn) < count:
        kinds = max(groups, key=lambda kinds: (sum(4.0 ** -seen[kind] for kind in kinds), sorted(kinds)))
        drawn.append(groups[kinds].pop(0))
        seen.update(kinds)
        if not groups[kinds]:
            del groups[kinds]
    return drawn
