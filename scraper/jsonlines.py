"""A JSON value as one line that every reader takes for one line."""

from __future__ import annotations

import json

# JSON lets these stand, but many readers take them for the end of a line (Python's str.splitlines among them).
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_encode = json.JSONEncoder(ensure_ascii=False).encode


def json_line(value: object) -> str:
    """Return a JSON value as one line, without the line feed; text stands as it is, not as escapes."""
    text = _encode(value)
    return text if text.isascii() else text.translate(_LINE_ENDS)
