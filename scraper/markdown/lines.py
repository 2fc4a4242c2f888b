"""What the start of a line could be taken for: CommonMark's blocks (spec 0.31, sections 4 and 5) and tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.markdown.addresses import destination_end

if TYPE_CHECKING:
    from collections.abc import Iterator

SUSPICIOUS_START = frozenset("#>-+*_=~`<[|:0123456789")
"""A line that begins with none of these can only be a paragraph's."""

_HEADING = re.compile(r"#{1,6}(?:[ \t]|\Z)")
_THEMATIC = re.compile(r"(?P<char>[-_*])(?:[ \t]*(?P=char)){2,}[ \t]*\Z")
_BULLET = re.compile(r"[-+*](?:[ \t]+(?P<rest>\S)|[ \t]|\Z)")
_ORDERED = re.compile(r"(?P<number>[0-9]{1,9})[.)](?:[ \t]+(?P<rest>\S)|[ \t]|\Z)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\Z")
_FENCE = re.compile(r"`{3,}[^`]*\Z|~{3,}")
_HTML_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hr|html|iframe|legend|li|link|"
    "main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|source|summary|table|tbody|td|tfoot|th|"
    "thead|title|tr|track|ul"
)
_HTML = re.compile(
    rf"<(?:(?:script|pre|style|textarea)(?:[\s>]|\Z)|!--|\?|![a-zA-Z]|!\[CDATA\[|/?(?:{_HTML_NAMES})(?:[\s>]|/>|\Z))",
    re.IGNORECASE,
)
_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*+\|?[ \t]*\Z")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_LABEL = re.compile(r"\[(?=[^\]]*[^\]\s])(?:[^\[\]\\]|\\.){1,999}\]:\s*", re.DOTALL)
_DEFINITION_END = re.compile(r"""(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*(?:\n|\Z)|[ \t]*\n""")
_CLOSING_HASHES = re.compile(r"(?:\A|(?<=[ \t]))#+[ \t]*\Z")


def paragraphs(look: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each paragraph of a text: a line that holds nothing but spaces ends one."""
    start = end = -1
    offset = 0
    for line in look.split("\n"):
        if line.strip(" "):
            if start < 0:
                start = offset
            end = offset + len(line)
        elif start >= 0:
            yield start, end
            start = -1
        offset += len(line) + 1
    if start >= 0:
        yield start, end


def line_escapes(look: str, *, lazy: bool) -> Iterator[int]:
    """Yield where a paragraph needs a backslash lest its lines be taken for something else.

    Args:
        look: the paragraph as a CommonMark reader sees it.
        lazy: True if its later lines stand in a quote or an item without saying so.
    """
    offset = 0
    previous: str | None = None
    for raw in look.split("\n"):
        line = raw.lstrip(" ")
        if line and line[0] in SUSPICIOUS_START:
            found = _escape_in(line, previous, lazy=lazy)
            if found is not None:
                yield offset + len(raw) - len(line) + found
        offset += len(raw) + 1
        previous = line


def is_definition(written: str) -> bool:
    """Say whether a paragraph begins with ``[label]: destination "title"``, which would show nothing."""
    label = _LABEL.match(written)
    at = label and destination_end(written, label.end())
    return bool(label and at and at > label.end() and _DEFINITION_END.match(written, at))


def _escape_in(line: str, previous: str | None, *, lazy: bool) -> int | None:
    """Return where a line needs its backslash, or None. `previous` is the paragraph's line before it, if any."""
    interrupts = previous is not None and not lazy
    if line[0] == ">" or _HEADING.match(line) or _THEMATIC.match(line) or _FENCE.match(line) or _HTML.match(line):
        return 0
    if previous is not None:
        if _UNDERLINE.match(line) and (line[0] == "-" or not lazy):
            return 0 if not lazy or line.rstrip() == "-" else None
        if _DELIMITER_ROW.match(line) and _columns(line) == _columns(previous):
            return 0
    match = _BULLET.match(line)
    if match:
        return None if interrupts and match["rest"] is None else 0
    match = _ORDERED.match(line)
    if match and not (interrupts and (match["rest"] is None or int(match["number"]) != 1)):
        return match.end("number")
    return None


def _columns(line: str) -> int:
    """Return how many cells a table's line has; 0 for one without a pipe."""
    stripped = line.strip(" ")
    pipes = len(_UNESCAPED_PIPE.findall(stripped))
    return pipes + 1 - stripped.startswith("|") - (pipes > 1 and stripped.endswith("|")) if pipes else 0


def heading_escape(look: str) -> int | None:
    """Return where a heading's text needs a backslash lest its end be taken for a closing sequence."""
    match = _CLOSING_HASHES.search(look[-1000:]) if look.endswith("#") else None
    if match is None:
        return None
    return max(0, len(look) - 1000) + match.start()
