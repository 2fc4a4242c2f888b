"""Readings of the byline: author, publish date, and whether the page speaks English."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.dates import COLON, EDGE, GAP, find_date, labelled_date, local_moment
from scraper.sites.hkcnews.nearby import nearest_to_headline
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST
from scraper.sites.hkcnews.vocabulary import (
    AUTHOR_LABEL,
    BAR,
    DATE_LABEL,
    ENGLISH_LABEL,
    SHORT_LABEL,
    UPDATE_LABEL,
    squeeze,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_ANY_LABEL = rf"(?:{DATE_LABEL}|{UPDATE_LABEL})"
_SEPARATORS = " /／\\·•‧∙・･–—―-,，、;；»(（[［"
"""What may stand behind the author in place of a bar. All of it may stand in a name, too."""
_SEPARATOR = re.escape(_SEPARATORS)
_WRITTEN_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d\d)(?!\d)|\d{4}\s?[./年-]\s?\d{1,2}\s?[./月-]\s?\d"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?\s)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s"
    r"(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?\d{4}(?!\d))"
)
_LABELLED = rf"(?<![a-z]){_ANY_LABEL}{GAP}(?:[:：]|{_WRITTEN_DATE})"
_NEXT_LABEL = rf"{_LABELLED}|{EDGE}\s*+{_ANY_LABEL}\s*+{EDGE}"
_NEXT = rf"(?:{_NEXT_LABEL}|(?<=[\s{EDGE}{_SEPARATOR}]){_WRITTEN_DATE})"
"""What follows the author where no bar does: a date, or its label."""
_END = re.compile(rf"{BAR}|\n|{_NEXT}", re.IGNORECASE)
_END_WITH_LABEL = re.compile(rf"{BAR}|\n|{_NEXT_LABEL}", re.IGNORECASE)
"""Where the publish date has its label: then a date without one is a part of the name."""
_BEFORE_NEXT = re.compile(rf"{GAP}{_NEXT}", re.IGNORECASE)
_FIRST = rf"(?:\A|[{EDGE}\n]|{BAR})\s*+"
_NAME_FOLLOWS = rf"(?![\d{_SEPARATOR}]|{BAR}|{_NEXT}|\Z)"
_LABEL = re.compile(
    rf"(?P<label>{AUTHOR_LABEL}){COLON}|{_FIRST}(?P<lone>{SHORT_LABEL})\s*+{EDGE}{GAP}{_NAME_FOLLOWS}", re.IGNORECASE
)
_BARE_LABEL = re.compile(
    rf"{_FIRST}(?:(?P<verb>撰文|撰稿|Written\s+by|By)|(?P<noun>作者|文|Author))[\s/／]++{_NAME_FOLLOWS}", re.IGNORECASE
)
_LABEL_OF_DATE = re.compile(_LABELLED, re.IGNORECASE)
_PART = re.compile(rf"[^{EDGE}\n{BAR[1:-1]}]++")
_ONLY_LABEL = re.compile(rf"{AUTHOR_LABEL}|{_ANY_LABEL}", re.IGNORECASE)
_RUN = re.compile(r"[^\S\n]{2,}")
_AROUND_BREAK = re.compile(r"\s*\n\s*")
_LONGEST = 2000
_LONGEST_LABELLED = 100

_INFO_LIKE = re.compile(r"(?:article|post|entry)-(?:infos?|meta|byline|details?|data)|byline", re.IGNORECASE)
_LABELS = ("撰文", "作者", "撰稿", "Author", "Written by")


@dataclass(frozen=True, slots=True)
class Byline:
    """What the line of author and date says.

    Attributes:
        element: that holds it.
        text: of the line, pieces of other elements set off by `EDGE`.
        author: empty if it names none.
        date: ``YYYY-MM-DD`` or empty.
        english: its labels are English.
        reading: how it was found.
    """

    element: _Element
    text: str
    author: str
    date: str
    english: bool
    reading: str


def find_byline(view: PageView) -> Byline | None:
    """Return the article's byline: ``.article-info``, else a block named like it, else one that holds the label."""
    first = None
    for reading, elements in _lines(view):
        for element in nearest_to_headline(view, elements):
            if view.is_decoy(element):
                continue
            byline = _read(view, element, reading)
            if byline.author:
                return byline if byline.date else replace(byline, date=_date_beside(view, byline, elements))
            if first is None and reading == "article-info":
                first = byline
    return first


def _date_beside(view: PageView, byline: Byline, elements: list[_Element]) -> str:
    """Return the date of a byline whose author and date stand in elements of their own, or an empty string."""
    for node in islice(byline.element.itersiblings(), MOST):
        text = _bounded(view.kept(_edged(node))) if isinstance(node.tag, str) and not view.is_decoy(node) else ""
        if len(text) < _LONGEST_LABELLED and (found := labelled_date(text)):
            return found
    others = (_read(view, node, "beside") for node in elements if node is not byline.element)
    return next(
        (other.date for other in others if other.date and not other.author and not view.is_decoy(other.element)), ""
    )


def _lines(view: PageView) -> Iterator[tuple[str, list[_Element]]]:
    yield "article-info", view.having("article-info")[:MOST]
    yield "byline block", view.like(_INFO_LIKE)[:MOST]
    found = [element for element in view.with_text(*_LABELS) if element.tag not in {"script", "style"}][:MOST]
    yield "labelled text", [_line_of(element) for element in found if not _is_in_text(element)]


def _is_in_text(element: _Element) -> bool:
    return any(
        "article-content" in (node.get("class") or "").split() or node.get("itemprop") == "articleBody"
        for node in (element, *element.iterancestors())
    )


