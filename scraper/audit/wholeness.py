"""Whether a document is whole: what was cut when it was copied or written ends where the form does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.markdown.blocks import BREAK

if TYPE_CHECKING:
    from scraper.markdown.document import LooseDocument
    from scraper.models import Site

_ENDS_WITH_EMPTY_LINE = re.compile(r"\| |\{\{<|---\Z")
"""Tables, frames and rules stand between two empty lines in the form, text with bars between one."""
_MAY_END_WITH_EMPTY_LINE = re.compile(r">.*|.* {2}", re.DOTALL)
"""A quote of text only does so too; a break is a line end of its own."""


def find_cut(text: str, document: LooseDocument | None, site: Site) -> str | None:
    """Return where the text of a file was cut off, for people; None if it is a whole document.

    `document` is what could be read of it. A cut between two paragraphs leaves the empty line between them; one that is
    the end of a paragraph, in a category without author box, cannot be told from the end.
    """
    if document is None:
        return "ends in its front matter"
    category = document.fields.get("category", "")
    lacks_box = bool(category) and site.has_author_box(category) and not document.box
    plain = text.replace("\r\n", "\n")
    ends = len(plain) - len(plain.rstrip("\n"))
    if not ends:
        return f"no newline behind {plain[-20:]!r}"
    before, _, last = plain.rstrip("\n").rpartition("\n\n")
    if not document.content and not document.box and not last.isspace():  # a break alone is content, too
        whole = document.title is not None and ends >= 3
        return ("no author box" if lacks_box else None) if whole else "ends with its title"
    if last.count("<figure>") > last.count("</figure>"):
        return "ends inside a figure"
    if lacks_box:
        return "no author box"
    if document.box:
        bio = document.box.partition("**\n\n")[2].strip("\n")  # may be empty: then its line is
        return "ends before the bio" if (ends > 1 if bio else ends < 3) else None
    if before.endswith("\n") and not before.endswith(BREAK) and _ENDS_WITH_EMPTY_LINE.match(last):
        return "ends inside or right behind a table, frame or rule" if ends != 2 else None
    return "ends between two blocks" if ends > 1 and not _MAY_END_WITH_EMPTY_LINE.fullmatch(last) else None
