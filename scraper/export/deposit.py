"""What a deposit package says of itself: to BagIt, as RO-Crate 1.1, and to DataCite."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from scraper import __version__
from scraper.models import State
from scraper.reports.words import counted

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "眾新聞 Citizen News (hkcnews.com)"
_HOME = "https://www.hkcnews.com/"
_LIVED = "2016-12-30/2022-01-03"
_SOFTWARE = f"hkcnews {__version__}"
_RIGHTS = (
    "The articles and pictures are and stay the copyright of Citizen News and their authors. This package gives no "
    "licence for them. The program that made it is under the MIT licence."
)


class Part(NamedTuple):
    """A file or folder of the package: path below ``data/``, a folder's with a slash at its end; and what it is."""

    path: str
    about: str
    media_type: str = ""


@dataclass(slots=True)
class Deposit:
    """What is in a package, counted as it is filled.

    Attributes:
        date: of the last change of what is kept, ``YYYY-MM-DD``: the day of making would make each package another.
        withheld: a sentence that says what was left out on purpose, or an empty text.
        states: state to how many article ids stand in it, without the withheld ones.
        articles, records, images: how many documents, captures and pictures are in it.
        absent: pictures that should be there and are not, for people.
        parts: what lies in it.
        size: bytes of all that.
    """

    date: str
    withheld: str
    states: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    records: int = 0
    images: int = 0
    absent: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    size: int = 0

    @property
    def description(self) -> str:
        """What the package holds, in a few sentences."""
        states = ", ".join(f"{self.states[one]} {one.replace('_', ' ')}" for one in State if self.states[one])
        what = (
            "Articles of the closed Hong Kong newspaper Citizen News, recovered from the Internet Archive's Wayback "
            f"Machine: {counted(self.articles, 'document')} in Markdown, the pages they were made from as WARC, and a "
            "manifest that says of each article id where it stands and what was tried"
        )
        return "".join(f"{one}. " for one in (what, f"Article ids: {states}", self.withheld) if one).rstrip()


def bag_info(deposit: Deposit) -> dict[str, str]:
    """Return the fields of ``bag-info.txt``."""
    return {
        "External-Description": deposit.description,
        "Internal-Sender-Description": f"{TITLE}. {_RIGHTS}",
        "Bag-Software-Agent": _SOFTWARE,
        "Bagging-Date": deposit.date,
    }


def datacite(deposit: Deposit) -> dict[str, object]:
    """Return the metadata that DataCite asks for, in its JSON form (kernel 4.5), without a DOI."""
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceType": "Newspaper archive", "resourceTypeGeneral": "Collection"},
        "creators": [{"name": "Citizen News", "nameType": "Organizational"}],
        "titles": [{"title": TITLE, "lang": "zh-HK"}],
        "publisher": {"name": "(:tba)"},  # DataCite's word for what is given later: who takes the package in
        "publicationYear": deposit.date[:4],
        "language": "zh-HK",
        "dates": [
            {"date": _LIVED, "dateType": "Created"},
            {"date": deposit.date, "dateType": "Collected"},
        ],
        "descriptions": [{"description": deposit.description, "descriptionType": "Abstract", "lang": "en"}],
        "rightsList": [{"rights": _RIGHTS, "lang": "en"}],
        "sizes": [counted(deposit.articles, "article"), f"{deposit.size} bytes"],
        "formats": sorted({part.media_type for part in deposit.parts if part.media_type} | {"text/markdown"}),
        "relatedIdentifiers": [
            {
                "relatedIdentifier": f"https://web.archive.org/web/*/{_HOME}",
                "relatedIdentifierType": "URL",
                "relationType": "IsDerivedFrom",
            }
        ],
    }


def write_crate(deposit: Deposit, folder: Path) -> None:
    """Write ``ro-crate-metadata.json`` into the folder that holds what is described."""
    from rocrate.model import ContextEntity  # with requests and Jinja: half a second
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")

    def known(key: str, kind: str, **properties: object) -> ContextEntity:
        return crate.add(ContextEntity(crate, key, {"@type": kind, **properties}))

    paper = known(_HOME, "Organization", name="Citizen News", alternateName="眾新聞", url=_HOME)
    rights = known("#rights", "CreativeWork", name="All rights reserved", description=_RIGHTS)
    mit = known("https://spdx.org/licenses/MIT", "CreativeWork", name="MIT License", description="Licence of hkcnews")
    tool = known("#hkcnews", "SoftwareApplication", name="hkcnews", softwareVersion=__version__, license=mit)
    root = crate.root_dataset
    known("#recovery", "CreateAction", name="Recovery from the Wayback Machine", instrument=tool, result=root)
    values = {
        "name": TITLE,
        "description": deposit.description,
        "datePublished": deposit.date,
        "license": rights,
        "copyrightHolder": paper,
        "author": paper,
        "about": paper,
        "inLanguage": "zh-HK",
        "temporalCoverage": _LIVED,
        "isBasedOn": f"https://web.archive.org/web/*/{_HOME}",
    }
    for name, value in values.items():
        root[name] = value
    for part in deposit.parts:
        properties = {"name": part.path, "description": part.about}
        properties |= {"encodingFormat": part.media_type} if part.media_type else {}
        add = crate.add_dataset if part.path.endswith("/") else crate.add_file
        add(dest_path=part.path, properties=properties)
    crate.metadata.write(folder)
