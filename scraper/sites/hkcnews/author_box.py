"""Readings of the author box: avatar, ``LABEL | NAME`` and the bio.

Inferred: it stands behind the text, its make-up is not known.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.markdown.media import picture_source
from scraper.sites.hkcnews.shown import pieces
from scraper.sites.hkcnews.view import MOST, is_inside
from scraper.sites.hkcnews.vocabulary import BAR, BOX_LABELS, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_LISTING = re.compile(r"(?:^|\s)(?:article-block\S*|grid-item|side-?bar\S*|related\S*)(?=\s|\Z)")
_BOX_TOKENS = re.compile(
    r"(?:blogger|author|columnist|writer|editor|bio|profile)[-_](?:box|info|card|profile|bio|block|section|wrap\w*|container"
    r"|intro|detail\w*)|article-author(?:-\w+)*|about-(?:the-)?author|columnist|blogger|author|writer",
    re.IGNORECASE,
)
_KNOWN_LABELS = frozenset(label.lower() for label in BOX_LABELS)
_LABEL = "|".join(re.escape(label) for label in BOX_LABELS)
_LINE = re.compile(rf"(?P<label>[^|｜│\n]{{1,30}}?)\s*{BAR}\s*(?P<author>[^\n]+)")
_KNOWN_LINE = re.compile(rf"(?P<label>{_LABEL})[\s:：]*(?:{BAR}|[:：]|\n)\s*(?P<author>[^\n]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*[\"']?(?P<url>[^)\"']*)[\"']?\s*\)", re.IGNORECASE)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "dd",
        "dt",
        "dl",
        "figure",
        "blockquote",
        "table",
        "tr",
        "td",
        "th",
    }
)
_MORE = re.compile(
    r"(?:(?:更多|查看|所有|閱讀).{0,8}(?:文章|作品)|(?:顯示|閱讀|查看)(?:更多|全部)|(?:more|all|view)\s.{0,20}(?:articles|posts|by)"
    r"|(?:read|show|see)\s+more)[\s»›>→+.…]{0,9}",
    re.IGNORECASE,
)
_ONLY_DATE = re.compile(r"[\d./: -]{6,20}")
"""What stands below ``LABEL | NAME`` in a byline of a listing."""
_LEVELS = 6
_MANY = 1000


class Box(NamedTuple):
    """An author box as found; `avatar` is the address as the page writes it."""

    element: _Element
    label: str
    author: str
    avatar: str
    bio: str
    reading: str


def find_box(view: PageView, author: str, body: _Element | None, keep_out: tuple[_Element, ...]) -> Box | None:
    """Return the author box of the article, or None.

    Looked for by its block, then by the words of its label. Bylines of listings look the same (``眾說 | NAME``): a box
    stands in no
    list of other articles, and its label is known, or its name is the byline's.

    Args:
        view: the page.
        author: of the byline.
        body: the body's element; a box may stand in it.
        keep_out: elements that a box cannot contain (heading, byline, body).
    """
    best: Box | None = None
    for reading, elements in _candidates(view, body):
        named: Box | None = None
        for element in elements:
            if _in_listing(element) or any(
                node in keep_out and node is not body for node in (element, *element.iterancestors())
            ):
                continue
            box = _read(view, element, author, reading, keep_out)
            if box is None or _ONLY_DATE.fullmatch(box.bio):
                continue
            if squeeze(box.author) == squeeze(author):
                if box.bio:
                    return box
                named = named or box  # a short one above the text may come before the one with the bio
            elif best is None and _is_beside(box.element, body):
                best = box
        if named is not None or best is not None:
            return named or best
    return None


def _is_beside(element: _Element, body: _Element | None) -> bool:
    """Say whether a box of another name than the byline's stands in the text or right by it."""
    if body is None or element.tag == "li" or next(element.iterancestors("aside", "li"), None) is not None:
        return False
    near = [body, *list(body.iterancestors())[:1]]
    return any(node in near for node in element.iterancestors() if node.tag not in {"body", "html"})


def _candidates(view: PageView, body: _Element | None) -> Iterator[tuple[str, list[_Element]]]:
    yield "author block", view.like(_BOX_TOKENS)[:MOST]
    labelled = view.with_text(*BOX_LABELS)[:MOST]
    yield "label", [element for element in labelled if element is not body and not is_inside(element, body)]


def _in_listing(element: _Element) -> bool:
    for node in (element, *element.iterancestors()):
        if _LISTING.search(node.get("class") or "") or (
            node.tag in {"nav", "footer", "script", "title", "head", "a"}
            and node is not element
            and not (node.tag == "footer" and "article" in (node.get("class") or ""))
        ):
            return True
    return False


