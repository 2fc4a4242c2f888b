"""A parsed page, and what the readings ask of it."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from lxml import etree

from scraper.markdown.visible import is_hidden
from scraper.page.decoding import decode
from scraper.page.replayed import is_saved_by_browser, mentions, restore, source
from scraper.page.tree import take_out
from scraper.sites.hkcnews.remembered import Remembered
from scraper.sites.hkcnews.urls import page_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element

    from scraper.models import Page

_CONTROL_BYTES = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x20)])
_CONTROLS = re.compile(b"[" + _CONTROL_BYTES + b"]")
_ATTRIBUTE = rb"""(?:[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++))?+)"""
_MANY_ATTRIBUTES = re.compile(rb"(<[a-zA-Z][^\s/>]*+" + _ATTRIBUTE + rb"{500})" + _ATTRIBUTE + rb"++")
"""The parser compares every attribute of a tag with all before it; what goes beyond 500 is left out."""
_LARGE = 100_000
"""Bytes: in a smaller page no tag has so many attributes that reading them takes seconds."""
_FIRST_NONCHARACTER = 0xFDD0
_BACK = {_FIRST_NONCHARACTER + code: code for code in range(32)}
_SENTINEL = b"\"'>--></script></style></textarea></title></noscript><i data-end-of-input=''></i>"
_ENDED = re.compile(rb"</(?:html|body)\s*>(?:\s|<!--(?:[^-]|-(?!->))*-->|</html\s*>)*\Z", re.IGNORECASE)
_DECOY_TOKENS = re.compile(
    r"(?:^|\s)(?:article-block\S*|related\S*|side-?bar\S*|side-heading|recommend\S*|latest\S*|footer|nav|navbar|navigation"
    r"|nav-\S+|s-navbar|popup|modal\S*|comments?|grid-item|hot-\S+|popular\S*|most-\S+|more-(?:articles|news|posts|stories)|(?:next|prev)-article)"
    r"(?=\s|\Z)",
    re.IGNORECASE,
)
_USUAL = ("h1", "meta", "time", "title")
"""Tags that are looked for on every page."""
_DECOY_TAGS = frozenset({"nav", "footer"})
_BEGINS = re.compile(rb"\s*<(?:!|h(?:t(?:m|ml\b)?)?\Z|html\b|\Z)", re.IGNORECASE)
_BODY = re.compile(rb"<(?:body|h1|div|p|article|table)\b", re.IGNORECASE)
_WHITE = re.compile(r"[ \t\r\n]+")
MOST = 50
"""So many candidates of one field are looked at: pages have one or two, hostile ones a hundred thousand."""
_HEAD = 400_000
_BLOCK = "article-block"
_BLOCKS = etree.XPath(f"descendant-or-self::*[contains(concat(' ', normalize-space(@class), ' '), ' {_BLOCK} ')]")
_HREFS = etree.XPath("//a/@href", smart_strings=False)
_AREA_HREFS = etree.XPath("//area/@href", smart_strings=False)
"""Asked of libxml2 itself: a Python object for each element of the page would cost more than its parsing."""


class PageView:
    """One page, parsed once.

    Attributes:
        page: the bytes and what is known of them.
        root: the ``html`` element; the replay's own work is taken out.
        encoding: what the page was decoded from.
        cut_in: the innermost element that was open when the input ended, or None if the page came to its end.
        hrefs: all addresses that the page links to.
        classed: the elements by each token of their class, those of each class in document order.
        emptied: what held the lists of other articles that left `root`.
        lost: why a part of the page is not in `root`, or an empty string.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        decoded = decode(page.body, page.content_type)
        self.encoding = decoded.encoding
        data = decoded.data.replace(b"\0", b"")  # browsers leave NUL out
        self._controls = any(map(data.__contains__, _CONTROL_BYTES))
        if self._controls:  # libxml2 would make them U+FFFD; a title may hold one, and values are kept
            data = _CONTROLS.sub(lambda m: chr(_FIRST_NONCHARACTER + m[0][0]).encode(), data)
        if len(data) > _LARGE:
            data = _MANY_ATTRIBUTES.sub(rb"\1", data)
        self.whole = bool(_ENDED.search(data, max(0, len(data) - 4096)))
        self.root, self.lost = _parse(data if self.whole else data + _SENTINEL)
        self.data = data
        if mentions(data, page.timestamp):
            restore(self.root, page.timestamp, page_host(page.original), saved=is_saved_by_browser(self._head))
        self.cut_in = self._cut_in()
        self.hrefs: list[str] = [*_HREFS(self.root)]  # type: ignore[misc]
        if next(self.root.iter("area"), None) is not None:
            self.hrefs += _AREA_HREFS(self.root)  # type: ignore[arg-type]
        self._decoys: dict[_Element, bool] = {}
        by_class: defaultdict[str, list[_Element]] = defaultdict(list)
        # What is left is walked many times; as long as these objects are there, no walk has to make them anew.
        self._elements, self._dropped, self.emptied = _without_blocks(self.root, by_class)
        self.classed = _by_token(by_class)
        self._usual: dict[str, list[_Element]] = {tag: [] for tag in _USUAL}
        for element in self.root.iter(*_USUAL):
            self._usual[element.tag].append(element)
        self._metas: defaultdict[str, list[str]] = defaultdict(list)
        for meta in self._usual["meta"]:
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
            self._metas[name.strip().lower()].append(self.kept(meta.get("content") or ""))

    @property
    def _head(self) -> str:
        return self.data[:_HEAD].decode("utf-8", errors="replace")

    @cached_property
    def blocks(self) -> int:
        """How many other articles the page shows, also inside each other; most of these blocks left `root`."""
        return sum(len(found_by(_BLOCKS, tree)) for tree in (self.root, *self._dropped))

    def _cut_in(self) -> _Element | None:
        if self.whole:
            return None
        found = [element for element in self.root.iter("i") if element.get("data-end-of-input") is not None]
        if not found:
            return self.root
        parent = found[-1].getparent()
        return self.root if parent is None else parent

    @property
    def ends_before_its_body(self) -> bool:
        """Say whether the page is no more than the beginning of a head."""
        return not self.whole and bool(_BEGINS.match(self.data)) and not _BODY.search(self.data)

    def is_cut_inside(self, element: _Element) -> bool:
        """Say whether the input ended before the element did."""
        return self.cut_in is not None and any(node is element for node in (self.cut_in, *self.cut_in.iterancestors()))

    def tags(self, *names: str) -> Sequence[_Element]:
        """Return the elements of these tags, in document order."""
        if len(names) == 1 and names[0] in _USUAL:
            return self._usual[names[0]]
        return list(self.root.iter(*names))

    def is_decoy(self, element: _Element) -> bool:
        """Say whether the element stands in navigation, a list of other articles, a popup, or is not shown."""
        known = self._decoys
        climbed: list[_Element] = []
        node: _Element | None = element
        found = False
        while node is not None and node.tag != "body":
            if node in known:
                found = known[node]
                break
            climbed.append(node)
            if _is_decoy_itself(node):
                found = True
                break
            node = node.getparent()
        known.update(dict.fromkeys(climbed, found))
        return found

    def having(self, *tokens: str) -> list[_Element]:
        """Return the elements with one of these class tokens, those of each class in document order."""
        return [element for token in tokens for element in self.classed.get(token, ())]

    def like(self, pattern: re.Pattern[str]) -> list[_Element]:
        """Return the elements with a class token that the pattern matches whole, each once."""
        likeness = _likeness(pattern)
        like = [elements for token, elements in self.classed.items() if likeness[token]]
        return list(dict.fromkeys(chain.from_iterable(like)))

    def with_attribute(self, *names: str) -> list[_Element]:
        """Return the elements that have one of these attributes. Slow: for what the usual places did not give."""
        return [element for element in self._elements if any(element.get(name) is not None for name in names)]

    def with_text(self, *words: str) -> list[_Element]:
        """Return the elements of the body in whose own text one of these words stands."""
        if not any(word in self._text for word in words):  # asking each text node takes ten times as long
            return []
        return found_by(_holding(words), self.root)

    @cached_property
    def _text(self) -> str:
        """All text of the page, hidden or not."""
        return etree.tostring(self.root, method="text", encoding="unicode")

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
    def document_title(self) -> str:
        """The text of ``title``."""
        shown = (node for node in self.tags("title") if next(node.iterancestors("svg"), None) is None)
        title = next(shown, None)
        if title is None:
            return ""
        text = str(title.xpath("string()")) if len(title) else title.text or ""
        return self.kept(_WHITE.sub(" ", text).strip())

    def kept(self, text: str) -> str:
        """Return a text with the control characters that the parser could not hold."""
        return text.translate(_BACK) if self._controls else text

    @cached_property
    def capture(self) -> tuple[str, str] | None:
        """Original URL and timestamp as a replayed page itself names them, or None."""
        found = source(self._head)
        return (found.original, found.timestamp) if found else None


