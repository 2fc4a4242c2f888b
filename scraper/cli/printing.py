"""Text for people on a terminal: what pages and archives put into it neither moves the cursor nor hides anything."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPACES = "\t\xa0\u3000"
"""Not printable by Python's word, but a part of text: a diff shows them as they are."""


def printable(text: str, *, keep: str = "") -> str:
    """Return text with what is not printable (controls, line breaks, bidi marks) escaped as Python writes it."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in keep else one.encode("unicode_escape").decode("ascii") for one in text
    )


def say(lines: Iterable[str]) -> None:
    """Print lines to stderr. Where that is gone, with the terminal, nobody is there to be told."""
    with contextlib.suppress(OSError):
        for line in lines:
            print(printable(line, keep=_SPACES), file=sys.stderr)


def show(text: str) -> None:
    """Print text to stdout, line by line."""
    print("\n".join(printable(line, keep=_SPACES) for line in text.split("\n")))


def write(data: bytes) -> None:
    """Write to stdout as it is, whatever encoding and line ends the terminal has."""
    if not isinstance(sys.stdout, io.TextIOWrapper):  # somebody who calls `main` takes the text as it comes
        sys.stdout.write(data.decode())
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
