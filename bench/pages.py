"""One page to Markdown, on one core, against what others need for the same bytes."""

from __future__ import annotations

import statistics
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
from bs4 import BeautifulSoup
from markdownify import markdownify

from bench import made
from bench.measure import Row, take_turns
from scraper.markdown.document import render_document
from scraper.models import Page
from scraper.sites.hkcnews import HKCNEWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance" / "pages.warc.gz"
LIMIT = "the bare parse is 1"
FRAGMENT = "lxml, fragment through bs4 and markdownify"


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each contestant, all against the bare lxml parse; then ours on the given pages, if here."""
    pages = [
        Page(one.url, one.timestamp, 200, "text/html; charset=UTF-8", one.payload)
        for one in made.captures(4 if quick else 40)
    ]
    yield from _compare(pages, rounds=1 if quick else 7, name="made pages", others=True)
    if CONFORMANCE.exists():
        yield from _compare(
            list(_given(20 if quick else 280)), rounds=1 if quick else 5, name="given pages", others=False
        )


def _given(count: int) -> Iterator[Page]:
    from scraper.store.archives import read_archives

    for found in read_archives([CONFORMANCE]):
        memento = getattr(found, "memento", found)
        if count and hasattr(memento, "body"):
            count -= 1
            yield Page(memento.original, memento.timestamp, 200, memento.header("Content-Type"), memento.body)


def ours(page: Page) -> str:
    """The whole way: judge, read, render."""
    reading = HKCNEWS.read(page)
    assert reading.article is not None, reading
    return render_document(reading.article, original_url=HKCNEWS.document_url(page.original), timestamp=page.timestamp)


def _fragment(page: Page) -> str:
    tree = lxml.html.document_fromstring(page.body)
    return lxml.html.tostring(tree.find_class("article-content")[0], encoding="unicode")


def _fragment_by_bs4(page: Page) -> str:
    return markdownify(_fragment(page))


def _whole_by_bs4(page: Page) -> str:
    return markdownify(str(BeautifulSoup(page.body, "lxml").find(class_="article-content")))


def _contestants() -> dict[str, Callable[[Page], object]]:
    found: dict[str, Callable[[Page], object]] = {
        FRAGMENT: _fragment_by_bs4,
        "BeautifulSoup(lxml) of the page, markdownify": _whole_by_bs4,
    }
    if find_spec("trafilatura"):
        import trafilatura

        found["trafilatura to Markdown"] = lambda page: trafilatura.extract(page.body, output_format="markdown")
    if find_spec("html_to_markdown"):
        import html_to_markdown

        found["html-to-markdown on the fragment"] = lambda page: html_to_markdown.convert(_fragment(page))
    return found


def _compare(pages: list[Page], *, rounds: int, name: str, others: bool) -> Iterator[Row]:
    contestants: dict[str, Callable[[Page], object]] = {
        "lxml": lambda page: lxml.html.document_fromstring(page.body),
        "ours": ours,
    } | (_contestants() if others else {})

    def over_all(call: Callable[[Page], object]) -> Callable[[], None]:
        def run() -> None:
            for page in pages:
                call(page)

        return run

    taken = take_turns({key: over_all(call) for key, call in contestants.items()}, rounds)
    size = round(statistics.median(len(page.body) for page in pages) / 1000, 1)
    for key, seconds in taken.items():
        if key != "lxml":
            label = "page to Markdown" if key == "ours" else key
            figures = {"pages/s": round(len(pages) / seconds), "KB a page": size}
            goal = 6.0 if key == "ours" else None
            yield Row(f"{label}, {name}", "lxml.html parse alone", seconds / taken["lxml"], goal, LIMIT, figures)
    if others:
        yield Row(
            f"page to Markdown, {name}",
            FRAGMENT,
            taken["ours"] / taken[FRAGMENT],
            1.2,
            "the same libraries without form, fields, verdict",
            {},
        )
