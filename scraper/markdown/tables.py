"""Tables: a grid of cells, whose first row is the header."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bs4.element import Tag

_MAX_SPAN = 1000
"""HTML's own limit of ``colspan``; ``rowspan`` is held to it too."""
_MAX_GRID = 100_000
"""Cells that the spans and the padding of a table may come to."""


class Cell(NamedTuple):
    """A table cell: its text, and how many columns and rows it spans."""

    text: str
    columns: int
    rows: int


def span(cell: Tag, name: str) -> int:
    """Return the number in a cell's ``colspan`` or ``rowspan``: 1 or more."""
    digits = str(cell.get(name) or "").strip()[:8]
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def table(rows: list[list[Cell]]) -> str:
    """Return the lines of a table: its first row is the header, short rows are padded."""
    grid = _grid(rows)
    width = max(map(len, grid))
    lines = []
    for index, cells in enumerate(grid):
        padding = width - len(cells) if index == 0 or width * len(grid) <= _MAX_GRID else 0
        lines.append(f"| {' | '.join([*cells, *[''] * padding])} |")
    lines.insert(1, f"| {' | '.join(['---'] * width)} |")
    return "\n".join(lines)


def _grid(rows: list[list[Cell]]) -> list[list[str]]:
    """Place every cell in its column; a cell that spans several stands in the first of its columns and rows."""
    grid: list[list[str]] = []
    covered: dict[int, int] = {}  # column -> rows, from this one on, into which a cell above reaches
    room = _MAX_GRID
    for row in rows:
        line: list[str] = []
        below = {column: left - 1 for column, left in covered.items() if left > 1}
        for cell in row:
            while room > 0 and len(line) in covered:
                line.append("")
            columns = cell.columns if room > 0 else 1
            if cell.rows > 1 and room > 0:
                below.update(dict.fromkeys(range(len(line), len(line) + columns), cell.rows - 1))
            line += [cell.text, *[""] * (columns - 1 if cell is not row[-1] else 0)]
            room -= columns
        room -= len(below)
        covered = below if room > 0 else {}
        grid.append(line)
    return grid
