"""Backslashes, exactly where CommonMark would otherwise show something else than the page did.

A text is read the way a CommonMark reader reads it; what it would take for markup gets a backslash, and the text
is read again until nothing is left. Of those backslashes, the ones that others have made needless are taken away.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from scraper.markdown.lines import SUSPICIOUS_START, heading_escape, is_definition, line_escapes, paragraphs
from scraper.markdown.spans import SPECIALS, conflicts
from scraper.markdown.tokens import BREAK, END, IMAGE, LINK, LOOKS_IN_LINES, LOOKS_IN_ONE_LINE, STAR, look_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORTCODE = re.compile(r"\{\{(?=[<%])")
"""What Hugo would run wherever it stands. ``{\\{<`` shows the same in CommonMark and is nothing to Hugo."""
_MAX_READINGS = 12
"""Texts that are not settled by then get a backslash at every special character."""
_MAX_SPECIALS = 5_000
"""So many special characters are in no text that a person wrote; each gets its backslash without being read."""
_MAX_PRUNING = 200_000
"""Characters read in search of needless backslashes; a block with more to read keeps them."""


class Context(enum.Enum):
    """Where a text stands, which decides what it could be taken for."""

    PARAGRAPH = enum.auto()
    LAZY = enum.auto()
    """In a quote or list item: later lines are its own only as long as they look like nothing else."""
    HEADING = enum.auto()
    CELL = enum.auto()


_EDGE = f" {BREAK}{STAR}{LINK}{IMAGE}{END}"
_SUSPICIOUS = SUSPICIOUS_START | {STAR, LINK, IMAGE}
"""The same for a line that may begin with markup of ours."""
_NO_BREAK = {ord(" "): None, ord(BREAK): None}
_ONE_LINE = (Context.HEADING, Context.CELL)
_PLAIN = re.compile(f"[^{re.escape(SPECIALS)}{{|#{STAR}{LINK}{IMAGE}{END}{BREAK}]*")
"""Most texts: nothing in them is markup, ours or what could be taken for it, wherever they stand."""


def resolve(text: str, destinations: list[str], context: Context) -> str:
    """Return text with stand-ins as the Markdown that shows it.

    Args:
        text: clean text of the page, and stand-ins for markup.
        destinations: where its links and pictures lead, in the order of their ends.
        context: where it will stand.
    """
    if text[:1] not in SUSPICIOUS_START and _PLAIN.fullmatch(text):
        return text
    if context in _ONE_LINE and BREAK in text:
        text = _without_edge_breaks(text)
    if _is_suspicious(text, context):
        escapes = _escapes(text, context)
        if escapes:
            text = _insert(text, sorted(escapes))
    return _write(text, destinations, context)


def _without_edge_breaks(text: str) -> str:
    """Return a heading's or cell's text without the breaks at its edges, also those just inside a link."""
    inner = text.strip(_EDGE)
    start = text.index(inner)
    head, tail = text[:start], text[start + len(inner) :]
    return f"{head.translate(_NO_BREAK)}{inner}{tail.translate(_NO_BREAK)}"


def _is_suspicious(text: str, context: Context) -> bool:
    """Say whether anything in the text could be taken for markup."""
    if any(map(text.__contains__, SPECIALS)) or "{{" in text:
        return True
    if context in _ONE_LINE:
        return "|" in text or text.endswith("#")
    if BREAK in text:
        return any(line.lstrip(" ")[:1] in _SUSPICIOUS for line in text.split(BREAK))
    return text[:1] in SUSPICIOUS_START


def _escapes(text: str, context: Context) -> set[int]:
    """Return the positions in `text` that need a backslash."""
    if context in _ONE_LINE:
        look = look_of(text, LOOKS_IN_ONE_LINE)
        escapes: set[int] = set()
        if context is Context.CELL:
            escapes.update(match.start() for match in re.finditer(r"\|", text))
        elif (closing := heading_escape(text)) is not None:
            escapes.add(closing)
        escapes |= _span_escapes(text, look, escapes)
    else:
        look = look_of(text, LOOKS_IN_LINES)
        escapes = set()
        found = list(paragraphs(look))
        for start, end in found:
            laziness = _laziness(context, first=start == found[0][0], alone=start == 0 and len(found) == 1)
            inner = _paragraph_escapes(text[start:end], look[start:end], laziness)
            escapes |= {position + start for position in inner}
    for match in _SHORTCODE.finditer(look):
        if match.end() not in escapes:
            escapes.add(match.end() - 1)
    return escapes


def _laziness(context: Context, *, first: bool, alone: bool) -> tuple[bool, ...]:
    """Say how a paragraph's later lines may stand: lazily, not so, or either.

    An empty line ends a quote, and behind one the lines of an item are indented; an item drops breaks at its beginning.
    """
    if context is not Context.LAZY or not first:
        return (False,)
    return (True,) if alone else (True, False)


def _paragraph_escapes(text: str, look: str, laziness: tuple[bool, ...]) -> set[int]:
    """Return the positions inside one paragraph that need a backslash, in each way in which it may stand."""
    fixed = {_of_the_text(text, position) for lazy in laziness for position in line_escapes(look, lazy=lazy)}
    escapes = _span_escapes(text, look, fixed)
    first = len(text) - len(text.lstrip(" "))
    if text[first] == "[" and is_definition(_insert(look[first:], sorted(position - first for position in escapes))):
        escapes = _span_escapes(text, look, fixed | {first})
    return escapes


def _of_the_text(text: str, position: int) -> int:
    """Return the first position from there on that is the page's and not ours: ``** * *`` in bold is a rule, too."""
    while text[position] == STAR:
        position += 1
    return position


def _span_escapes(text: str, look: str, fixed: set[int]) -> set[int]:
    """Return `fixed` and the positions inside one paragraph that need a backslash besides."""
    count = sum(map(text.count, SPECIALS))
    if not count:
        return fixed
    if count > _MAX_SPECIALS:
        return fixed | {position for position, char in enumerate(text) if char in SPECIALS}
    specials = {position for char in SPECIALS if char in text for position in _positions(char, text)}
    escapes = set(fixed)
    for _ in range(_MAX_READINGS):
        found = conflicts(text, look, escapes)
        if not found:
            return _pruned(text, look, escapes, fixed)
        escapes |= found
    return escapes | specials


def _positions(char: str, text: str) -> Iterator[int]:
    position = text.find(char)
    while position >= 0:
        yield position
        position = text.find(char, position + 1)


def _pruned(text: str, look: str, escapes: set[int], fixed: set[int]) -> set[int]:
    """Return the escapes without those that are not needed once the others are there."""
    candidates = sorted(escapes - fixed)
    if len(candidates) < 2 or len(candidates) * len(text) > _MAX_PRUNING:
        return escapes
    for position in candidates:
        fewer = escapes - {position}
        if not conflicts(text, look, fewer):
            escapes = fewer
    return escapes


def _insert(text: str, positions: list[int]) -> str:
    """Put a backslash before each position."""
    cuts = [0, *positions]
    return "\\".join(text[start:stop] for start, stop in zip(cuts, [*positions, None], strict=True))


def _write(text: str, destinations: list[str], context: Context) -> str:
    """Write out the stand-ins."""
    if STAR in text:
        text = text.replace(STAR, "*")
    if END in text:
        text = text.replace(LINK, "[").replace(IMAGE, "![")
        first, *others = text.split(END)
        if context is Context.CELL:
            destinations = [target.replace("|", "\\|") for target in destinations]
        text = first + "".join(f"]({target}){other}" for target, other in zip(destinations, others, strict=True))
    if BREAK in text:
        text = text.replace(BREAK, "<br>" if context in _ONE_LINE else "  \n")
    return text
