"""A page's body to Markdown, an article to the text of its document, and back. Pure: no session, no path, no clock."""

from __future__ import annotations

from scraper.markdown.blocks import convert_body
from scraper.markdown.cloudflare import decode_email
from scraper.markdown.document import Document, DocumentError, parse_document, render_document
from scraper.markdown.front_matter import FrontMatter

__all__ = [
    "Document",
    "DocumentError",
    "FrontMatter",
    "convert_body",
    "decode_email",
    "parse_document",
    "render_document",
]
