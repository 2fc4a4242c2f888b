"""Where an author box stands: in or behind the text, and in no list of other articles.

The bylines of such lists look like the box: ``.article-author-info`` is both.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.box_links import words_beside
from scraper.sites.hkcnews.nearby import links_to_others
from scraper.sites.hkcnews.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_LIST = re.compile(r"(?:^|\s)(?:article-block|side-?bar\S*|related\S*)(?=\s|\Z)")
_LIST_LIKE = re.compile(r"(?:^|\s)(?:article-block\S*|grid-item|side-?bar\S*|related\S*)(?=\s|\Z)")
_NEVER = frozenset({"nav", "script", "title", "head"})
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    r"[\d./: -]{6,20}|(?:[12]\d{3}\s?年)?\s?\d{1,2}\s?月\s?\d{1,2}\s?[日號号](?:\s?[\d:時分上下午 ]{1,12})?"
    r"|(?:\d{1,4}|[一二兩三四五六七八九十半]{1,3})\s?(?:秒鐘?|分鐘?|個?小時|天|日|週|周|個?星期|個?月|年)\s?(?:之?前|以前)"
    r"|剛剛|剛才|[昨今前][天日]|just now|yesterday|today"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH},?\s\d{{4}}|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}"
    r"|(?:\d{1,4}|an?)\s(?:second|sec|minute|min|hour|hr|day|week|month|year)s?\sago",
    re.IGNORECASE,
)

_SHORT = 40
_MANY = 1000


def is_date(text: str) -> bool:
    """Say whether a text is no more than a date or how long ago: what stands below the name in a list's byline."""
    return len(text) < 40 and _DATE.fullmatch(text.strip()) is not None


def above(body: _Element | None) -> frozenset[_Element]:
    """Return the body and all that it stands in."""
    return frozenset() if body is None else frozenset((body, *body.iterancestors()))


def is_behind(element: _Element, body: _Element | None) -> bool:
    """Say whether an element stands in the body or behind it; True if there is none."""
    if body is None:
        return True
    branches = {parent: child for child, parent in _steps(body)}
    for child, parent in _steps(element):
        if parent is body:
            return True
        if parent in branches:
            return parent.index(child) > parent.index(branches[parent])
    return False


def _steps(element: _Element) -> Iterator[tuple[_Element, _Element]]:
    node = element
    while (parent := node.getparent()) is not None:
        yield node, parent
        node = parent


def is_beside(element: _Element, body: _Element | None) -> bool:
    """Say whether a box of another name than the byline's stands in the text or right by it."""
    if body is None or element.tag == "li" or next(element.iterancestors("aside", "li"), None) is not None:
        return False
    near = [body, *list(body.iterancestors())[:1]]
    return any(node in near for node in element.iterancestors() if node.tag not in {"body", "html"})


def is_in_list(element: _Element, text: frozenset[_Element], *, own: bool) -> bool:
    """Say whether an element stands where lists, navigation or the page's foot do.

    Args:
        element: what may be a box.
        text: the body and what it stands in; that is no list.
        own: True if it names the byline's author: then it may stand in a foot, and in an item or a link.
    """
    for node in (element, *element.iterancestors()):
        if own and node in text:
            return False
        classes = node.get("class") or ""
        if (_LIST if own else _LIST_LIKE).search(classes) or (node.tag in _NEVER and node is not element):
            return True
        if own or node is element:
            continue
        if node.tag == "a" or (node.tag == "footer" and "article" not in classes):
            return True
    return False


def is_list_entry(
    view: PageView, element: _Element, text: frozenset[_Element], others: Sequence[_Element], *, told: bool
) -> bool:
    """Say whether an element is the byline of another article in a list.

    Then the first thing around it that links to other articles links to as many as it holds bylines. More links are a
    list beside a box.

    Args:
        view: the page.
        element: what may be a box.
        text: the body and what it stands in.
        others: what else may be a box.
        told: True if it tells something about its author; links to articles in such a box are no sign.
    """
    for node in (element, *element.iterancestors()):
        if node in text or node.tag in {"body", "html"}:
            return False
        if node is element and told and node.tag != "a":
            continue
        found = {number for link, number in links_to_others(view, node) if _is_title(view, link, node, element)}
        if found:
            return len(found) == 1 or len(found) <= _bylines(node, others)
    return False


def _is_title(view: PageView, link: _Element, node: _Element, element: _Element) -> bool:
    """Say whether a link in a node is the title above a byline: not in a sentence, and not in a list beside it."""
    around = {element, *element.iterancestors()}
    if link in around:
        return True
    for parent in link.iterancestors():
        if parent is node:
            break
        if parent is element or (parent.tag == "li" and parent not in around):
            return False
    before, after = words_beside(link)
    return not before and (not after or is_date(after)) and (view.is_decoy(element) or not view.is_decoy(link))


def _bylines(node: _Element, others: Sequence[_Element]) -> int:
    inside = [other for other in others if other is node or node in other.iterancestors()]
    outer = {parent for other in inside for parent in other.iterancestors()}
    return sum(1 for other in inside if other not in outer)


def ends_the_text(box: _Element, body: _Element) -> bool:
    """Say whether there is text in the body before an element, and none behind it but a rule and what follows that."""
    before = ended = False
    for child, parent in _steps(box):
        earlier = islice(child.itersiblings(preceding=True), _MANY)
        before = before or bool((parent.text or "").strip()) or any(_length(node) > 0 for node in earlier)
        for later in () if ended else islice(child.itersiblings(), _MANY):
            if later.tag == "hr":
                ended = True
                break
            if _length(later) > _SHORT:
                return False
        if parent is body:
            return before
    return False


def _length(node: _Element) -> int:
    """Return how much text an element shows, with what stands right behind it."""
    shown = shown_text(node) if isinstance(node.tag, str) else ""
    return len((shown + (node.tail or "")).strip())
