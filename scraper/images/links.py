"""The pictures that a document names, and the same document with the paths of those that are kept. Pure."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from scraper.paths import IMAGES_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UP = f"../../{IMAGES_FOLDER}/"
"""From a document, in ``articles/<lo>-<hi>/``, to the pictures."""
# HTML in figures and lines, Markdown in the author box. Text that only looks like either is escaped in documents.
# Each branch begins with a literal character and looks behind after it, so that all other characters are skipped fast.
_REFERENCE = re.compile(
    r'<(?<!\\<)img src="(?P<html>[^"\n]*)"'
    r"|!(?<!\\!)\[[^\n]{0,1000}?\]\((?P<markdown>(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))+)\)"
)
_BACKSLASH = re.compile(r"\\([()&])")


def named(document: str) -> list[tuple[str, str]]:
    """Return each reference to a picture, in order: as it stands in the document, and the address, unescaped."""
    return [(match[match.lastgroup or 0], _address(match)) for match in _REFERENCE.finditer(document)]


def addresses(document: str) -> list[str]:
    """Return the addresses of a document's pictures, in order."""
    return [address for _, address in named(document)]


def _address(match: re.Match[str]) -> str:
    if match["html"] is not None:
        return html.unescape(match["html"])
    return _BACKSLASH.sub(r"\1", match["markdown"])


def to_local(document: str, path_of: Callable[[str], str | None]) -> str:
    """Return a document that names kept pictures by relative path; `path_of` gives what follows `UP`, or None."""

    def local(match: re.Match[str]) -> str:
        path = path_of(_address(match))
        return match[0] if path is None else _put(match, UP + path)

    return _REFERENCE.sub(local, document)


def to_archive(document: str, raw: Sequence[str]) -> str:
    """Undo `to_local`; `raw` are the references as they stood before, in order, as `named` gave them."""
    remaining = iter(raw)

    def original(match: re.Match[str]) -> str:
        earlier = next(remaining, None)
        present = match[match.lastgroup or 0]
        return _put(match, earlier) if earlier is not None and present.startswith(UP) else match[0]

    return _REFERENCE.sub(original, document)


def _put(match: re.Match[str], value: str) -> str:
    group = match.lastgroup or 0
    return match.string[match.start() : match.start(group)] + value + match.string[match.end(group) : match.end()]
