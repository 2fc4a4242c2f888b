"""A parsed page, and what the readers ask of it."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from scraper.page.decoding import decode
from scraper.page.replayed import is_saved_by_browser, mentions, undo_replay
from scraper.page.tree import take_out
from scraper.page.visible import is_hidden, squeeze
from scraper.urls import page_host

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.models import Page

_ATTRIBUTE = rb"""(?:[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++))?+)"""
_MANY_ATTRIBUTES = re.compile(rb"(<[a-zA-Z][^\s/>]*+" + _ATTRIBUTE + rb"{500})" + _ATTRIBUTE + rb"++")
"""The parser compares every attribute of a tag with all before it; what goes beyond 500 is left out."""
_LARGE = 100_000
"""Bytes: in a smaller page no tag has so many attributes that reading them takes seconds."""
_RAW = ("script", "style", "textarea", "title", "noscript", "iframe", "noembed", "noframes", "xmp")
"""Elements whose content the parser takes for text up to their end tag, so that an end of the page hides in it."""
_SENTINEL = b"\"'>-->%b<i data-end-of-input=''></i>" % "".join(f"</{name}>" for name in _RAW).encode()
_ENDED = re.compile(rb"</(?:html|body)\s*>(?:\s|<!--(?:[^-]|-(?!->))*-->|</html\s*>)*\Z", re.IGNORECASE)
_HREFS = etree.XPath("descendant::a/@href", smart_strings=False)
_DECOY_TAGS = frozenset({"nav", "footer"})
_DECOY_CLASSES = re.compile(r"(?:^|\s)(?:nav|nav-\S+|navigation|popup)(?=\s|\Z)")
_LIST_CLASSES = re.compile(r"(?:^|\s)(?:hl-heading|side-heading|grid-item|article-block-\S+|modal|comments?)(?=\s|\Z)")
"""Classes that are no part of an article, unless its text stands in such an element."""
_TEXT = "article-content"
_BEGINS = re.compile(rb"\s*<(?:!|h(?:t(?:m|ml\b)?)?\Z|html\b|\Z)", re.IGNORECASE)
_BODY = re.compile(rb"<(?:body|h1|div|p|article|table)\b", re.IGNORECASE)
_OTHERS = frozenset({"article-block", "hl-block"})
"""Classes of the blocks in which lists show other articles."""
MOST = 50
"""So many candidates of one field are looked at: pages have one or two, hostile ones a hundred thousand."""


class PageView:
    """One page, parsed once.

    Attributes:
        page: the bytes and what is known of them.
        root: the ``html`` element; what a replay put in is taken out, and so are the blocks of other articles.
        saved: a browser saved the page: links are absolute, and pictures may be files beside it.
        lost: why a part of the page is not in `root`, or an empty string.
        cut_in: the innermost element that was open when the input ended, or None if the page came to its end.
        hrefs: all addresses that the page links to.
        others: the blocks in which the page shows other articles, taken out of `root`.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        data = decode(page.body, page.content_type).replace(b"\0", b"")  # browsers leave NUL out
        if len(data) > _LARGE:
            data = _MANY_ATTRIBUTES.sub(rb"\1", data)
        self.data = data
        self.whole = bool(_ENDED.search(data, max(0, len(data) - 4096)))
        self.root, self.lost = _parse(data if self.whole else data + _SENTINEL)
        self.saved = is_saved_by_browser(self.root)
        if mentions(data, page.timestamp):
            undo_replay(self.root, page.timestamp, page_host(page.original), saved=self.saved)
        self.cut_in = self._cut_in()
        self.hrefs: list[str] = _HREFS(self.root)  # type: ignore[assignment]
        self._by_token, self.others = _walk(self.root)
        take_out(self.others, self.root)
        self._around = {node for text in self.having(_TEXT)[:MOST] for node in text.iterancestors()}
        self._decoys: dict[_Element, bool] = {}

    def _cut_in(self) -> _Element | None:
        if self.whole:
            return None
        found = [element for element in self.root.iter("i") if element.get("data-end-of-input") is not None]
        parent = found[-1].getparent() if found else None
        if parent is not None:
            return parent
        last = self.root  # the sentinel is text itself, as behind <plaintext>, which has no end tag
        while len(last):
            last = last[-1]
        return last

    @property
    def ends_before_its_body(self) -> bool:
        """Say whether the page is no more than the beginning of a head."""
        return not self.whole and bool(_BEGINS.match(self.data)) and not _BODY.search(self.data)

    def is_cut_inside(self, element: _Element) -> bool:
        """Say whether the input ended before the element did."""
        return self.cut_in is not None and any(node is element for node in (self.cut_in, *self.cut_in.iterancestors()))

    def having(self, token: str) -> list[_Element]:
        """Return the elements with this class token, in document order."""
        return self._by_token.get(token, [])

    def has(self, *tokens: str) -> bool:
        """Say whether an element has one of these class tokens."""
        return not self._by_token.keys().isdisjoint(tokens)

    def named(self, pattern: re.Pattern[str]) -> set[_Element]:
        """Return the elements with a class token that is all of such a form; each token is looked at once."""
        return {node for token, nodes in self._by_token.items() if pattern.fullmatch(token) for node in nodes}

    def shown(self, token: str) -> list[_Element]:
        """Return the first elements with this class token that are no decoys."""
        return [element for element in self.having(token)[:MOST] if not self.is_decoy(element)]

    def tags(self, *names: str) -> list[_Element]:
        """Return the elements of these names, in document order."""
        return list(self.root.iter(*names))

    def is_decoy(self, element: _Element) -> bool:
        """Say whether the element stands in navigation or a popup, or is hidden; scripts may show a hidden ``body``."""
        above: list[_Element] = []
        found = False
        for node in (element, *element.iterancestors()):
            if node.tag == "body":
                break
            above.append(node)
            found = self._decoys.get(node, False) or _is_decoy_itself(node, around=node in self._around)
            if found or node in self._decoys:
                break
        self._decoys.update(dict.fromkeys(above, found))
        return found

    @cached_property
    def _metas(self) -> list[tuple[str, str]]:
        return [
            ((meta.get("property") or meta.get("name") or "").strip().lower(), meta.get("content") or "")
            for meta in self.tags("meta")
        ]

    def metas(self, name: str) -> list[str]:
        """Return the contents of all ``meta`` of that name or property, but for empty ones."""
        return [content for own, content in self._metas if own == name and content.strip()]

    def meta(self, name: str) -> str:
        """Return the content of the first filled ``meta`` of that name or property, or an empty string."""
        return next(iter(self.metas(name)), "")

    @cached_property
    def document_title(self) -> str:
        """The text of ``title``, white space squeezed."""
        return next((squeeze(title.text or "") for title in self.root.iter("title")), "")


def _walk(root: _Element) -> tuple[dict[str, list[_Element]], list[_Element]]:
    """Return the elements by each token of their class, in document order, and the blocks of other articles.

    The walk does not go into those blocks, which hold most of a page's elements.
    """
    by_token: dict[str, list[_Element]] = defaultdict(list)
    blocks: list[_Element] = []
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        tokens = set(classes.split()) if (classes := element.get("class")) else ()
        if not _OTHERS.isdisjoint(tokens):
            walker.skip_subtree()
            blocks.append(element)
            continue
        for token in tokens:
            by_token[token].append(element)
    return by_token, blocks


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


def _is_decoy_itself(element: _Element, *, around: bool) -> bool:
    classes = element.get("class") or ""
    if (element.tag in _DECOY_TAGS and "article" not in classes) or is_hidden(element):
        return True
    return bool(_DECOY_CLASSES.search(classes) or (not around and _LIST_CLASSES.search(classes)))
