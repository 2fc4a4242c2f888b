"""Documents against the ledger, and the pictures they name. Runs in many processes."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.audit.markup import examine_blocks
from scraper.check.findings import Finding, Kind
from scraper.images.links import UP, addresses
from scraper.markdown.document import DocumentError, parse_document
from scraper.urls import parse_replay_url

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
    findings: list[Finding] = []
    for document in documents:
        article, file, sha256, adopted = document
        try:
            data, digest = _read(f"{root}/{file}")  # a Path for each takes as long as reading it
        except FileNotFoundError:
            findings.append(Finding(Kind.DOCUMENT_MISSING, file, "is in the ledger but not there", article))
            continue
        except OSError as error:
            findings.append(Finding(Kind.DOCUMENT_MISSING, file, f"cannot be read ({error.strerror})", article))
            continue
        if digest != sha256:
            findings.append(Finding(Kind.DOCUMENT_CHANGED, file, "was changed after it was written", article))
        elif not adopted and (form or data is None or _UP in data):
            text = (Path(root, file).read_bytes() if data is None else data).decode("utf-8", "replace")
            findings += [*(_form(document, text) if form else ()), *_pictures(root, document, text)]
    return findings


def _read(path: str) -> tuple[bytes | None, str]:
    """Return what a file holds, or None if that is much, and its digest.

    What is no file but waits for a writer is empty; what is none and has no end, such as a device, is read in part.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        data = os.read(descriptor, _PIECE)
        digest = hashlib.sha256(data)
        more = os.read(descriptor, _PIECE)
        if not more:
            return data, digest.hexdigest()
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            while more:
                digest.update(more)
                more = os.read(descriptor, _PIECE)
        return None, digest.hexdigest()
    finally:
        os.close(descriptor)


def _pictures(root: str, document: Document, text: str) -> list[Finding]:
    article, file = document.article, document.file
    folder = Path(root, file).parent
    named = {address for address in addresses(text) if address.startswith(UP)} if UP in text else ()
    missing = [address for address in sorted(named) if not folder.joinpath(address).is_file()]
    return [Finding(Kind.IMAGE_MISSING, file, f"names {address}, which is not there", article) for address in missing]


def _form(document: Document, text: str) -> list[Finding]:
    return [Finding(Kind.DOCUMENT_FORM, document.file, problem, document.article) for problem in _problems(text)]


def _problems(text: str) -> list[str]:
    """Return what is wrong with the form of a document, in words; empty if nothing is."""
    try:
        document = parse_document(text)
    except DocumentError as error:
        return [str(error)]
    found = [f"{one.defect}: {one.detail}" for one in examine_blocks(document.body)]
    named = parse_replay_url(document.front_matter.url)
    if named is None or named.original != document.front_matter.original_url:
        found.append("url and original_url do not name the same capture")
    return found
