"""What reading the site's pages rests on: each fact, known or inferred, and how to see whether it holds on a page.

A page counts for or against a fact, or says nothing of it. What most pages contradict is no fact.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from scraper.models import Belief
from scraper.page.tree import is_inside, position
from scraper.page.visible import VANISHING, pieces, shown_text, squeeze
from scraper.sites.base import NOTHING, Watched
from scraper.sites.hkcnews.author_box import find_box
from scraper.sites.hkcnews.lists import is_entry
from scraper.sites.hkcnews.urls import HOSTS, article_id, is_revised, slug_of
from scraper.sites.hkcnews.words import BAR, FIRST_ID, LAST_ID, NEWS, PLEA, PLEA_FROM, PLEA_TO
from scraper.urls import page_host

if TYPE_CHECKING:
    from scraper.page.view import PageView
    from scraper.sites.base import Fields

_MANY = 20_000
"""Elements that are looked at: articles have a few hundred, hostile pages a million."""
_LABELS = frozenset({"撰文", "發佈日期", "Author", "Publish Date"})
_LABEL = re.compile(r"\s*([^:：|]{1,40}?)\s*[:：]")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_DATE = re.compile(r"(?:發佈日期|Publish Date)\s*[:：]\s*\d\d\.\d\d\.\d\d(?![\d.])")
_PLEA_AGAIN = "20220107000000"
"""From then on no capture has the plea; of the days between it is not known."""
_SLUG = re.compile(r"(?P<parts>[^\ufffd]+)-\d{1,7}")
_NOT_CHINESE = re.compile(r"[^\u3400-\u9fff]+")
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
_FIRST_DAY, _LAST_DAY = "2016-12-30", "2022-01-03"


def _has(name: str, _: PageView, fields: Fields) -> bool:
    return name not in fields.missing


def _is_read_by(field: str, reading: str, _: PageView, fields: Fields) -> bool | None:
    """Say whether this reading of the field won; nothing where the page shows no such thing."""
    won = fields.readings.get(field, NOTHING)
    return None if won == NOTHING else won == reading


def _is_read(field: str, _: PageView, fields: Fields) -> bool | None:
    """Say whether a field that such a page ought to have was read; nothing where it need not have it."""
    won = fields.readings.get(field)
    return None if won is None else won != NOTHING


def _author_label(_: PageView, fields: Fields) -> bool | None:
    return bool(fields.author) if fields.byline and fields.byline.text else None


def _byline_parts(_: PageView, fields: Fields) -> bool | None:
    parts = re.split(rf"{BAR}|\n", fields.byline.text if fields.byline else "")
    labels = [match[1] for part in parts if not _STAMP.search(part) and (match := _LABEL.match(part))]
    return all(label in _LABELS for label in labels) if labels else None


def _date(english: bool, view: PageView, fields: Fields) -> bool | None:
    """Say whether a page shows its date behind the label we know; revised English ones are another matter."""
    if not fields.author or fields.english is not english or (english and is_revised(view.page.original)):
        return None
    return fields.byline is not None and _DATE.search(fields.byline.text) is not None and bool(fields.date)


def _date_of_revised_english(view: PageView, fields: Fields) -> bool | None:
    if not fields.author or not fields.english or not is_revised(view.page.original):
        return None
    return fields.readings.get("date") != "article-info"


def _date_in_life(_: PageView, fields: Fields) -> bool | None:
    return _FIRST_DAY <= fields.date <= _LAST_DAY if fields.date else None


def _stamp_if_revised(view: PageView, fields: Fields) -> bool | None:
    if not fields.author or fields.english or not is_revised(view.page.original):
        return None
    return fields.last_updated is not None


def _stamp_else(view: PageView, fields: Fields) -> bool | None:
    if not fields.author or not _SLUG.fullmatch(slug_of(view.page.original)) or is_revised(view.page.original):
        return None
    return fields.last_updated is None


def _box_elsewhere(view: PageView, fields: Fields) -> bool | None:
    """Say whether an article of the news has no box."""
    return find_box(view, fields.author) is None if fields.author and fields.category in NEWS else None


def _avatar(_: PageView, fields: Fields) -> bool | None:
    if fields.box is None:
        return None
    pictures = (node.get("style") or "" for node in fields.box.element.iter() if _PICTURE in (node.get("class") or ""))
    return _AVATARS in fields.box.avatar and any(fields.box.avatar in style for style in pictures)


def _has_tags(_: PageView, fields: Fields) -> bool | None:
    return None if fields.missing else bool(fields.tags)


def _slug(view: PageView, fields: Fields) -> bool | None:
    match = _SLUG.fullmatch(slug_of(view.page.original))
    if match is None or not fields.tags:
        return None
    tags = set(map(_letters, fields.tags))
    return all(part in tags for part in map(_letters, match["parts"].split("-")) if part)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _plea_in_its_time(view: PageView, fields: Fields) -> bool | None:
    return bool(fields.plea) if PLEA_FROM <= view.page.timestamp <= PLEA_TO and not fields.missing else None


def _plea_outside_its_time(view: PageView, fields: Fields) -> bool | None:
    if fields.missing or PLEA_FROM <= view.page.timestamp < _PLEA_AGAIN:
        return None
    return not any(PLEA.search(shown_text(element)) for element in fields.plea)


def _plea_place(_: PageView, fields: Fields) -> bool | None:
    """Say whether the plea stands behind the whole text, in its element or not, and before the author box."""
    if not fields.plea or fields.body is None:
        return None
    box = [] if fields.box is None else [fields.box.element]
    in_order = [fields.body, fields.plea[0], *box]
    if sorted(in_order, key=position) != in_order:
        return False
    last = next(node for node in reversed(fields.plea) if shown_text(node).strip())
    behind = shown_text(fields.body).rpartition(shown_text(last))[2].strip() if is_inside(last, fields.body) else ""
    return behind in {"", *(shown_text(node).strip() for node in box)}


def _figure_large(_: PageView, fields: Fields) -> bool | None:
    """Say whether each picture of the site's own in a figure is to be had in its large size."""
    own = []
    for image in [] if fields.body is None else islice(fields.body.iter("img"), _FEW):
        address, figure = image.get("src") or "", next(image.iterancestors("figure"), None)
        if figure is not None and (page_host(address) or HOSTS[0]) in HOSTS:
            sources = islice(figure.iter("source"), _FEW)
            own.append([address, *(source.get("srcset") or source.get("data-srcset") or "" for source in sources)])
    return all(any("_large." in address for address in addresses) for addresses in own) if own else None


