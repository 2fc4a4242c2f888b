"""Defects of the Markdown itself: what a reader of the file would see broken."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.audit.defects import Defect, FoundDefect
from scraper.markdown.escape import commonmark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
_BLOCKS = re.compile(r"\n{2,}")
_OWN_HTML = re.compile(
    r"""
    ^(?P<lead>(?:>[ ]|-[ ]|1\.[ ]|[ ])*+)   # in a quote or an item
    (?:<figure>\n
        (?:[> ]*+<img[ ]src="[^\n]*">\n)?
        (?:[> ]*+<figcaption>(?:[^<]|<(?!/?fig))*+</figcaption>\n)?
        [> ]*+</figure>
    |<pre>(?:[^<\n]|<(?!/?[a-zA-Z]))*+</pre>
    |\{\{<[ ]video[ ]src=[^\n]*>\}\})$
    """,
    re.MULTILINE | re.VERBOSE,
)
_HEADING_OR_ROW = re.compile(r"^(?:> |- |1\. | )*+(?:#{1,6} |\| )[^\n]*<br>[^\n]*", re.MULTILINE)
_DESTINATION = re.compile(r"(?<=\]\()[^\s()]*(?:\([^\s()]*\)[^\s()]*)*(?=\))")
_HEADING_BREAK = re.compile(r"^#{1,6} [^\n]*(?: {2,}\n|\n(?=[^\n]))", re.MULTILINE)
_EMPTY_HEADING = re.compile(r"^#{1,6}[ \t]*$", re.MULTILINE)
_STARS = re.compile(r"(?<![\\*])\*{1,2}(?!\*)")
_EMPTY_EMPHASIS = re.compile(r"(?<![^\s|])\*\*[ \t]*\n?\*\*(?:\*\*)?(?![^\s|])")
_SPACED_LINK = re.compile(
    r"(?:\]\((?:https?:|/|www\.|mailto:)|(?<=\[)(?P<same>[^\[\]\n]+)\]\((?=(?P=same)\)))"
    r"[^()\s]*(?:[ \t\u3000\xa0]+[^()\s]+)+\)"
)
_SUSPECT = re.compile(
    r"""` | ~~~ | (?<!\w)_ | _(?!\w) | <[a-zA-Z/!?] | [^\s*[]\*+[^\s*\]] | ^[> ]*\[[^]\n]*+]:
    | ^[> ]*(?:(?!1\.)[0-9]{1,9}[.)] | [*+][ ] | [-=*]+[ ]*$ | [ ]{4}\S) | (?<!\n)\n[ ]*(?:1[.)]|[-+*])[ ]""",
    re.VERBOSE | re.MULTILINE,
)
"""Without any of these nothing is swallowed. Most documents have none, and reading one takes some milliseconds."""
_MAX_LENGTH, _MAX_BRACKETS = 200_000, 10_000
"""A document with more is not read: the reader's time grows with the square of the brackets."""
_DEFINITION = re.compile(r"^[> ]*\[[^]\n]*+]:.*", re.MULTILINE)


def examine_blocks(content: str) -> Iterator[FoundDefect]:
    """Yield what is wrong with the make-up of a document's content: images, headings, tables, emphasis."""
    if '<img src=""' in content:
        yield FoundDefect(Defect.EMPTY_IMAGE, '<img src="">')
    plain = _plain(content)
    if found := _EMPTY_HEADING.search(plain):
        yield FoundDefect(Defect.BROKEN_HEADING, f"{found[0].strip()} without text")
    elif found := _HEADING_BREAK.search(plain):
        yield FoundDefect(Defect.BROKEN_HEADING, found[0])
    for opened, closed in pairwise(_STARS.finditer(plain)):  # a star of the page's own opens nothing
        inside, behind = plain[opened.end() : closed.start()], plain[closed.end() : closed.end() + 1]
        if inside[:1].strip() and inside.rstrip(" \t").endswith("  \n") and not ("\n\n" in inside or behind.strip()):
            yield FoundDefect(Defect.OPEN_EMPHASIS, f"{opened[0]}{inside}{closed[0]}")
            break
    blocks = [block for block in _BLOCKS.split(_DESTINATION.sub("", plain)) if block.strip()]
    yield from _tables(blocks)
    yield from _emphasis(blocks)


def examine_text(content: str) -> Iterator[FoundDefect]:
    """Yield what a Markdown reader would take for something else than text, or text for what is a link."""
    if found := _SPACED_LINK.search(_plain(content)):
        yield FoundDefect(Defect.LINK_WITH_SPACES, found[0])
    if line := _swallowed(_without_own_html(content)):
        yield FoundDefect(Defect.SWALLOWED_TEXT, line)


def _plain(content: str) -> str:
    return _ESCAPED.sub("..", _without_own_html(content))


def _without_own_html(content: str) -> str:
    content = _OWN_HTML.sub(r"\g<lead>x", content)
    return _HEADING_OR_ROW.sub(lambda match: match[0].replace("<br>", " "), content)


def _tables(blocks: list[str]) -> Iterator[FoundDefect]:
    """A table is one block: each row on one line, all with as many cells as the header."""
    for block in blocks:
        lines = block.strip("\n").split("\n")
        if not any(re.match(r"\|( --- \|)+$", line) for line in lines):
            continue
        width = lines[0].count("|")
        for line in lines:
            if not (line.startswith("|") and line.endswith("|") and line.count("|") == width):
                yield FoundDefect(Defect.BROKEN_TABLE, line)
                return


def _emphasis(blocks: list[str]) -> Iterator[FoundDefect]:
    for block in blocks:
        if block.count("**") > 1 and (found := _EMPTY_EMPHASIS.search(block)):
            yield FoundDefect(Defect.EMPTY_EMPHASIS, block[max(0, found.start() - 20) : found.end() + 20])
            return


def _swallowed(content: str) -> str | None:
    """Return the first line with text that is taken for markup, or None.

    `content` is without the form's own HTML and shortcodes.
    """
    if len(content) > _MAX_LENGTH or content.count("[") > _MAX_BRACKETS or not _SUSPECT.search(content):
        return None
    environment: dict[str, object] = {}
    tokens = commonmark().parse(content, environment)
    if environment.get("references") and (definition := _DEFINITION.search(content)):
        return definition[0]
    lines = content.split("\n")
    for token in tokens:
        if token.map and (_is_foreign(token, lines) or _has_foreign(token.children or ())):
            return lines[token.map[0]]
    return None


def _is_foreign(block: Token, lines: Sequence[str]) -> bool:
    """Say whether a block is none of the form's. A list item is a block of its own, behind an empty line."""
    kind, markup = block.type, block.markup
    number = block.map[0] if block.map else 0
    if kind in ("bullet_list_open", "ordered_list_open"):
        before = lines[number - 1] if number else ""
        return markup in "*+)" or bool(before.strip(" >"))
    return (
        kind in ("fence", "code_block", "html_block")
        or (kind == "heading_open" and markup in "=-")
        or (kind == "hr" and block.level == 0 and lines[number] != "---")
        or (kind == "list_item_open" and block.info not in ("", "1"))
    )


def _has_foreign(pieces: Sequence[Token]) -> bool:
    """Say whether there is a piece that is none of the form's: emphasis stands apart from the words around it."""
    if any(one.type in ("code_inline", "html_inline") or one.markup in ("autolink", "_", "__") for one in pieces):
        return True
    for before, after in pairwise(pieces):
        opens, closes = after.type in ("em_open", "strong_open"), before.type in ("em_close", "strong_close")
        if opens and before.type == "text" and before.content and not before.content[-1].isspace():
            return True
        if closes and after.type == "text" and after.content and not after.content[0].isspace():
            return True
    return False
