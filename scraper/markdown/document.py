"""The document: front matter, title, content, author box; written, and read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import frontmatter

from scraper.markdown.escape import Relaxer, escape
from scraper.markdown.front_matter import DocumentHandler, FrontMatter, encodable
from scraper.markdown.links import destination
from scraper.urls import public_url

if TYPE_CHECKING:
    from scraper.models import Article, AuthorBox

_HANDLER = DocumentHandler()
_LINE_ENDS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_HEADING = re.compile(r"# ?(?P<title>[^\n]*)\n?")
BOX = re.compile(
    r"(?:\A|\n)\n---\n\n(?:!\[[^\n]*\]\([^\n]*\)\n\n|(?=\*\*[^\n]*\|))\*\*(?P<name>[^\n]*)\*\*(?:\n\n(?P<bio>.*))?\Z",
    re.DOTALL,
)
"""An author box; one without an avatar is told from other text by its name, ``LABEL | NAME``.

A rule in the content has more blank lines around it, so it is not taken for this one. Others' documents without a text
have a blank line less.
"""
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
        url=public_url(timestamp, original_url),
        original_url=original_url,
        last_updated=article.last_updated,
        tags=article.tags,
    )
    lines = [_title_line(article.title), "", article.content]
    if article.author_box is not None:
        lines += ["", _box(article.author_box)]
    return encodable(_written(head, "\n".join(lines)))


def _written(head: FrontMatter, content: str) -> str:
    post = frontmatter.Post(content)
    post.metadata.update(head.metadata())
    return str(frontmatter.dumps(post, handler=_HANDLER))


def _title_line(title: str) -> str:
    """Return the H1: the title verbatim, but on one line, and without what would be raw HTML or a shortcode in it."""
    return Relaxer().title(f"# {_LINE_ENDS.sub(' ', encodable(title))}")


def _box(box: AuthorBox) -> str:
    """Return the author box. Its texts are text, escaped like any other; a bio keeps its lines."""
    name = escape(_LINE_ENDS.sub(" ", f"{box.label} | {box.author}").strip())
    bio = "\n".join(escape(line.strip()) for line in re.split(r"\r\n?|\n", box.bio))
    blocks = ["---", f"**{name}**", bio]
    if box.avatar:
        blocks.insert(1, f"![{name}]({destination(box.avatar)})")
    return "\n\n".join(map(Relaxer().block, blocks))


def parse_document(text: str) -> Document:
    """Read a document back, to the letter: only what `render_document` writes is accepted.

    Raises:
        DocumentError: it is not of the form.
    """
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        raise DocumentError(f'line 1: {_shown(lines[0])} where the form has "---", the fields, and "---" again')
    try:
        head = FrontMatter.of(frontmatter.parse(text, handler=_HANDLER)[0])
    except ValueError as error:
        raise DocumentError(f"line 1: the front matter {error}") from error
    expected = _written(head, f"{_title_line(head.title)}\n").split("\n")[:-1]
    for number, (found, wanted) in enumerate(zip_longest(lines[: len(expected)], expected), start=1):
        if found != wanted:
            raise DocumentError(f"line {number}: {_shown(found)} where the form has {_shown(wanted)}")
    if len(lines) < len(expected) + 2 or lines[-1]:
        raise DocumentError(f"line {len(lines)}: the text ends where the form has a newline behind the content")
    return Document(head, "\n".join(lines[len(expected) : -1]))


def _shown(line: str | None) -> str:
    return "nothing" if line is None else repr(line[:_SHOWN])


@dataclass(frozen=True, slots=True)
class LooseDocument:
    """What could be read of a document that anybody may have written.

    Attributes:
        fields: front matter, text values only; what is missing or cannot be read is left out.
        yaml_error: why a YAML reader refuses the front matter, or an empty text.
        title: of the heading, or None.
        body: between title and author box, as it stands.
        box: the author box as it stands below its rule, or an empty text.
    """

    fields: dict[str, str]
    tags: tuple[str, ...]
    yaml_error: str
    title: str | None
    body: str
    box: str
    crlf: bool

    @property
    def content(self) -> str:
        """The body without the line feeds around it."""
        return self.body.strip("\n")


def read_loosely(text: str) -> LooseDocument | None:
    """Read any document, or return None when it has no front matter at all."""
    plain = text.replace("\r\n", "\n")
    handler = DocumentHandler(tolerant=True)
    if not handler.detect(plain):
        return None
    metadata, rest = frontmatter.parse(plain, handler=handler)
    if not metadata and not handler.error:
        return None
    head = _HEADING.match(rest)
    content = rest[head.end() :] if head else rest
    box = BOX.search(content)
    tags = metadata.get("tags")
    return LooseDocument(
        fields={str(name): value for name, value in metadata.items() if isinstance(value, str)},
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        yaml_error=handler.error,
        title=head["title"] if head else None,
        body=content[: box.start()] if box else content,
        box=box[0].lstrip("\n").removeprefix("---\n\n") if box else "",
        crlf=plain != text,
    )
