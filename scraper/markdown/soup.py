"""The element of a text as BeautifulSoup's tree, made of the parsed page: nothing is written out and parsed again."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from bs4.element import Tag
from lxml import etree

from scraper.markdown.links import tidy
from scraper.page.visible import BLOCKS, is_hidden, shown_email

if TYPE_CHECKING:
    from lxml.etree import _Element

_LARGE = re.compile(r"_large(?:\.[a-zA-Z0-9]+)?(?:[?#]|\Z)")
_DESCRIPTOR = re.compile(r"\s[\d.]+[wxh]\s*(?:,|\Z)")
_CANDIDATE_END = re.compile(rf"{_DESCRIPTOR.pattern}|,\s")
_CELLS = frozenset({"td", "th"})
_LINES_IN_CELLS = BLOCKS | _CELLS
"""A cell holds lines of text only, so these are no more there than elements that begin and end one."""
_NO_TAGS = frozenset({"picture", "source"})
"""Elements that only say in which sizes a picture is to be had."""
_MOST_SIZES = 50
"""Addresses of one picture that are looked at: the site has five."""
_DEEPEST = 80
"""Levels of elements: what is nested deeper, which markdownify's recursion would not bear, is text."""


def shown_soup(element: _Element) -> BeautifulSoup:
    """Return an element of a page, which is not changed, without what a reader does not see."""
    builder = _Builder(multi_valued_attributes={})
    return BeautifulSoup(element, builder=builder, element_classes={Tag: _Tag})  # type: ignore[arg-type] # see `_Builder`


class _Tag(Tag):
    """An element with a cheap `find_parent`: bs4's builds a filter at each call, and markdownify asks every element."""

    def find_parent(self, name: str | None = None, *_: object, **__: object) -> Tag | None:  # type: ignore[override]
        """Return the innermost element of this name around it."""
        node = self.parent
        while node is not None and node.name != name:
            node = node.parent
        return node


class _Builder(HTMLTreeBuilder):
    """Tells BeautifulSoup of the elements and texts of a tree, as bs4's own builders do of what a parser finds.

    bs4 hands on what it is given in the place of markup, which here is the element of the text.
    """

    def feed(self, markup: _Element) -> None:  # type: ignore[override]
        """Tell all but white space at edges of blocks. Texts that only left out tags part are one, others not."""
        soup = self.soup
        assert soup is not None
        around: list[tuple[_Element, str]] = []
        outer = next(markup.iterancestors("picture"), None)  # one that was never closed before the text
        walker = etree.iterwalk(markup, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            name, text = "", element.tail
            if event == "end":
                if around and around[-1][0] is element:
                    _, name = around.pop()
                    soup.endData()
                    soup.popTag()  # `handle_endtag` would look for it
            elif event != "start":
                soup.endData()
            elif element is not markup and is_hidden(element):
                walker.skip_subtree()
                continue  # to its end, which the tail follows
            else:
                name, attributes, text = str(element.tag), element.attrib, element.text
                email = shown_email(element)
                if email and email.isprintable():
                    walker.skip_subtree()
                    name, attributes, text = "span", {}, email
                elif name == "img":
                    attributes = {**attributes, "src": _source(element, outer)}
                elif name in _LINES_IN_CELLS and not _CELLS.isdisjoint(above for _, above in around):
                    name = "div"
                if not around or (name not in _NO_TAGS and len(around) <= _DEEPEST):
                    soup.handle_starttag(name, None, None, attributes)
                    around.append((element, name))
                else:
                    name = ""
            at_edge = name in BLOCKS and not soup.preserve_whitespace_tag_stack
            if text and around and not (at_edge and text.isspace()):
                soup.handle_data(text)


def _source(image: _Element, outer: _Element | None) -> str:
    """Return the address of the large picture where several sizes are offered; not by a picture around the text."""
    picture = next(image.iterancestors("picture"), image)
    nodes = islice((image if picture is outer else picture).iter("source", "img"), _MOST_SIZES)
    offered: list[str] = []
    for node in nodes:
        sets = (node.get(name) or "" for name in ("srcset", "data-srcset"))
        offered += map(tidy, [*chain.from_iterable(map(_candidates, sets)), node.get("src")])
    return next(filter(_LARGE.search, offered), "") or next(filter(None, reversed(offered)), "")


def _candidates(srcset: str) -> list[str]:
    """Return the URLs of a ``srcset``, without widths. One without any is one URL: the site's may have spaces."""
    return _CANDIDATE_END.split(srcset) if _DESCRIPTOR.search(srcset) else [srcset]
