"""Defects of the Markdown itself: what a reader of the file would see broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.audit.defects import Defect, FoundDefect
from scraper.audit.swallowed import find_swallowed

if TYPE_CHECKING:
    from collections.abc import Iterator

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
_LATE_CLOSE = re.compile(r"\S {2,}\n[ \t]*\*{1,2}(?=\s|\Z)")
_EMPTY_EMPHASIS = re.compile(r"(?<![^\s|])\*\*[ \t]*\n?\*\*(?:\*\*)?(?![^\s|])")
_SPACED_LINK = re.compile(
    r"(?:\]\((?:https?:|/|www\.|mailto:)|(?<=\[)(?P<same>[^\[\]\n]+)\]\((?=(?P=same)\)))"
    r"[^()\s]*(?:[ \t\u3000\xa0]+[^()\s]+)+\)"
)


def examine_blocks(content: str) -> Iterator[FoundDefect]:
    """Yield what is wrong with the make-up of a document's content: images, headings, tables, emphasis."""
    if '<img src=""' in content:
        yield FoundDefect(Defect.EMPTY_IMAGE, '<img src="">')
    plain = _plain(content)
    if found := _EMPTY_HEADING.search(plain):
        yield FoundDefect(Defect.BROKEN_HEADING, f"{found[0].strip()} without text")
    elif found := _HEADING_BREAK.search(plain):
        yield FoundDefect(Defect.BROKEN_HEADING, found[0])
    if found := _LATE_CLOSE.search(plain):
        yield FoundDefect(Defect.OPEN_EMPHASIS, found[0])
    blocks = [block for block in _BLOCKS.split(_DESTINATION.sub("", plain)) if block.strip()]
    yield from _tables(blocks)
    yield from _emphasis(blocks)


def examine_text(content: str) -> Iterator[FoundDefect]:
    """Yield what a Markdown reader would take for something else than text, or text for what is a link."""
    if found := _SPACED_LINK.search(_plain(content)):
        yield FoundDefect(Defect.LINK_WITH_SPACES, found[0])
    if line := find_swallowed(_without_own_html(content)):
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
