"""The form of a document: what a faulty version of this program may have written."""

from __future__ import annotations

from scraper.audit.markup import examine_blocks
from scraper.markdown import DocumentError, parse_document
from scraper.urls import parse_replay_url


def problems(text: str) -> list[str]:
    """Return what is wrong with the form of a document, in words; empty if nothing is."""
    try:
        document = parse_document(text)
    except DocumentError as error:
        return [str(error)]
    found = [f"{finding.defect}: {finding.detail}" for finding in examine_blocks(document.body)]
    named = parse_replay_url(document.front_matter.url)
    if named is None or named.original != document.front_matter.original_url:
        found.append("url and original_url do not name the same capture")
    return found
