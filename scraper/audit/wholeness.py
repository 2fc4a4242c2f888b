"""Whether a document is whole: what was cut when it was copied or written ends where the form does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.markdown.blocks import BREAK
from scraper.markdown.document import LooseDocument, read_loosely

if TYPE_CHECKING:
    from scraper.models import Site

_ENDS_WITH_EMPTY_LINE = re.compile(r"\| |\{\{<|---\Z")
"""Tables, frames and rules stand between two empty lines in the form, text with bars between one."""
_MAY_END_WITH_EMPTY_LINE = re.compile(r">.*|.* {2}", re.DOTALL)
"""A quote of text only does so too; a break is a line end of its own."""


def find_cut(text: str, site: Site) -> str | None:
    """Return where the text of a file was cut off, for people; None if it is a whole document."""
    document = read_loosely(text)
    return "ends in its front matter" if document is None else find_cut_in(text, document, site)


def find_cut_in(text: str, document: LooseDocument, site: Site) -> str | None:
    """Return where a document was cut off, for people; None if it is whole.

    A cut between two paragraphs leaves the empty line between them; one that is the end of a paragraph, in a category
    without author box, cannot be told from the end.
    """
    category = document.fields.get("category", "")
    needs_box = bool(category) and site.has_author_box(category)
    plain = text.replace("\r\n", "\n")
    ends = len(plain) - len(plain.rstrip("\n"))
    if not ends:
        return f"no newline behind {plain[-20:]!r}"
    before, _, last = plain.rstrip("\n").rpartition("\n\n")
    if not document.content and not document.box and not last.isspace():  # a break alone is content, too
        return "ends with its title" if document.title is None or ends < 3 else _no_box(needs_box)
    if last.count("<figure>") > last.count("</figure>"):
        return "ends inside a figure"
    if needs_box or document.box:
        # The bio may be empty: then its line is.
        return _no_box(not document.box) or ("ends before the bio" if _is_bio_cut(document.box, ends) else None)
    if before.endswith("\n") and not before.endswith(BREAK) and _ENDS_WITH_EMPTY_LINE.match(last):
        return "ends inside or right behind a table, frame or rule" if ends != 2 else None
    return "ends between two blocks" if ends > 1 and not _MAY_END_WITH_EMPTY_LINE.fullmatch(last) else None


def _no_box(needed: bool) -> str | None:
    return "no author box" if needed else None


def _is_bio_cut(box: str, ends: int) -> bool:
    bio = box.partition("**\n\n")[2].strip("\n")
    return ends > 1 if bio else ends < 3
