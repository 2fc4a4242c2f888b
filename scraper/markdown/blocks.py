"""The body of a page as a list of blocks, each a string of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.markdown.inline import ArticleConverter
from scraper.markdown.line import Line, Mark
from scraper.markdown.media import code_block, figure_blocks, frame_block, image_of
from scraper.markdown.tables import read_table, table_block
from scraper.markdown.visible import VANISHING, clean, is_hidden
from scraper.page.cloudflare import shown_email

if TYPE_CHECKING:
    from bs4.element import Tag
    from lxml.etree import _Element

    from scraper.urls import LinkRewriter

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "a": "a"}
_LISTS = {"ul": "- ", "menu": "- ", "ol": "1. "}
_BREAK = Mark("br")
_PICTURES = frozenset({"img", "picture"})
_FRAMES = frozenset({"iframe", "embed", "object", "video", "audio"})
_BLOCK_NAMES = (
    "p h1 h2 h3 h4 h5 h6 hr pre div section article aside main header footer nav center address form "
    "fieldset details summary hgroup dl dt dd body html ul ol menu li blockquote figure figcaption table "
    "caption thead tbody tfoot tr td th"
)
_CONTAINERS = frozenset(_BLOCK_NAMES.split())
"""Elements that begin and end a line of their own. All others are transparent inside a line."""
_PLAIN = _CONTAINERS - _HEADINGS - _LISTS.keys() - {"li", "blockquote", "hr", "table", "pre", "figure"}
"""Those that do nothing else."""
_QUOTE = "> "
_EMPTY_LINE = "\n   \n"
"""Two breaks in a row."""
_MAX_NESTING = 24
"""Quotes and lists are followed this deep; what is nested deeper stands at that depth."""


class _Container:
    """A quote or a list item on the way down to the current element."""

    __slots__ = ("element", "filled", "first", "inline", "rest")

    def __init__(self, element: _Element, first: str, rest: str) -> None:
        self.element = element
        self.first = first
        """What its first block begins with."""
        self.rest = rest
        """What all others begin with."""
        self.filled = False
        self.inline = next(element.iterdescendants(*_CONTAINERS), None) is None
        """True if no block stands in it, only text."""


def convert_body(body: _Element, links: LinkRewriter) -> str:
    """Return the content of an article: the blocks of its body element, joined by an empty line.

    Args:
        body: the element that holds the text; not changed.
        links: how the page's links stand in a document.
    """
    return "\n\n".join(_Writer(ArticleConverter(links), links).read(body))


class _Writer:
    """Walks elements once, in document order and without recursion, and collects blocks.

    Args:
        converter: writes the words of each block.
        links: how links and pictures stand in a document.
        cell: True inside a table cell, where nothing but lines of text can stand.
    """

    def __init__(self, converter: ArticleConverter, links: LinkRewriter, *, cell: bool = False) -> None:
        self._blocks: list[str] = []
        self._frames: list[str] = []
        self._links = links
        self._converter = converter
        self._cell = cell
        self._plain = "td" if cell else "p"
        self._name = self._plain
        self._line = Line()
        self._containers: list[_Container] = []
        self._markers: list[str] = []

    def read(self, body: _Element) -> list[str]:
        """Return the blocks of everything below `body`."""
        line = self._line
        line.add_text(body.text)
        walk = [(body, iter(body))]
        while walk:
            element, children = walk[-1]
            for child in children:
                tag = child.tag
                if tag == "p" and not len(child) and not child.keys() and line.is_new:
                    if text := clean(child.text or ""):  # most of a text: paragraphs that hold nothing else
                        self._write([text])
                elif isinstance(tag, str) and self._start(child, tag):
                    line.add_text(child.text)
                    if len(child):
                        walk.append((child, iter(child)))
                        break
                    self._end(child, tag)
                line.add_text(child.tail)
            else:
                walk.pop()
                if walk:
                    self._end(element, element.tag)
                    line.add_text(element.tail)
        self._flush()
        return self._blocks

    # elements

    def _start(self, element: _Element, tag: str) -> bool:
        """Begin an element, if it is shown; return whether what is in it should be read as well."""
        if tag in VANISHING:
            return False
        if element.keys():
            if is_hidden(element):
                return False
            email = shown_email(element)
            if email is not None:
                self._line.add_text(email)
                return False
        if tag in _CONTAINERS:
            self._flush()
            return tag in _PLAIN or self._start_block(element, tag)
        wrapper = _INLINE.get(tag)
        if wrapper is not None:
            self._line.open(element, wrapper)
        elif tag == "br":
            self._line.add(_BREAK)
        elif tag in _PICTURES:
            image = image_of(element, self._links)
            if image is not None:
                self._line.add(Mark("img", **image))
            return False
        elif tag in _FRAMES:
            return self._start_frame(element)
        return True

    def _start_block(self, element: _Element, tag: str) -> bool:
        """Begin an element that is more than lines of its own."""
        if tag in _HEADINGS:
            self._name = self._plain if self._cell else tag
        elif tag in _LISTS:
            self._markers.append(_LISTS[tag])
        elif self._cell:
            pass
        elif tag == "li":
            marker = self._markers[-1] if self._markers else "- "
            self._enter(element, marker, " " * len(marker))
        elif tag == "blockquote":
            self._enter(element, _QUOTE, _QUOTE)
        else:
            return self._start_whole(element, tag)
        return True

    def _start_whole(self, element: _Element, tag: str) -> bool:
        """Write an element that is a block as a whole; of all others what is in them is read."""
        if tag == "hr":
            # "- ---" would be a rule, not an item that holds one
            self._put("---" if not self._containers or self._containers[-1].filled else "***", "\n")
        elif tag == "table":
            self._put_table(element)
        elif tag == "pre":
            code = code_block(element)
            if code:
                self._put(code)
        elif tag == "figure":
            figures = figure_blocks(element, self._links)
            for figure in figures:
                self._put(figure)
            return not figures
        else:
            return True
        return False

    def _end(self, element: _Element, tag: str) -> None:
        """End an element."""
        if tag in _CONTAINERS:
            self._flush()
            if tag in _HEADINGS:
                self._name = self._plain
            elif tag in _LISTS:
                self._markers.pop()
            elif self._containers and self._containers[-1].element is element:
                self._containers.pop()
        elif tag in _INLINE:
            self._line.close(element)

    def _enter(self, element: _Element, first: str, rest: str) -> None:
        if len(self._containers) < _MAX_NESTING:
            self._containers.append(_Container(element, first, rest))

    def _start_frame(self, element: _Element) -> bool:
        """Begin an embedded page or film; without an address its fallback is what is seen."""
        frame = frame_block(element, self._links)
        if frame is None:
            return bool(element.tag != "iframe")
        if self._cell:
            self._frames.append(frame)
        else:
            self._flush()
            self._put(frame, "\n")
        return bool(element.tag == "embed")  # it is empty, but libxml2 takes what follows for its content

    def _put_table(self, table: _Element) -> None:
        """Write a table, and behind it the frames that stood in its cells."""
        grid = read_table(table)
        for caption in grid.captions:
            self._line.add_text(caption)
            self._flush()
        frames: list[str] = []
        rows = [[(cell, self._cell_text(cell.element, frames)) for cell in row] for row in grid.rows]
        if any(text for row in rows for _, text in row):
            self._put(table_block(rows), "\n")
        for frame in frames:
            self._put(frame, "\n")

    def _cell_text(self, element: _Element, frames: list[str]) -> str:
        if not len(element):
            text = clean(element.text or "")
            return self._converter.block("td", [text]) if text else ""
        writer = _Writer(self._converter, self._links, cell=True)
        text = " <br> ".join(writer.read(element))
        frames += writer._frames
        return text

    # blocks

    def _flush(self) -> None:
        """End the line being read: a block, if anything is in it."""
        if self._line.pieces:
            self._write(self._line.take())

    def _write(self, pieces: list[str | Tag]) -> None:
        """Add the block of a line."""
        in_container = bool(self._containers)
        name = "li" if in_container and self._name == "p" else self._name
        text = self._converter.block(name, pieces)
        if not text or (in_container and text.isspace()):
            return
        if in_container and self._name == "p":
            self._put_paragraph(text)
        else:
            self._put(text)

    def _put_paragraph(self, text: str) -> None:
        """Add a paragraph of a quote or an item; only its first line needs to say so.

        An item that goes on behind an empty line must say so again. So would a quote, but there the form does not.
        """
        inner = self._containers[-1]
        if any(container.first != _QUOTE for container in self._containers):
            text = text.lstrip(" \n")
            if _EMPTY_LINE in text:
                text = text.replace("\n", "\n" + "".join(container.rest for container in self._containers))
        elif inner.inline:
            text += "\n"
        self._blocks.append(self._prefix() + text)

    def _put(self, block: str, around: str = "") -> None:
        """Add any other block; in a quote or an item each of its lines must say so."""
        if not self._containers:
            self._blocks.append(f"{around}{block}{around}")
            return
        first, rest = self._prefix(), self._prefix()
        self._blocks.append(first + block.replace("\n", "\n" + rest))

    def _prefix(self) -> str:
        """Return what the next block begins with, and note that it was written."""
        prefix = "".join(c.rest if c.filled else c.first for c in self._containers)
        for container in self._containers:
            container.filled = True
        return prefix
