"""The body of a page as the blocks of a document: markdownify's walk with the form's rules.

Three conventions hold between the methods. They need no marks: text is escaped (`escape`), and holds no newline.

- A piece (a text, a break, emphasis, a link) ends with one space, which parts it from the next.
- Blocks are parted by ``\\n\\n``. A break is ``  \\n`` and the space of a piece, so two of them are no such end.
- So a block that ends with a space is a line of pieces, behind the marks of its heading, quotes and items, if any;
  tables, figures, frames and rules end with something else.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString
from lxml import etree
from markdownify import MarkdownConverter

from scraper.markdown.escape import Relaxer, escape
from scraper.markdown.links import destination, html_attribute, html_text, image_source, shortcode_source, tidy
from scraper.markdown.visible import clean, is_hidden
from scraper.page.cloudflare import decode_email, decode_href
from scraper.page.tree import take_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

    from bs4.element import Tag
    from lxml.etree import _Element

    from scraper.urls import LinkRewriter

_BREAK = "  \n"
_WIDE = " \n\t\f\r\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""CommonMark's white space: emphasis cannot begin or end with it."""
_EMPTY_LINES = re.compile(r"((?: *\n){2,} *)")
"""Two breaks or more: an empty line, which neither emphasis nor a link reaches over."""
_MARKS = re.compile(r"(?:> |- |1\. |#{1,6} | {2,3}(?! *\n))*")
_ITEM = re.compile(r"(?:> )*(?:- |1\. )")
_LEADING_BREAKS = re.compile(r"\A(?: *\n)+ *")
_LARGE = re.compile(r"_large(?:\.[a-zA-Z0-9]+)?(?:[?#]|\Z)")
_LATIN = re.compile("[0-9A-Za-z\u00c0-\u024f]")
_BLOCKS = (
    "p div section article aside main header footer nav center address form fieldset details summary hgroup dl dt dd "
    "figcaption caption h1 h2 h3 h4 h5 h6 hr pre ul ol menu li blockquote figure table"
).split()
_NO_FIGURE = ["figure", "iframe", "table", "blockquote", "ul", "ol", "pre"]
_TRANSPARENT = ["code", "del", "kbd", "q", "s", "samp", "sub", "sup", "video"]
"""Markup that markdownify would write and the form does not know."""
_CELL = ("| ", " |\n| --- |")
_MAX_SPAN = 1000
"""HTML's own limit of ``colspan``; ``rowspan`` is held to it too."""
_MAX_GRID = 100_000
"""Cells that the spans and the padding of a table may come to."""
_MAX_DEPTH = 80
_TOO_DEEP = etree.XPath("/".join("*" * _MAX_DEPTH))
_EMAILS = etree.XPath(".//*[@data-cfemail]")


def convert_body(body: _Element, links: LinkRewriter) -> str:
    """Return the content of an article: the blocks of its body element, joined by an empty line.

    Args:
        body: the element that holds the text; not changed.
        links: how the page's links stand in a document.
    """
    # Canonical XML is to the letter; libxml2's HTML has other URLs, its plain XML loses control characters.
    fragment = etree.tostring(_shown(body), method="c14n", with_comments=False)
    soup = BeautifulSoup(fragment, "lxml", from_encoding="utf-8", huge_tree=True)
    return str(ArticleConverter(links).convert_soup(soup))


def _shown(body: _Element) -> _Element:
    """Return a copy without what a reader does not see; what is nested too deep for recursion is text there."""
    body = deepcopy(body)
    take_out([element for element in body.iterdescendants("*") if is_hidden(element)], body)
    for element in _EMAILS(body):
        email = decode_email(element.get("data-cfemail"))
        if email and email.isprintable():
            element.clear(keep_tail=True)
            element.tag, element.text = "span", email
    for element in _TOO_DEEP(body):
        etree.strip_tags(element, "*")
    return body


class _Cell(NamedTuple):
    """A table cell: its text, and how many columns and rows it spans."""

    text: str
    columns: int
    rows: int


