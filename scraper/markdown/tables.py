"""Tables: a grid of cells, whose first row is the header."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from scraper.markdown.visible import is_hidden, plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_MAX_SPAN = 1000
"""HTML's own limit of ``colspan``; ``rowspan`` is held to it too."""
_MAX_GRID = 200_000
"""Cells of a grid that are written out; a larger one keeps its cells in their rows without padding."""


class Cell(NamedTuple):
    """A cell of the page: its element, and how many columns and rows it spans."""

    element: _Element
    columns: int
    rows: int


class TableElements(NamedTuple):
    """The elements of a table, without those of tables inside its cells."""

    captions: list[str]
    rows: list[list[Cell]]


def _span(element: _Element, name: str) -> int:
    digits = (element.get(name) or "").strip()[:8]
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def read_table(table: _Element) -> TableElements:
    """Return the captions and cells of a table, in document order."""
    captions: list[str] = []
    rows: list[list[Cell]] = []
    walker = etree.iterwalk(table, events=("start",))
    next(walker)
    for _, element in walker:
        if is_hidden(element):
            walker.skip_subtree()
        elif element.tag == "caption":
            captions.append(plain_text(element))
            walker.skip_subtree()
        elif element.tag == "tr":
            rows.append([])
        elif element.tag in {"td", "th"}:
            if not rows:
                rows.append([])
            rows[-1].append(Cell(element, _span(element, "colspan"), _span(element, "rowspan")))
            walker.skip_subtree()
    return TableElements([caption for caption in captions if caption], [row for row in rows if row])


def table_block(rows: Sequence[Sequence[tuple[Cell, str]]]) -> str:
    """Return the lines of a table; a spanned cell stands in the first of its columns and rows."""
    grid = _grid(rows)
    width = max(map(len, grid))
    pad = width * len(grid) <= _MAX_GRID
    lines = []
    for index, cells in enumerate(grid):
        if pad or index == 0:
            cells.extend([""] * (width - len(cells)))
        lines.append(f"| {' | '.join(cells)} |")
        if index == 0:
            lines.append(f"| {' | '.join(['---'] * width)} |")
    return "\n".join(lines)


def _grid(rows: Sequence[Sequence[tuple[Cell, str]]]) -> list[list[str]]:
    """Place every cell in its column. Columns that only the tail of a span reaches are left out."""
    grid: list[list[str]] = []
    taken: dict[int, int] = {}  # column -> rows that a cell above still reaches into
    placed = 0
    for row in rows:
        line: list[str] = []
        spanned: dict[int, int] = {}
        for cell, text in row:
            exact = placed + len(line) <= _MAX_GRID
            while exact and len(line) in taken:
                line.append("")
            column = len(line)
            line.append(text)
            if exact:
                if cell.rows > 1:
                    reached = range(column, min(column + cell.columns, _MAX_SPAN))
                    spanned.update(dict.fromkeys(reached, cell.rows - 1))
                if cell is not row[-1][0]:
                    line += [""] * (cell.columns - 1)
        placed += len(line)
        taken = {column: left - 1 for column, left in taken.items() if left > 1} | {
            column: left for column, left in spanned.items() if left > 0
        }
        grid.append(line)
    return grid
