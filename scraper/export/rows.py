"""One article as the exports give it: a row of plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportRow:
    """All that is known of one written article. Each field is described in docs/exports.md.

    JSON Lines has these fields in this order; SQLite has them as columns, `tags` and `images` as JSON.
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
