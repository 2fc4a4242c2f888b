"""Where a page names tags beside its head: blocks named like it, and links that lead to a tag."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.sites.hkcnews.nearby import links_elsewhere
from scraper.sites.hkcnews.shown import is_large, pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import squeeze

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_BOUND = r"(?:[-_]|(?<=[a-z0-9])(?=[A-Z]))"
TAG_TOKEN = re.compile(
    rf"(?!(?i:.*tag-?line))(?:.*{_BOUND})?(?i:tags?|tagged|tagcloud|keywords?|hashtags?|topics)(?:{_BOUND}.*)?"
)
"""A class token or id of tags: ``tag``, ``article-tags``, ``tag_list``, ``tagItem``."""
_TAG_HREF = re.compile(r"/tags?/[^/]", re.IGNORECASE)
_LABEL = r"(?:相關|相关|文章|本文|所有)?(?:標籤|标签|關鍵[字詞]|关键[字词]|tags?|keywords?|hashtags?|topics)"
_NO_TAG = re.compile(
    rf"{_LABEL}|.*[:：]|(?:查看|顯示|閱讀|看)?更多(?:標籤)?\W*|(?:(?:show|see|view|read)\s+)?more\W*", re.IGNORECASE
)
"""What stands among tags and is none: their label, and the link to the rest of them."""
_LABEL_BEFORE = re.compile(rf"{_LABEL}(?:\s*[:：|｜]|\s|\Z)\s*", re.IGNORECASE)
_OTHERS = re.compile(r"熱門|熱搜|\b(?:hot|popular|trending)\b", re.IGNORECASE)
_COUNT = re.compile(r"\s*[(（]?[\d,]+[)）]?\s*")
_COUNT_BEHIND = re.compile(r"\s*[(（](?!(?:19|20)\d\d[)）])[\d,]+[)）]\Z")
_SEPARATORS = ",，、|｜ "
_BESIDE_TAGS = re.compile(rf"[\s{_SEPARATORS}#＃;；/·()（）0-9]|更多|more", re.IGNORECASE)
_BETWEEN = re.compile("[,、;；|｜#＃]")
_INLINE = frozenset({"a", "b", "em", "font", "i", "label", "small", "span", "strong", "u"})
_BLOCK_NAMES = "p div section article header footer aside ul ol dl table blockquote figure h1 h2 h3 h4 h5 h6"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_WRAPPERS = _INLINE | {"li"}
_ITEMS = frozenset({"a", "li"})
_MEDIA = ("img", "iframe", "video", "audio", "embed", "object", "table")
_LONGEST = 60
"""Characters of a tag; the longest that was seen has 41."""
_LONGEST_LABEL = 30
_MANY = 4 * MOST


class _Group(NamedTuple):
    """Tags that stand together.

    Attributes:
        scope: the block that they fill, or else the element that they stand in side by side.
        leave_out: tags or class tokens of the elements in it that are tags.
        entries: what each of them stands in.
        names: what they say.
    """

    scope: _Element
    leave_out: frozenset[str]
    entries: list[_Element]
    names: list[str]


def linked_tags(view: PageView, body: _Element | None, known: set[str]) -> list[str]:
    """Return the tags that blocks and links near the text name, in the order of the page.

    A page's lists of much-read tags and the badges of other articles look the same. The article's own stand in the
    smallest element around its text that holds its headline or byline, too, and repeat what the head names.

    Args:
        view: the page.
        body: the element of the text.
        known: the tags that the head names, in lower case; without any, every block counts, also one named by its id.
    """
    names: list[str] = []
    for group in _groups(view, body, by_id=not known):
        found = {name.casefold() for name in group.names}
        adds = not known or (not found <= known and not found.isdisjoint(known))
        if adds and not _is_others(view, group, body):
            names += group.names
    return names


def tags_in_text(view: PageView, body: _Element, named: _Element, tags: Container[str]) -> _Element | None:
    """Return what is no text because of an element in the body that is named like tags; None if words stand there.

    That is the element; or, if it is one of a line of such, the line.

    Args:
        view: the page.
        body: the element of the text.
        named: stands in it.
        tags: of the article, in lower case: what names others, or says more, is text.
    """
    element = _scope(named) if named.tag in _INLINE else named
    if is_large(element) or not is_inside(element, body):
        return None
    names = _names(view, element)
    if not names or any(name.casefold() not in tags for name in names) or next(element.iter(*_MEDIA), None) is not None:
        return None
    return element if _shows_only(element, names) else None


def _shows_only(element: _Element, names: list[str]) -> bool:
    """Say whether an element shows nothing but these tags, their label, and what stands between them."""
    text = _LABEL_BEFORE.sub("", squeeze(" ".join(text for text, _ in islice(pieces(element), _MANY))), count=1)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return not _BESIDE_TAGS.sub("", text)


def _groups(view: PageView, body: _Element | None, *, by_id: bool) -> Iterable[_Group]:
    """Return the tags near the text, those of one block together, and those of blocks that stand side by side."""
    titled = _above_headings(view, body)
    around = [] if body is None else [body, *body.iterancestors()]
    article = next((node for node in around if node in titled), around[1] if around else None)
    blocks = view.like(TAG_TOKEN)
    if by_id:
        blocks += [node for node in view.with_attribute("id") if TAG_TOKEN.fullmatch(node.get("id") or "")]
    named: dict[_Element, list[str]] = {}
    for node in chain(blocks[:_MANY], islice(_links_to_tags(view.root if article is None else article, body), _MANY)):
        if node in titled or node in around or not _is_near(node, article, titled, named) or view.is_decoy(node):
            continue
        if names := _names(view, node):
            named[node] = names
    groups: dict[object, _Group] = {}
    for node, names in named.items():
        if not _is_near(node, article, titled, named):
            continue
        if len(names) == 1:
            scope = _scope(node)
            group = groups.setdefault((scope, node.get("class")), _Group(scope, _BLOCKS | _tokens(node), [], []))
            group.entries.append(_scope(node, _INLINE))
            group.names.extend(names)
        else:
            groups[node] = _Group(node, _ITEMS, [node], names)
    return groups.values()


def _above_headings(view: PageView, body: _Element | None) -> set[_Element]:
    """Return what the headline and the byline stand in."""
    above: set[_Element] = set()
    for node in (*view.tags("h1")[:MOST], *view.having("article-info")[:MOST]):
        if not is_inside(node, body) and not view.is_decoy(node):
            above.update(node.iterancestors())
    return above


def _links_to_tags(article: _Element, body: _Element | None) -> Iterator[_Element]:
    for link in article.iter("a"):
        href = link.get("href") or ""
        leads_to_tag = "/tag" in href.lower() and _TAG_HREF.search(href)
        if (leads_to_tag or link.get("rel") == "tag") and not is_inside(link, body):
            yield link


def _is_near(
    element: _Element, article: _Element | None, titled: Container[_Element], named: Container[_Element]
) -> bool:
    """Say whether an element may hold the article's tags, judged by where it stands, and not in a block that does."""
    for node in element.iterancestors():
        if node is article:
            return True
        if node in named or node.tag == "aside" or (node.tag == "header" and node not in titled):
            return False
    return article is None


