"""The document: front matter, title, content, author box; written, and read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from scraper.markdown.addresses import destination
from scraper.markdown.escape import Context, resolve
from scraper.markdown.front_matter import FrontMatter, encodable, read_plain
from scraper.markdown.tokens import END, IMAGE, STAR
from scraper.urls import PUBLIC_ARCHIVE, replay_url

if TYPE_CHECKING:
    from scraper.models import Article, AuthorBox

_LINE_ENDS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_INDENT = re.compile(r"^(?: {4}| {0,3}\t)[ \t]*", re.MULTILINE)
_FIELDS = ("title", "date", "author", "category", "url", "original_url")
_SHOWN = 100
"""Characters of a wrong line that an error message quotes."""


class DocumentError(ValueError):
    """A text that is no document of this form. The message names the line, what stands there, and what should."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document read back.

    Attributes:
        front_matter: its fields.
        body: everything below the title's line: content and author box, without the newline at the end.
    """

    front_matter: FrontMatter
    body: str


def render_document(article: Article, *, original_url: str, timestamp: str) -> str:
    """Return the text of an article's file.

    Args:
        article: what the page gave.
        original_url: as documents give it (scheme https, no port).
        timestamp: 14 digits of the capture really used.
    """
    head = FrontMatter(
        title=article.title,
        date=article.date,
        author=article.author,
        category=article.category,
        url=replay_url(f"{PUBLIC_ARCHIVE}/web", timestamp, original_url),
        original_url=original_url,
        last_updated=article.last_updated,
        tags=article.tags,
    )
    box = "" if article.author_box is None else _box(article.author_box)
    return encodable("\n".join([*head.lines(), "", _title_line(article.title), "", article.content, box]))


def _title_line(title: str) -> str:
    """Return the H1: the title verbatim, as in the reference; only a line break, which would end it, is a space."""
    return f"# {_LINE_ENDS.sub(' ', encodable(title))}"


def _box(box: AuthorBox) -> str:
    """Return the author box. Its texts are text, escaped like any other; a bio keeps its lines."""
    name = _LINE_ENDS.sub(" ", encodable(f"{box.label} | {box.author}"))
    bio = _INDENT.sub("", encodable(box.bio).replace("\r\n", "\n").replace("\r", "\n"))
    blocks = [
        "---",
        resolve(f"{STAR * 2}{name}{STAR * 2}", [], Context.PARAGRAPH),
        resolve(bio, [], Context.PARAGRAPH),
    ]
    if box.avatar:
        blocks.insert(1, resolve(f"{IMAGE}{name}{END}", [destination(box.avatar)], Context.PARAGRAPH))
    return "\n" + "\n\n".join(blocks) + "\n"


def parse_document(text: str) -> Document:
    """Read a document back, to the letter: only what `render_document` writes is accepted.

    Raises:
        DocumentError: it is not of the form.
    """
    lines = text.split("\n")
    try:
        end = lines.index("---", 1) if lines[0] == "---" else 0
    except ValueError:
        end = 0
    if not end:
        raise DocumentError(f'line 1: {_shown(lines[0])} where the form has "---", the fields, and "---" again')
    front = "\n".join(lines[: end + 1])
    head = read_plain(front) or _fields(front)
    expected = [*head.lines(), "", _title_line(head.title), ""]
    for number, (found, wanted) in enumerate(zip_longest(lines[: len(expected)], expected), start=1):
        if found != wanted:
            raise DocumentError(f"line {number}: {_shown(found)} where the form has {_shown(wanted)}")
    if len(lines) < len(expected) + 2 or lines[-1]:
        raise DocumentError(f"line {len(lines)}: the text ends where the form has a newline behind the content")
    return Document(head, "\n".join(lines[len(expected) : -1]))


def _fields(head: str) -> FrontMatter:
    """Return the values of a front matter as YAML reads them."""
    import frontmatter
    from yaml import YAMLError

    try:
        values, _ = frontmatter.parse(head)
    except (YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise DocumentError(f"line 1: the front matter is no valid YAML: {reason}") from error
    missing = [name for name in _FIELDS if name not in values]
    if missing:
        raise DocumentError(f"line 1: the front matter has no {', '.join(missing)}")
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    tags = values.get("tags", [])
    listed = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    wrong = [name for name in (*_FIELDS, "last_updated") if name in values and name not in texts]
    if listed != tags:
        wrong.append("tags")
    if wrong:
        raise DocumentError(f"line 1: {', '.join(wrong)} of the front matter must be text in double quotes")
    return FrontMatter(
        **{name: texts[name] for name in _FIELDS}, last_updated=texts.get("last_updated"), tags=tuple(listed)
    )


def _shown(line: str | None) -> str:
    return "nothing" if line is None else repr(line[:_SHOWN])