class ArticleConverter(MarkdownConverter):
    """Writes the body of one page.

    Args:
        links: how the page's links stand in a document.
    """

    def __init__(self, links: LinkRewriter) -> None:
        super().__init__(strip=_TRANSPARENT)
        self._links = links
        self._relaxer = Relaxer()
        self._rows: list[list[_Cell]] = [[]]
        self._frames: list[str] = []

    # the document, and its texts

    def convert__document_(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return the content: each block as the form has it."""
        return "\n\n".join(map(self._finished, _blocks(text)))

    def _finished(self, block: str) -> str:
        """Finish a block. Text is escaped here, so none begins with ``---``, ``| ``, ``{{<``, ``<`` or ``>``."""
        if block == "---" or block.startswith(("| ", "{{<")):
            return f"\n{block}\n"
        if block.startswith(("<figure>", "<pre>")):
            return block
        after = "\n" if block.startswith(">") and block.endswith("  ") else ""
        return self._relaxer.block(block.removesuffix(" ").removesuffix(after and " ")) + after

    def process_text(self, el: NavigableString, parent_tags: Set[str] | None = None) -> str:
        """Return a text as a piece."""
        text = "" if isinstance(el, PreformattedString) else clean(el)
        return f"{escape(text, in_cell=_in_cell(parent_tags or ()))} " if text else ""

    # pieces

    def convert_br(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a break."""
        return f"{_BREAK} "

    def convert_b(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return strongly emphasised text."""
        return text if parent_tags & {"b", "strong"} else _wrapped(text, "**", "**", _WIDE)

    convert_strong = convert_b

    def convert_i(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return emphasised text."""
        return text if parent_tags & {"i", "em"} else _wrapped(text, "*", "*", _WIDE)

    convert_em = convert_i

    def convert_a(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a link. Breaks at its edges are part of it, as in the reference, where they do not end the line."""
        href = tidy(el.get("href"))
        if not href or ("a" in parent_tags and any(tidy(outer.get("href")) for outer in el.find_parents("a"))):
            return text
        target = self._target(self._links.rewrite(decode_href(href)), parent_tags)
        return _wrapped(text, "[", f"]({target})", _WIDE if "_inline" in parent_tags else "")

    def convert_img(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a picture that stands in a line of text; none without an address."""
        source = _source(el)
        if not source:
            return ""
        alt = escape(clean(_alt(el)), in_cell=_in_cell(parent_tags))
        return f"![{alt}]({self._target(self._links.absolute(source, 'im_'), parent_tags)}) "

    convert_picture = convert_img

    def _target(self, url: str, parent_tags: Set[str]) -> str:
        return destination(url).replace("|", "\\|" if _in_cell(parent_tags) else "|")

    # lines

    def convert_p(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return what is in an element that only begins and ends a line."""
        return _block(text)

    convert_div = convert_section = convert_article = convert_aside = convert_main = convert_header = convert_p
    convert_footer = convert_nav = convert_center = convert_address = convert_form = convert_fieldset = convert_p
    convert_details = convert_summary = convert_hgroup = convert_dl = convert_dt = convert_dd = convert_p
    convert_figcaption = convert_caption = convert_ul = convert_ol = convert_menu = convert_p

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: Set[str]) -> str:  # noqa: N802 - markdownify's name
        """Return a heading; nothing for one in which nothing is."""
        if _in_cell(parent_tags):
            return _block(text)
        return _block(_each_line(text, lambda line: (line := _one_line(line)) and f"{'#' * n} {line}"))

    # quotes and lists

    def convert_blockquote(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a quote. One of text only ends with a second space: in the form an empty line follows it."""
        if _in_cell(parent_tags):
            return _block(text)
        in_item = "li" in parent_tags
        end = " " if not in_item and el.find(_BLOCKS) is None else ""
        quoted = [
            _prefixed(block, "> ", "> ", whole=in_item or bool(_ITEM.match(block))) + (end if block[-1] == " " else "")
            for block in (_without_first_breaks(text) if in_item else _blocks(text))
            if not block.isspace()
        ]
        return _block("\n\n".join(quoted))

    def convert_li(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a list item: its first block behind the marker, the others as far in."""
        if _in_cell(parent_tags):
            return _block(text)
        lead = marker = "1. " if el.parent is not None and el.parent.name == "ol" else "- "
        item: list[str] = []
        for block in _without_first_breaks(text):
            shown = "***" if block == "---" and not item else block  # "- ---" would be a rule, no item
            item.append(_prefixed(shown, lead, " " * len(marker), whole=True))
            lead = " " * len(marker)
        return _block("\n\n".join(item))

    # whole blocks

    def convert_hr(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a rule."""
        return "" if _in_cell(parent_tags) else _block("---")

    def convert_iframe(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return the shortcode of an embedded page; nothing for one without an address."""
        url = tidy(el.get("src"))
        if not url or url.startswith("about:"):
            return ""
        return _block(f'{{{{< video src="{shortcode_source(self._links.rewrite(url, "if_"))}" >}}}}')

    def convert_pre(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return preformatted text as HTML on one line: Hugo runs shortcodes in fenced code, too."""
        code = "".join(el.strings).strip("\r\n")
        if _in_cell(parent_tags) or not code.strip():
            return _block(text)
        return _block(f"<pre>{html_text(code)}</pre>".replace("\r", "").replace("\n", "&#10;"))

    def convert_figure(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a figure, one for each of its pictures with the caption below the last.

        One that holds something else than pictures and a caption is no more than an element around that.
        """
        caption = " ".join(filter(None, map(_caption, el.find_all("figcaption"))))
        sources = [(_alt(img), url) for img in el.find_all("img") if (url := _source(img))]
        if _in_cell(parent_tags) or el.find(_NO_FIGURE) or not (caption or sources):
            return _block(text)
        lines = [
            f'<img src="{image_source(self._links.absolute(url, "im_"))}" alt="{html_attribute(alt)}">\n'
            for alt, url in sources
        ] or [""]
        if caption:
            lines[-1] += f"<figcaption>{html_text(caption)}</figcaption>\n"
        return _block("\n\n".join(f"<figure>\n{line}</figure>" for line in lines))

    # tables: cells and rows are collected, and written when the table ends

    def convert_td(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Keep a cell. A table inside another's cell is lines of that cell."""
        if _in_cell(parent_tags) or "table" not in parent_tags:
            return _block(text)
        blocks = _blocks(text)
        self._frames += [block for block in blocks if block.startswith("{{<")]
        lines = [_one_line(block) for block in blocks if not block.startswith("{{<")]
        cell = f"{_CELL[0]}{' <br> '.join(filter(None, lines))}{_CELL[1]}"
        cell = self._relaxer.block(cell).removeprefix(_CELL[0]).removesuffix(_CELL[1])
        self._rows[-1].append(_Cell(cell, _span(el, "colspan"), _span(el, "rowspan")))
        return ""

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """End a row."""
        if not _in_cell(parent_tags):
            self._rows.append([])
        return _block(text)

    def convert_table(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Return a table, before it its caption, and behind it the frames that stood in its cells."""
        if _in_cell(parent_tags):
            return _block(text)
        rows, self._rows = [row for row in self._rows if row], [[]]
        frames, self._frames = self._frames, []
        shown = any(cell.text for row in rows for cell in row)
        return _block("\n\n".join([text, *([_table(rows)] if shown else []), *frames]))


def _in_cell(parent_tags: Iterable[str]) -> bool:
    return not {"td", "th"}.isdisjoint(parent_tags)


def _block(text: str) -> str:
    text = text.strip("\n")
    return f"\n\n{text}\n\n" if text else ""


def _blocks(text: str) -> list[str]:
    return list(filter(None, text.split("\n\n")))


def _without_first_breaks(text: str) -> list[str]:
    """Return blocks as they stand in a list item, which an empty first line would end."""
    return list(filter(None, (_LEADING_BREAKS.sub("", block) for block in _blocks(text))))


def _each_line(text: str, write: Callable[[str], str]) -> str:
    """Write each line of pieces among blocks anew, behind its marks; one that becomes nothing is left out."""
    blocks = _blocks(text) if "\n\n" in text else [text]
    for index, block in enumerate(blocks):
        if block.endswith(" "):
            marks = _MARKS.match(block)
            start = marks.end() if marks else 0
            line = block.rstrip(" ")
            written = write(line[start:])
            blocks[index] = f"{block[:start]}{written}{block[len(line) :]}" if written else ""
    return "\n\n".join(filter(None, blocks))


def _one_line(line: str) -> str:
    """Return a line as it stands in a heading or cell: without breaks at its edges, with ``<br>`` for the others."""
    return line.strip(" \n").replace(_BREAK, "<br>")


def _wrapped(text: str, opening: str, closing: str, outside: str) -> str:
    """Put markup around text, anew behind an empty line. What is `outside` of it at the edges stays so."""

    def wrap(part: str) -> str:
        inner = part.strip(outside)
        start = part.index(inner)
        return f"{part[:start]}{opening}{inner}{closing}{part[start + len(inner) :]}" if part.strip(_WIDE) else part

    def write(line: str) -> str:
        parts = _EMPTY_LINES.split(line)
        parts[::2] = map(wrap, parts[::2])
        return "".join(parts)

    return _each_line(text, write)


def _prefixed(block: str, lead: str, rest: str, *, whole: bool) -> str:
    """Put a block in a quote or item. Later lines of pieces need not say that they belong there.

    Args:
        block: one block.
        lead: stands before its first line.
        rest: stands before all others of a table, figure or frame.
        whole: True if lines of pieces with an empty line among them need it, too.
    """
    if block.endswith(" ") and not (whole and _EMPTY_LINES.search(block)):
        return lead + block
    return lead + block.replace("\n", f"\n{rest}")


def _source(element: Tag) -> str:
    """Return the address of an ``img``, the large one where its ``picture`` offers several sizes."""
    picture = element if element.name == "picture" else element.find_parent("picture") or element
    nodes = [*picture.find_all("source"), *([element] if element.name == "img" else element.find_all("img"))]
    offered = [tidy(node.get(name)) for node in nodes for name in ("srcset", "data-srcset", "src")]
    large = next(filter(_LARGE.search, offered), "")
    return large or next(filter(None, reversed(offered)), "")


def _alt(element: Tag) -> str:
    image = element if element.name == "img" else element.find("img")
    return " ".join(str(image.get("alt") or "").splitlines()) if image else ""


def _caption(element: Tag) -> str:
    """Return a caption's text: its pieces joined by nothing, but by a space where the page parts Latin words."""
    found: list[str] = []
    parted = False
    for node in element.descendants:
        if not isinstance(node, NavigableString):
            parted = parted or node.name == "br" or node.name in _BLOCKS
        elif not isinstance(node, PreformattedString):
            piece = clean(node)
            if piece and found and (parted or node[0].isspace()) and _LATIN.match(piece) and _LATIN.match(found[-1][-1]):
                found.append(" ")
            if piece:
                found.append(piece)
            parted = node[-1:].isspace() if piece else parted or bool(node)
    return "".join(found)


def _span(cell: Tag, name: str) -> int:
    digits = str(cell.get(name) or "").strip()[:8]
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def _table(rows: list[list[_Cell]]) -> str:
    """Return the lines of a table: its first row is the header, short rows are padded."""
    grid = _grid(rows)
    width = max(map(len, grid))
    lines = []
    for index, cells in enumerate(grid):
        padding = width - len(cells) if index == 0 or width * len(grid) <= _MAX_GRID else 0
        lines.append(f"| {' | '.join([*cells, *[''] * padding])} |")
    lines.insert(1, f"| {' | '.join(['---'] * width)} |")
    return "\n".join(lines)


def _grid(rows: list[list[_Cell]]) -> list[list[str]]:
    """Place every cell in its column; a cell that spans several stands in the first of its columns and rows."""
    grid: list[list[str]] = []
    covered: dict[int, int] = {}  # column -> rows, from this one on, into which a cell above reaches
    room = _MAX_GRID
    for row in rows:
        line: list[str] = []
        below = {column: left - 1 for column, left in covered.items() if left > 1}
        for cell in row:
            while room > 0 and len(line) in covered:
                line.append("")
            columns = cell.columns if room > 0 else 1
            if cell.rows > 1 and room > 0:
                below.update(dict.fromkeys(range(len(line), len(line) + columns), cell.rows - 1))
            line += [cell.text, *[""] * (columns - 1 if cell is not row[-1] else 0)]
            room -= columns
        room -= len(below)
        covered = below if room > 0 else {}
        grid.append(line)
    return grid
