"""What reading the site's pages rests on: each fact, known or inferred, and how to see whether it holds on a page.

A page counts for or against a fact, or says nothing of it. What most pages contradict is no fact.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from scraper.models import Belief
from scraper.page.tree import is_inside, position
from scraper.page.visible import VANISHING, pieces, shown_text, squeeze
from scraper.sites.hkcnews.body import find_box
from scraper.sites.hkcnews.lists import is_entry
from scraper.sites.hkcnews.urls import HOSTS, article_id, is_revised, slug_of
from scraper.sites.hkcnews.words import BAR, FIRST_ID, LAST_ID, NEWS, PLEA, PLEA_FROM, PLEA_TO
from scraper.urls import page_host

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from scraper.page.view import PageView
    from scraper.sites.base import Box, Fields

    Seen = Iterator[tuple[str, bool]]
    """Names of beliefs of which a page says something, and whether it bears them out."""

_OF_STAMP, _OF_PLEA = "last-updated stamp", "plea for subscribers"
_INFERRED = ("date_english_revised", "stamp_place", "tags_place")
_ASIDE = ("address", "lists")
"""Places by which no article is read."""

BELIEFS = tuple(
    Belief(name, sentence, place, known=name not in _INFERRED, stops=place not in _ASIDE)
    for name, place, sentence in (
        ("title", "title", "the title stands in an h1"),
        ("og_title", "title", "og:title is the title, or TITLE | AUTHOR"),
        ("author", "byline", ".article-info names the author, labelled 撰文 or Author"),
        ("byline_labels", "byline", "the byline has no label that we do not know"),
        ("date", "byline", "a Chinese byline gives the date, DD.MM.YY, behind 發佈日期"),
        ("date_english", "byline", "an English one does behind Publish Date"),
        ("date_english_revised", _OF_STAMP, "on a revised English page the date has another label, or there is none"),
        ("date_in_life", "byline", "the date lies in the paper's life"),
        ("labels_language", "language of labels", "the labels' language is the text's"),
        ("category", "category", "the category stands in .group"),
        ("body", "body", "the text stands in .article-content"),
        ("body_parts", "body", "the text has no element or class that was never seen"),
        ("figure_large", "figure", "a figure of the site's own names the _large file"),
        ("plea", _OF_PLEA, "captures of its time show the plea"),
        ("no_plea", _OF_PLEA, "captures of no other time do"),
        ("plea_place", _OF_PLEA, "it stands behind the text, before the box"),
        ("box", "author box", "a category other than 眾聞 has the box"),
        ("no_box", "author box", "眾聞 has none"),
        ("avatar", "author box", "the box has a picture of /uploads/avatars/"),
        ("stamp", _OF_STAMP, "a revised Chinese text shows when"),
        ("no_stamp", _OF_STAMP, "few others show a stamp"),
        ("stamp_place", _OF_STAMP, "the stamp stands in the byline"),
        ("tags", "tags", "nearly every article has tags"),
        ("tags_place", "tags", "the tags stand in meta[name=keywords]"),
        ("slug", "tags", "the parts of the slug are tags"),
        ("known_id", "address", "the id lies between 174 and 49930"),
        ("entries", "lists", "an entry of a list has title, CATEGORY | AUTHOR, DD.MM.YY"),
        ("nothing_else", "make-up", "no JSON-LD, time, breadcrumb or article:* meta"),
    )
)
"""The table, in the order of the page. Below, by name, how to see on a page whether each of them holds."""

_MANY = 20_000
"""Elements that are looked at: articles have a few hundred, hostile pages a million."""
_LABELS = frozenset({"撰文", "發佈日期", "Author", "Publish Date"})
_LABEL = re.compile(r"\s*([^:：|]{1,40}?)\s*[:：]")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_DATE = re.compile(r"(?:發佈日期|Publish Date)\s*[:：]\s*\d\d\.\d\d\.\d\d(?![\d.])")
_FIRST_DAY, _LAST_DAY = "2016-12-30", "2022-01-03"
_PLEA_AGAIN = "20220107000000"
"""From then on no capture has the plea; of the days between it is not known."""
_SLUG = re.compile(r"(?P<parts>[^\ufffd]+)-\d{1,7}")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_FEW = 30
_SAMPLE = 400
"""Characters of a text that tell its language."""
_BLOCKS = "p div h1 h2 h3 h4 h5 h6 blockquote ul ol li table thead tbody tr th td figure picture source img figcaption"
_TAGS = frozenset(f"{_BLOCKS} iframe hr a b br em i span strong".split())
_CLASSES = frozenset({"blockquote", "image", "img-responsive", "responsive-video", "responsive-video-container"}) | {
    *("MsoNormal", "penhighlight", "shighlight", "__cf_email__")
}
"""Elements and classes in the paper's own feed of 2,700 bodies, and headings that other documents of them have."""
_PICTURE, _AVATARS = "author-profile-pic", "/uploads/avatars/"


def beliefs_of(view: PageView, fields: Fields) -> dict[str, bool]:
    """Return which beliefs the page bears out and which it contradicts, by name."""
    parts = (_heading, _byline, _stamp, _text, _plea, _author_box, _tags, _surroundings)
    return dict(chain.from_iterable(see(view, fields) for see in parts))


def _heading(view: PageView, fields: Fields) -> Seen:
    yield "title", bool(fields.title)
    yield "category", bool(fields.category)
    shared, title = squeeze(view.meta("og:title")), squeeze(fields.title)
    if shared and title:
        rest = shared.removeprefix(title).strip()
        yield "og_title", shared.startswith(title) and (not rest or re.match(BAR, rest) is not None)


