"""What characters inside a paragraph could be taken for: CommonMark's inline structure (spec 0.31, section 6).

`conflicts` reads a paragraph the way a CommonMark reader does and names the characters of the page's text that would be
read as markup. Code spans, raw HTML, autolinks and entities hold no markup of ours, so their first character tells;
brackets and emphasis are followed as the specification's algorithm does, with ours and the text's side by side.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, NamedTuple

from scraper.markdown.addresses import ENTITY, destination_end, is_entity
from scraper.markdown.emphasis import Delimiter, flanking, match_delimiters
from scraper.markdown.tokens import END, IMAGE, LINK, STAR

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIALS = "\\`*_[]<&"
"""Characters of a text that can be markup inside a paragraph."""
_EVENT = re.compile(rf"\\|`+|<|&|\[|{LINK}|{IMAGE}|\]|{END}|[*{STAR}]+|_+")
_PUNCTUATION = frozenset(string.punctuation)
_LETTERS = frozenset(string.ascii_letters)
_ATTRIBUTE = r"""\s+[a-zA-Z_:][a-zA-Z0-9_.:-]*+(?:\s*+=\s*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?"""
_TAG = re.compile(
    rf"""<(?:
        [a-zA-Z][a-zA-Z0-9.+-]{{1,31}}:[^\s<>\x00-\x1f]*+>                             # autolink
        |[a-zA-Z0-9.!\#$%&'*+/=?^_`{{|}}~-]++@[a-zA-Z0-9](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?
            (?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?)*>                          # e-mail autolink
        |[a-zA-Z][a-zA-Z0-9-]*+(?:{_ATTRIBUTE})*+\s*+/?>                               # open tag
        |/[a-zA-Z][a-zA-Z0-9-]*+\s*+>                                                  # closing tag
    )""",
    re.VERBOSE,
)
_TITLE_AND_END = re.compile(
    r"""(?:\s+(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)))?\s*\)""", re.DOTALL
)
_LONGEST_TAIL = 4000
_DECLARATIONS = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))


def _is_link_tail(text: str) -> bool:
    """Say whether the text begins with what makes a link of the brackets before it: ``(destination "title")``."""
    if not text.startswith("("):
        return False
    at = len(text) - len(text[1:].lstrip(" \t\n"))
    end = destination_end(text, at)
    return end is not None and _TITLE_AND_END.match(text, end) is not None


class _Opener(NamedTuple):
    """An opening bracket whose partner is looked for."""

    position: int
    kind: str
    delimiters: int
    """How many emphasis delimiters stood before it."""


class _Paragraph:
    """One reading of one paragraph.

    Args:
        text: with stand-ins.
        look: the same as a CommonMark reader sees it.
        escaped: positions that have a backslash already.
        apart: True to read a link's text as if nothing stood behind it, as markdown-it does, against the specification.
    """

    def __init__(self, text: str, look: str, escaped: set[int], *, apart: bool) -> None:
        self._apart = apart
        self._text = text
        self._look = look
        self._escaped = escaped
        self._found: set[int] = set()
        self._openers: list[_Opener] = []
        self._delimiters: list[Delimiter] = []
        self._dead = 0
        """Openers below this index cannot begin a link, because one ended above them."""
        self._last_run: dict[int, int] | None = None
        self._last_closing: dict[str, int] = {}

    def read(self) -> set[int]:
        """Return the positions that need a backslash."""
        for match in _EVENT.finditer(self._text):
            first = match[0][0]
            position = match.start()
            if first in {STAR, "*", "_"}:
                self._delimiter_runs(position, match.end())
            elif first == END:
                self._close_ours()
            elif first == "`":
                self._backticks(position, match.end())
            elif position in self._escaped:
                continue
            elif first in {LINK, IMAGE, "["}:
                self._openers.append(_Opener(position, first, len(self._delimiters)))
            elif first == "]":
                self._close_texts(position)
            elif self._is_live(first, position):
                self._found.add(position)
        self._found |= match_delimiters(self._delimiters)
        return self._found

    def _is_live(self, char: str, position: int) -> bool:
        """Say whether a backslash, ``<`` or ``&`` would be read as markup."""
        look = self._look
        if char == "\\":
            return look[position + 1 : position + 2] in _PUNCTUATION
        if char == "&":
            entity = ENTITY.match(look, position)
            return entity is not None and is_entity(entity)
        for opening, closing in _DECLARATIONS:
            if look.startswith(opening, position) and (
                opening != "<!" or look[position + 2 : position + 3] in _LETTERS
            ):
                if closing not in self._last_closing:
                    self._last_closing[closing] = look.rfind(closing)
                return self._last_closing[closing] > position
        return _TAG.match(look, position) is not None

    def _backticks(self, start: int, end: int) -> None:
        """Find a code span: a run of backticks with an equally long one after it."""
        if self._last_run is None:
            runs = (self._cut(run.start(), run.end()) for run in re.finditer("`+", self._look))
            self._last_run = {stop - first: first for cut in runs for first, stop in cut}
        for first, stop in self._cut(start, end):
            for position in range(first, stop):
                if position in self._escaped:
                    continue
                if self._last_run.get(stop - position, -1) < stop:
                    break
                self._found.add(position)

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield start and end of the runs that backslashes make of one: each begins a run, which may end a code span.

        Inside a code span a backslash is text, so the backtick behind it belongs to the run that could end the span.
        """
        first = start
        for position in range(start + 1, end):
            if position in self._escaped:
                yield first, position
                first = position
        yield first, end

    def _delimiter_runs(self, start: int, end: int) -> None:
        """Note the runs of ``*`` or ``_``; one behind a backslash belongs to none."""
        text, look = self._text, self._look
        position = start
        while position < end:
            if position in self._escaped and text[position] != STAR:
                position += 1
                continue
            stop = position + 1
            while stop < end and (stop not in self._escaped or text[stop] == STAR):
                stop += 1
            before, after = look[position - 1 : position], look[stop : stop + 1]
            if self._apart:
                before = "" if text[position - 1 : position] == IMAGE else before
                after = "" if text[stop : stop + 1] == END else after
            opens, closes = flanking(look[position], before, after)
            ours = [text[index] == STAR for index in range(position, stop)]
            self._delimiters.append(Delimiter(look[position], position, stop, opens, closes, ours))
            position = stop

    def _close_texts(self, position: int) -> None:
        """Read a ``]`` of the text."""
        if not self._openers:
            return
        opener = self._openers[-1]
        if opener.kind != "[":
            self._found.add(position)  # it would end a link of ours
            return
        self._openers.pop()
        alive = len(self._openers) >= self._dead or self._look[opener.position - 1 : opener.position] == "!"
        self._dead = min(self._dead, len(self._openers))
        if alive and self._look[position + 1 : position + 2] == "(" and _is_link_tail(self._written(position + 1)):
            self._found.add(opener.position)

    def _written(self, start: int) -> str:
        """Return the text from there on, as far as a link's end could be, with its backslashes."""
        stop = min(start + _LONGEST_TAIL, len(self._look))
        if self._escaped.isdisjoint(range(start, stop)):
            return self._look[start:stop]
        return "".join(("\\" if at in self._escaped else "") + self._look[at] for at in range(start, stop))

    def _close_ours(self) -> None:
        """Read the end of a link or picture of ours."""
        while self._openers and self._openers[-1].kind == "[":
            self._found.add(self._openers.pop().position)  # it would take the link for itself
        opener = self._openers.pop()
        self._found |= match_delimiters(self._delimiters[opener.delimiters :])
        del self._delimiters[opener.delimiters :]
        self._dead = len(self._openers) if opener.kind == LINK else min(self._dead, len(self._openers))


def conflicts(text: str, look: str, escaped: set[int]) -> set[int]:
    """Return the positions of characters that a CommonMark reader would take for markup though the page showed them.

    Args:
        text: one paragraph, with stand-ins.
        look: the same as a CommonMark reader sees it.
        escaped: positions that have a backslash already.
    """
    found = _Paragraph(text, look, escaped, apart=False).read()
    return found if found or END not in text else _Paragraph(text, look, escaped, apart=True).read()
