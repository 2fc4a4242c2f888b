"""A page into a verdict and, if it is an article, its fields and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.markdown.converter import convert_body
from scraper.models import Article, AuthorBox, Lack, Reading, Verdict
from scraper.page.tree import take_out
from scraper.sites.hkcnews import body as bodies
from scraper.sites.hkcnews import sameness, urls, verdicts
from scraper.sites.hkcnews.layouts import LAYOUTS, Fields, read_fields
from scraper.sites.hkcnews.view import PageView, is_inside
from scraper.sites.hkcnews.vocabulary import NEWS_NAMES
from scraper.urls import LinkRewriter

if TYPE_CHECKING:
    from scraper.models import Page
    from scraper.sites.hkcnews.verdicts import Judgement


def read(page: Page) -> Reading:
    """Judge a page and, if it is an article, read it."""
    early = verdicts.before_reading(page)
    if early is not None:
        return _verdict(early)
    view = PageView(page)
    linked = sameness.linked_ids(view)
    if title := verdicts.farewell(view):
        return Reading(Verdict.FAREWELL, detail=title, linked_ids=linked)
    layout, fields = _fields(view)
    if fields is not None and not fields.missing and not view.lost:
        if cut := _cut(view, fields):
            return Reading(Verdict.TRUNCATED, detail=cut, layout=layout, readings=fields.readings, linked_ids=linked)
        return _article(view, layout, fields, linked)
    return _no_article(view, layout, fields, linked)


def _verdict(judgement: Judgement, linked: tuple[int, ...] = ()) -> Reading:
    return Reading(judgement.verdict, detail=judgement.detail, linked_ids=linked)


def _fields(view: PageView) -> tuple[str | None, Fields | None]:
    """Read the page by the first layout that finds its text; of several, one that misses nothing."""
    first: tuple[str | None, Fields | None] = (None, None)
    for layout in LAYOUTS:
        fields = layout.read(view)
        if fields is not None and not fields.missing:
            return layout.name, fields
        if fields is not None and first[1] is None:
            first = (layout.name, fields)
    return first


def _no_article(view: PageView, layout: str | None, fields: Fields | None, linked: tuple[int, ...]) -> Reading:
    if view.ends_before_its_body:
        return Reading(Verdict.TRUNCATED, detail="cut before its body", linked_ids=linked)
    found = verdicts.of_the_archive(view) or (None if view.lost else verdicts.not_an_article(view, fields))
    if found is not None and not (found.verdict is Verdict.EMPTY and view.cut_in is not None):
        return _verdict(found, linked)
    held = fields or read_fields(view, None, "")
    missing = ", ".join(held.missing)
    if view.cut_in is not None and (fields is None or _cut(view, held)):
        return Reading(
            Verdict.TRUNCATED,
            detail=f"cut before {missing or 'its end'}",
            layout=layout,
            readings=held.readings,
            linked_ids=linked,
        )
    detail = f"parser gave up: {view.lost}" if view.lost else f"not readable: {missing}"
    return Reading(Verdict.UNKNOWN_LAYOUT, detail=detail, layout=layout, readings=held.readings, linked_ids=linked)


def _cut(view: PageView, fields: Fields) -> str:
    """Say in which of the article's own elements the page ends, if it does."""
    parts = (
        ("the text", fields.body),
        ("the author box", None if fields.box is None else fields.box.element),
        ("the byline", None if fields.byline is None else fields.byline.element),
    )
    for name, element in parts:
        if element is not None and view.is_cut_inside(element):
            return f"cut inside {name}" + (f" ({view.page.truncated})" if view.page.truncated else "")
    return ""


def _article(view: PageView, layout: str | None, fields: Fields, linked: tuple[int, ...]) -> Reading:
    page, body = view.page, fields.body
    assert body is not None
    links = LinkRewriter.of(page.timestamp, page.original)
    box = _author_box(fields, links)
    if fields.box is not None and is_inside(fields.box.element, body):
        take_out([fields.box.element], body)
    bodies.clear(view, body, fields.tags)
    empty = bodies.is_empty(body)
    text = sameness.words(fields.title, body)
    complete = sameness.completeness(fields, text)
    content = view.kept(convert_body(body, links))
    article = Article(
        title=fields.title,
        date=fields.date,
        author=fields.author,
        category=fields.category,
        content=content,
        last_updated=fields.last_updated,
        tags=fields.tags,
        author_box=box,
    )
    lacks = {
        Lack.EMPTY_BODY: empty,
        Lack.NO_AUTHOR_BOX: box is None and fields.category not in NEWS_NAMES,
        Lack.ENGLISH: fields.byline is not None and fields.byline.english,
        Lack.POOR_URL: urls.is_poor_url(page.original),
    }
    return Reading(
        Verdict.ARTICLE,
        article=article,
        layout=layout,
        readings=fields.readings,
        lacks=frozenset(lack for lack, present in lacks.items() if present),
        text_sha256=sameness.digest(text),
        completeness=complete,
        linked_ids=linked,
    )


def _author_box(fields: Fields, links: LinkRewriter) -> AuthorBox | None:
    box = fields.box
    if box is None:
        return None
    avatar = links.absolute(box.avatar.replace(" ", "%20"), "im_") if box.avatar else ""
    return AuthorBox(box.label, box.author, avatar, box.bio)
