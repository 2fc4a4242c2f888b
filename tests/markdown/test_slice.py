"""The first words: a body to its blocks."""

from __future__ import annotations

import lxml.html

from scraper.markdown import convert_body
from scraper.urls import LinkRewriter


def test_text_of_a_paragraph_and_its_emphasis_stand_as_blocks():
    body = lxml.html.fragment_fromstring("<div><p>海港<b>早晨</b>。</p><h3>渡輪<br></h3></div>")
    links = LinkRewriter.of("20200101000000", "https://www.hkcnews.com/article/1/x")
    assert convert_body(body, links) == "海港 **早晨** 。\n\n### 渡輪"
