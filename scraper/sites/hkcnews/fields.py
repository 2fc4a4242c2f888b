"""Title, byline, category, stamp and tags: one plain reading each, a second only where their place is inferred."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.page.tree import is_inside, nearest
from scraper.page.view import MOST
from scraper.page.visible import pieces, shown_text, squeeze
from scraper.sites.base import NOTHING, Byline
from scraper.sites.hkcnews.urls import article_id
from scraper.sites.hkcnews.words import BAR, NO_TAGS, is_site_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from scraper.page.view import PageView

_AUTHOR = re.compile(
    rf"(?P<label>撰文|Author)\s*[:：]\s*(?P<author>[^|｜│︱¦\n]*?)\s*(?:{BAR}|\n|發佈日期|Publish(?: Date)?\s*[:：]|\Z)"
)
_PUBLISHED = re.compile(r"(?:發佈日期|Publish Date)\s*[:：]\s*(\d\d?)\.(\d\d?)\.(\d\d)(?![\d.])")
_ANY_DATE = re.compile(r"(?<![\d.])(\d\d?)\.(\d\d?)\.(\d\d)(?![\d.])")
_UPDATED = re.compile(
    r"(?:更新|修改|修訂|(?<![a-z])(?:last|edit)(?![a-z])|edited|update|modifi|revis|amend)[^|｜\n]{0,20}\Z",
    re.IGNORECASE,
)
_STAMP = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_WITH_DASHES = etree.XPath("descendant-or-self::*[text()[contains(., '-')]]")
_TAG = re.compile(r"(?:article-|post-)?tags?(?:-?(?:list|item|link|box|group|s))?")
_TAG_PATH = re.compile(r"/tags?/")
_COMMA, _ANY_COMMA = re.compile(r",(?!\d)|(?<!\d),"), re.compile(",")
"""Between keywords; one in a number is none where a space stands behind those."""
_SPACE = re.compile(r"\s+")
_LONGEST = 2000
"""Characters of a byline that are looked at."""
_LONGEST_CATEGORY = 40


def read_title(view: PageView, body: _Element | None) -> tuple[str, _Element | None]:
    """Return the text of the ``h1`` nearest to the text, outside of it, and the element.

    White space inside stands as written, but line breaks, which cannot stand in a heading, are spaces.
    """
    shown = [heading for heading in view.tags("h1")[:MOST] if not view.is_decoy(heading)]
    for heading in nearest(shown, body):
        if is_inside(heading, body):
            continue
        lines = (line.strip() for line in re.split(r"[\r\n]+", "".join(pieces(heading))))
        title = " ".join(line for line in lines if line)
        if title and not is_site_name(title):
            return title, heading
    return "", None


def find_byline(view: PageView, body: _Element | None) -> Byline | None:
    """The nearest ``.article-info`` that names an author, else the nearest: ``撰文: AUTHOR | 發佈日期: DD.MM.YY``."""
    found = []
    for element in nearest(view.shown("article-info"), body):
        if not is_inside(element, body):
            text = _lines(element)[:_LONGEST]
            match = _AUTHOR.search(text)
            author, english = (squeeze(match["author"]), match["label"] == "Author") if match else ("", False)
            found.append(Byline(element, text, author, english))
    return next((byline for byline in found if byline.author), found[0] if found else None)


def _lines(element: _Element) -> str:
    """Return the shown text with a line break at breaks and the edges of blocks; those of the source are spaces."""
    text = "".join("\n" if piece in {"", "\n"} else _SPACE.sub(" ", piece) for piece in pieces(element))
    return "\n".join(line for part in text.split("\n") if (line := part.strip()))


def read_date(byline: Byline) -> tuple[str, str]:
    """Return the publish date as ``YYYY-MM-DD``, and the reading; empty and `NOTHING` if there is none.

    Inferred: revised English pages call it by another label, or have none.
    """
    for reading, pattern in (("article-info", _PUBLISHED), ("other label", _ANY_DATE)):
        for match in pattern.finditer(byline.text):
            if reading == "other label" and (not byline.english or _UPDATED.search(byline.text[: match.start()])):
                continue
            try:
                return date(2000 + int(match[3]), int(match[2]), int(match[1])).isoformat(), reading
            except ValueError:
                continue
    return "", NOTHING


def read_stamp(byline: Byline, column: _Element, view: PageView, apart: list[_Element]) -> tuple[str | None, str]:
    """Return the moment of the last update as shown, and the reading, or None and an empty string.

    Inferred: it stands in the byline, or else elsewhere in the article's column, but not in `apart`: text and box.
    """
    if stamp := _moment(byline.text):
        return stamp, "byline"
    for element in islice(_with_days(column), MOST):
        inside = any(element is one or is_inside(element, one) for one in apart)
        if inside or view.is_decoy(element) or _is_beside_another(element, view, apart):
            continue
        if stamp := _moment(shown_text(element)):
            return stamp, "beside the byline"
    return None, ""


def _with_days(column: _Element) -> Iterator[_Element]:
    """Yield the elements in whose own text a day stands."""
    elements: list[_Element] = _WITH_DASHES(column)  # type: ignore[assignment]
    for element in elements:
        if any(_DAY.search(text or "") for text in (element.text, *(child.tail for child in element))):
            yield element


def _is_beside_another(element: _Element, view: PageView, article: list[_Element]) -> bool:
    """Say whether a link to another article stands in the same place: what is said there is said of that one."""
    places = [place for place in (element, element.getparent()) if place is not None]
    apart = [place for place in places if not any(is_inside(one, place) for one in article)]
    links = [link for place in apart[-1:] for link in islice(place.iter("a"), MOST)]
    return any(article_id(link.get("href") or "") not in {None, article_id(view.page.original)} for link in links)


def _moment(text: str) -> str:
    """Return the moment that a text shows; one that no calendar has breaks whatever reads the document as YAML."""
    match = _STAMP.search(squeeze(text[:_LONGEST]))
    try:
        return str(datetime.fromisoformat(match[0])) if match else ""
    except ValueError:
        return ""


def read_category(view: PageView, body: _Element | None) -> str:
    """Return the text of the ``.group`` nearest to the text, outside of it, that holds a name."""
    groups = nearest(view.shown("group"), body)
    shown = (squeeze(shown_text(element)) for element in groups if not is_inside(element, body))
    return next((name for name in shown if 0 < len(name) <= _LONGEST_CATEGORY), "")


def read_tags(view: PageView, column: _Element, body: _Element | None) -> tuple[tuple[str, ...], str]:
    """Return the tags in the order of the page, aliases included, and the reading. Doubles go, whatever their case.

    Inferred: ``meta[name=keywords]``, which names the site where there are none; else links to tags near the text.
    """
    for content in view.metas("keywords"):
        keywords = (_COMMA if ", " in content else _ANY_COMMA).split(content)
        if squeeze(content) != NO_TAGS and (tags := _unique(keywords)):
            return tags, "meta keywords"
    named = view.named(_TAG)
    links = (a for a in column.iter("a") if {a, a.getparent()} & named or _TAG_PATH.search(a.get("href") or ""))
    shown = (link for link in islice(links, MOST) if not is_inside(link, body) and not view.is_decoy(link))
    tags = _unique(map(shown_text, shown))
    return tags, "links" if tags else ""


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for text in texts:
        if tag := text.strip():
            first.setdefault(tag.casefold(), tag)
    return tuple(first.values())
