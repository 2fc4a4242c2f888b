"""The document: front matter, title, content, author box."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.markdown.addresses import destination
from scraper.markdown.escape import Context, resolve
from scraper.markdown.front_matter import quoted
from scraper.urls import PUBLIC_ARCHIVE, replay_url

if TYPE_CHECKING:
    from scraper.models import Article, AuthorBox

_LINE_ENDS = re.compile(r"[\r\n]+")


class DocumentError(ValueError):
    """A file that is no document of this form; the message says which line and what should stand there."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document read back."""

    fields: dict[str, str | list[str]]
    body: str


def render_document(article: Article, *, original_url: str, timestamp: str) -> str:
    """Return the text of an article's file.

    Args:
        article: what the page gave.
        original_url: as documents give it (scheme https, no port).
        timestamp: 14 digits of the capture really used.
    """
    lines = ["---", f"title: {quoted(article.title)}", f"date: {quoted(article.date)}"]
    if article.last_updated:
        lines.append(f"last_updated: {quoted(article.last_updated)}")
    lines += [f"author: {quoted(article.author)}", f"category: {quoted(article.category)}"]
    if article.tags:
        lines += ["tags:", *(f"  - {quoted(tag)}" for tag in article.tags)]
    url = replay_url(f"{PUBLIC_ARCHIVE}/web", timestamp, original_url)
    lines += [f"url: {quoted(url)}", f"original_url: {quoted(original_url)}", "---", ""]
    title = _LINE_ENDS.sub(" ", article.title)
    parts = ["\n".join(lines), f"# {title}", article.content]
    text = "\n".join(parts[:1]) + f"\n# {title}\n\n{article.content}\n"
    if article.author_box is not None:
        text += _box(article.author_box)
    return text


def _box(box: AuthorBox) -> str:
    name = f"{box.label} | {box.author}"
    return (
        f"\n---\n\n![{resolve(name, [], Context.PARAGRAPH)}]({destination(box.avatar)})\n\n"
        f"**{resolve(name, [], Context.PARAGRAPH)}**\n\n{resolve(box.bio, [], Context.PARAGRAPH)}\n"
    )


def parse_document(text: str) -> Document:
    """Read a document back.

    Raises:
        DocumentError: it is not of the form.
    """
    raise NotImplementedError(text)
