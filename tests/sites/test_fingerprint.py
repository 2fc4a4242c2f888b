from __future__ import annotations

from scraper.models import Page
from scraper.sites.hkcnews import HKCNEWS
from tests.sites.pages import (
    BIO,
    FIGURE,
    FIRST,
    HOUSE,
    PLEA,
    SECOND,
    TIMESTAMP,
    URL,
    box,
    column_heading,
    heading,
    page,
    read,
)


def test_the_same_text_in_two_captures_is_the_same() -> None:
    """Time, host, slug, tags, interface language, plea, figures and decoys do not make another text."""
    here = Page(URL, TIMESTAMP, 200, None, page(body=FIRST + SECOND).encode())
    there = here._replace(
        original="http://hkcnews.com/article/12345",
        timestamp="20190101000000",
        body=page(
            headline=heading(info="Author: 記者甲 | Publish Date: 04.03.19 | Updated: 2019-03-05 10:11:12"),
            keywords=None,
            body=FIGURE + "\n  " + FIRST + "<script>x</script>\n\n" + SECOND.replace("/article/20442", "/article/1"),
            plea=PLEA,
            listing="",
        ).encode(),
    )
    assert HKCNEWS.read(here).text_sha256 == HKCNEWS.read(there).text_sha256 != ""


def test_a_correction_is_another_text() -> None:
    """In a word of the text or of the title."""
    digests = {
        read(html).text_sha256
        for html in (
            page(body=FIRST + SECOND),
            page(body=FIRST.replace("兩班", "三班") + SECOND),
            page(body=FIRST),
            page(body=FIRST + SECOND, headline=heading("另一題目")),
        )
    }
    assert len(digests) == 4


def test_a_rule_in_the_text_is_no_plea() -> None:
    """Only the plea behind the last rule is passed over."""
    assert read(page(body=FIRST + "<hr>" + HOUSE)).text_sha256 != read(page(body=FIRST)).text_sha256
    assert (
        read(page(body=FIRST + "<hr>" + HOUSE, plea=PLEA)).text_sha256
        == read(page(body=FIRST + "<hr>" + HOUSE)).text_sha256
    )


def test_what_only_one_capture_shows_counts_as_completeness() -> None:
    """A figure, a stamp, a box, tags: each makes a page of the same text the more complete."""
    plain = read(page(headline=column_heading(), keywords=None))
    for html in (
        page(headline=column_heading(), keywords=None, body=FIGURE + FIRST + SECOND),
        page(headline=column_heading(), keywords=None, after=box()),
        page(headline=column_heading() + "<p>更新 2019-03-05 10:11:12</p>", keywords=None),
        page(headline=column_heading()),
    ):
        other = read(html)
        assert other.text_sha256 == plain.text_sha256
        assert other.completeness > plain.completeness


def test_a_bio_is_no_text() -> None:
    """The box may stand inside the text's element."""
    assert read(page(headline=column_heading(), body=FIRST + box(bio=BIO))).text_sha256 == (
        read(page(headline=column_heading(), body=FIRST)).text_sha256
    )


def test_linked_ids_are_those_of_all_articles_linked_to() -> None:
    """In the text, in listings, to either host; each once, sorted; hostile ones are none."""
    links = ["/article/7/x", "http://hkcnews.com/article/3", "//www.hkcnews.com/article/5?x", "/article/../../9"]
    links += ["https://example.org/article/4", "/article/99999999999", "/article/7"]
    body = FIRST + "".join(f'<a href="{link}">x</a>' for link in links)
    assert read(page(body=body, listing="")).linked_ids == (3, 5, 7)


def test_what_stands_behind_the_page_is_no_link_of_it() -> None:
    """A second page in the same bytes is not looked at, neither for what it says nor for where it leads."""
    behind = "<html><body><a href='/article/7'>x</a></body></html>"
    assert read(page() + behind).linked_ids == read(page()).linked_ids
