"""The given pages in other make-ups of the parts whose place is inferred (SPEC section 3): the file must not change.

Each variation moves one part of a conformance page to another plausible place. It is independent of the layouts in
`scraper.sites`: what it invents there must not be looked up here, nor the other way round.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.markdown.document import render_document
from scraper.models import Page
from scraper.sites.hkcnews import HKCNEWS

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"
PAGES_PER_VARIATION = 12

pytestmark = pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="../shared/conformance is not beside the project")

STAMP = re.compile(r"(?:\s*\|\s*|\s*<br>\s*)最後更新(?:日期)?: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
INFO = re.compile(r'<div class="article-info">.*?</div>', re.DOTALL)
KEYWORDS = re.compile(r'<meta name="keywords" content="([^"]*)">')
TAG_LIST = re.compile(r'<div class="tag-list">.*?</div>\n?')
BOX = re.compile(r'<div class="blogger-box">\s*(.*?</div></div></div>)\s*</div>\n?', re.DOTALL)
PLEA = re.compile(r"<hr ?/?>\s*<p[^>]*>[^<]*月費訂戶[^<]*</p>\s*<p[^>]*>月費訂戶<a.*?</p>\n?", re.DOTALL)
COLUMN_END = '<h2 class="hidden">相關文章</h2>'
CONTENT = '<div class="article-content">'
HEADING = '<div class="article-heading">'
SHARE = '<div class="share-bar"><a href="#">分享</a></div>'
DEFAULT = '<meta name="keywords" content="眾新聞, hkcnews, 眾新聞">'

Variation = Callable[[str], str]


class Case(NamedTuple):
    id: str
    original: str
    timestamp: str
    page: str
    expected: str


def before(mark: str, part: str, page: str) -> str:
    return page.replace(mark, part + mark, 1)


def stamp(place: Callable[[str, str], str]) -> Variation:
    """Take the stamp out of the byline, and put it where `place` says."""

    def change(page: str) -> str:
        found = STAMP.search(page)
        return place(page.replace(found[0], "", 1), found[1]) if found else page

    return change


def tags(head: str, place: Callable[[str, str], str]) -> Variation:
    """Put other keywords into the head, and the tags as links where `place` says; their names stand HTML-escaped."""

    def change(page: str) -> str:
        found = KEYWORDS.search(page)
        if not found or found[0] == DEFAULT:
            return page
        links = " ".join(f'<a href="/tag/x">{name}</a>' for name in found[1].split(", "))
        return place(TAG_LIST.sub("", page.replace(found[0], head, 1)), links)

    return change


def box(place: Callable[[str, str], str]) -> Variation:
    """Take the author's component out of its box, and put it where `place` says."""

    def change(page: str) -> str:
        found = BOX.search(page)
        return place(page.replace(found[0], "", 1), found[1]) if found else page

    return change


def plea(place: Callable[[str, str], str]) -> Variation:
    """Take the plea for subscribers out, and put it where `place` says."""

    def change(page: str) -> str:
        found = PLEA.search(page)
        return place(page.replace(found[0], "", 1), found[0]) if found else page

    return change


