"""Backslashes stand where they are needed and nowhere else."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scraper.markdown.escape import Relaxer, escape, in_cell
from tests.markdown.shown import markdown_shows


def relaxed(text: str, before: str = "", after: str = "", *, cell: bool = False) -> str:
    """Return a text as it stands in a block of its own, between what makes it that block."""
    block = Relaxer().block(f"{before}{in_cell(escape(text)) if cell else escape(text)}{after}")
    return block.removeprefix(before).removesuffix(after)


ALPHABET = "*_`<>[]()!#+-=~|&\\{}.:;1aA港。「 "


def shown(markdown: str) -> list[str]:
    """Return the lines shown, and what kind of block each is, if no more than a paragraph is there."""
    return [f"{line.around} {line.kind} {line.runs}" for line in markdown_shows(markdown)]


def plain(text: str) -> list[str]:
    """Return what a paragraph that holds just this text shows."""
    joined = "".join(text.split())
    return [f"() p (Run(text={joined!r}, strong=False, em=False, href=''),)"] if joined else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("snake_case_name 與 a*b", "snake_case_name 與 a*b"),
        ("AT&T、R&D;、&nosuch;", "AT&T、R&D;、&nosuch;"),
        ("5 < 6 > 4，a<b", "5 < 6 > 4，a<b"),
        ("[註1] 見 [a](港)", "[註1] 見 \\[a](港)"),
        ("注 [1]: 見下", "注 [1]: 見下"),
        ("#香港 #加油", "#香港 #加油"),
        ("-5 度", "-5 度"),
        ("3.5 萬", "3.5 萬"),
        ("`只有一個", "`只有一個"),
        ("C:\\港", "C:\\港"),
        ("*強調*", "\\*強調*"),
        ("**強調**", "\\*\\*強調**"),
        ("「_a_」", "「\\_a_」"),
        ("`碼`", "\\`碼`"),
        ("``碼``", "\\``碼``"),
        ("` ```碼```~``", "\\` `\\``碼```~``"),
        ("1. 一", "1\\. 一"),
        ("2) 二", "2\\) 二"),
        ("- 項", "\\- 項"),
        ("+ 項", "\\+ 項"),
        ("> 引", "\\> 引"),
        ("# 題", "\\# 題"),
        ("---", "\\---"),
        ("* * *", "\\* * *"),
        ("~~~", "\\~~~"),
        ("<b>粗</b>", "\\<b>粗\\</b>"),
        ("<!-- x -->", "\\<!-- x -->"),
        ("<div 一", "\\<div 一"),
        ("<https://x.hk/>", "\\<https://x.hk/>"),
        ("&lt;、&#65;", "\\&lt;、\\&#65;"),
        ("\\*", "\\\\*"),
        ("[a]: http://x.hk", "\\[a]: http://x.hk"),
        ("{{< video >}}", "{\\{< video >}}"),
        ("{{% x %}}", "{\\{% x %}}"),
        ("{{ x }}", "{{ x }}"),
    ],
)
def test_each_thing_that_markdown_would_swallow_and_what_looks_like_it(text, expected):
    """A paragraph of plain text gets the backslashes it needs; the same characters get none where they mean nothing."""
    assert relaxed(text) == expected
    assert shown(expected) == plain(text)


@pytest.mark.parametrize("between", ["x", " ", "*"])
def test_backticks_never_pair_also_not_behind_a_backslash_of_ours(between):
    """A run of backticks that a backslash cuts in two is another run: it may be as long as one before it."""
    for lengths in product(range(1, 5), repeat=4):
        text = between.join("`" * length for length in lengths).replace("x", "港", 1)
        assert shown(relaxed(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("C #", "C \\#"), ("C#", "C#"), ("1. 題", "1. 題"), ("##", "\\##"), ("- x", "- x"), ("*a*", "\\*a*")],
)
def test_in_a_heading_only_its_end_can_be_taken_for_something(text, expected):
    """A heading's text cannot begin a list, but hashes at its end would be swallowed."""
    assert relaxed(text, "## ") == expected
    assert markdown_shows(f"## {expected}")[0].runs[0].text == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"), [("a|b", "a\\|b"), ("a\\|b", "a\\\\\\|b"), ("- x", "- x"), ("||", "\\|\\|")]
)
def test_in_a_cell_every_pipe_is_escaped(text, expected):
    """A pipe would end the cell wherever it stands."""
    assert relaxed(text, "| ", " |\n| --- |", cell=True) == expected
    assert markdown_shows(f"| {expected} | z |\n| --- | --- |")[0].runs[0].text == "".join(text.split())


@settings(max_examples=400, deadline=None)
@given(st.text(ALPHABET, min_size=1, max_size=16))
def test_no_backslash_is_needless(text):
    """Taking away any one of them would show something else."""
    text = " ".join(text.split(" ")).strip(" ")
    assume(text and "{{<" not in text and "{{%" not in text)
    markdown = relaxed(text)
    assert shown(markdown) == plain(text)
    rest = iter(text)
    char = next(rest, "")
    for position, written in enumerate(markdown):
        if written == char:
            char = next(rest, "")
        else:
            assert written == "\\"
            assert shown(markdown[:position] + markdown[position + 1 :]) != plain(text), markdown


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("*甲* [乙](x) 1. `丙` &amp; #", "*甲* [乙](x) 1. `丙` &amp; #"),
        ("3 < 4 <3 {{ x }}", "3 < 4 <3 {{ x }}"),
        ("<https://x.hk/>", "<https://x.hk/>"),
        ("<script>x</script> <b", "\\<script>x\\</script> <b"),
        ("\\<b> \\\\<i>", "\\<b> \\\\\\<i>"),
        ("`<b>`", "`<b>`"),
        ("{{< x >}}{{% y", "{\\{< x >}}{\\{% y"),
        ("a<!--more-->b", "a<\\!--more-->b"),
    ],
)
def test_of_a_title_raw_html_and_shortcodes_are_broken_up_and_nothing_else(title, expected):
    """A title stands verbatim in its line; it cannot put an element or a shortcode into the site made of it."""
    assert Relaxer().title(f"# {title}") == f"# {expected}"


@settings(max_examples=200, deadline=None)
@given(st.text("<>!-ab/ \\`{%?&", max_size=12))
def test_no_title_is_raw_html(title):
    """Whatever stands in a title, a reader of the document finds no HTML and Hugo no shortcode in it."""
    line = Relaxer().title(f"# {title}")
    assert "html_inline" not in str(markdown_shows(line))
    assert not any(mark in line for mark in ("{{<", "{{%", "<!--more"))


def test_a_deep_item_is_read_as_one():
    """A block that stands four spaces and more in is an inner item of a list, not code, where no backslash helps."""
    assert Relaxer().block("      - \\# a \\*b") == "      - \\# a *b"
    assert Relaxer().block("     1. \\[a\\](b)") == "     1. \\[a](b)"


def test_what_is_asked_has_an_end():
    """Of a page with more in it than anybody writes, the last blocks keep backslashes that they do not need."""
    relaxer = Relaxer()
    blocks = [relaxer.block("\\*港 \\_a b\\*c " * 30) for _ in range(400)]
    assert blocks[0].count("\\") < 60
    assert blocks[-1] == "\\*港 \\_a b\\*c " * 30
    assert shown(blocks[-1]) == shown(blocks[0])
