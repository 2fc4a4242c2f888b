"""One article as the exports give it: a row of plain values, from the ledger and the article's file."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.export.plain import plain_text
from scraper.images.documents import Pictures
from scraper.images.links import addresses
from scraper.ledger.evidence import ChosenCapture
from scraper.markdown.document import parse_document
from scraper.models import DigestCheck, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry

# As `render_document` writes it. A rule in the content has more blank lines around it, so it is not taken for this one.
BOX = re.compile(
    r"\n\n---\n\n(?:!\[[^\n]*\]\((?P<avatar>\S*)\)\n\n)?\*\*(?P<name>[^\n]*)\*\*\n\n(?P<bio>.*)\Z", re.DOTALL
)


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


class WrittenArticles:
    """The written articles of an output folder, as rows; may be gone through more than once.

    `skipped` has those whose file is not as the ledger knows it: id to file and reason, for people.
    """

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger = ledger
        self._folder = folder
        self._pictures = Pictures(ledger, local=False)
        self.skipped: dict[int, str] = {}

    def __iter__(self) -> Iterator[ExportRow]:
        for entry in self.ledger.evidence.each():
            if entry.state is not State.WRITTEN or entry.file is None:
                continue
            try:
                yield self._row(entry, entry.chosen or self._adopted(entry.id), entry.file)
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else None
                self.skipped[entry.id] = f"{entry.file}: {reason or error}"  # DocumentError is a ValueError

    def _adopted(self, article: int) -> ChosenCapture:
        """Return what is known of a document that was taken over: which capture it names, not what that held."""
        row = self.ledger.articles.get(article)
        timestamp, original = (row.timestamp, row.original) if row else (None, None)
        return ChosenCapture(
            timestamp or "", original or "", "", "", DigestCheck.UNVERIFIABLE, None, "{}", "", None, None
        )

    def _row(self, entry: Entry, standing: ChosenCapture, file: str) -> ExportRow:
        data = (self._folder / file).read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        text = data.decode()
        form = self._pictures.original(entry.id, text)
        if form is None and sha256 != entry.file_sha256:
            raise ValueError("it is not the file that was written")
        document = parse_document(form or text)
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
            timestamp=standing.timestamp,
            original=standing.original,
            urlkey=standing.urlkey,
            digest=standing.digest,
            digest_check=standing.digest_check,
            provenance=dict(standing.provenance),
            layout=standing.layout,
            file=file,
            file_sha256=sha256,
            page_sha256=standing.page_sha256,
        )


def _box(match: re.Match[str]) -> tuple[str, str, str | None, str]:
    label, _, author = plain_text(f"**{match['name']}**").strip("*").partition(" | ")
    found = addresses(match[0])
    return label.strip(), author.strip(), found[0] if found else None, plain_text(match["bio"])
