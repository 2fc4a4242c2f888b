"""What makes two captures the same text, and one of them the more complete."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scraper.page.visible import pieces
from scraper.sites.hkcnews.urls import article_id

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.page.view import PageView
    from scraper.sites.base import Fields

_MAX_LINKS = 5000
_LONGEST = 4000
_MEDIA = ("img", "iframe", "video", "audio", "embed", "object")
_NOT_WORDS = frozenset({"figure", "figcaption", "iframe"})


def words(title: str, body: _Element) -> str:
    """Return title and text without white space, and without figures with their captions.

    A figure that only one capture shows is completeness, not another text.
    """
    text = "".join("".join(pieces(body, _NOT_WORDS)).split())
    return f"{''.join(title.split())}\n{text}"


def media(body: _Element) -> int:
    """Return how many pictures, frames and films the body holds."""
    return sum(1 for _ in body.iter(*_MEDIA))


def is_empty(body: _Element) -> bool:
    """Say whether the body holds neither words nor media."""
    return not any(text.strip() for text in pieces(body)) and not media(body)


def completeness(fields: Fields, text: str) -> tuple[int, ...]:
    """Return how much a page shows, in order of weight.

    Length of the text, number of figures and frames, 0 or 1 for stamp, box, avatar and date, number of tags.
    """
    box = fields.box
    return (
        len(text),
        0 if fields.body is None else media(fields.body),
        int(bool(fields.last_updated)),
        int(box is not None),
        int(bool(box and box.avatar)),
        int(bool(fields.date)),
        len(fields.tags),
    )


def linked_ids(view: PageView) -> tuple[int, ...]:
    """Return the ids of all articles that the page links to."""
    hrefs = islice(dict.fromkeys(view.hrefs), _MAX_LINKS)
    found = {article_id(href) for href in hrefs if "/article" in href and len(href) < _LONGEST}
    return tuple(sorted(number for number in found if number is not None))
