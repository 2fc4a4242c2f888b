"""A JSON value as one line that every reader takes for one line."""

from __future__ import annotations

import json

# JSON lets these stand, but many readers take them for the end of a line (Python's str.splitlines among them).
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
_encode = json.JSONEncoder(ensure_ascii=False).encode


def json_line(value: object) -> str:
    """Return a JSON value as one line, without the line feed; text stands as it is, not as escapes."""
    text = _encode(value)
    for end, escape in _LINE_ENDS:  # `translate` would look at each character: 40 us for a line with Chinese in it
        text = text.replace(end, escape)
    return text