def _read(view: PageView, element: _Element, author: str, reading: str, keep_out: tuple[_Element, ...]) -> Box | None:
    lines = _lines(view, element)
    split = _label_and_author(lines, author)
    box = element
    if reading == "label":
        for _ in range(
            _LEVELS
        ):  # climb from the label to the box: the last block that holds no more than an avatar and a bio
            parent = box.getparent()
            if parent is None or parent.tag in {"body", "html", "main", "article"} or _holds(parent, keep_out):
                break
            box = parent
            if _avatar(box) and split is not None and len(_lines(view, box)) > split[2]:
                break
        lines = _lines(view, box)
        split = _label_and_author(lines, author)
    if split is None:
        return None
    label, name, rest = split
    if label in lines[rest - 1] and lines[rest - 1] in lines[rest:]:  # once for wide screens, once for narrow ones
        lines = lines[: lines.index(lines[rest - 1], rest)]
    bio = "\n".join(line for line in lines[rest:] if not _MORE.fullmatch(line.strip())).strip()
    return Box(_outermost(box, keep_out), label, name, _avatar(box), bio, reading)


def _holds(element: _Element, others: tuple[_Element, ...]) -> bool:
    return any(node is element for other in others for node in (other, *other.iterancestors()))


def _outermost(box: _Element, keep_out: tuple[_Element, ...]) -> _Element:
    parent = box.getparent()
    while parent is not None and _is_box(parent) and not _holds(parent, keep_out):
        box, parent = parent, parent.getparent()
    return box


def _is_box(element: _Element) -> bool:
    return any(_BOX_TOKENS.fullmatch(token) for token in (element.get("class") or "").split())


def _label_and_author(lines: list[str], author: str) -> tuple[str, str, int] | None:
    """Return label, name and the number of the line behind them: in one line with a bar, or in two lines."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for position, number in enumerate(filled[:4]):
        line = squeeze(lines[number])
        following = filled[position + 1] if position + 1 < len(filled) else None
        match = _LINE.fullmatch(line)
        if author and line.removesuffix(author).strip().lower() in _KNOWN_LABELS and line.endswith(author):
            return line.removesuffix(author).strip(), author, number + 1
        if match and (match["label"].strip().lower() in _KNOWN_LABELS or squeeze(match["author"]) == squeeze(author)):
            return match["label"].strip(), match["author"].strip(), number + 1
        if following is None:
            continue
        bare = re.sub(rf"\s*(?:{BAR}|[:：])\s*\Z", "", line)
        name = re.sub(rf"\A\s*(?:{BAR}|[:：])\s*", "", squeeze(lines[following]))
        if not name and position + 2 < len(filled):  # the bar in a line of its own
            following = filled[position + 2]
            name = squeeze(lines[following])
        if bare.lower() in _KNOWN_LABELS and name:
            return bare, name, following + 1
        if line == squeeze(author) and name.lower() in _KNOWN_LABELS:
            return name, line, following + 1
    for number in filled[:4]:
        match = _KNOWN_LINE.fullmatch(squeeze(lines[number]))
        if match:
            return match["label"], match["author"].strip(), number + 1
    return None


def _lines(view: PageView, element: _Element) -> list[str]:
    """Return the shown lines of an element: blocks and breaks begin new ones, and breaks of the source text stand."""
    parts: list[str] = []
    last: _Element | None = None
    for text, holder in islice(pieces(element), _MANY):
        if last is not None and holder is not last and (_block(holder) is not _block(last)):
            parts.append("\x1e")
        parts.append(text)
        last = holder
    blocks = [block.strip() for block in view.kept("".join(parts)).split("\x1e")]
    return [line.strip() for block in blocks if block for line in block.split("\n")]


def _block(element: _Element) -> _Element:
    node = element
    while node.tag not in _BLOCKS and (parent := node.getparent()) is not None:
        node = parent
    return node


def _avatar(box: _Element) -> str:
    """Return the address of the first picture in the folder of the avatars, else of the first picture."""
    found = list(islice(_pictures(box), MOST))
    return next((url for url in found if "/avatars/" in url), found[0] if found else "")


def _pictures(box: _Element) -> Iterator[str]:
    for element in islice(box.iter("*"), _MANY):
        if element.tag in {"img", "picture"} and (url := picture_source(element)):
            yield url
        style = element.get("style")
        if style and "url(" in style.lower():
            match = _BACKGROUND.search(style[:5000])
            if match and match["url"].strip():
                yield match["url"].strip()
        for name in ("data-background", "data-background-image", "data-bg"):
            if value := element.get(name):
                bare = re.search(r"url\(\s*[\"']?([^)\"']*)", value)
                yield (bare[1] if bare else value).strip()
