"""What a page shows and what its Markdown shows, as lists of lines that can be compared.

Two readers that share nothing with the program or with each other: one walks the page's elements, one the tokens of
markdown-it. A `Line` is what stands between two ends of line; white space and where exactly it stands do not count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import lxml.html
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.html import HtmlElement
    from markdown_it.token import Token

HEADINGS = {f"h{level}": f"h{level}" for level in range(1, 7)}


class Run(NamedTuple):
    """Text with one style."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""


class Line(NamedTuple):
    """One line: the quotes and lists around it, what it is, and its text."""

    around: tuple[str, ...]
    kind: str
    runs: tuple[Run, ...]


class _Lines:
    """Collects lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.around: list[str] = []
        self.kind = "p"
        self._runs: list[Run] = []

    def text(self, text: str, strong: bool, em: bool, href: str) -> None:
        text = "".join(text.split())
        if not text:
            return
        last = self._runs[-1] if self._runs else None
        if last is not None and last[1:] == (strong, em, href):
            self._runs[-1] = last._replace(text=last.text + text)
        else:
            self._runs.append(Run(text, strong, em, href))

    def end(self) -> None:
        if self._runs:
            self.lines.append(Line(tuple(self.around), self.kind, tuple(self._runs)))
        self._runs = []

    def whole(self, kind: str, *texts: str) -> None:
        self.end()
        self.lines.append(Line(tuple(self.around), kind, tuple(Run("".join(text.split())) for text in texts)))


def _image(source: str, alt: str) -> str:
    return f"⟦{unquote(source)}⟧{alt}"


# the page

_NAMES = "p div section article center ul ol li blockquote dl dt dd h1 h2 h3 h4 h5 h6 tr td th"
HIDING = re.compile(r"display\s*:\s*none")
BLOCKS = set(_NAMES.split())


def page_shows(
    body: HtmlElement, link: Callable[[str], str], image: Callable[[str], str], frame: Callable[[str], str]
) -> list[Line]:
    """Return what a page shows. The functions give the address that a document should have for one of the page."""
    reader = _PageReader(link, image, frame)
    reader.inside(body, strong=False, em=False, href="")
    reader.out.end()
    return reader.out.lines


def _email(digits: str) -> str:
    code = bytes.fromhex(digits)
    return "".join(chr(byte ^ code[0]) for byte in code[1:])


class _PageReader:
    def __init__(self, link: Callable[[str], str], image: Callable[[str], str], frame: Callable[[str], str]) -> None:
        self.out = _Lines()
        self.link = link
        self.image = image
        self.frame = frame

    def inside(self, element: HtmlElement, *, strong: bool, em: bool, href: str) -> None:
        self.out.text(element.text or "", strong, em, href)
        for child in element:
            if isinstance(child.tag, str):
                self.element(child, strong=strong, em=em, href=href)
            self.out.text(child.tail or "", strong, em, href)

    def element(self, element: HtmlElement, *, strong: bool, em: bool, href: str) -> None:
        out, tag = self.out, element.tag
        if tag in {"script", "style", "noscript", "template"} or HIDING.search(element.get("style") or ""):
            return
        if element.get("hidden") is not None or "hidden" in (element.get("class") or "").split():
            return
        if element.get("data-cfemail"):
            out.text(_email(element.get("data-cfemail")), strong, em, href)
        elif tag == "br":
            out.end()
        elif tag == "hr":
            out.whole("hr", "")
        elif tag == "iframe":
            self.embedded(element.get("src") or "about:blank")
        elif tag in {"img", "picture"}:
            self.picture(element, strong=strong, em=em, href=href)
        elif tag == "figure":
            self.figure(element)
        elif tag == "table":
            self.table(element)
        else:
            self.flow(element, strong=strong or tag in {"strong", "b"}, em=em or tag in {"em", "i"}, href=href)

    def embedded(self, address: str) -> None:
        if not address.startswith("about:"):
            self.out.whole("frame", self.frame(address))
        self.out.end()

    def flow(self, element: HtmlElement, *, strong: bool, em: bool, href: str) -> None:
        out, tag = self.out, element.tag
        if tag == "a" and element.get("href") and not href:
            href = self.href(element.get("href"))
        if tag not in BLOCKS:
            self.inside(element, strong=strong, em=em, href=href)
            return
        out.end()
        kind = out.kind
        out.kind = HEADINGS.get(tag, kind)
        around = {"blockquote": "quote", "li": "item"}.get(tag)
        if around == "item":
            around = element.getparent().tag
        if around:
            out.around.append(around)
        self.inside(element, strong=strong, em=em, href=href)
        out.end()
        if around:
            out.around.pop()
        out.kind = kind

    def href(self, href: str) -> str:
        head, _, code = href.partition("/cdn-cgi/l/email-protection#")
        return unquote(self.link(f"mailto:{_email(code)}" if code and not head else href))

    def source(self, element: HtmlElement) -> str:
        found = [node.get("data-srcset") or node.get("srcset") or "" for node in element.iter("source")]
        single = [node.get("src") or "" for node in element.iter("img")]
        large = [url for url in found + single if "_large." in url]
        return large[0] if large else next(filter(None, single), "")

    def picture(self, element: HtmlElement, *, strong: bool, em: bool, href: str) -> None:
        source = self.source(element)
        if source:
            alt = next(element.iter("img")).get("alt") or ""
            self.out.text(_image(self.image(source), alt), strong, em, href)

    def figure(self, element: HtmlElement) -> None:
        source = self.source(element)
        alts = [node.get("alt") or "" for node in element.iter("img")]
        caption = "".join(caption.text_content() for caption in element.iter("figcaption"))
        if source or caption.split():
            self.out.whole(
                "figure", unquote(self.image(source)) if source else "", (alts[0] if source else ""), caption
            )

    def table(self, element: HtmlElement) -> None:
        self.out.end()
        for number, row in enumerate(element.iter("tr")):
            for column, cell in enumerate(row):
                self.out.kind = f"cell {number} {column}"
                self.inside(cell, strong=False, em=False, href="")
                self.out.end()
        self.out.kind = "p"


# the Markdown


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    reader.validateLink = lambda _: True  # type: ignore[method-assign]
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return reader


READER = _reader()
FRAME = re.compile(r'\{\{< video src="([^"]*)" >\}\}')


def markdown_shows(text: str) -> list[Line]:
    """Return what a CommonMark reader with tables shows of a text."""
    reader = _MarkdownReader()
    for token in READER.parse(text):
        reader.token(token)
    return reader.out.lines


class _MarkdownReader:
    def __init__(self) -> None:
        self.out = _Lines()
        self.lists: list[str] = []
        self.row = self.column = 0

    def token(self, token: Token) -> None:
        out, kind = self.out, token.type
        if kind == "inline":
            frame = FRAME.fullmatch(token.content)
            if frame:
                out.whole("frame", frame[1])
            else:
                _inline(token.children or (), out)
        elif kind in {"hr", "fence", "code_block"}:
            out.whole("hr" if kind == "hr" else "code", token.content)
        elif kind == "html_block":
            _html(token.content, out)
        elif kind.endswith("_open"):
            self.opened(kind.removesuffix("_open"), token)
        elif kind.endswith("_close"):
            self.closed(kind.removesuffix("_close"))

    def opened(self, kind: str, token: Token) -> None:
        if kind == "blockquote":
            self.out.around.append("quote")
        elif kind in {"bullet_list", "ordered_list"}:
            self.lists.append(token.tag)
        elif kind == "list_item":
            self.out.around.append(self.lists[-1])
        elif kind == "heading":
            self.out.kind = token.tag
        elif kind == "table":
            self.row = -1
        elif kind == "tr":
            self.row += 1
            self.column = 0
        elif kind in {"th", "td"}:
            self.out.kind = f"cell {self.row} {self.column}"
            self.column += 1

    def closed(self, kind: str) -> None:
        self.out.end()
        if kind in {"heading", "table"}:
            self.out.kind = "p"
        elif kind in {"bullet_list", "ordered_list"}:
            self.lists.pop()
        elif kind in {"blockquote", "list_item"}:
            self.out.around.pop()


def _html(content: str, out: _Lines) -> None:
    if not content.startswith("<figure>\n"):
        out.whole("html", content)
        return
    figure = lxml.html.fragment_fromstring(content)
    images = [(node.get("src"), node.get("alt")) for node in figure.iter("img")] or [("", "")]
    captions = [node.text_content() for node in figure.iter("figcaption")]
    out.whole("figure", unquote(images[0][0]), images[0][1], " ".join(captions))


def _inline(tokens: Iterable[Token], out: _Lines) -> None:
    strong = em = 0
    hrefs: list[str] = []
    for token in tokens:
        href = hrefs[0] if hrefs else ""
        if token.type == "text":
            out.text(token.content, strong > 0, em > 0, href)
        elif token.type in {"strong_open", "strong_close"}:
            strong += token.nesting
        elif token.type in {"em_open", "em_close"}:
            em += token.nesting
        elif token.type == "link_open":
            hrefs.append(unquote(str(token.attrGet("href"))))
        elif token.type == "link_close":
            hrefs.pop()
        elif token.type == "image":
            out.text(_image(str(token.attrGet("src")), _alt(token.children or ())), strong > 0, em > 0, href)
        elif token.type in {"hardbreak", "softbreak"} or token.content == "<br>":
            out.end()
        else:
            out.text(f"<<{token.type} {token.content}>>", False, False, "")


def _alt(tokens: Iterable[Token]) -> str:
    """Return an image's description as readers give it: plain text; markup that got in shows."""
    return "".join(token.content if token.type == "text" else f"<<{token.type}>>" for token in tokens)
