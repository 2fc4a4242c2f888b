"""Stand-ins for the markup that the converter itself puts into a text.

Text from a page and markup of ours are one string until the end, when `escape.resolve` decides which characters of the
text need a backslash and writes the stand-ins out. They are lone surrogates: no text that was ever decoded has one, so
nothing has to be quoted.
"""

from __future__ import annotations

STAR = "\ud800"
"""One ``*`` of an emphasis."""
LINK = "\ud801"
"""``[`` of a link."""
IMAGE = "\ud802"
"""``![`` of a picture."""
END = "\ud803"
"""``](destination)``; the destinations stand in a list, in the order of their ends."""
BREAK = "\ud804"
"""A line break, as a piece: two spaces and a newline, or ``<br>``."""

LOOKS_IN_LINES = {STAR: "*", LINK: "[", IMAGE: "[", END: "]", BREAK: "\n"}
"""One character for each stand-in that a CommonMark reader would take the same way, where breaks end lines."""
LOOKS_IN_ONE_LINE = {**LOOKS_IN_LINES, BREAK: "<"}
"""The same where a break is a ``<br>``."""


def look_of(text: str, looks: dict[str, str]) -> str:
    """Return a text as a CommonMark reader sees it, character for character. `str.translate` is slower by far."""
    for stand_in, char in looks.items():
        text = text.replace(stand_in, char)
    return text