def _line_of(element: _Element) -> _Element:
    """Climb from a label to the smallest element that holds a date too, at most three levels."""
    node = element
    for _ in range(4):
        if find_date(_edged(node)):
            return node
        parent = node.getparent()
        if parent is None or parent.tag == "body":
            break
        node = parent
    return element


def _edged(element: _Element) -> str:
    parts: list[str] = []
    last: _Element | None = None
    for text, holder in islice(pieces(element), _LONGEST):
        if holder is not last and parts:
            parts.append(EDGE)
        parts.append(text)
        last = holder
    return "".join(parts)


def _read(view: PageView, element: _Element, reading: str) -> Byline:
    text = _bounded(view.kept(_edged(element)))
    author, english, published = "", False, labelled_date(text)
    if match := _LABEL.search(text) or _bare_label(text, reading):
        author = _name(text, match.end(), len(text), _END_WITH_LABEL if published else _END).strip(" :：|｜")
        english = bool(ENGLISH_LABEL.match(match[match.lastgroup or 0]))
    elif reading == "article-info":
        author = _unlabelled(text)
    return Byline(element, text, author, published or find_date(text), english, reading)


def _bare_label(text: str, reading: str) -> re.Match[str] | None:
    """Find an author's label without colon, in an element that is a byline.

    Names may begin with the same word, so a noun counts only beside a labelled date.
    """
    match = _BARE_LABEL.search(text) if reading != "labelled text" else None
    return match if match and (match["verb"] or _LABEL_OF_DATE.search(text)) else None


def _name(text: str, start: int, stop: int, ending: re.Pattern[str]) -> str:
    """Return the name that begins at `start`: up to a bar, a break, a date, its label (`ending`), or `stop`.

    Before a date or its label a separator may stand that is no part of the name.
    """
    end = ending.search(text, start, stop)
    stop = end.start() if end else stop
    name = squeeze(text[start:stop].replace(EDGE, ""))
    return name.rstrip(_SEPARATORS) if _BEFORE_NEXT.match(text, stop) else name


def _bounded(text: str) -> str:
    """Return the beginning of a text, runs of white space shortened: patterns look at it many times."""
    return _AROUND_BREAK.sub("\n", _RUN.sub(" ", text[:_LONGEST])).strip()


def _unlabelled(text: str) -> str:
    """Return what stands in a byline without labels beside the date."""
    for part in _PART.finditer(text):
        name = _name(text, *part.span(), _END)
        if (
            name.strip(_SEPARATORS)
            and not any(map(str.isdigit, name))
            and not re.search(r"[:：]", name)
            and not _ONLY_LABEL.fullmatch(name)
        ):
            return name
    return ""


def machine_date(view: PageView, byline: Byline | None) -> Iterator[tuple[str, str]]:
    """Yield readings of the publish date that are not the byline's: ``time``, meta, JSON-LD."""
    around = byline.element.getparent() if byline is not None else None
    for element in [] if around is None else around.iter("time"):
        if "updat" not in (element.get("class") or "") and "modif" not in (element.get("itemprop") or "").lower():
            yield "time", element.get("datetime") or ""
    yield "article:published_time", view.meta("article:published_time", "datepublished", "pubdate", "publishdate")
    yield "json-ld", str(linked_data(view).get("datePublished") or "")


def linked_data(view: PageView) -> dict[str, object]:
    """Return the page's JSON-LD object that tells of an article, or an empty one."""
    scripts = [node for node in view.tags("script") if (node.get("type") or "").lower() == "application/ld+json"]
    for script in scripts[:20]:
        try:
            held: object = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # broken JSON-LD says nothing; the other readings stand
        objects = held if isinstance(held, list) else [held]
        for found in objects:
            if isinstance(found, dict):
                graph = found.get("@graph")
                for item in graph if isinstance(graph, list) else [found]:
                    if isinstance(item, dict) and "article" in str(item.get("@type", "")).lower():
                        return item
    return {}


def read_date(view: PageView, byline: Byline | None) -> tuple[str, str]:
    """Return the publish date as ``YYYY-MM-DD`` and the reading that won; both empty if the page has none."""
    if byline is not None and byline.date:
        return byline.date, byline.reading
    for reading, text in machine_date(view, byline):
        moment = local_moment(text)
        found = moment.date().isoformat() if moment else find_date(text)
        if found:
            return found, reading
    return "", ""


def read_author(view: PageView, byline: Byline | None, title: str) -> tuple[str, str]:
    """Return the author and the reading that won; both empty if the page names none."""
    if byline is not None and byline.author:
        return byline.author, byline.reading
    for element in view.with_attribute("rel", "itemprop"):
        if "author" not in {element.get("rel"), element.get("itemprop")} or view.is_decoy(element):
            continue
        if any("article-author-info" in (node.get("class") or "").split() for node in element.iterancestors()):
            continue
        text = view.kept(squeeze(element.get("content") or "".join(piece for piece, _ in pieces(element))))
        if text:
            return text, "author markup"
    meta = squeeze(view.meta("author", "article:author"))
    if meta and "://" not in meta and not meta.startswith("/"):
        return meta, "meta author"
    held = linked_data(view).get("author")
    held = held[0] if isinstance(held, list) and held else held
    name = held.get("name") if isinstance(held, dict) else held
    if isinstance(name, str) and name.strip():
        return squeeze(name), "json-ld"
    shared, known = squeeze(view.meta("og:title")), squeeze(title)
    match = re.match(rf"{re.escape(known)}\s*{BAR}\s*(.+)", shared) if known else None
    return (match[1].strip(), "og:title") if match else ("", "")
