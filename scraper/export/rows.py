"""One article as the exports give it: a row of plain values, from the ledger and its file; as JSON Lines, as CSV.

The CSV file is for spreadsheets and has a line for each id: where it stands, and what its front matter says.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scraper.errors import StoreError
from scraper.export.plain import plain_text
from scraper.files import json_line
from scraper.images.documents import addresses, with_addresses
from scraper.markdown.document import BOX, DocumentError, parse_document
from scraper.models import State
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from scraper.config import Withheld
    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry
    from scraper.markdown.document import Document


@dataclass(frozen=True, slots=True)
class ExportRow:
    """All that is known of one written article. Each field is described in docs/exports.md.

    JSON Lines has these fields in this order; SQLite has them as columns, `tags`, `images` and `provenance` as JSON.
    """

    id: int
    title: str
    date: str
    last_updated: str | None
    author: str
    category: str
    tags: tuple[str, ...]
    url: str
    original_url: str
    box_label: str | None
    box_author: str | None
    box_avatar: str | None
    box_bio: str | None
    markdown: str
    text: str
    images: tuple[str, ...]
    timestamp: str
    original: str
    urlkey: str
    digest: str
    digest_check: str
    layout: str | None
    file: str
    file_sha256: str
    page_sha256: str
    provenance: dict[str, str] = dataclasses.field(default_factory=dict)


_OF_CAPTURE = ("timestamp", "original", "urlkey", "digest", "digest_check", "layout", "page_sha256", "provenance")
CSV_COLUMNS = (
    *("id", "state", "reason", "title", "date", "last_updated", "author", "category", "tags", "url", "original_url"),
    *("captured", "digest", "digest_check", "file"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell (https://owasp.org/www-community/attacks/CSV_Injection)."""


class Standing(NamedTuple):
    """What the ledger says of an id, with its document if that is there as it was written.

    Attributes:
        text: of the document, with the archive's addresses of pictures.
        data: bytes of its file; `file_sha256` is their SHA-256.
    """

    entry: Entry
    text: str | None = None
    data: bytes | None = None
    file_sha256: str = ""

    @property
    def document(self) -> Document | None:
        """The document read back, or None.

        Raises:
            DocumentError: it is in another form, as one that was taken over may be.
        """
        return None if self.text is None else parse_document(self.text)


class Articles:
    """The articles of an output folder but the withheld ones; each method begins anew with the first one.

    Attributes:
        withheld: what the settings withhold, as far as the ledger knows the ids.
        left_out: articles whose file is not as it should be: id to file and reason, for people.
        without_page: the ids of those among them of which no page is kept.
    """

    def __init__(self, ledger: Ledger, folder: Path, withheld: Withheld) -> None:
        self.ledger = ledger
        self.withheld = withheld.among({one for one in withheld.ids if ledger.articles.get(one)})
        self.folder = folder
        self.left_out: dict[int, str] = {}
        self.without_page: set[int] = set()

    def entries(self) -> Iterator[Entry]:
        """Yield what is known of each id, written or not."""
        return (entry for entry in self.ledger.evidence.each() if entry.id not in self.withheld.ids)

    def lost(self) -> Iterator[dict[str, object]]:
        """Yield what lists of articles say of ids that are not written."""
        for entry in self.entries():
            if entry.known_from is not None:
                yield {"id": entry.id, "state": str(entry.state), **entry.known_from._asdict()}

    def each(self) -> Iterator[Standing]:
        """Yield each id, with its document if it is written; a document that is not as it was written is left out."""
        for entry in self.entries():
            try:
                yield self._standing(entry) if entry.state is State.WRITTEN and entry.file else Standing(entry)
            except (OSError, ValueError) as error:
                self.leave_out(entry, error)
                yield Standing(entry)

    def _standing(self, entry: Entry) -> Standing:
        data = (self.folder / str(entry.file)).read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        text = data.decode()
        form = with_addresses(self.ledger, entry.id, text)
        if form is None and sha256 != entry.file_sha256:
            raise ValueError("it is not the file that was written")
        return Standing(entry, form or text, data, sha256)

    def leave_out(self, entry: Entry, error: Exception) -> None:
        """Record that an article has to be left out, and why."""
        reason = error.strerror if isinstance(error, OSError) else None
        self.left_out[entry.id] = f"{entry.file}: {reason or error}"
        if entry.chosen is None or not entry.chosen.page_sha256:
            self.without_page.add(entry.id)

    def rows(self) -> Iterator[ExportRow]:
        """Yield the written articles, by id."""
        return starmap(self._row, self.documents())

    def documents(self) -> Iterator[tuple[Standing, Document]]:
        """Yield the written articles, by id, each with its document read back."""
        for standing in self.each():
            try:
                document = standing.document
            except DocumentError as error:
                self.leave_out(standing.entry, error)
                continue
            if document is not None:
                yield standing, document

    def _row(self, standing: Standing, document: Document) -> ExportRow:
        entry = standing.entry
        capture = entry.chosen
        if capture is None:
            raise StoreError(f"article {entry.id}: the ledger lacks its capture; `hkcnews rebuild --ledger`.")
        box = BOX.search(document.body)
        label, author, avatar, bio = _box(box) if box else (None, None, None, None)
        content = document.body[: box.start()] if box else document.body
        return ExportRow(
            id=entry.id,
            **dataclasses.asdict(document.front_matter),
            box_label=label,
            box_author=author,
            box_avatar=avatar,
            box_bio=bio,
            markdown=content,
            text=plain_text(content),
            images=tuple(addresses(document.body)),
            **{name: getattr(capture, name) for name in _OF_CAPTURE},
            file=str(entry.file),
            file_sha256=standing.file_sha256,
        )


