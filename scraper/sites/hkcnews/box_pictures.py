"""The avatar of an author box: a picture, or a background by style or by a script's attribute."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.page.tree import attributes
from scraper.sites.hkcnews.view import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_URL = re.compile(
    r"url\(\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>(?:[^()\"']++|\([^()\"']*+\))*+))", re.IGNORECASE
)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*", re.IGNORECASE)
_SCRIPTED = frozenset(
    {"data-background", "data-background-image", "data-bg", "data-bgset", "v-lazy", "v-lazy:background-image"}
)
"""Attributes from which a script makes a background or a picture: an address, ``url(…)``, or one of several sizes."""
_SIZE = re.compile(r"\s[0-9.]{1,9}[wx](?:[\s,]|\Z)|\s[\[|]")
_LONGEST = 5000
_MANY = 1000


def avatar_of(box: _Element) -> str:
    """Return the address of the first picture in the folder of the avatars, else of the first picture."""
    found = list(islice(_pictures(box), MOST))
    return next((url for url in found if "/avatars/" in url), found[0] if found else "")


def _pictures(box: _Element) -> Iterator[str]:
    for element in islice(box.iter("*"), _MANY):
        if element.tag == "img" and (url := (element.get("src") or "").strip()):
            yield url
        for name, value in attributes(element).items():
            if name == "style" and "url(" in value.lower():
                yield from _backgrounds(value[:_LONGEST])
            elif name in _SCRIPTED and value:
                yield _scripted(value[:_LONGEST])


def _backgrounds(style: str) -> Iterator[str]:
    for declaration in _BACKGROUND.finditer(style):
        at = declaration[0].lower().find("url(")
        written = _URL.match(style, declaration.start() + at) if at >= 0 else None  # a ; may stand in the address
        if written and (url := _address(written)):
            yield url
            return


def _address(match: re.Match[str]) -> str:
    return (match["double"] or match["single"] or match["bare"] or "").strip()


def _scripted(value: str) -> str:
    written = _URL.search(value)
    if written:
        return _address(written)
    size = _SIZE.search(value)
    return (value[: size.start()] if size else value).strip(" \t\r\n'\"`")
