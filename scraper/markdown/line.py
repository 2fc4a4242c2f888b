"""The line being read: its texts, and the emphasis and links that are open in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bs4.element import Tag

from scraper.markdown.addresses import tidy
from scraper.markdown.visible import clean

if TYPE_CHECKING:
    from lxml.etree import _Element


class Mark(Tag):
    """A break, picture, emphasis or link of a line: of a `Tag`, what markdownify's walk looks at.

    bs4 would work out what it is to be in a whole page, which takes as long as writing a paragraph.
    """

    def __init__(self, name: str, **attrs: str) -> None:
        self.name = name
        self.attrs = attrs  # type: ignore[assignment]  # bs4 allows lists in it, too
        self.contents = []


class _Wrapper(NamedTuple):
    """Emphasis or a link that is open."""

    element: _Element
    name: str
    href: str


class Line:
    """Collects what stands between two ends of line, as a small tree of the shape that markdownify walks.

    No kind of markup is ever inside itself, so the tree is at most four elements deep, however deep the page is.
    """

    def __init__(self) -> None:
        self.pieces: list[str | Tag] = []
        """What stands in it, in order."""
        self._wrappers: list[_Wrapper] = []
        """What is open, the outermost first."""
        self._tags: list[Tag] = []
        """The elements of this line that stand for them; none before the line has its first piece."""

    @property
    def is_new(self) -> bool:
        """Nothing is in it, and no emphasis or link is open that would go on in it."""
        return not self.pieces and not self._wrappers

    def open(self, element: _Element, name: str) -> None:
        """Begin emphasis or a link, unless the same is open already or there is no place to go to."""
        href = tidy(element.get("href") or "") if name == "a" else ""
        if (name == "a" and not href) or any(wrapper.name == name for wrapper in self._wrappers):
            return
        self._innermost()
        wrapper = _Wrapper(element, name, href)
        self._wrappers.append(wrapper)
        self._nest(wrapper)

    def close(self, element: _Element) -> None:
        """End what `element` began, if it began anything."""
        if self._wrappers and self._wrappers[-1].element is element:
            self._wrappers.pop()
            if self._tags:
                self._tags.pop()

    def add(self, tag: Tag) -> None:
        """Add a break or picture."""
        self._innermost().append(tag)

    def add_text(self, text: str | None) -> None:
        """Add a text node, as it counts."""
        if text and (text := clean(text)):
            self._innermost().append(text)

    def take(self) -> list[str | Tag]:
        """End the line and return its pieces; what is still open begins anew in the next."""
        pieces, self.pieces = self.pieces, []
        self._tags.clear()
        return pieces

    def _nest(self, wrapper: _Wrapper) -> None:
        tag = Mark(wrapper.name, href=wrapper.href)
        place = contents(self._tags[-1]) if self._tags else self.pieces
        place.append(tag)
        self._tags.append(tag)

    def _innermost(self) -> list[str | Tag]:
        """Return the pieces of the innermost open emphasis or link, begun anew if it was open before this line."""
        if not self._wrappers:
            return self.pieces
        if not self._tags:
            for wrapper in self._wrappers:
                self._nest(wrapper)
        return contents(self._tags[-1])


def contents(tag: Tag) -> list[str | Tag]:
    """Return the pieces of an element of a line. Texts are bare: what else bs4 knows of one is not asked for."""
    return tag.contents  # type: ignore[return-value]
