"""Text that Markdown takes for markup: read as CommonMark, a document shows markup that this form never writes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.markdown.escape import commonmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_SUSPECT = re.compile(
    r"""` | ~~~ | (?<!\w)_ | _(?!\w) | <[a-zA-Z/!?] | [^\s*[]\*+[^\s*\]] | ^[> ]*\[[^]\n]*+]:
    | ^[> ]*(?:(?!1\.)[0-9]{1,9}[.)] | [*+][ ] | [-=*]+[ ]*$ | [ ]{4}\S) | (?<!\n)\n[ ]*(?:1[.)]|[-+*])[ ]""",
    re.VERBOSE | re.MULTILINE,
)
"""Without any of these nothing is swallowed. Most documents have none, and reading one takes some milliseconds."""
_MAX_LENGTH, _MAX_BRACKETS = 200_000, 10_000
"""A document with more is not read: the reader's time grows with the square of the brackets."""
_DEFINITION = re.compile(r"^[> ]*\[[^]\n]*+]:.*", re.MULTILINE)


def find_swallowed(content: str) -> str | None:
    """Return the first line with text that is taken for markup, or None.

    `content` is without the form's own HTML and shortcodes.
    """
    if len(content) > _MAX_LENGTH or content.count("[") > _MAX_BRACKETS or not _SUSPECT.search(content):
        return None
    environment: dict[str, object] = {}
    tokens = commonmark().parse(content, environment)
    if environment.get("references") and (definition := _DEFINITION.search(content)):
        return definition[0]
    lines = content.split("\n")
    for token in tokens:
        if token.map and (_is_foreign(token, lines) or _has_foreign(token.children or ())):
            return lines[token.map[0]]
    return None


def _is_foreign(block: Token, lines: Sequence[str]) -> bool:
    """Say whether a block is none of the form's. A list item is a block of its own, behind an empty line."""
    kind, markup = block.type, block.markup
    number = block.map[0] if block.map else 0
    if kind in ("bullet_list_open", "ordered_list_open"):
        before = lines[number - 1] if number else ""
        return markup in "*+)" or bool(before.strip(" >"))
    return (
        kind in ("fence", "code_block", "html_block")
        or (kind == "heading_open" and markup in "=-")
        or (kind == "hr" and block.level == 0 and lines[number] != "---")
        or (kind == "list_item_open" and block.info not in ("", "1"))
    )


def _has_foreign(pieces: Sequence[Token]) -> bool:
    """Say whether there is a piece that is none of the form's: emphasis stands apart from the words around it."""
    if any(one.type in ("code_inline", "html_inline") or one.markup in ("autolink", "_", "__") for one in pieces):
        return True
    for before, after in pairwise(pieces):
        opens, closes = after.type in ("em_open", "strong_open"), before.type in ("em_close", "strong_close")
        if opens and before.type == "text" and before.content and not before.content[-1].isspace():
            return True
        if closes and after.type == "text" and after.content and not after.content[0].isspace():
            return True
    return False
