"""Readings of the author box: avatar, ``LABEL | NAME`` and the bio.

Inferred: it stands behind the text, its make-up is not known.
"""

from __future__ import annotations

import re
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.sites.hkcnews.body import media
from scraper.sites.hkcnews.box_bio import bio_beside, bio_of
from scraper.sites.hkcnews.box_lines import block_of, box_lines, is_label, label_and_author, own_label
from scraper.sites.hkcnews.box_links import words_beside
from scraper.sites.hkcnews.box_pictures import avatar_of
from scraper.sites.hkcnews.box_place import (
    above,
    ends_the_text,
    is_behind,
    is_beside,
    is_date,
    is_in_list,
    is_list_entry,
)
from scraper.sites.hkcnews.shown import shown_text
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import BOX_LABELS, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_BOX_TOKENS = re.compile(
    r"(?:blogger|author|columnist|writer|editor|bio|profile)[-_](?:box|info|card|profile|bio|block|section|wrap\w*|container"
    r"|intro|detail\w*)|article-author(?:-\w+)*|about-(?:the-)?author|columnist|blogger|author|writer",
    re.IGNORECASE,
)
_LEVELS = 6
_SIGN = re.compile(r"[|｜│︱¦/／・·•:：–—-]")
_NO_BOX = ("figure", "blockquote", "li", "td")
"""A caption, a quotation, an item or a cell of the text."""
_NO_BIO = ("figcaption", "blockquote", "ol", "ul", "iframe", "hr", "h3")
"""What a text holds and a bio does not."""
_LONGEST_BIO = 400
"""Characters of a bio in the text; whatever stands there is either the bio or words of the article."""


class Box(NamedTuple):
    """An author box as found; `avatar` is the address as the page writes it."""

    element: _Element
    label: str
    author: str
    avatar: str
    bio: str
    reading: str


def find_box(view: PageView, author: str, body: _Element | None, keep_out: tuple[_Element, ...]) -> Box | None:
    """Return the author box of the article, or None.

    Looked for by its block, then by the words of its label. Bylines of listings look the same (``眾說 | NAME``): a box
    stands in no list of other articles, and its label is known, or its name is the byline's. Of several that name the
    byline's author, one in or behind the text comes before one above it.

    Args:
        view: the page.
        author: of the byline.
        body: the body's element; a box may stand in it.
        keep_out: elements that a box cannot contain (heading, byline, body).
    """
    page = _Page(view, squeeze(author), body, keep_out, above(body))
    named: Box | None = None
    other: Box | None = None
    best = (False, False)
    for reading, elements in _candidates(page):
        for element in elements:
            if any(held is not None and is_inside(element, held.element) for held in (named, other)):
                continue  # a part of what was read
            box = _read(page, element, reading, elements)
            if box is None:
                continue
            if squeeze(box.author) != page.author:
                if other is None and is_beside(box.element, body):
                    other = box
                continue
            rank = (bool(box.bio or box.avatar) and is_behind(box.element, body), bool(box.bio))
            if all(rank):
                return box
            if named is None or rank > best:  # a short one above the text may come before the one with the bio
                named, best = box, rank
        if best[0] or (named is None and other is not None):
            break
    return named or other


class _Page(NamedTuple):
    """What all readings of one page share; `text` is the body and what it stands in."""

    view: PageView
    author: str
    body: _Element | None
    keep_out: tuple[_Element, ...]
    text: frozenset[_Element]


def _candidates(page: _Page) -> Iterator[tuple[str, list[_Element]]]:
    yield "author block", page.view.like(_BOX_TOKENS)[:MOST]
    labelled = page.view.with_text(*BOX_LABELS)[:MOST]
    inside = [element for element in labelled if element is page.body or is_inside(element, page.body)]
    yield "label", [element for element in labelled if element not in inside]
    yield "line in the text", inside


def _read(page: _Page, element: _Element, reading: str, others: list[_Element]) -> Box | None:
    """Return what an element tells if it is a box that stands in no list."""
    if any(node in page.keep_out and node is not page.body for node in (element, *element.iterancestors())):
        return None
    box = _extent(page, element, reading)
    if box is None:
        return None
    lines = box_lines(page.view, box, page.author)
    split = label_and_author(lines, page.author)
    if split is None:
        return None
    label, name, _ = split
    bio = bio_of(lines, split, page.author)
    named = reading == "author block"
    if page.body is not None and is_inside(box, page.body) and not _is_apart(page.body, box, named=named, bio=bio):
        return None
    if is_date(bio) or is_in_list(element, page.text, own=squeeze(name) == page.author):
        return None
    if is_list_entry(page.view, element, page.text, others, told=bool(bio)):
        return None
    box, avatar = _outermost(page, box), avatar_of(box)
    if not bio:
        beside = bio_beside(page.view, box, page.author, page.keep_out, page.body)
        if beside is not None:
            box, bio = beside.element, beside.text
            avatar = avatar or avatar_of(box)
    return Box(box, label, name, avatar, bio, reading)


