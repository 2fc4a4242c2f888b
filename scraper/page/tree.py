"""Parsed pages: taking elements out of them, and their attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

_TAKEN_OUT = "TAKEN-OUT"
"""The parser writes all names in lower case, so no element of a page is called that."""


def take_out(elements: Iterable[_Element], root: _Element) -> None:
    """Take elements with all that is in them out of a page, in one pass however many there are.

    Args:
        elements: below `root`, also inside each other; the text behind each stays.
        root: of the page or of the part that they stand in; not taken out itself.
    """
    for element in elements:
        element.tag = _TAKEN_OUT
    etree.strip_elements(root, _TAKEN_OUT, with_tail=False)


def attributes(element: _Element) -> dict[str, str]:
    """Return all attributes of an element; asking for several one by one takes longer."""
    return dict(element.items())  # type: ignore[arg-type]
