"""Backslashes, exactly where a CommonMark reader would otherwise show something other than the page did.

In two steps. `escape` puts a backslash before every character of a text that can be markup anywhere. That is always
right, and it tells text from markup in all that is done in between: no text holds a bare ``*``, ``[`` or newline.
`Relaxer.block` then takes a finished block and removes each backslash without which the block shows the same. What
a block shows is asked of markdown-it, which reads CommonMark and tables as Hugo's reader does.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt

_SHORTCODE_OR_MORE = re.compile(r"\{\{[<%]|<!--more")
"""What Hugo acts upon wherever it stands, also behind a backslash: shortcodes, and the end of the summary."""
_MARKUP = re.compile(
    r"""
    [\\`*\[\]] | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])
    | <(?=[a-zA-Z/!?]) | (?<=<)!(?=--more) | (?<=\{)\{(?=[<%]) | &(?=\#?\w+;)
    | \A(?:[-+](?=[ -]|\Z) | =(?==*\Z) | ~(?=~~) | > | \#(?=\#{0,5}(?:[ ]|\Z)) | \| | :(?=-))    # starts of lines
    | (?<![^ ])\#(?=\#*\Z)                   # at the end of a heading
    """,
    re.VERBOSE,
)
_MARKUP_CHARACTER = re.compile(r"[\\`*\[\]_<{&#+=~>|:-]")
"""In all that `_MARKUP` matches; most texts have none, and a single set is found five times as fast."""
_NUMBER = re.compile(r"[0-9]{1,9}(?=[.)](?: |\Z))")
_PIPE = re.compile(r"(\\.)|\|")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_TITLE_MARKUP = re.compile(r"(?<!\\)(?:\\\\)*(<)(?=[a-zA-Z/!?])|(?<=<)(!)(?=--more)|(?<=\{)(\{)(?=[<%])")
_MOST = 400
"""Backslashes in a block that are looked at; a block with more keeps all of them."""
_BUDGET = 20_000
"""What may be asked about one page, in questions of some 100 µs; what is left then keeps its backslashes."""
_PASSES = 3
_MAX_NESTING = 100


def escape(text: str) -> str:
    """Return the text with a backslash before all that can be markup at the start of a line or inside one."""
    if _MARKUP_CHARACTER.search(text):
        text = _MARKUP.sub(r"\\\g<0>", text)
    number = _NUMBER.match(text)
    return f"{number[0]}\\{text[number.end() :]}" if number else text


def in_cell(text: str) -> str:
    """Return escaped text with a backslash before each pipe, which would end the cell."""
    return _PIPE.sub(lambda found: found[1] or "\\|", text)


class Relaxer:
    """Removes backslashes from the blocks of one page; it asks so much and no more, whatever the page holds."""

    def __init__(self) -> None:
        self._left = _BUDGET

    def block(self, block: str) -> str:
        """Return a block in which all text is escaped without the backslashes that change nothing."""
        positions = [match.start() for match in _ESCAPE.finditer(block)]
        if not positions or not self._may_ask(len(positions), block):
            return block
        context = _context(block)
        wanted = commonmark().render(context + block)
        starts = [position + 1 for position in positions]
        parts = [block[start:stop] for start, stop in zip([0, *starts], [*positions, None], strict=True)]
        return self._fewest(parts, lambda text: commonmark().render(context + text) == wanted)

    def title(self, line: str) -> str:
        """Return a heading's line as it is, but for raw HTML and shortcodes, which are broken up."""
        positions = [match.end() - 1 for match in _TITLE_MARKUP.finditer(line)]
        parts = [line[start:stop] for start, stop in zip([0, *positions], [*positions, None], strict=True)]
        return self._fewest(parts, _is_without_html) if positions else line

    def _fewest(self, parts: list[str], is_right: Callable[[str], bool]) -> str:
        """Join parts by a backslash, but by nothing where the whole stays right: the later ones are tried first."""
        needed = [True] * (len(parts) - 1)

        def drop(first: int, stop: int) -> None:
            trial = [*needed[:first], *[False] * (stop - first), *needed[stop:]]
            text = _join(parts, trial)
            if not any(needed[first:stop]) or not self._may_ask(len(needed), text):
                return
            if not _SHORTCODE_OR_MORE.search(text) and is_right(text):
                needed[:] = trial
            elif stop - first > 1:
                middle = (first + stop) // 2
                drop(middle, stop)
                drop(first, middle)

        for _ in range(_PASSES):  # what was needed may not be once others are gone
            before = sum(needed)
            drop(0, len(needed))
            if sum(needed) in {0, before}:
                break
        return _join(parts, needed)

    def _may_ask(self, backslashes: int, text: str) -> bool:
        self._left -= 1 + backslashes // 4 + len(text) // 100
        return self._left > 0 and backslashes <= _MOST


def _join(parts: list[str], needed: list[bool]) -> str:
    joints = ("\\" if is_needed else "" for is_needed in needed)
    return parts[0] + "".join(joint + part for joint, part in zip(joints, parts[1:], strict=True))


def _context(block: str) -> str:
    """Return list items before a block that is indented, so that it is read as part of an item, not as code."""
    indent = len(block) - len(block.lstrip(" "))
    if indent < 2:
        return ""
    return "- " * (indent // 2 - indent % 2) + ("1. " if indent % 2 else "") + "x\n\n"


def _is_without_html(line: str) -> bool:
    return not any(child.type == "html_inline" for token in commonmark().parse(line) for child in token.children or ())


@cache
def commonmark() -> MarkdownIt:
    """Return a reader of CommonMark and tables, as Hugo's reader has them."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return reader
