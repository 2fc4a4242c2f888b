"""The words of one block: emphasis, links, pictures and breaks inside a line of text, by markdownify.

markdownify walks the small tree that `blocks` hands it and calls a ``convert_…`` for each element; the form's rules
are in these methods. Its own text handling is not the form's (it keeps white space and escapes by rule of thumb), so
`process_tag` joins pieces by one space, and `escape.resolve` puts in the backslashes once the whole block is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdownify import ATX, MarkdownConverter

from scraper.markdown.addresses import destination
from scraper.markdown.escape import Context, resolve
from scraper.markdown.line import contents
from scraper.markdown.tokens import BREAK, END, IMAGE, LINK, STAR
from scraper.page.cloudflare import decode_href

if TYPE_CHECKING:
    from collections.abc import Callable

    from bs4.element import Tag

    from scraper.urls import LinkRewriter

_OUTSIDE = " \t\n\f\r\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))) + BREAK
"""CommonMark's white space, and breaks: emphasis cannot begin or end with it."""
_PARAGRAPH_END = re.compile(f"( *{BREAK}(?: *{BREAK})+ *)")
"""Two breaks in a row are an empty line, and markup does not reach over one."""


_OPTIONS: dict[str, object] = vars(MarkdownConverter(heading_style=ATX, autolinks=False))["options"]
"""What markdownify is told of the form."""


class ArticleConverter(MarkdownConverter):
    """Writes the blocks of one page.

    Args:
        links: how the page's links stand in a document.
    """

    if TYPE_CHECKING:  # what markdownify's own type hints leave out
        get_conv_fn_cached: Callable[[str], Callable[[Tag | None, str, set[str]], str] | None]

    def __init__(self, links: LinkRewriter) -> None:
        # Not super's: that works out the same options anew for each page, as slow as writing ten paragraphs.
        self.options = _OPTIONS
        self.convert_fn_cache: dict[str, object] = {}
        self._links = links
        self._destinations: list[str] = []

    def block(self, name: str, pieces: list[str | Tag]) -> str:
        """Return one block: `name` is ``p``, ``h1`` … ``h6``, ``td`` or ``li`` (a line of a quote or an item)."""
        self._destinations = []
        convert = self.get_conv_fn_cached(name)
        assert convert is not None
        return convert(None, self._text(pieces), set())

    # markdownify's walk

    def process_tag(self, node: Tag, parent_tags: set[str] | None = None) -> str:
        """Return the Markdown of an element: its pieces, joined by one space, as its ``convert_…`` wants them."""
        text = self._text(contents(node))
        convert = self.get_conv_fn_cached(node.name)
        return convert(node, text, parent_tags or set()) if convert else text

    def _text(self, pieces: list[str | Tag]) -> str:
        """Return pieces joined by one space."""
        if len(pieces) == 1 and isinstance(pieces[0], str):  # as most are
            return pieces[0]
        texts = [piece if isinstance(piece, str) else self.process_tag(piece) for piece in pieces]
        return " ".join(filter(None, texts))

    # the form's inline rules

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return the break's stand-in."""
        return BREAK

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return emphasised text."""
        return _wrap(text, STAR, STAR)

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return strongly emphasised text."""
        return _wrap(text, STAR * 2, STAR * 2)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return a link; breaks at its edges are part of it, as in the reference."""
        target = destination(self._links.rewrite(decode_href(str(el["href"]))))
        parts = _paragraphs(text)
        for index in range(0, len(parts), 2):
            if parts[index].strip(_OUTSIDE):
                parts[index] = f"{LINK}{parts[index]}{END}"
                self._destinations.append(target)
        return "".join(parts)

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return a picture that stands in a line of text."""
        self._destinations.append(destination(str(el["src"])))
        return f"{IMAGE}{el['alt']}{END}"

    # the blocks

    def convert_p(self, el: Tag | None, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return a paragraph."""
        return resolve(text, self._destinations, Context.PARAGRAPH)

    def convert_li(self, el: Tag | None, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return a paragraph whose later lines are continued lazily, in a quote or a list item."""
        return resolve(text, self._destinations, Context.LAZY)

    def convert_td(self, el: Tag | None, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify's signature
        """Return a table cell."""
        return resolve(text, self._destinations, Context.CELL)

    def convert_hN(self, n: int, el: Tag | None, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002, N802 - its name
        """Return a heading, empty if nothing is in it."""
        text = resolve(text, self._destinations, Context.HEADING)
        return f"{'#' * n} {text}" if text else ""


def _paragraphs(text: str) -> list[str]:
    """Return a text cut at its empty lines, these at the odd places."""
    return _PARAGRAPH_END.split(text) if BREAK in text else [text]


def _wrap(text: str, opening: str, closing: str) -> str:
    """Put emphasis around text: closed before a break at its edge, and anew behind an empty line."""
    parts = _paragraphs(text)
    for index in range(0, len(parts), 2):
        part = parts[index]
        inner = part.strip(_OUTSIDE)
        if inner:
            start = part.index(inner)
            parts[index] = f"{part[:start]}{opening}{inner}{closing}{part[start + len(inner) :]}"
    return "".join(parts)
