"""A parsed page, and what the readings ask of it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, cast

import lxml.html
from lxml import etree

from scraper.decoding import decode
from scraper.replayed import is_saved_by_browser, mentions, restore, source
from scraper.sites.hkcnews.urls import page_host
from scraper.sites.hkcnews.vocabulary import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.sites import Page

_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f]")
_FIRST_NONCHARACTER = 0xFDD0
_BACK = {_FIRST_NONCHARACTER + code: code for code in range(32)}
_SENTINEL = b"\"'>--></script></style></textarea></title></noscript><i data-end-of-input=''></i>"
_ENDED = re.compile(rb"</(?:html|body)\s*>(?:\s|<!--(?:[^-]|-(?!->))*-->|</html\s*>)*\Z", re.IGNORECASE)
_FIND_SENTINEL = etree.XPath("//i[@data-end-of-input]")
_HAS_CLASS = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"
_SILENT = frozenset({"script", "style", "noscript", "template", "head"})
_DECOY_TOKENS = re.compile(
    r"(?:^|\s)(?:article-block\S*|related\S*|side-?bar\S*|side-heading|recommend\S*|latest\S*|footer|nav|navbar|navigation"
    r"|nav-\S+|s-navbar|popup|modal\S*|hidden|comments?|grid-item|hot-\S+|popular\S*|most-\S+|more-\S+|next-article|prev-article)(?=\s|\Z)",
    re.IGNORECASE,
)
_DECOY_TAGS = frozenset({"nav", "footer", "template", "noscript", "script", "style"})
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_QUERIES: dict[str, etree.XPath] = {}


def has_class(*tokens: str) -> str:
    """Return the XPath condition for an element with one of these class tokens."""
    return " or ".join(_HAS_CLASS.format(token) for token in tokens)


class PageView:
    """One page, parsed once.

    Attributes:
        page: the bytes and what is known of them.
        root: the ``html`` element; the replay's own work is taken out.
        encoding: what the page was decoded from.
        lost: why a part of the page is not in `root`, or an empty string.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        decoded = decode(page.body, page.content_type)
        self.encoding = decoded.encoding
        data = decoded.data.replace(b"\0", b"")  # browsers leave NUL out
        self._controls = bool(_CONTROLS.search(data))
        if self._controls:  # libxml2 would make them U+FFFD; a title may hold one, and values are kept
            data = _CONTROLS.sub(lambda m: chr(_FIRST_NONCHARACTER + m[0][0]).encode(), data)
        self.whole = bool(_ENDED.search(data, max(0, len(data) - 4096)))
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        self.root = _parse(data if self.whole else data + _SENTINEL, parser)
        fatal = [entry.message for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"]
        self.lost = fatal[0] if fatal else ""
        self.data = data
        if mentions(data, page.timestamp):
            text = data[:400_000].decode("utf-8", errors="replace")
            restore(self.root, page.timestamp, page_host(page.original), saved=is_saved_by_browser(text))

    @cached_property
    def cut_in(self) -> HtmlElement | None:
        """The innermost element that was open when the input ended, or None if the page came to its end."""
        if self.whole:
            return None
        found = _elements(_FIND_SENTINEL, self.root)
        if not found:
            return self.root
        parent = found[-1].getparent()
        return self.root if parent is None else parent

    def is_cut_inside(self, element: HtmlElement) -> bool:
        """Say whether the input ended before the element did."""
        return self.cut_in is not None and any(node is element for node in (self.cut_in, *self.cut_in.iterancestors()))

    def find(self, expression: str) -> list[HtmlElement]:
        """Return what an XPath finds, in document order. Expressions are compiled once."""
        query = _QUERIES.get(expression)
        if query is None:
            query = _QUERIES[expression] = etree.XPath(expression)
        return _elements(query, self.root)

    def shown(self, expression: str) -> list[HtmlElement]:
        """Return what an XPath finds outside navigation, listings, hidden parts and scripts."""
        return [element for element in self.find(expression) if not is_decoy(element)]

    def meta(self, *names: str) -> str:
        """Return the first filled ``meta`` whose name, property or itemprop is one of these, in their order."""
        for name in names:
            for value in self._metas.get(name, ()):
                if value.strip():
                    return value
        return ""

    def metas(self, name: str) -> tuple[str, ...]:
        """Return the contents of all ``meta`` of that name."""
        return tuple(self._metas.get(name, ()))

    @cached_property
    def _metas(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for element in self.find("//meta[@content]"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            found.setdefault(name.strip().lower(), []).append(self.kept(element.get("content") or ""))
        return found

    @cached_property
    def document_title(self) -> str:
        """The text of ``title``."""
        found = self.find("//title[not(ancestor::svg)]")
        return self.kept(squeeze(found[0].text_content())) if found else ""

    def kept(self, text: str) -> str:
        """Return a text with the control characters that the parser could not hold."""
        return text.translate(_BACK) if self._controls else text

    @cached_property
    def capture(self) -> tuple[str, str] | None:
        """Original URL and timestamp as a replayed page itself names them, or None."""
        found = source(self.data[:400_000].decode("utf-8", errors="replace"))
        return (found.original, found.timestamp) if found else None


def _elements(query: etree.XPath, root: HtmlElement) -> list[HtmlElement]:
    found = query(root)
    assert isinstance(found, list)
    return cast("list[HtmlElement]", found)


def _parse(data: bytes, parser: lxml.html.HTMLParser) -> HtmlElement:
    try:
        root = lxml.html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):  # nothing in it, such as a lone comment
        root = lxml.html.document_fromstring(b"<html><head></head><body></body></html>")
    assert isinstance(root, lxml.html.HtmlElement)
    return root


def is_hidden(element: HtmlElement) -> bool:
    """Say whether the element itself is not shown."""
    return (
        element.get("hidden") is not None
        or "hidden" in (element.get("class") or "").split()
        or bool(_INVISIBLE.search(element.get("style") or ""))
    )


def is_decoy(element: HtmlElement) -> bool:
    """Say whether the element stands in navigation, a list of other articles, a popup, or is not shown."""
    node: HtmlElement | None = element
    while node is not None:
        if node.tag in _DECOY_TAGS or _DECOY_TOKENS.search(node.get("class") or "") or is_hidden(node):
            return bool(node.tag != "body")
        node = node.getparent()
    return False


def pieces(element: HtmlElement, leave_out: frozenset[str] = frozenset()) -> Iterator[tuple[str, HtmlElement]]:
    """Yield the shown text nodes below an element, each with the element that it stands in; ``br`` is a line break.

    Elements with a class token in `leave_out` are passed over. Walks without recursion: pages may be 2,000 levels
    deep.
    """
    if element.text:
        yield element.text, element
    stack = [(element, iter(element))]
    while stack:
        parent, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack and parent.tail:
                yield parent.tail, stack[-1][0]
        elif child.tag == "br":
            yield "\n" + (child.tail or ""), parent
        elif not isinstance(child.tag, str) or child.tag in _SILENT or is_hidden(child) or _has_token(child, leave_out):
            if child.tail:
                yield child.tail, parent
        else:
            if child.text:
                yield child.text, child
            stack.append((child, iter(child)))


def _has_token(element: HtmlElement, tokens: frozenset[str]) -> bool:
    return bool(tokens) and not tokens.isdisjoint((element.get("class") or "").split())


def shown_text(element: HtmlElement) -> str:
    """Return the shown text of an element, joined as it stands."""
    return "".join(text for text, _ in pieces(element))