def _body_parts(_: PageView, fields: Fields) -> bool | None:
    if fields.missing or fields.body is None:
        return None
    parts = (node for node in islice(fields.body.iter(), 1, _MANY) if isinstance(node.tag, str))
    return not any(
        node.tag not in _TAGS or not _CLASSES.issuperset((node.get("class") or "").split())
        for node in parts
        if node.tag not in VANISHING
    )


def _og_title(view: PageView, fields: Fields) -> bool | None:
    shared, title = squeeze(view.meta("og:title")), squeeze(fields.title)
    rest = shared.removeprefix(title).strip()
    return (shared.startswith(title) and (not rest or bool(re.match(BAR, rest)))) if shared and title else None


def _language(_: PageView, fields: Fields) -> bool | None:
    """Say whether an English interface stands around an English text, and a Chinese one around a Chinese text."""
    if fields.missing or fields.body is None:
        return None
    text = f"{fields.title} {' '.join(islice(pieces(fields.body), _FEW))}"[:_SAMPLE]
    chinese, latin = len(_NOT_CHINESE.sub("", text)), len(_LATIN.findall(text))
    return (latin > chinese) is fields.english if chinese + latin >= _FEW else None


def _known_id(view: PageView, _: Fields) -> bool | None:
    number = article_id(view.page.original)
    return None if number is None else FIRST_ID <= number <= LAST_ID


