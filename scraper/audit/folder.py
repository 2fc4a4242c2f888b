"""A folder of documents: found, sampled, examined over all processors and summed up."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scraper.audit.defects import Defect, FoundDefect, Weight
from scraper.audit.examine import Examined, examine
from scraper.files import open_file
from scraper.parallel import chunked, map_processes
from scraper.sites import get_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.models import Site

_NAME = re.compile(r"article_(?P<id>[1-9][0-9]*)\.md\Z")
_MAX_BYTES = 4 << 20
"""No document is longer; a file that is will not be read. Some seconds go into the worst of this length."""
_MAX_DIGITS = 9
_CHUNK = 100
_FIELD = re.compile(r'^(title|date|category|original_url): "(.*)"$', re.MULTILINE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KINDS = {
    "stamp": re.compile(r"^last_updated: ", re.MULTILINE),
    "box": re.compile(r"\n\n---\n\n(?:!\[|\*\*)"),
    "table": re.compile(r"^\| --- \|", re.MULTILINE),
    "frame": re.compile(r"^\{\{< video ", re.MULTILINE),
    "plea": re.compile(r"\n\n\n---\n\n\n[^\n]+\n\n[^\n]+\n(?:\Z|\n---\n\n)"),
}


class Audited(NamedTuple):
    """A file and what it was found to be."""

    path: Path
    examined: Examined


def audit(paths: Iterable[Path], *, site: Site, jobs: int) -> Iterator[Audited]:
    """Examine documents, in their order. Changes nothing."""
    for results in map_processes(partial(_examine_all, site.name), chunked(paths, _CHUNK), jobs=jobs):
        yield from results


def find_documents(folder: Path) -> list[Path]:
    """Return every ``article_<id>.md`` below a folder, in the order of ids."""
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [(int(match["id"]), Path(base, name)) for name in names if (match := _NAME.match(name))]
    return [path for _, path in sorted(found)]


def _examine_all(site_name: str, paths: list[Path]) -> list[Audited]:
    site = get_site(site_name)
    return [Audited(path, _examine_file(path, site)) for path in paths]


def read_document(path: Path) -> bytes:
    """Return the bytes of a document; none if it cannot be read or is longer than any document."""
    with contextlib.suppress(OSError):
        return _read(path)
    return b""


def _read(path: Path) -> bytes:
    with open_file(path) as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise OSError(errno.EFBIG, f"longer than {_MAX_BYTES} bytes")
    return data


def _examine_file(path: Path, site: Site) -> Examined:
    match = _NAME.match(path.name)
    article = int(match["id"]) if match and len(match["id"]) <= _MAX_DIGITS else None
    try:
        return examine(_read(path), article, site)
    except OSError as error:
        return Examined(article, None, None, (FoundDefect(Defect.NOT_THE_FORM, f"cannot be read ({error.strerror})"),))


@dataclass(slots=True)
class AuditSummary:
    """The counts of an audit.

    Attributes:
        strict: also articles whose text is whole but marred are to be recovered again.
        worst: weight to how many files whose worst defect is so bad; None: without any.
        defects: defect to how many files have it.
        flawed: the files that have one.
        recover: ids to recover again, ascending.
        found: ids that have a file.
    """

    strict: bool = False
    worst: Counter[Weight | None] = field(default_factory=Counter)
    defects: Counter[Defect] = field(default_factory=Counter)
    flawed: list[Audited] = field(default_factory=list)
    recover: list[int] = field(default_factory=list)
    found: set[int] = field(default_factory=set)

    def add(self, audited: Audited) -> bool:
        """Count one document; return whether its article is to be had again from the archive."""
        article, _, _, defects = audited.examined
        weight = audited.examined.weight
        self.worst[weight] += 1
        self.defects.update({found.defect for found in defects})
        if weight is not None:
            self.flawed.append(audited)
        is_to_recover = weight is not None and weight >= (Weight.MARRED if self.strict else Weight.LOST)
        if article is not None:
            self.found.add(article)
            self.recover += [article] if is_to_recover else []
        return is_to_recover

    def by_weight(self) -> list[tuple[Defect, int]]:
        """Return the defects that were found with their counts, the worst first."""
        return sorted(self.defects.items(), key=lambda item: (-item[0].weight, -item[1], item[0]))


def ranges_of(ids: Iterable[int]) -> str:
    """Return ids as ``run --ids`` takes them: ``1-3,28325``."""
    places = enumerate(sorted(set(ids)))
    runs = [[one for _, one in run] for _, run in groupby(places, key=lambda place: place[1] - place[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


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