def _without_blocks(
    root: _Element, by_class: defaultdict[str, list[_Element]]
) -> tuple[list[_Element], list[_Element], dict[_Element, None]]:
    """Take the lists of other articles out, most of a page's elements; return what is left, what was taken, and whence.

    The walk does not go into them: an object for each of their elements would cost more than all other readings.
    What is left is added to `by_class`, too, by its class as written.
    """
    left: list[_Element] = []
    blocks: list[_Element] = []
    titled = _above_headings(root)
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        classes = element.get("class")
        if classes:
            if _BLOCK in classes and element not in titled and _BLOCK in classes.split():
                walker.skip_subtree()
                blocks.append(element)
                continue
            by_class[classes].append(element)
        left.append(element)
    emptied = {parent: None for block in blocks if (parent := block.getparent()) is not None}
    take_out(blocks, root)
    return left, blocks, emptied


def _by_token(by_class: Mapping[str, list[_Element]]) -> dict[str, list[_Element]]:
    """Return the elements by each token of their class."""
    found: defaultdict[str, list[_Element]] = defaultdict(list)
    for classes, elements in by_class.items():
        for token in _tokens[classes]:
            found[token] += elements
    return found


def _above_headings(root: _Element) -> set[_Element]:
    """Return the root, each ``h1``, and what they stand in: a block around one may be the page's own article."""
    found = {root}
    for heading in root.iter("h1"):
        node: _Element | None = heading
        while node is not None and node not in found:
            found.add(node)
            node = node.getparent()
    return found