def _entries(view: PageView, _: Fields) -> bool | None:
    """Say whether other articles are shown as in lists, by which lost ones are known; they are made alike."""
    blocks = (node for node in view.others if "article-block" in (node.get("class") or "").split())
    first = next(blocks, None)
    return None if first is None else is_entry(first)


def _nothing_else(view: PageView, _: Fields) -> bool:
    found = any(
        node.tag == "time"
        or (node.tag == "meta" and (node.get("property") or "").startswith("article:"))
        or (node.tag == "script" and "ld+json" in (node.get("type") or ""))
        for node in view.root.iter("time", "meta", "script")
    )
    return not found and not view.has("breadcrumb", "breadcrumbs")


_KNOWN, _INFERRED = True, False
_ASIDE = ("address", "lists")
"""Places by which no article is read."""

BELIEFS = tuple(
    Watched(Belief(name, sentence, place, known, stops=place not in _ASIDE), see)
    for name, place, known, sentence, see in (
        ("title", "title", _KNOWN, "the title stands in an h1", partial(_has, "title")),
        ("og_title", "title", _KNOWN, "og:title is the title, or TITLE | AUTHOR", _og_title),
        ("author", "byline", _KNOWN, ".article-info names the author, labelled 撰文 or Author", _author_label),
        ("byline_labels", "byline", _KNOWN, "the byline has no label that we do not know", _byline_parts),
        ("date", "byline", _KNOWN, "a Chinese byline gives the date, DD.MM.YY, behind 發佈日期", partial(_date, False)),
        ("date_english", "byline", _KNOWN, "an English one does behind Publish Date", partial(_date, True)),
        (
            "date_english_revised",
            "last-updated stamp",
            _INFERRED,
            "on a revised English page the date has another label, or there is none",
            _date_of_revised_english,
        ),
        ("date_in_life", "byline", _KNOWN, "the date lies in the paper's life", _date_in_life),
        ("labels_language", "language of labels", _KNOWN, "the labels' language is the text's", _language),
        ("category", "category", _KNOWN, "the category stands in .group", partial(_has, "category")),
        ("body", "body", _KNOWN, "the text stands in .article-content", partial(_has, "body")),
        ("body_parts", "body", _KNOWN, "the text has no element or class that was never seen", _body_parts),
        ("figure_large", "figure", _KNOWN, "a figure of the site's own names the _large file", _figure_large),
        ("plea", "plea for subscribers", _KNOWN, "captures of its time show the plea", _plea_in_its_time),
        ("no_plea", "plea for subscribers", _KNOWN, "captures of no other time do", _plea_outside_its_time),
        ("plea_place", "plea for subscribers", _KNOWN, "it stands behind the text, before the box", _plea_place),
        ("box", "author box", _KNOWN, "a category other than 眾聞 has the box", partial(_is_read, "author_box")),
        ("no_box", "author box", _KNOWN, "眾聞 has none", _box_elsewhere),
        ("avatar", "author box", _KNOWN, "the box has a picture of /uploads/avatars/", _avatar),
        ("stamp", "last-updated stamp", _KNOWN, "a revised Chinese text shows when", _stamp_if_revised),
        ("no_stamp", "last-updated stamp", _KNOWN, "few others show a stamp", _stamp_else),
        (
            "stamp_place",
            "last-updated stamp",
            _INFERRED,
            "the stamp stands in the byline",
            partial(_is_read_by, "last_updated", "byline"),
        ),
        ("tags", "tags", _KNOWN, "nearly every article has tags", _has_tags),
        (
            "tags_place",
            "tags",
            _INFERRED,
            "the tags stand in meta[name=keywords]",
            partial(_is_read_by, "tags", "meta keywords"),
        ),
        ("slug", "tags", _KNOWN, "the parts of the slug are tags", _slug),
        ("known_id", "address", _KNOWN, "the id lies between 174 and 49930", _known_id),
        ("entries", "lists", _KNOWN, "an entry of a list has title, CATEGORY | AUTHOR, DD.MM.YY", _entries),
        ("nothing_else", "make-up", _KNOWN, "no JSON-LD, time, breadcrumb or article:* meta", _nothing_else),
    )
)
"""The table, in the order of the page."""
