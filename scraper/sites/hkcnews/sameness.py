"""What makes two captures the same text, and one of them the more complete."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.body import media
from scraper.sites.hkcnews.remembered import Remembered
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.urls import article_id
from scraper.sites.hkcnews.vocabulary import PLEA

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.layouts import Fields
    from scraper.sites.hkcnews.view import PageView

_MAX_LINKS = 5000
_LONGEST = 4000
_NOT_WORDS = frozenset({"figure", "figcaption", "iframe"})


def words(title: str, body: _Element) -> str:
    """Return title and text without white space, figures with their captions, and the plea at the end.

    A figure that only one capture shows is completeness, not another text; the plea came and went with the time of
    the capture.
    """
    text = "".join("".join([piece for piece, _ in pieces(body, _NOT_WORDS)]).split())
    rules = list(body.iter("hr"))
    if rules:
        tail = "".join("".join(_behind(rules[-1])).split())
        if tail and PLEA.search(tail) and text.endswith(tail):
            text = text[: -len(tail)]
    return f"{''.join(title.split())}\n{text}"


def _behind(rule: _Element) -> list[str]:
    parts = [rule.tail or ""]
    for sibling in rule.itersiblings():
        if isinstance(sibling.tag, str):
            parts += [text for text, _ in pieces(sibling)]
        parts.append(sibling.tail or "")
    return parts


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def completeness(fields: Fields, text: str) -> tuple[int, ...]:
    """Return how much a page shows, in order of weight.

    Length of the text, number of figures and frames, 0 or 1 for stamp, box, avatar and date, number of tags.
    """
    figures = 0 if fields.body is None else media(fields.body)
    box = fields.box
    return (
        len(text),
        figures,
        int(bool(fields.last_updated)),
        int(box is not None),
        int(bool(box and box.avatar)),
        int(bool(fields.date)),
        len(fields.tags),
    )


def _linked_id(href: str) -> int | None:
    return article_id(href) if "/article" in href and len(href) < _LONGEST else None


_article_ids = Remembered(_linked_id)
"""The article that each address leads to. Pages of one time link to the same latest articles."""


def linked_ids(view: PageView) -> tuple[int, ...]:
    """Return the ids of all articles that the page links to."""
    hrefs = view.hrefs if len(view.hrefs) < _MAX_LINKS else islice(dict.fromkeys(view.hrefs), _MAX_LINKS)
    found = set(map(_article_ids.__getitem__, hrefs))
    return tuple(sorted(number for number in found if number is not None))
