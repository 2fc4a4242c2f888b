"""Attributes of parsed elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


def attributes(element: _Element) -> dict[str, str]:
    """Return all attributes of an element; asking for several one by one takes longer."""
    return dict(element.items())  # type: ignore[arg-type]
