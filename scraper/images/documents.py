"""The pictures that documents name: found, recorded, and named by the archive's address or by relative path."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING

from scraper.ledger.images import ImageReference
from scraper.models import State
from scraper.paths import IMAGES_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scraper.engine.workspace import Workspace
    from scraper.ledger import Ledger

LOCAL = "local"
"""The setting ``images`` that asks for paths instead of the archive's addresses."""
_FORM = "images_in_documents"
"""The ledger's key for how documents name pictures now: `LOCAL` if some may do so by path."""
UP = f"../../{IMAGES_FOLDER}/"
"""From a document, in ``articles/<lo>-<hi>/``, to the pictures."""
# HTML in figures and lines, Markdown in the author box. Text that only looks like either is escaped in documents.
# Each branch begins with a literal character and looks behind after it, so that all other characters are skipped fast.
_REFERENCE = re.compile(
    r'<(?<!\\<)img src="(?P<html>[^"\n]*)"'
    r"|!(?<!\\!)\[[^\n]{0,1000}?\]\((?P<markdown>(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))+)\)"
)
_BACKSLASH = re.compile(r"\\([()&])")


def references(document: str) -> list[ImageReference]:
    """Return each reference to a picture, in order: as it stands in the document, and the address, unescaped."""
    return [ImageReference(match[match.lastgroup or 0], _address(match)) for match in _REFERENCE.finditer(document)]


def addresses(document: str) -> list[str]:
    """Return the addresses of a document's pictures, in order."""
    return [one.address for one in references(document)]


def _address(match: re.Match[str]) -> str:
    if match["html"] is not None:
        return html.unescape(match["html"])
    return _BACKSLASH.sub(r"\1", match["markdown"])


def to_local(document: str, path_of: Callable[[str], str | None]) -> str:
    """Return a document that names kept pictures by relative path; `path_of` gives what follows `UP`, or None."""

    def local(match: re.Match[str]) -> str:
        path = path_of(_address(match))
        return match[0] if path is None else _put(match, UP + path)

    return _REFERENCE.sub(local, document)


def to_archive(document: str, raw: Sequence[str]) -> str:
    """Undo `to_local`; `raw` are the references as they stood before, in order, as `references` gave them."""
    remaining = iter(raw)

    def original(match: re.Match[str]) -> str:
        earlier = next(remaining, None)
        present = match[match.lastgroup or 0]
        return _put(match, earlier) if earlier is not None and present.startswith(UP) else match[0]

    return _REFERENCE.sub(original, document)


def _put(match: re.Match[str], value: str) -> str:
    group = match.lastgroup or 0
    return match.string[match.start() : match.start(group)] + value + match.string[match.end(group) : match.end()]


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
    ledger.images.name(article, _sha256(document), references(document))


def with_addresses(ledger: Ledger, article: int, document: str) -> str | None:
    """Return a written document with the archive's addresses in it, or None if a person changed it."""
    form = to_archive(document, [one.raw for one in ledger.images.references(article)])
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
