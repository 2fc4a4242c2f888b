"""The Markdown of a document as plain text: what a reader sees, without markup and addresses."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FIGURE = (
    r'<figure>\n(?:<img src="(?P<src>[^"\n]*)" alt="(?P<alt>[^"\n]*)">\n)?'
    r"(?:<figcaption>(?P<caption>[^\n]*)</figcaption>\n)?</figure>"
)
VIDEO = r'\{\{< video src="(?P<src>[^"\n]*)" >\}\}'
"""Figure and frame exactly as our documents hold them, as regular expressions."""
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_SHORTCODE = re.compile(r"\{\{<.*?>\}\}")
NESTING = 20


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": NESTING}).enable("table")


def plain_text(markdown: str) -> str:
    """Return the text of a document's Markdown, blocks divided by a blank line.

    Links and emphasis leave their text, figures their caption, table cells are divided by a tab; addresses, frames
    and rules leave nothing.
    """
    return text_of(_parser().parse(markdown))


def text_of(tokens: Sequence[Token]) -> str:
    """Return the text of Markdown that was parsed already; see `plain_text`."""
    blocks: list[str] = []
    row: list[str] | None = None
    table: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            text = _inline(token.children or ())
            if row is None:
                blocks.append(text)
            else:
                row.append(text.replace("\n", " "))
        elif token.type == "tr_close":
            table.append("\t".join(row or ()))
            row = None
        elif token.type == "table_close":
            blocks.append("\n".join(table))
            table = []
        elif token.type == "html_block":
            blocks.extend(html.unescape(caption) for caption in _CAPTION.findall(token.content))
        elif token.type in ("code_block", "fence"):
            blocks.append(token.content)
    return "\n\n".join(stripped for block in blocks if (stripped := block.strip()))


def _inline(tokens: Iterable[Token]) -> str:
    """Return what inline tokens show; a line break stays one, as in a poem."""
    pieces: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or token.content == "<br>":
            pieces.append("\n")
    text = _SHORTCODE.sub("", "".join(pieces))
    return "\n".join(line.strip() for line in text.split("\n"))
