"""The body of a page as the blocks of a document: markdownify's walk with the form's rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from scraper.markdown.blocks import (
    BREAK,
    WIDE,
    as_block,
    blocks_of,
    clean,
    each_line,
    one_line,
    prefixed,
    table,
    without_first_breaks,
    wrapped,
)
from scraper.markdown.escape import Relaxer, escape, in_cell
from scraper.markdown.links import destination, html_attribute, html_text, image_source, shortcode_source, tidy
from scraper.markdown.soup import shown_soup
from scraper.page.visible import BLOCKS, decode_href

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.urls import LinkRewriter

_ITEM = re.compile(r"(?:> )*(?:- |1\. )")
_LATIN = re.compile("[0-9A-Za-z\u00c0-\u024f]")
_NO_FIGURE = frozenset({"figure", "iframe", "table", "blockquote", "ul", "ol", "pre"})
_TRANSPARENT = ["code", "del", "kbd", "q", "s", "samp", "sub", "sup", "video"]
"""Markup that markdownify would write and the form does not know."""
_CELL = ("| ", " |\n| --- |")


def convert_body(body: _Element, links: LinkRewriter) -> str:
    """Return the content of an article: the blocks of its body element, joined by an empty line.

    Args:
        body: the element that holds the text; not changed.
        links: how the page's links stand in a document.
    """
    return str(ArticleConverter(links).convert_soup(shown_soup(body)))


class ArticleConverter(MarkdownConverter):
    """Writes the body of one page.

    Args:
        links: how the page's links stand in a document.
    """

    def __init__(self, links: LinkRewriter) -> None:
        super().__init__(strip=_TRANSPARENT)
        self._links = links
        self._relaxer = Relaxer()
        self._rows: list[list[str]] = [[]]
        self._frames: list[str] = []

    # the document, and its texts

    def convert__document_(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return the content: each block as the form has it."""
        return "\n\n".join(map(self._finished, blocks_of(text)))

    def _finished(self, block: str) -> str:
        """Finish a block. Text is escaped here, so none begins with ``---``, ``| ``, ``{{<``, ``<`` or ``>``."""
        if block == "---" or block.startswith(("| ", "{{<")):
            return f"\n{block}\n"
        if block.startswith(("<figure>", "<pre>")):
            return block
        after = "\n" if block.startswith(">") and block.endswith("  ") else ""
        return self._relaxer.block(block.removesuffix(" ").removesuffix(after and " ")) + after

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        """Return a text as a piece."""
        text = clean(el)
        return f"{escape(text)} " if text else ""

    # pieces

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a break."""
        return f"{BREAK} "

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return strongly emphasised text."""
        return text if parent_tags & {"b", "strong"} else wrapped(text, "**", "**", WIDE)

    convert_strong = convert_b

    def convert_i(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return emphasised text."""
        return text if parent_tags & {"i", "em"} else wrapped(text, "*", "*", WIDE)

    convert_em = convert_i

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a link. Breaks at its edges are part of it, as in the reference, where they do not end the line."""
        href = tidy(el.get("href"))
        if not href or "a" in parent_tags:
            return text
        target = destination(self._links.rewrite(decode_href(href)))
        return wrapped(text, "[", f"]({target})", WIDE if "_inline" in parent_tags else "")

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a picture that stands in a line of text; none without an address."""
        source = tidy(el.get("src"))
        if not source:
            return ""
        return f"![{escape(clean(_alt(el)))}]({destination(self._links.absolute(source, 'im_'))}) "

    # lines

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return what is in an element that only begins and ends a line."""
        return as_block(text)

    convert_div = convert_section = convert_article = convert_aside = convert_main = convert_header = convert_p
    convert_footer = convert_nav = convert_center = convert_address = convert_form = convert_fieldset = convert_p
    convert_details = convert_summary = convert_hgroup = convert_dl = convert_dt = convert_dd = convert_p
    convert_figcaption = convert_caption = convert_ul = convert_ol = convert_menu = convert_p

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802 - markdownify's name
        """Return a heading; nothing for one in which nothing is."""
        return as_block(each_line(text, lambda line: (line := one_line(line)) and f"{'#' * n} {line}"))

    # quotes and lists

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a quote. One of text only ends with a second space: in the form an empty line follows it."""
        in_item = "li" in parent_tags
        has_blocks = any(node.name in BLOCKS for node in el.descendants if isinstance(node, Tag))
        end = "" if in_item or has_blocks else " "
        quoted = [
            prefixed(block, "> ", "> ", whole=in_item or bool(_ITEM.match(block))) + (end if block[-1] == " " else "")
            for block in (without_first_breaks(text) if in_item else blocks_of(text))
            if not block.isspace()
        ]
        return as_block("\n\n".join(quoted))

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a list item: its first block behind the marker, the others as far in."""
        lead = marker = "1. " if el.parent is not None and el.parent.name == "ol" else "- "
        item: list[str] = []
        for block in without_first_breaks(text):
            shown = "***" if block == "---" and not item else block  # "- ---" would be a rule, no item
            item.append(prefixed(shown, lead, " " * len(marker), whole=True))
            lead = " " * len(marker)
        return as_block("\n\n".join(item))

    # whole blocks

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a rule."""
        return as_block("---")

    def convert_iframe(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return the shortcode of an embedded page; nothing for one without an address."""
        url = tidy(el.get("src"))
        if not url or url.startswith("about:"):
            return ""
        return as_block(f'{{{{< video src="{shortcode_source(self._links.rewrite(url, "if_"))}" >}}}}')

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return preformatted text as HTML on one line: Hugo runs shortcodes in fenced code, too."""
        code = "".join(el.strings).strip("\r\n")
        if not code.strip():
            return as_block(text)
        return as_block(f"<pre>{html_text(code)}</pre>".replace("\r", "").replace("\n", "&#10;"))

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a figure, one for each of its pictures with the caption below the last.

        One that holds something else than pictures and a caption is no more than an element around that.
        """
        parts = [node for node in el.descendants if isinstance(node, Tag)]
        caption = " ".join(filter(None, (_caption(node) for node in parts if node.name == "figcaption")))
        sources = [(url, _alt(node)) for node in parts if node.name == "img" and (url := tidy(node.get("src")))]
        if any(node.name in _NO_FIGURE for node in parts) or not (caption or sources):
            return as_block(text)
        lines = [
            f'<img src="{image_source(self._links.absolute(url, "im_"))}" alt="{html_attribute(alt)}">\n'
            for url, alt in sources
        ] or [""]
        if caption:
            lines[-1] += f"<figcaption>{html_text(caption)}</figcaption>\n"
        return as_block("\n\n".join(f"<figure>\n{line}</figure>" for line in lines))

    # tables: cells and rows are collected, and written when the table ends

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Keep a cell."""
        if "table" not in parent_tags:
            return as_block(text)
        blocks = blocks_of(text)
        self._frames += [block for block in blocks if block.startswith("{{<")]
        lines = [one_line(block) for block in blocks if not block.startswith("{{<")]
        cell = f"{_CELL[0]}{in_cell(' <br> '.join(filter(None, lines)))}{_CELL[1]}"
        cell = self._relaxer.block(cell).removeprefix(_CELL[0]).removesuffix(_CELL[1])
        self._rows[-1].append(cell)
        return ""

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """End a row."""
        self._rows.append([])
        return as_block(text)

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a table, before it its caption, and behind it the frames that stood in its cells."""
        rows, self._rows = [row for row in self._rows if row], [[]]
        frames, self._frames = self._frames, []
        shown = any(cell for row in rows for cell in row)
        return as_block("\n\n".join([text, *([table(rows)] if shown else []), *frames]))


def _alt(image: Tag) -> str:
    return " ".join(str(image.get("alt") or "").splitlines())


def _caption(element: Tag) -> str:
    """Return a caption's text: its pieces joined by nothing, but by a space where the page parts Latin words."""
    found: list[str] = []
    parted = False
    for node in element.descendants:
        if isinstance(node, Tag):
            parted = parted or node.name == "br" or node.name in BLOCKS
        elif isinstance(node, NavigableString) and (piece := clean(node)):
            if (parted or node[0].isspace()) and found and _LATIN.match(found[-1][-1]) and _LATIN.match(piece):
                found.append(" ")
            found.append(piece)
            parted = node[-1].isspace()
        else:
            parted = True
    return "".join(found)