def _byline(view: PageView, fields: Fields) -> Seen:
    text = fields.byline.text if fields.byline else ""
    if text:
        yield "author", bool(fields.author)
    parts = (part for part in re.split(rf"{BAR}|\n", text) if not _STAMP.search(part))
    if labels := [match[1] for match in map(_LABEL.match, parts) if match]:
        yield "byline_labels", _LABELS.issuperset(labels)
    if fields.date:
        yield "date_in_life", _FIRST_DAY <= fields.date <= _LAST_DAY
    if fields.author and fields.english and is_revised(view.page.original):
        yield "date_english_revised", fields.readings.get("date") != "article-info"
    elif fields.author:
        yield "date_english" if fields.english else "date", bool(fields.date and _DATE.search(text))


def _stamp(view: PageView, fields: Fields) -> Seen:
    if fields.last_updated:
        yield "stamp_place", fields.readings["last_updated"] == "byline"
    revised = is_revised(view.page.original)
    if fields.author and revised and not fields.english:
        yield "stamp", fields.last_updated is not None
    elif fields.author and not revised and _SLUG.fullmatch(slug_of(view.page.original)):
        yield "no_stamp", fields.last_updated is None


def _text(_: PageView, fields: Fields) -> Seen:
    body = fields.body
    yield "body", body is not None
    if body is None:
        return
    own = [image for image in islice(body.iter("img"), _FEW) if page_host(image.get("src") or "") in {"", *HOSTS}]
    framed = [(image, figure) for image in own if (figure := next(image.iterancestors("figure"), None)) is not None]
    if framed:
        yield "figure_large", all(_is_large(image, figure) for image, figure in framed)
    if fields.missing:
        return
    yield "body_parts", all(map(_is_known, islice(body.iter("*"), 1, _MANY)))
    sample = f"{fields.title} {' '.join(islice(pieces(body), _FEW))}"[:_SAMPLE]
    chinese, latin = sum(map(len, _CHINESE.findall(sample))), len(_LATIN.findall(sample))
    if chinese + latin >= _FEW:
        yield "labels_language", (latin > chinese) is fields.english


def _is_large(image: _Element, figure: _Element) -> bool:
    """Say whether a picture in a figure is to be had in its large size."""
    sources = (
        source.get("srcset") or source.get("data-srcset") or "" for source in islice(figure.iter("source"), _FEW)
    )
    return any("_large." in address for address in (image.get("src") or "", *sources))


def _is_known(part: _Element) -> bool:
    """Say whether an element of a text is of a kind that was seen, or shows nothing."""
    return part.tag in VANISHING or (part.tag in _TAGS and _CLASSES.issuperset((part.get("class") or "").split()))


def _plea(view: PageView, fields: Fields) -> Seen:
    captured = view.page.timestamp
    if not fields.missing and PLEA_FROM <= captured <= PLEA_TO:
        yield "plea", bool(fields.plea)
    if not fields.missing and not PLEA_FROM <= captured < _PLEA_AGAIN:
        yield "no_plea", not any(PLEA.search(shown_text(element)) for element in fields.plea)
    if fields.plea and fields.body is not None:
        yield "plea_place", _is_behind(fields.plea, fields.body, fields.box)


def _is_behind(plea: Sequence[_Element], body: _Element, box: Box | None) -> bool:
    """Say whether the plea stands behind the whole text, in its element or not, and before the author box."""
    behind = [] if box is None else [box.element]
    in_order = [body, plea[0], *behind]
    if sorted(in_order, key=position) != in_order:
        return False
    last = next(node for node in reversed(plea) if shown_text(node).strip())
    rest = shown_text(body).rpartition(shown_text(last))[2].strip() if is_inside(last, body) else ""
    return rest in {"", *(shown_text(node).strip() for node in behind)}


def _author_box(view: PageView, fields: Fields) -> Seen:
    if fields.needs_box:
        yield "box", fields.box is not None
    elif fields.author and fields.category in NEWS:
        yield "no_box", find_box(view, fields.author) is None
    if fields.box:
        pictures = (node for node in fields.box.element.iter() if _PICTURE in (node.get("class") or ""))
        shown = any(fields.box.avatar in (node.get("style") or "") for node in pictures)
        yield "avatar", shown and _AVATARS in fields.box.avatar


def _tags(view: PageView, fields: Fields) -> Seen:
    if not fields.missing:
        yield "tags", bool(fields.tags)
    if not fields.tags:
        return
    yield "tags_place", fields.readings["tags"] == "meta keywords"
    if match := _SLUG.fullmatch(slug_of(view.page.original)):
        parts = filter(None, map(_letters, match["parts"].split("-")))
        yield "slug", set(map(_letters, fields.tags)).issuperset(parts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _surroundings(view: PageView, _: Fields) -> Seen:
    number = article_id(view.page.original)
    if number is not None:
        yield "known_id", FIRST_ID <= number <= LAST_ID
    blocks = (node for node in view.others if "article-block" in (node.get("class") or "").split())
    if (first := next(blocks, None)) is not None:  # lost articles are known by such entries; those of a page are alike
        yield "entries", is_entry(first)
    others = view.root.iter("time", "meta", "script")
    yield "nothing_else", not (any(map(_is_structured, others)) or view.has("breadcrumb", "breadcrumbs"))


def _is_structured(node: _Element) -> bool:
    """Say whether an element tells programs of the article: of such nothing was ever seen."""
    if node.tag == "meta":
        return (node.get("property") or "").startswith("article:")
    return node.tag == "time" or "ld+json" in (node.get("type") or "")
