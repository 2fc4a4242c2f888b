"""What is read of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element

NOTHING = "nothing"
"""The reading that is recorded for a field which such a page ought to have, and has not."""


class Byline(NamedTuple):
    """The line of author and dates; `text` has a line break at the edges of blocks."""

    element: _Element
    text: str
    author: str
    english: bool


class Box(NamedTuple):
    """An author box as found; `avatar` is the address as the page writes it."""

    element: _Element
    label: str
    author: str
    avatar: str
    bio: str


@dataclass
class Fields:
    """What a layout read from a page; an empty string or None where there is nothing.

    Attributes:
        body: the element of the text.
        plea: elements of the page's frame that belong behind the text, wherever they stand.
        needs_box: articles of this category have an author box.
        readings: field to the name of the reading that won, or `NOTHING`.
    """

    body: _Element | None = None
    byline: Byline | None = None
    title: str = ""
    date: str = ""
    category: str = ""
    last_updated: str | None = None
    tags: tuple[str, ...] = ()
    box: Box | None = None
    plea: tuple[_Element, ...] = ()
    needs_box: bool = False
    readings: dict[str, str] = field(default_factory=dict)

    @property
    def author(self) -> str:
        """Of the byline."""
        return self.byline.author if self.byline else ""

    @property
    def english(self) -> bool:
        """Say whether the interface is English."""
        return self.byline is not None and self.byline.english

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The required fields that could not be read."""
        values = {"title": self.title, "author": self.author, "category": self.category}
        return tuple(name for name, value in values.items() if not value) + (("body",) if self.body is None else ())
