"""The line being read: its texts, and the emphasis and links that are open in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bs4.element import NavigableString, Tag

from scraper.markdown.addresses import tidy
from scraper.markdown.visible import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class _Wrapper(NamedTuple):
    """Emphasis or a link that is open."""

    element: HtmlElement
    name: str
    href: str


class Line:
    """Collects what stands between two ends of line, as a small tree of the shape that markdownify walks.

    No kind of markup is ever inside itself, so the tree is at most four elements deep, however deep the page is.
    """

    def __init__(self) -> None:
        self.pieces: list[str | Tag] = []
        """What stands in it, in order."""
        self._leaf: Tag | None = None
        self._wrappers: list[_Wrapper] = []

    def open(self, element: HtmlElement, name: str) -> None:
        """Begin emphasis or a link, unless the same is open already or there is no place to go to."""
        href = tidy(element.get("href") or "") if name == "a" else ""
        if (name == "a" and not href) or any(wrapper.name == name for wrapper in self._wrappers):
            return
        self._innermost()
        wrapper = _Wrapper(element, name, href)
        self._wrappers.append(wrapper)
        self._nest(wrapper)

    def close(self, element: HtmlElement) -> None:
        """End what `element` began, if it began anything."""
        if self._wrappers and self._wrappers[-1].element is element:
            self._wrappers.pop()
            self._leaf = self._leaf.parent if self._leaf is not None else None

    def add(self, tag: Tag) -> None:
        """Add a break or picture."""
        leaf = self._innermost()
        if leaf is None:
            self.pieces.append(tag)
        else:
            leaf.append(tag)

    def add_text(self, text: str | None) -> None:
        """Add a text node, as it counts."""
        text = clean(text) if text else ""
        if text:
            leaf = self._innermost()
            if leaf is None:
                self.pieces.append(text)
            else:
                leaf.append(NavigableString(text))

    def take(self) -> list[str | Tag]:
        """End the line and return its pieces; what is still open begins anew in the next."""
        pieces, self.pieces, self._leaf = self.pieces, [], None
        return pieces

    def _nest(self, wrapper: _Wrapper) -> None:
        tag = Tag(name=wrapper.name, attrs={"href": wrapper.href})
        if self._leaf is None:
            self.pieces.append(tag)
        else:
            self._leaf.append(tag)
        self._leaf = tag

    def _innermost(self) -> Tag | None:
        """Return the innermost open emphasis or link, begun anew if it was open before this line."""
        if self._leaf is None:
            for wrapper in self._wrappers:
                self._nest(wrapper)
        return self._leaf
