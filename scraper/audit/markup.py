"""Defects of the Markdown itself: what a reader of the file would see broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.audit.defects import Defect, FoundDefect

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
_BLOCKS = re.compile(r"\n{2,}")
_OWN_HTML = re.compile(
    r"^<figure>\n<img src=\"[^\n]*\">\n(?:<figcaption>.*?</figcaption>\n)?</figure>$|^\{\{< video src=[^\n]*>\}\}$",
    re.MULTILINE | re.DOTALL,
)  # fmt: skip
_DESTINATION = re.compile(r"(?<=\]\()[^\s()]*(?:\([^\s()]*\)[^\s()]*)*(?=\))")
_HEADING_BREAK = re.compile(r"^#{1,6} [^\n]*(?: {2,}\n|\n(?=[^\n]))", re.MULTILINE)
_EMPTY_HEADING = re.compile(r"^#{1,6}[ \t]*$", re.MULTILINE)
_LATE_CLOSE = re.compile(r"\S {2,}\n[ \t]*\*{1,2}(?=\s|\Z)")
_EMPTY_EMPHASIS = re.compile(r"\*{4,}|(?<![^\s])\*\*[ \t]*\n?\*\*(?!\S)")
_SPACED_LINK = re.compile(
    r"(?:\]\((?:https?:|/|www\.|mailto:)|(?<=\[)(?P<same>[^\[\]\n]+)\]\((?=(?P=same)\)))"
    r"[^()\s]*(?:[ \t\u3000\xa0]+[^()\s]+)+\)"
)
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_UNDERSCORES = re.compile(r"(?<![\w])(_{1,3})(?=[^\s_])[^\n]*?(?<=[^\s_])\1(?![\w])")
_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?|!--.*?--|[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>]*)>", re.DOTALL)
_LIST = re.compile(r"\A(?!1\. )(?:[0-9]{1,9}[.)]|[+*])[ \t]+\S|\n {0,3}(?:1[.)]|[-+*]) +\S")
"""A block that begins like a list but not as this form writes one, or a later line of a block that begins one."""
_STARS = re.compile(r"(?P<before>.?)(?P<stars>\*+)(?P<after>.?)", re.DOTALL)


def examine_blocks(content: str) -> Iterator[FoundDefect]:
    """Yield what is wrong with the make-up of a document's content: images, headings, tables, emphasis."""
    if '<img src=""' in content:
        yield FoundDefect(Defect.EMPTY_IMAGE, '<img src="">')
    plain = _plain(content)
    yield from _headings(plain)
    if "  \n" in plain and (found := _LATE_CLOSE.search(plain)):
        yield FoundDefect(Defect.OPEN_EMPHASIS, _shown(found[0]))
    blocks = _blocks(plain)
    if "| --- |" in plain:
        yield from _tables(blocks)
    yield from _emphasis(blocks)


def examine_text(content: str) -> Iterator[FoundDefect]:
    """Yield what a Markdown reader would take for something else than text, or text for what is a link: by its look."""
    plain = _plain(content)
    if found := _SPACED_LINK.search(plain):
        yield FoundDefect(Defect.LINK_WITH_SPACES, _shown(found[0]))
    yield from _swallowed(_blocks(plain))


def _plain(content: str) -> str:
    # Most documents have none of what these look for, and a search for a few letters takes no time.
    if "<figure>" in content or "{{< video" in content:
        content = _OWN_HTML.sub("", content)
    return _ESCAPED.sub("..", content) if "\\" in content else content


def _blocks(plain: str) -> list[str]:
    return [block for block in _BLOCKS.split(_DESTINATION.sub("", plain)) if block.strip()]


def _headings(plain: str) -> Iterator[FoundDefect]:
    if not plain.startswith("#") and "\n#" not in plain:
        return
    if found := _EMPTY_HEADING.search(plain):
        yield FoundDefect(Defect.BROKEN_HEADING, f"{found[0].strip()} without text")
    elif found := _HEADING_BREAK.search(plain):
        yield FoundDefect(Defect.BROKEN_HEADING, _shown(found[0]))


def _tables(blocks: list[str]) -> Iterator[FoundDefect]:
    """A table is one block: each row on one line, all with as many cells as the header."""
    for block in blocks:
        lines = block.strip("\n").split("\n")
        if not any(re.match(r"\|( --- \|)+$", line) for line in lines):
            continue
        width = lines[0].count("|")
        for line in lines:
            if not (line.startswith("|") and line.endswith("|") and line.count("|") == width):
                yield FoundDefect(Defect.BROKEN_TABLE, _shown(line))
                return


def _emphasis(blocks: list[str]) -> Iterator[FoundDefect]:
    for block in blocks:
        if block.count("**") > 1 and (found := _EMPTY_EMPHASIS.search(block)):
            yield FoundDefect(Defect.EMPTY_EMPHASIS, _shown(block[max(0, found.start() - 20) : found.end() + 20]))
            return


def _swallowed(blocks: list[str]) -> Iterator[FoundDefect]:
    """In this form emphasis is never written with underscores or inside a word, and nothing is code or HTML."""
    for block in blocks:
        for pattern in (_CODE, _UNDERSCORES, _TAG, _LIST):
            if found := pattern.search(block):
                yield FoundDefect(Defect.SWALLOWED_TEXT, _shown(found[0]))
                return
        if inside := _emphasis_inside_words(block):
            yield FoundDefect(Defect.SWALLOWED_TEXT, _shown(inside))
            return


def _emphasis_inside_words(block: str) -> str | None:
    runs = list(_STARS.finditer(block))
    inside = [run for run in runs if run["before"].strip(" \n\t*[") and run["after"].strip(" \n\t*]")]
    return inside[0][0] if inside and len(runs) > 1 else None


def _shown(text: str) -> str:
    """Return a piece of the file as it can stand in a report."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
