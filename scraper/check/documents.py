"""Documents against the ledger, and the pictures they name. Runs in many processes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.check.findings import Finding, Kind
from scraper.images.links import UP, addresses

if TYPE_CHECKING:
    from scraper.ledger import Document

_PIECE = 1 << 16
_UP = UP.encode()


def check_documents(root: str, form: bool, documents: list[Document]) -> list[Finding]:
    """Return what is wrong with some documents below an output folder.

    Args:
        root: the output folder.
        form: look at the form too of those that are as they were written.
        documents: as the ledger has them.
    """
    return [finding for one in documents for finding in _check(root, one, form=form)]


def _check(root: str, document: Document, *, form: bool) -> list[Finding]:
    article, file, sha256, adopted = document
    try:
        data = _content(os.path.join(root, file))  # noqa: PTH118 # a Path for each takes as long as reading it
    except FileNotFoundError:
        return [Finding(Kind.DOCUMENT_MISSING, file, "is in the ledger but not there", article)]
    except OSError as error:
        return [Finding(Kind.DOCUMENT_MISSING, file, f"cannot be read ({error.strerror})", article)]
    if hashlib.sha256(data).hexdigest() != sha256:
        return [Finding(Kind.DOCUMENT_CHANGED, file, "was changed after it was written", article)]
    if adopted or not (form or _UP in data):
        return []
    text = data.decode("utf-8", "replace")
    return [*(_form(document, text) if form else ()), *_pictures(root, document, text)]


def _content(path: str) -> bytes:
    """Return what a file holds. What is no file but waits for a writer is empty."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        pieces = [os.read(descriptor, _PIECE)]
        while pieces[-1]:
            pieces.append(os.read(descriptor, _PIECE))
    finally:
        os.close(descriptor)
    return b"".join(pieces)


def _pictures(root: str, document: Document, text: str) -> list[Finding]:
    article, file = document.article, document.file
    folder = Path(root, file).parent
    named = {address for address in addresses(text) if address.startswith(UP)} if UP in text else ()
    missing = [address for address in sorted(named) if not folder.joinpath(address).is_file()]
    return [Finding(Kind.IMAGE_MISSING, file, f"names {address}, which is not there", article) for address in missing]


def _form(document: Document, text: str) -> list[Finding]:
    from scraper.check.form import problems  # with what reads documents: without it a check starts sooner

    return [Finding(Kind.DOCUMENT_FORM, document.file, problem, document.article) for problem in problems(text)]