def _is_others(view: PageView, group: _Group, body: _Element | None) -> bool:
    """Say whether tags that stand near the text are of other articles, or words of the text."""
    scope = group.scope
    aside = _aside(scope, group.leave_out)
    if _OTHERS.search(aside) or (_is_prose(aside) and (scope is body or is_inside(scope, body))):
        return True
    apart = (entry for entry in group.entries if entry is not body and not is_inside(body, entry))
    return any(links_elsewhere(view, entry) for entry in apart)


def _scope(element: _Element, wrappers: frozenset[str] = _WRAPPERS) -> _Element:
    """Return what a tag stands in, wrappers of it alone left out."""
    return next((node for node in element.iterancestors() if node.tag not in wrappers), element)


def _tokens(element: _Element) -> frozenset[str]:
    return frozenset(filter(TAG_TOKEN.fullmatch, (element.get("class") or "").split()))


def _names(view: PageView, block: _Element) -> list[str]:
    """Return what a block says the tags are, by the first reading that gives any; none if it holds sentences."""
    if is_large(block):
        return []
    for texts in _readings(view, block):
        names = [name for text in texts if (name := _name(text))]
        if names:
            return [] if any(len(name) > _LONGEST or "。" in name for name in names) else names
    return []


def _readings(view: PageView, block: _Element) -> Iterator[Iterable[str]]:
    """Yield what the tags in a block may be: its links, its items, the texts of its elements, its own text."""
    for tag in ("a", "li"):
        yield (_text(node) for node in islice(block.iter(tag), _MANY) if not view.is_decoy(node))
    held: dict[_Element, str] = {block: ""}
    for text, holder in islice(pieces(block), _MANY):
        held[holder] = held.get(holder, "") + text
    own = _LABEL_BEFORE.sub("", squeeze(held.pop(block)), count=1)
    yield held.values()
    if _BETWEEN.search(own):
        yield _BETWEEN.split(own)
    else:
        yield own.split("，") if own.count("，") > 1 else [own]


def _text(element: _Element) -> str:
    """Return what an element shows, without the number of articles in an element of its own."""
    if not len(element):
        return element.text or ""
    parts = list(islice(pieces(element), MOST))
    text = "".join(text for text, holder in parts if holder is element or not _COUNT.fullmatch(text))
    return text if text.strip() else "".join(text for text, _ in parts)


def _name(text: str) -> str:
    """Return the tag that a text names, or an empty string if it is no tag but a label or a link to the rest."""
    name = squeeze(text).strip(_SEPARATORS).lstrip("#＃").strip()
    if name.endswith((")", "）")):
        name = _COUNT_BEHIND.sub("", name)
    return "" if _NO_TAG.fullmatch(name) else name


def _aside(scope: _Element, leave_out: frozenset[str]) -> str:
    """Return what an element shows beside tags and what stands between them."""
    if is_large(scope):
        return squeeze(scope.text or "")
    return squeeze("".join(text for text, _ in islice(pieces(scope, leave_out), _MANY))).strip(_SEPARATORS + "/·;；")


def _is_prose(text: str) -> bool:
    return len(text) > _LONGEST_LABEL or "。" in text