def _extent(page: _Page, element: _Element, reading: str) -> _Element | None:
    """Return the box of which an element is the beginning."""
    if reading == "label":
        return _around_label(page, element)
    return _around_line(page, element) if reading == "line in the text" else element


def _around_label(page: _Page, element: _Element) -> _Element:
    """Climb from the label to the box: the last block that holds no more than an avatar and a bio."""
    split = label_and_author(box_lines(page.view, element, page.author), page.author)
    box = element
    for _ in range(_LEVELS):
        parent = box.getparent()
        if parent is None or parent.tag in {"body", "html", "main", "article"} or _holds(parent, page.keep_out):
            break
        box = parent
        if avatar_of(box) and split is not None and len(box_lines(page.view, box, page.author)) > split[2]:
            break
    return box


def _around_line(page: _Page, element: _Element) -> _Element | None:
    """Climb inside the text: a box ends it, and begins with a known label and the author's name and nothing else.

    A sentence or a caption that names the label is none, nor is a line without avatar and bio.
    """
    body, box = page.body, block_of(element)
    if body is None or not is_inside(box, body) or not _begins_with_name(page, box):
        return None
    if any(node.tag in _NO_BOX and is_inside(node, body) for node in (box, *box.iterancestors())):
        return None
    for _ in range(_LEVELS):
        parent = box.getparent()
        if parent is None or parent is body or not _begins_with_name(page, parent):
            break
        if avatar_of(box) and _tells(page, box):
            break
        box = parent
    if not _tells(page, box) or not (avatar_of(box) or (box.get("class") and _SIGN.search(_first_lines(page, box)[0]))):
        return None
    return box if ends_the_text(box, body) else None


def _first_lines(page: _Page, element: _Element) -> list[str]:
    lines = box_lines(page.view, element, page.author)
    return [*map(squeeze, islice(filter(str.strip, lines), 3)), ""]


def _begins_with_name(page: _Page, element: _Element) -> bool:
    """Say whether an element begins with label and name, or is no more than the first of them."""
    first, second, *_ = (*_first_lines(page, element), "")
    if not second:
        return first == page.author or is_label(first) or own_label(first, page.author) != ""
    return any(own_label(line, page.author) for line in (first, f"{first}|{second}"))


def _tells(page: _Page, element: _Element) -> bool:
    """Say whether an element that begins with label and name has more."""
    lines = _first_lines(page, element)
    return len(lines) > (2 if own_label(lines[0], page.author) else 3)


def _is_apart(body: _Element, box: _Element, *, named: bool, bio: str) -> bool:
    """Say whether a box in the text is one, and not the text itself, or a part of it.

    Args:
        body: the text.
        box: stands in it.
        named: its class says what it is; what only begins like one must look like one, too.
        bio: the words that would leave the text.
    """
    others = len("".join(shown_text(body).split())) - len("".join(shown_text(box).split()))
    elsewhere = media(body) > media(box)
    if named:
        return (others > 0 or elsewhere) and (block_of(box) is box or not any(words_beside(box)))
    if len(bio) > _LONGEST_BIO or next(box.iter(*_NO_BIO), None) is not None:
        return False
    return others >= len(bio) or elsewhere


def _holds(element: _Element, others: tuple[_Element, ...]) -> bool:
    return any(node is element for other in others for node in (other, *other.iterancestors()))


def _outermost(page: _Page, box: _Element) -> _Element:
    """Climb to the last block that is named as a box, or that shows in the text nothing more than one."""
    for level in count():
        parent = box.getparent()
        if parent is None or _holds(parent, page.keep_out):
            break
        if not _is_box(parent) and (level > _LEVELS or not _adds_nothing(page, parent, box)):
            break
        box = parent
    return box


def _adds_nothing(page: _Page, parent: _Element, box: _Element) -> bool:
    return (
        is_inside(parent, page.body)
        and media(parent) == media(box)
        and box_lines(page.view, parent, page.author) == box_lines(page.view, box, page.author)
    )


def _is_box(element: _Element) -> bool:
    return any(_BOX_TOKENS.fullmatch(token) for token in (element.get("class") or "").split())
