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


@dataclass(slots=True)
class Relinked:
    """What became of the documents: how many were changed, and the files that were left alone, with the reason."""

    changed: int = 0
    left: list[str] = field(default_factory=list)


class Pictures:
    """What documents say of their pictures; with `local`, those that are kept are named by their place."""

    def __init__(self, ledger: Ledger, *, local: bool) -> None:
        self._ledger = ledger
        self._local = local

    def shown(self, article: int, document: str) -> str:
        """Return a document as it is to be written; record what it names, once somebody has asked for pictures."""
        if self._local:
            self._ledger.images.begin()
        if self._ledger.images.asked_for():
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

    def relink(self, writer: Writer, folder: Path) -> Relinked:
        """Let all written documents name their pictures as is wanted now. Unchanged files are not touched.

        Raises:
            StoreError: a document cannot be written.
        """
        done = Relinked()
        if not self._local and self._ledger.get_meta(_FORM) != LOCAL:
            return done  # none has ever been otherwise
        if self._local:
            self._ledger.set_meta(_FORM, LOCAL)
        for row in list(self._ledger.articles.each(State.WRITTEN)):
            images = self._ledger.images
            if row.file is not None and (images.references(row.id) or images.form_sha256(row.id) is None):
                self._relink(writer, folder, row, row.file, done)
        if not self._local and not done.left:
            self._ledger.set_meta(_FORM, "archive")
        return done

    def _relink(self, writer: Writer, folder: Path, row: ArticleRow, name: str, done: Relinked) -> None:
        try:
            present = (folder / name).read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            done.left.append(f"{name}: {error.strerror or error}")
            return
        form = self.original(row.id, present)
        if form is None and _sha256(present) == row.file_sha256:  # taken over, and no text, so it names nothing
            return
        if form is None:
            done.left.append(f"{name}: it was changed by hand; `hkcnews rebuild` writes it anew and keeps yours beside")
            return
        wanted = to_local(form, self._ledger.images.path) if self._local else form
        file = writer.write(name, wanted.encode("utf-8", "surrogateescape"))
        done.changed += file.changed
        if file.sha256 != row.file_sha256:
            self._ledger.articles.set_file_sha256(row.id, file.sha256)
