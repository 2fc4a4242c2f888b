from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.models import Verdict
from tests.sites.pages import FIRST, WRITER, box, column_heading, heading, page, read

WHOLE = page(headline=column_heading(), body=FIRST, after=box()).encode()


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes_get_a_verdict(body: bytes) -> None:
    """Nothing raises; a page without an article has none."""
    assert read(body).verdict is not Verdict.ARTICLE


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(WHOLE)), st.integers(0, 200), st.binary(max_size=40))
def test_a_damaged_page_gets_a_verdict(start: int, length: int, patch: bytes) -> None:
    """Any stretch of a page replaced by any bytes."""
    reading = read(WHOLE[:start] + patch + WHOLE[start + length :])
    assert (reading.article is not None) == (reading.verdict is Verdict.ARTICLE)


def test_shuffled_markup_gets_a_verdict() -> None:
    """The tags of a page in any order."""
    parts = WHOLE.decode().replace(">", ">\0").split("\0")
    for seed in range(30):
        random.Random(seed).shuffle(parts)
        reading = read("".join(parts))
        assert reading.detail or reading.article


@pytest.mark.parametrize("depth", [500, 1500])
def test_deep_nesting_loses_nothing(depth: int) -> None:
    """Deeper than Python's own recursion goes."""
    reading = read(page(body="<div>" * depth + FIRST + "</div>" * depth))
    assert reading.article is not None
    assert "下月起取消" in reading.article.content


@pytest.mark.parametrize("tag", ["div", "span", "b", "blockquote", "ul><li", "table><tr><td"])
def test_nesting_beyond_the_parser_is_said(tag: str) -> None:
    """What the parser drops is never passed over in silence."""
    reading = read(page(body=f"<{tag}>" * 100_000 + FIRST))
    if reading.article is not None:
        assert "下月起取消" in reading.article.content
    else:
        assert reading.verdict is Verdict.UNKNOWN_LAYOUT


def test_a_tag_of_very_many_attributes_is_read() -> None:
    """The parser's time for one tag grows with the square of its attributes: these would take a minute."""
    names = " ".join(f"a{number}='>'" for number in range(190_000))
    reading = read(page(body=f"<p {names}>甲</p>" + FIRST))
    assert reading.article is not None
    assert reading.article.content.startswith("甲\n\n")


def test_half_a_megabyte_in_one_text_is_read() -> None:
    """Nothing is lost in it; ten times as much is too large to be made Markdown, and said to be."""
    reading = read(page(body="<p>" + "渡輪航班" * 40_000 + "</p>"))
    assert reading.article is not None
    assert len(reading.article.content) == 160_000
    for many in ("渡輪航班" * 400_000, "渡輪航班" * 80_000, "<br>" * 40_000):
        reading = read(page(body=f"<p>{many}</p>"))
        assert reading.verdict is Verdict.UNKNOWN_LAYOUT
        assert "too large" in reading.detail


def test_srcsets_of_white_space_are_read() -> None:
    """Looking for the end of an address behind each space of a run would take a quarter of an hour."""
    pictures = f'<img srcset="/a{" " * 19_990}b" src="/a.jpg">' * 25
    reading = read(page(body=pictures + FIRST))
    assert reading.article is not None
    assert reading.article.content.count("/a.jpg") == 25


def test_ten_thousand_elements_are_read() -> None:
    """Nothing is lost in a page far larger than any of the site."""
    reading = read(page(body=FIRST + "<p>甲<b>乙</b></p>" * 5_000, tags='<a class="tag">x</a>' * 2_000))
    assert reading.article is not None
    assert reading.article.content.count("甲") == 5_000


@pytest.mark.parametrize(
    "clutter",
    [
        '<div class="' + "_" * 5_000 + '"></div>',
        '<div class="' + "tag-" * 5_000 + 'x"></div>',
        '<div class="tag-box related-x">' * 1_500 + "<p></p>" * 20_000 + "</div>" * 1_500,
        "<div>" * 1_500 + '<div class="article-block"></div>' + "</div>" * 1_500,
        '<p><a class="tag" href="/tag/x">甲</a></p>' * 14_000,
        f'<div class="{"x " * 200_000}">{"<a>甲</a>" * 10_000}</div>',
    ],
    ids=["underscores", "many words", "nested lists", "nested list", "many tags", "many classes around links"],
)
def test_names_and_nests_of_lists_are_read_in_time(clutter: str) -> None:
    """A class of underscores can be taken apart in more ways than there are atoms; nested lists hold each other."""
    started = time.process_time()
    for keywords in (None, "渡輪"):
        assert read(page(keywords=keywords, tags=clutter, body=FIRST + clutter)).article is not None
    assert time.process_time() - started < 20


