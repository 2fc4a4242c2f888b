"""The element of the text, and the plea for subscribers, which belongs behind it."""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from scraper.page.tree import is_inside
from scraper.page.visible import is_out_of_sight, shown_text
from scraper.sites.fingerprint import is_empty
from scraper.sites.hkcnews.words import CAMPAIGN, PLEA

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.page.view import PageView

CONTENT = "article-content"


def find_body(view: PageView) -> _Element | None:
    """Return the element that holds the text: the first ``.article-content`` with something in it, else the first."""
    found = view.shown(CONTENT)
    return next((node for node in found if not is_empty(node)), found[0] if found else None)


def find_plea(view: PageView, body: _Element | None) -> tuple[tuple[_Element, ...], str]:
    """Return the elements of the plea for subscribers, and the reading: where they stand. Both empty if there is none.

    An ``hr`` and two paragraphs of the page's frame. Inferred: they stand in the element of the text, right behind it,
    or in an element of their own; so they are told by their words alone, wherever they are. Before them, in 2017, the
    paper asked for money at greater length: a paragraph with its heading, and all that follows.
    """
    row: list[_Element] = []
    wanted = 0
    for node in view.tags("hr", "p"):
        if node.tag == "hr" or (wanted and _counts(node, body)):
            row.append(node)
            wanted = 2 if node.tag == "hr" else wanted - 1
    for (rule, first), (_, second) in pairwise(pairwise([*row, view.root])):
        if rule.tag != "hr" or first.tag != "p":
            continue
        asks = shown_text(first)
        found: tuple[_Element, ...] = (rule, first)
        if second.tag == "p" and PLEA.search(asks) and PLEA.search(shown_text(second)):
            found += (second,)
        elif CAMPAIGN.search(asks):
            found += tuple(takewhile(lambda node: node.tag in {"p", "ol", "ul"}, first.itersiblings()))
        else:
            continue
        if not is_out_of_sight(first):
            return found, _place(rule, first, body)
    return (), ""


def _counts(paragraph: _Element, body: _Element | None) -> bool:
    text = shown_text(paragraph)
    return bool(text.strip()) and (is_inside(paragraph, body) or bool(PLEA.search(text) or CAMPAIGN.search(text)))


def _place(rule: _Element, first: _Element, body: _Element | None) -> str:
    if body is None or is_inside(first, body):
        return "in the text"
    return "behind the text" if rule.getparent() is body.getparent() else "in its own element"
