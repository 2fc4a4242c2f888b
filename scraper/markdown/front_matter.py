"""Front matter: quoted strings that every YAML reader reads back the same."""

from __future__ import annotations

import re

_SHORT = {
    "\\": "\\\\",
    '"': '\\"',
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}
_UNSAFE = re.compile('[\\x00-\\x1f"\\\\\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufdd0-\\ufdef\\ufeff\\ufffe\\uffff]')
"""Quote, backslash, and what YAML 1.2 does not call printable or takes for a line break (sections 5.1, 5.4, 5.7)."""


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"  # no character, so no file in UTF-8 can hold it
    return _SHORT.get(char) or (f"\\x{ord(char):02X}" if char <= "\xff" else f"\\u{ord(char):04X}")


def quoted(value: str) -> str:
    """Return a value in double quotes."""
    return f'"{_UNSAFE.sub(_escape, value)}"'
