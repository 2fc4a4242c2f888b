"""The pictures of each document: recorded when it is written, and named by their place if that is wanted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.images.links import named, to_archive, to_local
from scraper.ledger.images import ImageReference
from scraper.models import State

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.ledger import ArticleRow, Ledger
    from scraper.store.documents import Writer

LOCAL = "local"
"""The setting ``images`` that asks for paths instead of the archive's addresses."""
_FORM = "images_in_documents"
"""What the ledger calls the form that documents may have now."""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


class Pictures:
    """What documents say of their pictures.

    Args:
        ledger: remembers the pictures of each document.
        local: name those that are kept by their place.
    """

    def __init__(self, ledger: Ledger, *, local: bool) -> None:
        self._ledger = ledger
        self._local = local

    def shown(self, article: int, document: str) -> str:
        """Record which pictures a document names; return it as it is to be written.

        Args:
            article: the article id.
            document: with the archive's addresses.
        """
        self.name(article, document)
        if not self._local:
            return document
        self._ledger.set_meta(_FORM, LOCAL)
        return to_local(document, self._ledger.images.path)

    def name(self, article: int, document: str) -> None:
        """Record which pictures a document, with the archive's addresses, names."""
        found = [ImageReference(raw, address) for raw, address in named(document)]
        self._ledger.images.name(article, _sha256(document), found)

    def original(self, article: int, document: str) -> str | None:
        """Return a written document with the archive's addresses, or None if a person changed it."""
        form = to_archive(document, [spot.raw for spot in self._ledger.images.references(article)])
        return form if _sha256(form) == self._ledger.images.form_sha256(article) else None


@dataclass(slots=True)
class Relinked:
    """What became of the documents: how many were changed, and the files that were left alone, with the reason."""

    changed: int = 0
    left: list[str] = field(default_factory=list)


def relink(ledger: Ledger, writer: Writer, folder: Path, *, local: bool) -> Relinked:
    """Let all written documents name their pictures as is wanted now. Unchanged files are not touched.

    Raises:
        StoreError: a document cannot be written.
    """
    done = Relinked()
    if not local and ledger.get_meta(_FORM) != LOCAL:
        return done  # none has ever been otherwise
    if local:
        ledger.set_meta(_FORM, LOCAL)
    pictures = Pictures(ledger, local=local)
    for row in list(ledger.articles.each(State.WRITTEN)):
        _relink_one(ledger, writer, folder, row, pictures, done, local=local)
    if not local and not done.left:
        ledger.set_meta(_FORM, "archive")
    return done


def _relink_one(
    ledger: Ledger, writer: Writer, folder: Path, row: ArticleRow, pictures: Pictures, done: Relinked, *, local: bool
) -> None:
    if row.file is None or not ledger.images.references(row.id):
        return
    try:
        present = (folder / row.file).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        done.left.append(f"{row.file}: {error.strerror or error}")
        return
    form = pictures.original(row.id, present)
    if form is None:
        done.left.append(f"{row.file}: it was changed by hand; `hkcnews rebuild` writes it anew and keeps yours beside")
        return
    wanted = to_local(form, ledger.images.path) if local else form
    file = writer.write(row.file, wanted.encode("utf-8", "surrogateescape"))
    done.changed += file.changed
    if file.sha256 != row.file_sha256:
        ledger.articles.set_file_sha256(row.id, file.sha256)
        ledger.set_meta("manifest", "stale")
