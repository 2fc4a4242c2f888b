r"""Lines of pieces, and blocks, as the converter's methods hand them to each other: strings with three conventions.

They need no marks of their own, for text in them is escaped (`escape`) and holds no newline.

- A piece (a text, a break, emphasis, a link) ends with one space, which parts it from the next.
- Blocks are parted by ``\n\n``. A break is ``  \n`` and the space of a piece, so two of them are no such end.
- So a block that ends with a space is a line of pieces, behind the marks of its heading, quotes and items, if any;
  tables, figures, frames and rules end with something else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BREAK = "  \n"
WIDE = " \n\t\f\r\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""CommonMark's white space: emphasis cannot begin or end with it."""
_EDGE = " \t\r\n\u00a0\u3000"
_SPACES = re.compile(r"[ \t\r\n]+")
_EMPTY_LINES = re.compile(r"((?: *\n){2,} *)")
"""Two breaks or more: an empty line, which neither emphasis nor a link reaches over."""
_PARTED = re.compile(r"\n[> ]*\n")
_MARKS = re.compile(r"(?:> |- |1\. |#{1,6} | {2,3}(?! *\n))*")
_MAX_GRID = 100_000
"""Cells that the padding of a table may come to."""
_LEADING_BREAKS = re.compile(r"\A(?: *\n)+ *")


def clean(text: str) -> str:
    """Return a text node as it counts: runs of space, tab, CR, LF are one space; stripped, also of NBSP and U+3000."""
    return _SPACES.sub(" ", text.strip(_EDGE))


def as_block(text: str) -> str:
    """Return a block, or what is blocks already, parted from what stands around it."""
    text = text.strip("\n")
    return f"\n\n{text}\n\n" if text else ""


def blocks_of(text: str) -> list[str]:
    """Return the blocks of a text."""
    return list(filter(None, text.split("\n\n")))


def without_first_breaks(text: str) -> list[str]:
    """Return blocks as they stand in a list item, which an empty first line would end."""
    return list(filter(None, (_LEADING_BREAKS.sub("", block) for block in blocks_of(text))))


def each_line(text: str, write: Callable[[str], str]) -> str:
    """Write each line of pieces among blocks anew, behind its marks; nothing is left of one that becomes empty."""
    blocks = text.split("\n\n")
    for index, block in enumerate(blocks):
        if block.endswith(" "):
            marks = _MARKS.match(block)
            start = marks.end() if marks else 0
            line = block.rstrip(" ")
            written = write(line[start:])
            blocks[index] = f"{block[:start]}{written}{block[len(line) :]}" if written else ""
    return "\n\n".join(blocks)


def one_line(line: str) -> str:
    """Return a line as it stands in a heading or cell: without breaks at its edges, with ``<br>`` for the others."""
    return line.strip(" \n").replace(BREAK, "<br>")


def wrapped(text: str, opening: str, closing: str, outside: str) -> str:
    """Put markup around text, anew behind an empty line. What is `outside` of it at the edges stays so."""

    def wrap(part: str) -> str:
        inner = part.strip(outside)
        start = part.index(inner)
        return f"{part[:start]}{opening}{inner}{closing}{part[start + len(inner) :]}" if part.strip(WIDE) else part

    def write(line: str) -> str:
        parts = _EMPTY_LINES.split(line)
        parts[::2] = map(wrap, parts[::2])
        return "".join(parts)

    return each_line(text, write)


def prefixed(block: str, lead: str, rest: str, *, whole: bool) -> str:
    """Put a block in a quote or item. Later lines of pieces need not say that they belong there.

    Args:
        block: one block.
        lead: stands before its first line.
        rest: stands before all others of a table, figure or frame.
        whole: True if lines of pieces with an empty line among them need it, too.
    """
    if block.endswith(" ") and not (whole and _PARTED.search(block)):
        return lead + block
    return lead + block.replace("\n", f"\n{rest}")


def table(rows: list[list[str]]) -> str:
    """Return the lines of a table: its first row is the header, short rows are padded."""
    width = max(map(len, rows))
    lines = []
    for index, cells in enumerate(rows):
        padding = width - len(cells) if index == 0 or width * len(rows) <= _MAX_GRID else 0
        lines.append(f"| {' | '.join([*cells, *[''] * padding])} |")
    lines.insert(1, f"| {' | '.join(['---'] * width)} |")
    return "\n".join(lines)