def test_many_attributes_and_headings_are_read() -> None:
    """Many bylines, headings and boxes."""
    clutter = heading(info="x" * 50) * 2_000 + box(name="別人") * 500
    assert read(page(headline=heading() + clutter)).article is not None


@pytest.mark.parametrize(
    "piece",
    [" ", "撰文 ", "<i>文</i> ", "日期 ", "發佈日期 / ", "<b>日期</b><i> </i>", "更新 1. ", "<br> ", "Mar 1 ", "By/"],
)
def test_a_byline_of_400_kilobytes_is_read(piece: str) -> None:
    """Patterns look at its beginning only, and at that in one go."""
    started = time.process_time()
    assert (
        read(page(headline=heading(info="撰文: 記者甲 | " + piece * (400_000 // len(piece.encode()))))).article
        is not None
    )
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "value", ["---", '"', "\\", "{{<", "\u202e", "\u200b", "\x07", "a: b", "#", "\ufeff", "\x85", "\u2028"]
)
def test_hostile_values_are_kept(value: str) -> None:
    """A title is what the page shows, for the document to quote."""
    title = f"甲{value}乙"
    article = read(page(title="甲", headline=heading(title.replace("<", "&lt;")))).article
    assert article is not None
    assert article.title == title


@pytest.mark.parametrize("declaration", ["background:url(", "background:;", "background:("])
def test_styles_of_many_backgrounds_are_read(declaration: str) -> None:
    """Looking for the end of each address up to the end of the style would take minutes."""
    style = f"background:url(x);{declaration * 450}"
    boxes = f'<div class="author">博客 | 別人{f"<i style={chr(34)}{style}{chr(34)}></i>" * 300}</div>'
    assert read(page(headline=column_heading(), after=boxes)).article is not None


def test_bylines_in_lists_without_end_are_read() -> None:
    """Each looks at the links around it and at its neighbours."""
    item = f'<div class="item"><a href="/article/9/x">題</a><div class="author">博客 | {WRITER}</div></div>'
    for many in (item * 2_000, "<div>" * 1_000 + item * 200 + "</div>" * 1_000):
        assert read(page(headline=column_heading(), body=FIRST + many, after=many)).article is not None


_JUDGED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from scraper.models import Page
from scraper.sites import read_page
from scraper.sites.reading import MOST_BYTES
head, unit = (part.encode() for part in sys.argv[1].split("UNIT"))
page = head + unit * ((MOST_BYTES - len(head) - 40) // len(unit)) + b"</div></main></body></html>"
print(read_page(Page("https://www.hkcnews.com/article/9/x", "20200607080910", 200, "text/html", page)).verdict)
"""


@pytest.mark.parametrize(
    "unit",
    ["<p>", "<br>", "<a href=/a>x</a>", "*", "a *b* ", "&lt;", "&#1;", "<p a=1 b=2 c=3 d>x", "<td>a", "字", "<!--a-->"],
)
def test_any_page_is_judged_within_ten_seconds_and_a_gigabyte(unit: str) -> None:
    """As long as a page may be to be parsed at all, of what takes parsers and converters longest."""
    start = page(body=FIRST).partition(FIRST)[0]
    done = subprocess.run([sys.executable, "-c", _JUDGED, f"{start}UNIT{unit}"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == Verdict.UNKNOWN_LAYOUT


@settings(max_examples=60, deadline=None)
@given(
    st.characters(min_codepoint=0xFDD0, max_codepoint=0xFDEF),
    st.characters(max_codepoint=0x1F, exclude_characters="\r\n\f"),
)
def test_no_character_of_a_page_is_a_mark_of_our_own(mark: str, control: str) -> None:
    """Beside a control character in the title: it stays what it is, and what stands behind it is escaped as ever."""
    body = f'<p>甲{mark}&lt;b&gt;乙</p><figure><img src="/a.jpg" alt="丙{mark}x"></figure><pre>丁{mark}&lt;b&gt;</pre>'
    found = read(page(title="甲", headline=heading(f"甲{control}{mark}"), body=body)).article
    plain = read(page(title="甲", headline=heading(f"甲{control}字"), body=body.replace(mark, "字"))).article
    assert found is not None
    assert plain is not None
    assert found.content == plain.content.replace("字", mark)
    assert "<b>" not in found.content.replace("\\<b>", "")