def found_by(query: etree.XPath, root: _Element) -> list[_Element]:
    """Return what a query gives that asks for nodes."""
    result: object = query(root)
    assert isinstance(result, list)
    return result


@lru_cache(maxsize=64)
def _holding(words: tuple[str, ...]) -> etree.XPath:
    query = " or ".join(f"contains(., '{word}')" for word in words)
    return etree.XPath(f"//body//text()[{query}]/..")


@lru_cache(maxsize=64)
def _likeness(pattern: re.Pattern[str]) -> Remembered[bool]:
    """Return what says whether the pattern matches a whole token."""
    return Remembered(lambda token: pattern.fullmatch(token) is not None)


_is_decoy_class = Remembered(lambda classes: _DECOY_TOKENS.search(classes) is not None)
"""Whether a ``class`` attribute names a decoy."""
_tokens = Remembered(lambda classes: tuple(dict.fromkeys(classes.split())))
"""The tokens of a ``class`` attribute, each once."""


def _parse(data: bytes) -> tuple[_Element, str]:
    """Return the root of a page, and why a part of it is not there, or an empty string."""
    # etree's own elements: those of lxml.html, with a class for each tag, cost as much as the parsing.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)
    root: _Element | None = None
    with contextlib.suppress(etree.XMLSyntaxError, ValueError):  # nothing in it, such as a lone comment
        root = etree.fromstring(data, parser)
    fatal = [entry.message for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"]
    if root is None:
        root = etree.fromstring(b"<html><head></head><body></body></html>", parser)
    return root, fatal[0] if fatal else ""


def _is_decoy_itself(element: _Element) -> bool:
    classes = element.get("class") or ""
    if (element.tag in _DECOY_TAGS and "article" not in classes) or is_hidden(element):
        return True
    return _is_decoy_class[classes]


def is_inside(element: _Element | None, other: _Element | None) -> bool:
    """Say whether an element stands in another."""
    return element is not None and other is not None and other in element.iterancestors()