def _box(match: re.Match[str]) -> tuple[str, str, str | None, str]:
    label, _, author = plain_text(f"**{match['name']}**").strip("*").partition(" | ")
    found = addresses(match[0])
    return label.strip(), author.strip(), found[0] if found else None, plain_text(match["bio"])


def write_jsonl(rows: Iterable[ExportRow], file: BinaryIO, lost: Iterable[Mapping[str, object]] = ()) -> int:
    """Write the rows in the order they come, then what is known of lost articles; return how many rows there were."""
    count = 0
    for row in rows:
        file.write(json_line(dataclasses.asdict(row)).encode() + b"\n")
        count += 1
    file.writelines(json_line(known).encode() + b"\n" for known in lost)
    return count


def write_csv(
    standings: Iterable[Standing], file: BinaryIO, leave_out: Callable[[Entry, Exception], None] = lambda *_: None
) -> int:
    """Write a line an id, and one of names above; return how many articles have a document.

    UTF-8 with a byte order mark, without which Excel shows no Chinese. Of a document that cannot be read `leave_out`
    is told; its line has no front matter.
    """
    written = 0
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    lines = csv.writer(text)
    lines.writerow(CSV_COLUMNS)
    for standing in standings:
        row = _known(standing.entry)
        try:
            if document := standing.document:
                front_matter = dataclasses.asdict(document.front_matter)
                row |= front_matter | {"tags": "; ".join(front_matter["tags"])}
                written += 1
        except DocumentError as error:
            leave_out(standing.entry, error)
        lines.writerow(_cell(row.get(name)) for name in CSV_COLUMNS)
    text.detach()  # writes what is left, and does not close the file
    return written


def _known(entry: Entry) -> dict[str, object]:
    """Return what the ledger says of an id; of one that is not written, what a list of articles says of it."""
    row: dict[str, object] = {"id": entry.id, "state": entry.state, "reason": entry.reason, "file": entry.file}
    if entry.known_from is not None:
        title, category, author, date, *_ = entry.known_from
        row |= {"title": title, "category": category, "author": author, "date": date}
    if capture := entry.chosen:
        row |= {"captured": f"{parse_timestamp(capture.timestamp):%Y-%m-%d %H:%M:%S}"}
        row |= {"digest": capture.digest, "digest_check": capture.digest_check}
    return row


def _cell(value: object) -> str:
    """Return the text of a cell; what would be a formula has an apostrophe before it, which shows that it is text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
