"""Somebody's document against ours of the same capture, field by field.

A difference that comes from a known defect of theirs is told from one that nobody can explain.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from scraper.audit.defects import Defect
from scraper.audit.markup import examine_blocks, examine_text
from scraper.markdown.document import read_loosely

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

SINGLE = ("title", "date", "last_updated", "author", "category", "url", "original_url", "author_box")
FIELDS = ("title", "date", "last_updated", "author", "category", "tags", "url", "original_url", "author_box", "body")
"""In the order of the document. Tags and the blocks of the body count one by one, the others once a document."""
FRAME_LEFT_OUT, QUOTE_SHAPE = "frame_left_out", "quote_shape"
"""What the reference does and no document shows by itself: it leaves some frames of the page out, and begins the later
lines of some quotes with a ``>``, which CommonMark does not need."""

_BLANK = re.compile(r"\n{2,}")
_MOMENT = re.compile(r"(/web/)\d{14}")
_HIDDEN = re.compile(r"\[?\[email[\s\xa0]*protected\\?\]\]?(?:\([^()\n]*\))?", re.IGNORECASE)
_EMAIL = re.compile(r"\[?[a-zA-Z0-9_.+\\-]+@[a-zA-Z0-9.\\-]+\]?(?:\([^()\n]*\))?")
_MARKUP = re.compile(r"<[^<>\n]*>|src=\S+|alt=\S+")
_FRAME = re.compile(
    r'\s*\{\{< video src="[^"\n]*(?:facebook\.com/plugins/post\.php|youtube-nocookie\.com)[^"\n]*" >\}\}\s*'
)


_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_MANY = 5000
"""Blocks that are compared one by one: no document of the paper has more, and the time grows with the square."""


class Difference(NamedTuple):
    """Where two documents of one capture differ; `defect` is the known one of theirs that explains it, or empty."""

    field: str
    theirs: str
    ours: str
    defect: str


def differences(theirs: str, ours: str, known: Collection[Defect]) -> tuple[list[Difference], dict[str, int]]:
    """Return in what two documents differ, and of each field how much is the same.

    Args:
        theirs: as somebody made it, with front matter.
        ours: of the same capture.
        known: the defects of theirs.
    """
    left, right = _parts(theirs), _parts(ours)
    found: list[Difference] = []
    same = dict.fromkeys(FIELDS, 0)
    for field in FIELDS:
        for one, other in _pairs(left[field], right[field]):
            if one == other:
                same[field] += 1
            else:
                found.append(Difference(field, one, other, _explained(field, one, other, known)))
    if not any(one.field == "body" for one in found) and left["spacing"] != right["spacing"]:
        found.append(Difference("body", left["spacing"][0], right["spacing"][0], ""))
    return found, same


def _parts(text: str) -> dict[str, list[str]]:
    """Return the pieces of each field of a document: one text, or each tag, or each block of the body."""
    document = read_loosely(text)
    assert document is not None  # theirs names a capture in its front matter, and ours is of the form
    parts = {field: [document.fields.get(field, "")] for field in SINGLE}
    parts["title"] = [f"{parts['title'][0]}\n# {document.title or ''}"]
    parts["author_box"] = [document.box]
    return parts | {"tags": list(document.tags), "body": _BLANK.split(document.content), "spacing": [document.body]}


def _pairs(theirs: list[str], ours: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pieces that stand in the same place; a stretch of unequal numbers is one pair, not many."""
    if max(len(theirs), len(ours)) > _MANY:
        yield "\n\n".join(theirs), "\n\n".join(ours)
        return
    for _, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if b - a == d - c or a == b or c == d:
            yield from zip_longest(theirs[a:b], ours[c:d], fillvalue="")
        else:
            yield "\n\n".join(theirs[a:b]), "\n\n".join(ours[c:d])


def _explained(field: str, theirs: str, ours: str, known: Collection[Defect]) -> str:
    """Return the defect of theirs that explains a difference, empty if none explains all of it."""
    if Defect.CHARSET in known:
        return Defect.CHARSET
    if field in ("date", "last_updated"):
        return Defect.NO_DATE if Defect.NO_DATE in known and not theirs else ""
    if field == "original_url":
        return Defect.URL_CUT if Defect.URL_CUT in known else ""
    if field not in ("body", "author_box"):
        same = _letters(theirs) == _letters(ours)
        return Defect.INVALID_YAML if Defect.INVALID_YAML in known and same else ""
    return next((defect for defect, explains in _OF_TEXTS if explains(theirs, ours)), "") or _of_markup(theirs, ours)


def _of_markup(theirs: str, ours: str) -> str:
    """Return the defect of their Markdown that ours has not, if both have the same text."""
    kept, broken = ([found.defect for found in (*examine_blocks(text), *examine_text(text))] for text in (ours, theirs))
    for defect in (one for one in broken if one not in kept):
        shown = _without_images if defect is Defect.EMPTY_IMAGE else _letters
        if shown(theirs) == shown(ours):
            return defect
    return ""


def _letters(text: str) -> str:
    return "".join(character for character in text.replace("%20", "").replace("<br>", "") if character.isalnum())


def _without_images(text: str) -> str:
    return _letters(_MARKUP.sub("", text))


def _lost_email(theirs: str, ours: str) -> bool:
    return _HIDDEN.search(theirs) is not None and _letters(_HIDDEN.sub("", theirs)) == _letters(_EMAIL.sub("", ours))


_OF_TEXTS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    (FRAME_LEFT_OUT, lambda theirs, ours: not theirs and _FRAME.fullmatch(ours) is not None),
    (QUOTE_SHAPE, lambda theirs, ours: theirs.startswith(">") and re.sub(r"\n> ?", r"\n", theirs) == ours),
    (Defect.OTHER_CAPTURE, lambda theirs, ours: _MOMENT.sub(r"\1", theirs) == _MOMENT.sub(r"\1", ours)),
    (Defect.EMAIL_LOST, _lost_email),
    (Defect.SWALLOWED_TEXT, lambda theirs, ours: theirs == _ESCAPE.sub(r"\1", ours)),
)
