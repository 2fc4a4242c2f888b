"""Bodies made to hurt: each ends in a text, and more of the same costs no more than in proportion.

Cost is counted as Python calls, so that nothing here depends on how fast a machine is.
"""

from __future__ import annotations

import sys

import pytest
from lxml import etree

from scraper.markdown.converter import convert_body
from tests.markdown.bodies import LINKS, body_of, converted
from tests.markdown.shown import markdown_shows

REPEATED = {
    "stars": ("<p>", "*a* ", "</p>"),
    "doubled stars": ("<p>", "a**b", "</p>"),
    "stars and underscores": ("<p>", "*_a*b_c ", "</p>"),
    "opening brackets": ("<p>", "[", "</p>"),
    "half links": ("<p>", "[a](b", "</p>"),
    "whole links in text": ("<p>", "[a](b)", "</p>"),
    "pictures in text": ("<p>", "![[]()", "</p>"),
    "backticks": ("<p>", "`a", "</p>"),
    "comments": ("<p>", "<!---->a", "</p>"),
    "comments begun": ("<p>", "&lt;!--", "</p>"),
    "tags begun": ("<p>", '&lt;a b="', "</p>"),
    "attributes": ("<p>&lt;a ", "b ", "</p>"),
    "references": ("<p>", "&amp;amp;", "</p>"),
    "backslashes": ("<p>", "\\*", "</p>"),
    "links": ("<p>", '<a href="/x">a]b</a>', "</p>"),
    "breaks": ("<p>", "<br>", "</p>"),
    "list marks behind breaks": ("<p>", "1. a<br>", "</p>"),
    "empty lines in emphasis": ("<p><b>", "a<br><br>", "</b></p>"),
    "breaks in a heading": ("<h2>", "<br>", "</h2>"),
    "wide spaces in emphasis": ("<p><b>a", "\u2003", "b</b></p>"),
    "nested quotes": ("", "<blockquote>", "x"),
    "nested lists": ("", "<ul><li>", "x"),
    "nested links": ("", '<a href="/x">', "x"),
    "nested figures": ("", "<figure><img src=a>", "x"),
    "pictures in one figure": ("<figure>", "<img src=a>", "</figure>"),
    "rows": ("<table>", "<tr><td>a", "</table>"),
    "caption": ("<figure><img src=a><figcaption>", "&amp;a&lt;", "</figcaption></figure>"),
    "destination": ('<p><a href="', "({{%", '">a</a></p>'),
    "sources": ('<img src="a" srcset="', "a b ", '">'),
}


def calls(html: str) -> int:
    """Return how many functions converting a body calls, and characters of output it makes per thousand."""
    body = body_of(html)
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counting)
    try:
        text = convert_body(body, LINKS)
    finally:
        sys.setprofile(None)
    return count + len(text) // 1000


@pytest.mark.parametrize(("before", "repeated", "after"), REPEATED.values(), ids=REPEATED.keys())
def test_cost_grows_in_proportion(before, repeated, after):
    """Four times as much of it takes about four times the work, not sixteen."""
    few, many = (calls(before + repeated * number + after) for number in (600, 2_400))
    assert many < 8 * few


@pytest.mark.parametrize(
    "names", ["div", "b", "b em", "blockquote", "ul li", "span", "table tr td", "figure", "picture"]
)
def test_any_depth_is_read(names):
    """Thousands of elements deep, three times what the parser follows, the word at the bottom is there."""
    body = deepest = etree.Element("div")
    for _ in range(6_000 // len(names.split())):
        for name in names.split():
            deepest = etree.SubElement(deepest, name)
    etree.SubElement(deepest, "p").text = "海"
    assert "海" in convert_body(body, LINKS)


def test_ten_megabytes_in_one_text_node():
    """A huge paragraph comes out whole."""
    text = "海港，a = b。 " * 600_000
    assert converted(f"<p>{text}</p>") == text.strip()


def test_controls_and_odd_characters_stay():
    """What a text holds is kept, whatever it is, and is no markup."""
    text = "甲\x01\x08\x7f\x85\u2028\u202e\ufdd0\ufeff\U0001fffe乙"
    assert converted(f"<p>{text}</p>") == text


def test_thousands_of_special_characters_still_show_themselves():
    """A text too wild to be read exactly has a backslash at each of them."""
    text = "*[a](b) `c` <d> _e_ " * 3_000
    assert markdown_shows(converted(f"<p>{text.replace('<', '&lt;')}</p>"))[0].runs[0].text == "".join(text.split())
