"""A page into a verdict and, if it is an article, its fields and its text: the order of questions.

Commands that read no page start without the parser: `scraper.sites.hkcnews` imports this module at the first page.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.markdown.converter import convert_body
from scraper.models import Article, AuthorBox, Lack, Reading, Verdict
from scraper.page import archive_pages
from scraper.page.tree import common_ancestor, is_inside, take_out
from scraper.page.view import PageView
from scraper.payload import is_announced
from scraper.sites import fingerprint, verdicts
from scraper.sites.base import NOTHING
from scraper.sites.hkcnews.beliefs import beliefs_of
from scraper.sites.hkcnews.layouts import LAYOUTS
from scraper.sites.hkcnews.lists import read_list
from scraper.sites.hkcnews.rules import RULES, farewell
from scraper.sites.hkcnews.urls import is_poor_url
from scraper.sites.hkcnews.words import LAST_ID
from scraper.urls import LinkRewriter

if TYPE_CHECKING:
    from scraper.models import Page
    from scraper.sites.base import Fields

__all__ = ["read_list", "read_page"]

MOST_BYTES = 3 << 20
"""Longest page that is parsed: the site's have some 100 kB, and a hostile one takes a hundred times its size."""
MOST_ELEMENTS = 30_000
MOST_TEXT = 600_000
"""Elements and bytes of a text that are made Markdown; the longest of the site have a tenth of that."""


def read_page(page: Page) -> Reading:
    """Judge a page and, if it is an article, read it. Never raises on any bytes; 10 seconds and 1 GB at most."""
    try:
        return _read(page)
    except Exception as error:  # noqa: BLE001  # pages are hostile: one that breaks a reading is kept and reported, the run goes on
        return Reading(Verdict.UNKNOWN_LAYOUT, detail=f"reading failed: {type(error).__name__}: {error}"[:300])


def _read(page: Page) -> Reading:
    if early := verdicts.before_reading(page):
        return Reading(early[0], detail=early[1])
    if len(page.body) > MOST_BYTES:
        return Reading(Verdict.UNKNOWN_LAYOUT, detail=f"too large: {len(page.body):,} bytes, read up to {MOST_BYTES:,}")
    view = PageView(page)
    linked = tuple(one for one in fingerprint.linked_ids(view) if one <= LAST_ID)
    layout, fields = _fields(view)
    if said := farewell(view, fields):
        return Reading(Verdict.FAREWELL, detail=said, linked_ids=linked)
    if layout is None or view.lost:
        return _no_article(view, fields, linked)
    if cut := _cut(view, fields):
        return Reading(Verdict.TRUNCATED, None, cut, layout, fields.readings, linked_ids=linked)
    if large := _too_large(fields):
        return Reading(Verdict.UNKNOWN_LAYOUT, None, large, layout, fields.readings, linked_ids=linked)
    beliefs = beliefs_of(view, fields)
    return _article(view, layout, fields, linked)._replace(beliefs=beliefs)


def _fields(view: PageView) -> tuple[str | None, Fields]:
    """Return the first layout that misses no required field and what it read, else None and what the first read."""
    read = {name: read_layout(view) for name, read_layout in LAYOUTS.items()}
    whole = next(((name, fields) for name, fields in read.items() if not fields.missing), None)
    return whole or (None, next(iter(read.values())))


def _no_article(view: PageView, fields: Fields, linked: tuple[int, ...]) -> Reading:
    if view.ends_before_its_body:
        return Reading(Verdict.TRUNCATED, detail="cut before its body", linked_ids=linked)
    found = archive_pages.judge(view.data) or (None if view.lost else _by_rules(view, fields))
    if found is not None and not (found[0] is Verdict.EMPTY and view.cut_in is not None):
        return Reading(found[0], detail=found[1], linked_ids=linked)
    layout = next(iter(LAYOUTS)) if fields.body is not None else None
    missing = ", ".join(fields.missing)
    if view.cut_in is not None and (fields.body is None or _cut(view, fields)):
        verdict, detail = Verdict.TRUNCATED, f"cut before {missing or 'its end'}"
    elif view.lost:
        verdict, detail = Verdict.UNKNOWN_LAYOUT, f"parser gave up: {view.lost}"
    else:
        verdict, detail = Verdict.UNKNOWN_LAYOUT, f"not readable: {missing}"
    beliefs = beliefs_of(view, fields) if verdict is Verdict.UNKNOWN_LAYOUT and not view.lost else {}
    return Reading(verdict, None, detail, layout, fields.readings, linked_ids=linked, beliefs=beliefs)