VARIATIONS: dict[str, Variation] = {
    "byline with loose white space": lambda page: INFO.sub(
        lambda match: match[0].replace(": ", ":\n   ").replace(" | ", "\t|\r\n  "), page, count=1
    ),
    "stamp behind a label without colon": lambda page: re.sub(r"最後更新(?:日期)?:", "更新於", page),
    "stamp beside the byline": stamp(lambda page, moment: page.replace("</h1>", f"</h1><p>最後更新：{moment}</p>", 1)),
    "stamp without label": stamp(lambda page, moment: before(CONTENT, f"<small>{moment}</small>", page)),
    "stamp above the heading": stamp(lambda page, moment: before(HEADING, f"<p>最後更新日期：{moment}</p>", page)),
    "stamp behind the text": stamp(lambda page, moment: before(COLUMN_END, f"<div>更新: {moment}</div>", page)),
    "keywords with attributes turned round": lambda page: KEYWORDS.sub(
        lambda match: f'<META CONTENT="{match[1]}" NAME="Keywords" />', page
    ),
    "keywords without spaces": lambda page: (
        KEYWORDS.sub(lambda match: match[0].replace(", ", ","), page) if DEFAULT not in page else page
    ),
    "tags as links above the text": tags("", lambda page, links: before(CONTENT, f"<div>{links}</div>", page)),
    "tags as links behind the text": tags(DEFAULT, lambda page, links: before(COLUMN_END, f"<p>{links}</p>", page)),
    "tags of other articles in another column": lambda page: before(
        '<div class="side-heading">', '<ul class="tags"><li><a href="/tag/x">X</a></li></ul>', page
    ),
    "box bare behind the text": box(lambda page, component: before(COLUMN_END, component, page)),
    "box above the heading": box(lambda page, component: before(HEADING, f"<div>{component}</div>", page)),
    "box in a foot of its own": box(lambda page, component: before(COLUMN_END, f"<div>{component}{SHARE}</div>", page)),
    "box in another column": box(lambda page, component: before('<div class="side-heading">', component, page)),
    "box in the text": box(lambda page, component: page.replace(CONTENT, CONTENT + component, 1)),
    "plea right behind the text": plea(
        lambda page, asked: before('<div class="blogger-box">' if BOX.search(page) else COLUMN_END, asked, page)
    ),
    "plea behind the author box": plea(lambda page, asked: before(COLUMN_END, asked, page)),
    "plea in its own element": plea(
        lambda page, asked: before(COLUMN_END, f'<div class="x"><div>{asked}</div>{SHARE}</div>', page)
    ),
    "plea above the text": plea(lambda page, asked: before(CONTENT, f"<section>{asked}</section>", page)),
    "plea in the text": plea(lambda page, asked: page.replace(CONTENT, CONTENT + asked, 1)),
}


def _cases() -> Iterator[Case]:
    with (CONFORMANCE / "cases.tsv").open(encoding="utf-8", newline="") as table:
        cases = {row["original_url"]: row for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}
    with (CONFORMANCE / "pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            row = cases.get(record.rec_headers.get_header("WARC-Target-URI") or "")
            if row and row["class"] == "identity":
                text = record.content_stream().read().decode("utf-8", "surrogateescape")
                expected = (CONFORMANCE / "expected" / f"article_{row['id']}.md").read_bytes().decode()
                yield Case(row["id"], row["original_url"], row["timestamp"], text, expected)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(_cases())


@pytest.mark.parametrize("name", VARIATIONS)
def test_another_make_up_gives_the_same_file(name: str, cases: list[Case]) -> None:
    """A part whose place nobody has seen may stand in another; the document is the same."""
    changed = [(case, page) for case in cases if (page := VARIATIONS[name](case.page)) != case.page]
    assert changed, "the variation applies to no page"
    step = max(1, len(changed) // PAGES_PER_VARIATION)
    wrong = []
    for case, markup in changed[::step]:
        body = markup.encode("utf-8", "surrogateescape")
        page = Page(case.original, case.timestamp, 200, "text/html; charset=UTF-8", body)
        reading = HKCNEWS.read(page)
        if reading.article is None:
            wrong.append((case.id, f"{reading.verdict}: {reading.detail}"))
            continue
        url = HKCNEWS.document_url(case.original)
        got = render_document(reading.article, original_url=url, timestamp=case.timestamp)
        if got != case.expected:
            lines = zip(case.expected.split("\n"), got.split("\n"), strict=False)
            wrong.append((case.id, [pair for pair in lines if pair[0] != pair[1]][:2]))
    assert not wrong, f"{len(wrong)} of {len(changed[::step])} pages differ: {wrong[:3]}"
