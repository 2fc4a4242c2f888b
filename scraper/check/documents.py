"""Documents against the ledger, and the pictures they name. Runs in many processes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.audit.markup import examine_blocks
from scraper.audit.wholeness import find_cut
from scraper.check.findings import Finding, Kind
from scraper.files import open_file
from scraper.images.links import UP, addresses
from scraper.markdown.document import DocumentError, parse_document, read_loosely
from scraper.sites import get_site
from scraper.urls import parse_replay_url

if TYPE_CHECKING:
    from scraper.ledger import WrittenDocument
    from scraper.models import Site

_MOST = 1 << 24
"""Bytes of a document: a page has 3 MB at most, an adopted one 4 MB. What is longer was changed, and is not read."""


def check_documents(root: str, site_name: str, form: bool, documents: list[WrittenDocument]) -> list[Finding]:
    """Return what is wrong with some documents of the ledger; `form`: look at the form of unchanged ones too."""
    site = get_site(site_name)
    return [finding for document in documents for finding in _check(root, site, form, document)]


def _check(root: str, site: Site, form: bool, document: WrittenDocument) -> list[Finding]:
    article, name, sha256, adopted = document
    try:
        with open_file(f"{root}/{name}") as file:  # a `Path` of each would take as long as hashing it
            data = file.read() if os.fstat(file.fileno()).st_size <= _MOST else b""
    except FileNotFoundError:
        return [Finding(Kind.DOCUMENT_MISSING, name, "is in the ledger but not there", article)]
    except OSError as error:
        return [Finding(Kind.DOCUMENT_MISSING, name, f"cannot be read ({error.strerror})", article)]
    if hashlib.sha256(data).hexdigest() != sha256:
        kind = Kind.ADOPTED_CHANGED if adopted else Kind.DOCUMENT_CHANGED  # no page is kept to make it from
        return [Finding(kind, name, "was changed after it was written", article)]
    if not (adopted or form or UP.encode() in data):
        return []
    text = data.decode("utf-8", "replace")
    if adopted:  # as it was, in whatever form; a program before this one may have taken half a document
        cut = find_cut(text, read_loosely(text), site)
        return [Finding(Kind.DOCUMENT_CUT, name, f"is half a document: {cut}", article)] if cut else []
    problems = _problems(text) if form else []
    found = [Finding(Kind.DOCUMENT_FORM, name, problem, article) for problem in problems]
    return found + _pictures(root, document, text)


def _pictures(root: str, document: WrittenDocument, text: str) -> list[Finding]:
    named = {address for address in addresses(text) if address.startswith(UP)}
    return [
        Finding(Kind.IMAGE_MISSING, document.file, f"names {address}, which is not there", document.article)
        for address in sorted(named)
        if not Path(root, document.file).parent.joinpath(address).is_file()
    ]


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