def _by_rules(view: PageView, fields: Fields) -> tuple[Verdict, str] | None:
    found = ((verdict, find(view, fields)) for verdict, find in RULES.items())
    return next(((verdict, evidence) for verdict, evidence in found if evidence), None)


def _cut(view: PageView, fields: Fields) -> str:
    """Say in which of the article's own elements the page ends, if it does."""
    parts = [
        ("the text", fields.body),
        ("the author box", None if fields.box is None else fields.box.element),
        ("the byline", None if fields.byline is None else fields.byline.element),
        *(("the plea", element) for element in fields.plea),
    ]
    for name, element in parts:
        if element is not None and view.is_cut_inside(element):
            return f"cut inside {name}" + (f" ({view.page.truncated})" if view.page.truncated else "")
    if fields.readings.get("plea") == NOTHING:
        assert fields.byline is not None
        assert fields.body is not None
        if view.is_cut_inside(common_ancestor(fields.byline.element, fields.body)):
            return "cut before the plea"
    # A whole page without a box was served without one, as one in many thousands was.
    return "cut before the author box" if fields.needs_box and fields.box is None and view.cut_in is not None else ""


def _too_large(fields: Fields) -> str:
    """Say how the text is larger than what is made Markdown, if it is."""
    assert fields.body is not None
    elements = sum(1 for _ in islice(fields.body.iter(), MOST_ELEMENTS + 1))
    if elements > MOST_ELEMENTS:
        return f"too large: the text has more than {MOST_ELEMENTS:,} elements"
    size = len(etree.tostring(fields.body, method="text", encoding="utf-8", with_tail=False))
    return f"too large: the text has {size:,} bytes, read up to {MOST_TEXT:,}" if size > MOST_TEXT else ""


def _article(view: PageView, layout: str, fields: Fields, linked: tuple[int, ...]) -> Reading:
    page, body, box = view.page, fields.body, fields.box
    assert body is not None
    if box is not None and is_inside(box.element, body):
        take_out([box.element], body)
    take_out(fields.plea, view.root)
    text = fingerprint.words(fields.title, body)
    complete = fingerprint.completeness(fields, text)
    lacks = {
        Lack.TRUNCATED: is_announced(page.truncated),
        Lack.EMPTY_BODY: fingerprint.is_empty(body),
        Lack.NO_AUTHOR_BOX: box is None and fields.needs_box,
        Lack.SAVED_BY_BROWSER: view.saved,
        Lack.ENGLISH: fields.english,
        Lack.POOR_URL: is_poor_url(page.original),
    }
    body.extend(fields.plea)
    links = LinkRewriter(page.timestamp, page.original, local_files=view.saved)
    article = Article(
        title=fields.title,
        date=fields.date,
        author=fields.author,
        category=fields.category,
        content=convert_body(body, links),
        last_updated=fields.last_updated,
        tags=fields.tags,
        author_box=_author_box(fields, links),
    )
    return Reading(
        Verdict.ARTICLE,
        article=article,
        layout=layout,
        readings=fields.readings,
        lacks=frozenset(lack for lack, present in lacks.items() if present),
        text_sha256=hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest(),
        completeness=complete,
        linked_ids=linked,
    )


def _author_box(fields: Fields, links: LinkRewriter) -> AuthorBox | None:
    box = fields.box
    if box is None:
        return None
    avatar = links.absolute(box.avatar.replace(" ", "%20"), "im_") if box.avatar else ""
    return AuthorBox(box.label, box.author, avatar, box.bio)
