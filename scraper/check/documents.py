"""Documents against the ledger, their form, and the pictures they name. Runs in many processes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from scraper.audit.markup import examine_blocks
from scraper.check.findings import Finding, Kind
from scraper.images.links import UP, addresses
from scraper.markdown import DocumentError, parse_document
from scraper.urls import parse_replay_url


class Expected(NamedTuple):
    """A document as the ledger has it. One that was adopted stands as it was, so its form is not asked for."""

    article: int
    file: str
    sha256: str
    adopted: bool


def check_documents(root: str, documents: list[Expected]) -> list[Finding]:
    """Return what is wrong with some documents below an output folder."""
    return [finding for expected in documents for finding in _check(Path(root), expected)]


def _check(root: Path, expected: Expected) -> list[Finding]:
    article, file = expected.article, expected.file
    try:
        data = (root / file).read_bytes()
    except FileNotFoundError:
        return [Finding(Kind.DOCUMENT_MISSING, file, "is in the ledger but not there", article)]
    except OSError as error:
        return [Finding(Kind.DOCUMENT_MISSING, file, f"cannot be read ({error.strerror})", article)]
    if hashlib.sha256(data).hexdigest() != expected.sha256:
        return [Finding(Kind.DOCUMENT_CHANGED, file, "was changed after it was written", article)]
    if expected.adopted:
        return []
    text = data.decode("utf-8", "replace")
    findings = [Finding(Kind.DOCUMENT_FORM, file, problem, article) for problem in _problems(text)]
    pictures = {address for address in addresses(text) if address.startswith(UP)} if UP in text else ()
    missing = [address for address in sorted(pictures) if not (root / file).parent.joinpath(address).is_file()]
    return findings + [
        Finding(Kind.IMAGE_MISSING, file, f"names {address}, which is not there", article) for address in missing
    ]


def _problems(text: str) -> list[str]:
    try:
        document = parse_document(text)
    except DocumentError as error:
        return [str(error)]
    problems = [f"{finding.defect}: {finding.detail}" for finding in examine_blocks(document.body)]
    named = parse_replay_url(document.front_matter.url)
    if named is None or named.original != document.front_matter.original_url:
        problems.append("url and original_url do not name the same capture")
    return problems
