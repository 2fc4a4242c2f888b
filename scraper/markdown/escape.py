"""Backslashes, exactly where CommonMark would otherwise show something else than the page did."""

from __future__ import annotations

import enum

from scraper.markdown.tokens import BREAK, END, IMAGE, LINK, STAR


class Context(enum.Enum):
    """Where a text stands, which decides what it could be taken for."""

    PARAGRAPH = enum.auto()
    LAZY = enum.auto()
    """In a quote or list item: later lines are its own only as long as they look like nothing else."""
    HEADING = enum.auto()
    CELL = enum.auto()


def resolve(text: str, destinations: list[str], context: Context) -> str:
    """Return text with stand-ins as the Markdown that shows it."""
    broken = BREAK in text
    if context in {Context.HEADING, Context.CELL}:
        text = text.strip(f" {BREAK}") if broken else text
    ends = iter(destinations)
    for token, markup in ((STAR, "*"), (LINK, "["), (IMAGE, "![")):
        text = text.replace(token, markup)
    if END in text:
        parts = text.split(END)
        text = parts[0] + "".join(f"]({next(ends)}){part}" for part in parts[1:])
    if context is Context.CELL:
        text = text.replace("|", "\\|")
    if broken:
        text = text.replace(BREAK, "<br>" if context in {Context.HEADING, Context.CELL} else "  \n")
    return text
