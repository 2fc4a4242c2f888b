"""Parsed pages: taking elements out of them, lifting them to another place, and where they stand."""

from __future__ import annotations

import contextlib
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_TAKEN_OUT = "TAKEN-OUT"
"""The parser writes all names in lower case, so no element of a page is called that."""


def take_out(elements: Sequence[_Element], root: _Element) -> None:
    """Take elements with all that is in them out of a page, in one pass however many there are.

    Args:
        elements: below `root`, also inside each other; the text behind each stays. They keep their names.
        root: of the page or of the part that they stand in; not taken out itself.
    """
    if not elements:
        return
    names = [element.tag for element in elements]
    for element in elements:
        element.tag = _TAKEN_OUT
    etree.strip_elements(root, _TAKEN_OUT, with_tail=False)
    for element, name in zip(elements, names, strict=True):
        with contextlib.suppress(ValueError):  # a name that the parser gives and nobody may set, such as "li<p"
            element.tag = name


def is_inside(element: _Element | None, other: _Element | None) -> bool:
    """Say whether an element stands in another."""
    return element is not None and other is not None and other in element.iterancestors()


def common_ancestor(one: _Element, other: _Element) -> _Element:
    """Return the innermost element in which both stand, or which is one of them."""
    around = {one, *one.iterancestors()}
    return next(node for node in (other, *other.iterancestors()) if node in around)


def nearest(found: list[_Element], place: _Element | None) -> list[_Element]:
    """Return elements in another order: those before a place first, and of them those deepest in what is around it."""
    if place is None or len(found) < 2:
        return found
    return sorted(found, key=lambda one: _distance(one, place))


def _distance(one: _Element, place: _Element) -> tuple[bool, int]:
    """Return whether an element does not stand before a place, and minus the depth of what holds both."""
    found, wanted = position(one), position(place)
    shared = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(found, wanted, strict=False)))
    return shared == len(found) or found > wanted, -shared


def position(element: _Element) -> tuple[int, ...]:
    """Return where an element stands, in the order of the page: its number in the element around it, and so on up."""
    around = [element, *element.iterancestors()]
    return tuple(parent.index(node) for node, parent in pairwise(around))[::-1]
