"""A JSON value as one line that every reader takes for one line."""

from __future__ import annotations

import json

# JSON lets these stand, but many readers take them for the end of a line (Python's str.splitlines among them).
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))

encode = json.JSONEncoder(ensure_ascii=False).encode
"""Writes a JSON value; text stands as it is, not as escapes."""


def json_line(value: object) -> str:
    """Return a JSON value as one line, without the line feed; text stands as it is, not as escapes."""
    return one_line(encode(value))


def one_line(text: str) -> str:
    """Return a JSON text with escapes for what some readers take for the end of a line."""
    for end, escape in _LINE_ENDS:  # `translate` would look at each character: 40 us for a line with Chinese in it
        text = text.replace(end, escape)
    return text
