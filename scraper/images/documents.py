"""The pictures of each document: recorded when it is written, and named by relative path if the settings ask for it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scraper.images.links import named, to_archive, to_local
from scraper.ledger.images import ImageReference
from scraper.models import State

if TYPE_CHECKING:
    from scraper.engine.workspace import Workspace
    from scraper.ledger import Ledger

LOCAL = "local"
"""The setting ``images`` that asks for paths instead of the archive's addresses."""
_FORM = "images_in_documents"
"""The ledger's key for how documents name pictures now: `LOCAL` if some may do so by path."""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def shown(space: Workspace, article: int, document: str) -> str:
    """Return a document as it is to be written; record the pictures it names, once somebody has asked for pictures."""
    images, local = space.ledger.images, space.config.images == LOCAL
    if local:
        images.begin()
    if images.asked_for():
        name(space.ledger, article, document)
    if not local:
        return document
    space.ledger.set_meta(_FORM, LOCAL)
    return to_local(document, images.path)


def name(ledger: Ledger, article: int, document: str) -> None:
    """Record which pictures a document, with the archive's addresses, names."""
    found = [ImageReference(raw, address) for raw, address in named(document)]
    ledger.images.name(article, _sha256(document), found)


def with_addresses(ledger: Ledger, article: int, document: str) -> str | None:
    """Return a written document with the archive's addresses in it, or None if a person changed it."""
    form = to_archive(document, [reference.raw for reference in ledger.images.references(article)])
    return form if _sha256(form) == ledger.images.form_sha256(article) else None


def relink(space: Workspace) -> tuple[int, list[str]]:
    """Let all written documents name their pictures as is wanted now. Unchanged files are not touched.

    Returns:
        how many were changed, and the files that were left alone, with the reason.

    Raises:
        StoreError: a document cannot be written.
    """
    changed: int = 0
    left: list[str] = []
    ledger, local = space.ledger, space.config.images == LOCAL
    if not local and ledger.get_meta(_FORM) != LOCAL:
        return changed, left  # none has ever been otherwise
    if local:
        ledger.set_meta(_FORM, LOCAL)
    for row in list(ledger.articles.each(State.WRITTEN)):
        known = ledger.images.form_sha256(row.id) is not None
        if row.file is None or (known and not ledger.images.references(row.id)):
            continue
        try:
            present = (space.folder / row.file).read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            left.append(f"{row.file}: {error.strerror or error}")
            continue
        form = with_addresses(ledger, row.id, present)
        if form is None:
            if _sha256(present) != row.file_sha256:  # else taken over, and no text, so it names nothing
                why = "it was changed by hand; `hkcnews rebuild` writes it anew and keeps yours beside"
                left.append(f"{row.file}: {why}")
            continue
        wanted = to_local(form, ledger.images.path) if local else form
        file = space.writer.write(row.file, wanted.encode("utf-8", "surrogateescape"))
        changed += file.changed
        if file.sha256 != row.file_sha256:
            ledger.articles.set_file_sha256(row.id, file.sha256)
    if not local and not left:
        ledger.set_meta(_FORM, "archive")
    return changed, left
