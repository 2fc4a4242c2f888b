"""The scenario as a test archive: the same table, with real pages behind it."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from tests.scenario.table import SERVICE, Case, Row
from tests.server import HTML, Saved
from tests.server.faults import Faults, Rule
from tests.server.make import (
    Box,
    article_page,
    challenge_page,
    empty_page,
    farewell_page,
    home_page,
    made_up_body,
    saved_redirect,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FAULTS = {"excluded": "excluded", "outage": "outage_200", "refused": "503", "wrong_answer": "wrong_time"}
_STAND_IN = "20160606060606"
"""Where a row with an impossible timestamp really lies."""


def saved(cases: Iterable[Case], *, seed: int = 0) -> list[Saved]:
    """Return all captures of the scenario, in an order of the seed's."""
    captures = [_saved(row) for case in cases for row in case.rows]
    random.Random(seed).shuffle(captures)
    return captures


def faults(cases: Iterable[Case]) -> Faults:
    """Return what the service answers instead of single captures, always."""
    return Faults(
        Rule(_FAULTS[row.line.page], "replay", f"/web/{row.line.timestamp}id_/{row.capture.original}", times=None)
        for case in cases
        for row in case.rows
        if row.line.page in _FAULTS
    )


def _saved(row: Row) -> Saved:
    line, capture = row.line, row.capture
    listed = {"mimetype": capture.mimetype} if line.options.get("type") else {}
    if not line.is_real:
        return Saved(capture.original, _STAND_IN, page(row), row={"timestamp": line.timestamp}, stored=False)
    if line.page == "redirect_elsewhere":
        return saved_redirect(capture.original, line.timestamp, "https://www.hkcnews.com/", int(line.options["status"]))
    status = int(line.options.get("status", "200"))
    headers = (("Content-Type", capture.mimetype),) if capture.mimetype.startswith("image/") else HTML
    return Saved(
        capture.original,
        line.timestamp,
        page(row),
        status,
        "OK" if status == 200 else "Whatever",
        headers,
        revisit="revisit" in line.words,
        row=listed,
        stored=line.page != "not_archived",
    )


def page(row: Row) -> bytes:
    """Return the bytes of a capture: rows with the same content have the same, all others differ."""
    mark = hashlib.sha1(row.content.encode()).hexdigest()
    if row.capture.mimetype.startswith("image/"):
        return b"\xff\xd8\xff\xe0 no picture " + mark.encode()
    make = _PAGES.get(row.line.page, _article)
    return make(row).replace(b"<head>", f'<head><meta name="x" content="{mark}">'.encode(), 1)


def _article(row: Row) -> bytes:
    words = row.line.words
    # Under `pair` two ids have the same bytes, so these cannot name the id.
    number = 77 if "pair" in words else row.id
    body = "" if "nobody" in words else made_up_body(number) + f"\n<p>第{row.line.text}稿。</p>"
    box = None if "nobox" in words else Box("何路", "Blogger" if "english" in words else "博客")
    return article_page(number, author="何路", category="眾說", body=body, box=box, english="english" in words)


def _truncated(row: Row) -> bytes:
    whole = _article(row)
    return whole[: whole.index("稿。</p>".encode())]


def _unknown_layout(row: Row) -> bytes:
    """An article in a make-up that nobody has seen."""
    return _article(row).replace(b"article-content", b"story").replace(b"article-info", b"meta")


def _plain(title: str, body: str) -> Callable[[Row], bytes]:
    text = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body>{body}</body></html>\n"
    return lambda _: text.encode()


_PAGES: dict[str, Callable[[Row], bytes]] = {
    "farewell": lambda _: farewell_page(),
    "empty": lambda _: empty_page(),
    "listing": lambda _: home_page(),
    "challenge": lambda _: challenge_page(),
    "truncated": _truncated,
    "unknown_layout": _unknown_layout,
    "soft_404": _plain("找不到頁面 | 眾新聞", "<h1>404 找不到頁面</h1><p>你要找的網頁不存在。</p>"),
    "login": _plain(
        "會員登入 | 眾新聞",
        "<form action='/login'><p>請輸入電郵和密碼。</p><input name='who'><input type='password'></form>",
    ),
    "foreign": _plain("Lucky Seven Travel", "<h1>Cheap flights</h1><p>Book now and save on every trip.</p>"),
    "archived_error": _plain("Error", "<h1>Error</h1><p>The server could not answer.</p>"),
}

assert not _PAGES.keys() & SERVICE
