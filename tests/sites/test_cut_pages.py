"""A page that ends inside one of the article's own elements is cut, wherever the parser hides its end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.models import Page, Reading, Verdict
from scraper.sites import read_page
from scraper.sites.reading import MOST_BYTES
from tests.server.make import Box, article_page, article_url

NEWS = article_page(301)
COLUMN = article_page(302, category="政治", box=Box("甲"))


PLEA, NO_PLEA = "20200607080910", "20220310080910"
"""At the one moment a page ends with a plea for subscribers, which is missed where it is cut; at the other not."""


def read(body: bytes, *, truncated: str | None = None, at: str = PLEA) -> Reading:
    return read_page(Page(article_url(301), at, 200, "text/html", body, None, truncated))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([NEWS, COLUMN]), st.sampled_from([PLEA, NO_PLEA]))
def test_a_page_cut_anywhere_before_its_article_ends_is_never_written(
    data: st.DataObject, page: bytes, moment: str
) -> None:
    """From the first byte of the title to the last one of text and author box."""
    last = b"</div></div></div>" if page is COLUMN else b"</blockquote>"
    end = data.draw(st.integers(page.index(b"<h1>"), page.index(last) + len(last) - 1))
    assert read(page[:end], at=moment).verdict is not Verdict.ARTICLE


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from([NEWS, COLUMN]))
def test_a_page_cut_behind_its_article_is_the_article(data: st.DataObject, page: bytes) -> None:
    """The same text, wherever in the aside or the footer it ends."""
    end = data.draw(st.integers(page.index(b"<aside>"), len(page)))
    assert read(page[:end]).article == read(page).article


@pytest.mark.parametrize(
    "name",
    ["iframe", "noembed", "noframes", "xmp", "plaintext", "script", "style", "textarea", "noscript", "svg", "select"],
)
@pytest.mark.parametrize("page", [NEWS, COLUMN], ids=["news", "column"])
@pytest.mark.parametrize("moment", [PLEA, NO_PLEA])
def test_an_end_hidden_in_an_element_of_the_text_is_found(name: str, page: bytes, moment: str) -> None:
    """What follows its start tag is text to the parser, up to an end tag that does not come."""
    cut = page[: page.index(b"<blockquote>")] + f"<{name} width='9'>詳情 <p>".encode()
    assert read(cut, at=moment).verdict is Verdict.TRUNCATED


def test_a_column_without_its_box_is_cut_unless_the_page_comes_to_its_end() -> None:
    """Every category but one has a box; a whole page without is as the site made it."""
    box = COLUMN.index(b'<div class="article-author-info">')
    assert {read(COLUMN[:box], at=moment).verdict for moment in (PLEA, NO_PLEA)} == {Verdict.TRUNCATED}
    whole = COLUMN[:box] + COLUMN[COLUMN.index(b"</main>") :]
    assert read(whole).verdict is Verdict.ARTICLE
    assert read(NEWS[: NEWS.index(b"<aside>")]).verdict is Verdict.ARTICLE


def test_no_byte_of_a_page_that_was_cut_is_no_empty_page() -> None:
    """Only a page that is known to be whole can be empty."""
    assert read(b"", truncated="0 bytes instead of 5000").verdict is Verdict.TRUNCATED
    assert read(b"").verdict is Verdict.EMPTY


@pytest.mark.parametrize("body", [b"<", b"<!", b"<h", b"null", b"x" * 99])
def test_what_is_no_page_at_all_is_a_part_where_it_is_known_to_be_cut(body: bytes) -> None:
    """Nothing says of which site it would be; bytes of another kind are that, cut or not."""
    assert read(body, truncated="no HTML").verdict is Verdict.TRUNCATED
    assert read(b"%PDF-1.4 x", truncated="no HTML").verdict is Verdict.FOREIGN
    assert read(b"null").verdict is Verdict.FOREIGN


def test_a_page_too_large_to_be_parsed_is_an_unknown_layout() -> None:
    """It says so, and takes no time."""
    large = NEWS + b"<p>x</p>" * (MOST_BYTES // 8)
    reading = read(large)
    assert reading.verdict is Verdict.UNKNOWN_LAYOUT
    assert "too large" in reading.detail
    assert read(large[:MOST_BYTES]).verdict is Verdict.ARTICLE
