"""The lines of an author box, and which of them is ``LABEL | NAME``."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.box_links import leading_on
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.vocabulary import BAR, BOX_LABELS, squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_KNOWN_LABELS = frozenset(label.lower() for label in BOX_LABELS)
_LABEL = "|".join(re.escape(label) for label in BOX_LABELS)
_LINE = re.compile(rf"(?P<label>[^|｜│\n]{{1,30}}?)\s*{BAR}\s*(?P<author>[^\n]+)")
_KNOWN_LINE = re.compile(rf"(?P<label>{_LABEL})[\s:：]*(?:{BAR}|[:：]|\n)\s*(?P<author>[^\n]+)", re.IGNORECASE)
_SIDES = re.compile(r"\A[\W_]+|[\W_]+\Z")
_LONGEST_LABEL = 40
_FIRST = 4
"""So many filled lines are looked at: a heading may stand above the name."""
_BLOCKS = frozenset(
    {
        *("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "dd", "dt", "dl", "figure"),
        *("blockquote", "table", "tr", "td", "th", "aside", "article", "address", "header", "footer", "figcaption"),
    }
)
_MANY = 1000


def block_of(element: _Element) -> _Element:
    """Return the innermost block that an element is or stands in."""
    node = element
    while node.tag not in _BLOCKS and (parent := node.getparent()) is not None:
        node = parent
    return node


def box_lines(view: PageView, element: _Element, author: str) -> list[str]:
    """Return the shown lines of an element: blocks and breaks begin new ones, and breaks of the source text stand.

    Links that lead on (to other articles, to follow the author) are left out, those in a sentence are not.
    """
    parts: list[str] = []
    last: _Element | None = None
    apart = leading_on(view, element, author)
    for text, holder in islice(pieces(element), _MANY):
        if last is not None and holder is not last and (block_of(holder) is not block_of(last)):
            parts.append("\x1e")
        if holder not in apart:
            parts.append(text)
        last = holder
    blocks = [block.strip() for block in view.kept("".join(parts)).split("\x1e")]
    return [line.strip() for block in blocks if block for line in block.split("\n")]


def is_label(text: str) -> bool:
    """Say whether a text is a known label and nothing else."""
    return text.lower() in _KNOWN_LABELS


def own_label(line: str, author: str) -> str:
    """Return the known label that stands beside the byline's own name, whatever is between them, else ""."""
    if not author or len(line) > len(author) + _LONGEST_LABEL:
        return ""
    for rest in (line.removesuffix(author), line.removeprefix(author)):
        label = _SIDES.sub("", rest)
        if rest != line and label.lower() in _KNOWN_LABELS:
            return label
    return ""


def label_and_author(lines: list[str], author: str) -> tuple[str, str, int] | None:
    """Return label, name and the number of the line behind them: in one line, or in two."""
    author = squeeze(author)
    filled = [number for number, line in enumerate(lines) if line.strip()]
    first = [(number, squeeze(lines[number])) for number in filled[: _FIRST + 2]]
    for position, (number, line) in enumerate(first[:_FIRST]):
        if label := own_label(line, author):
            return label, author, number + 1
        match = _LINE.fullmatch(line)
        if match and (match["label"].strip().lower() in _KNOWN_LABELS or squeeze(match["author"]) == author):
            return match["label"].strip(), match["author"].strip(), number + 1
        found = _in_two_lines(line, first[position + 1 : position + 3], author)
        if found is not None:
            return found
    for number, line in first[:_FIRST]:
        match = _KNOWN_LINE.fullmatch(line)
        if match:
            return match["label"], match["author"].strip(), number + 1
    return None


def _in_two_lines(line: str, following: list[tuple[int, str]], author: str) -> tuple[str, str, int] | None:
    if following and not _SIDES.sub("", following[0][1]):  # the bar in a line of its own
        following = following[1:]
    if not following or len(line) > len(author) + _LONGEST_LABEL:
        return None
    number, name = following[0]
    name = re.sub(rf"\A\s*(?:{BAR}|[:：])\s*", "", name)
    if author and _SIDES.sub("", name[: len(author) + _LONGEST_LABEL]) == _SIDES.sub("", author):
        name = author
    label = _SIDES.sub("", line) if name == author else re.sub(rf"\s*(?:{BAR}|[:：])\s*\Z", "", line)
    if label.lower() in _KNOWN_LABELS and name:
        return label, name, number + 1
    if line == author and name.lower() in _KNOWN_LABELS:
        return name, line, number + 1
    return None
