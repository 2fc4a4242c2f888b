"""What the Markdown shows is what the page showed."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from warcio.archiveiterator import ArchiveIterator

from scraper.markdown.converter import convert_body
from scraper.markdown.document import parse_document
from scraper.urls import LinkRewriter
from tests.markdown.bodies import LINKS, PARSER, body_of
from tests.markdown.fragments import bodies
from tests.markdown.shown import Line, markdown_shows, page_shows
from tests.markdown.test_blocks import CASES

CONFORMANCE = Path(__file__).resolve().parents[3] / "shared" / "conformance"
QUOTE_LEFT = re.compile(r"(?m)^[> 0-9.-]*>   $|   \n   \n")


def without_quotes(lines: list[Line]) -> list[Line]:
    return [line._replace(around=tuple(name for name in line.around if name != "quote")) for line in lines]


def assert_shows_the_same(body, links):
    """Compare text, links, emphasis, headings, list items, quotes, table cells, figures and frames, line by line."""
    markdown = convert_body(body, links)
    page = page_shows(
        body, links.rewrite, lambda url: links.absolute(url, "im_"), frame=lambda url: links.rewrite(url, "if_")
    )
    shown = markdown_shows(markdown)
    if QUOTE_LEFT.search(markdown):
        # The form does not repeat the quote's mark behind an empty line, so there the quote ends.
        page, shown = without_quotes(page), without_quotes(shown)
    assert shown == page, markdown


@settings(max_examples=250, deadline=None)
@given(bodies)
def test_any_body_shows_the_same(html):
    """Words like markup, nested emphasis and links, breaks, lists, quotes, tables and figures show as before."""
    assert_shows_the_same(body_of(html), LINKS)


UNREAD = re.compile("<pre|colspan|<caption|<figure><(?:table|iframe|img [^>]*><picture)|#&lt;")


@pytest.mark.parametrize("html", [html for html, _ in CASES.values() if not UNREAD.search(html)])
def test_the_exact_cases_show_the_same(html):
    """What the form prescribes shows what the page did, wherever the two readers know the elements."""
    assert_shows_the_same(body_of(html), LINKS)


@cache
def conformance_pages() -> dict[str, bytes]:
    with (CONFORMANCE / "pages.warc.gz").open("rb") as stream:
        return {
            record.rec_headers["WARC-Target-URI"]: record.content_stream().read() for record in ArchiveIterator(stream)
        }


def conformance_cases() -> list[dict[str, str]]:
    if not CONFORMANCE.is_dir():
        return []
    with (CONFORMANCE / "cases.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="needs ../shared/conformance")
def test_every_conformance_page_shows_the_same_and_is_identical_where_it_should_be():
    """Pages the reference got wrong show what they should; of the others the whole body is the reference's."""
    compared = 0
    for case in conformance_cases():
        page = lxml.html.document_fromstring(conformance_pages()[case["original_url"]], parser=PARSER)
        body = page.find_class("article-content")[0]
        links = LinkRewriter(case["timestamp"], case["original_url"])
        assert_shows_the_same(body, links)
        if case["class"] == "identity":
            expected = (CONFORMANCE / "expected" / f"article_{case['id']}.md").read_bytes().decode()
            content = convert_body(body, links)
            assert parse_document(expected).body.startswith(content), case["id"]
            compared += 1
    assert compared == 240
