"""Lists name articles: title, category, author, date, each as far as it is shown."""

from __future__ import annotations

import json

import pytest

from scraper.models import ListEntry, Page
from scraper.sites.hkcnews import HKCNEWS

HOME = "https://www.hkcnews.com/"
MORE = "https://www.hkcnews.com/data/newsposts/3?page=2"


def entry(number: int, title: str = "渡輪末班車改點", line: str = "眾聞 | 記者丙", date: str = "03.02.19") -> str:
    """An entry as the home page of 2018-03 has it."""
    link = f'<a href="/article/{number}/x-{number}"><p>{title}</p></a>'
    return f"""<div class="article-block"><div class="article-block-body">{link}</div>
<div class="article-block-footer article-author-info"><div class="text-box"><div class="line">{line}</div>
<div class="line">{date}</div></div></div></div>"""


def head(number: int) -> str:
    title = '<div class="slide-float-title">頭條</div>'
    return f"""<div class="hl-block"><a href="/article/{number}/y"><img src="/a.jpg"></a>{title}
<div class="line">眾說 | 海旁散步</div></div>"""


def named(body: str | bytes, url: str = HOME, kind: str = "text/html; charset=utf-8") -> tuple[ListEntry, ...]:
    held = body if isinstance(body, bytes) else body.encode()
    return HKCNEWS.read_list(Page(url, "20180304050607", 200, kind, held))


def page(*blocks: str) -> str:
    return f'<html><body id="Landing"><h2 class="hidden">眾新聞</h2>{"".join(blocks)}</body></html>'


def test_entries_and_heads() -> None:
    """An entry says all; a head of the home page has no date; each article is named once."""
    assert named(page(head(301), entry(302), entry(303, "長標題的開頭..."), entry(302))) == (
        ListEntry(301, "頭條", "眾說", "海旁散步", ""),
        ListEntry(302, "渡輪末班車改點", "眾聞", "記者丙", "2019-02-03"),
        ListEntry(303, "長標題的開頭...", "眾聞", "記者丙", "2019-02-03"),
    )


def test_the_json_of_more_entries() -> None:
    """Its `items` are the HTML of one entry each."""
    body = json.dumps({"items": [entry(302), entry(303)], "next": 3})
    assert [one.article for one in named(body, MORE, "application/json")] == [302, 303]


def test_what_a_replay_rewrote_names_the_same() -> None:
    """Links of a rewritten page lead through the archive."""
    there = "https://web.archive.org/web/20180304050607/https://www.hkcnews.com/article"
    assert named(page(entry(302)).replace("/article", there, 2)) == named(page(entry(302)))


@pytest.mark.parametrize(
    "block",
    [
        entry(302, title=""),
        entry(302).replace("/article/302", "/blogger/302"),
        entry(302, title="長" * 600),
        '<div class="article-block">',
    ],
)
def test_what_names_no_article_by_a_title_is_no_witness(block: str) -> None:
    """Without an id or a title of fit length there is nothing to say."""
    assert named(page(block)) == ()


def test_what_is_not_shown_is_empty() -> None:
    """A line of another form, no line at all: no author, no category, no date, and no guess."""
    assert named(page(entry(302, line="眾新聞", date="昨日"))) == (ListEntry(302, "渡輪末班車改點", "", "", ""),)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"items": 3}', b'{"items": [1, null]}', b"[" * 100_000])
def test_json_of_any_form_raises_nothing(body: bytes) -> None:
    """Cut, of another form, deep."""
    assert named(body, MORE, "application/json") == ()


def test_a_page_of_endless_entries_is_bounded() -> None:
    """So many entries no list has."""
    assert len(named(page(*(entry(number) for number in range(1, 2000))))) <= 500


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://hkcnews.com:80/", True),
        ("https://www.hkcnews.com/?utm_source=x", True),
        ("https://www.hkcnews.com/news", True),
        ("https://www.hkcnews.com/news/3/%E7%A4%BE%E6%9C%83", True),
        ("https://www.hkcnews.com/blogger/writer-12", True),
        ("https://www.hkcnews.com/event/5", True),
        ("https://www.hkcnews.com/tag/x", True),
        (MORE, True),
        ("https://www.hkcnews.com/article/302", False),
        ("https://www.hkcnews.com/news_%E6%96%B0%E8%81%9E/a_large.jpg", False),
        ("https://www.hkcnews.com/news/app.js", False),
        ("https://www.hkcnews.com/aboutus", False),
        ("https://example.org/news", False),
    ],
)
def test_urls_of_lists(url: str, expected: bool) -> None:
    """Home page, sections, bloggers, events, tags and their JSON; no article, no file, no other site."""
    assert HKCNEWS.is_list(url) is expected
