"""The archive's own pages: sure in content and documents, loose in answers that are no content."""

from __future__ import annotations

import pytest

from scraper.archive.retries import BANNED, OUTAGE_PAGE, rule_of_answer, rule_of_page
from scraper.models import Verdict
from scraper.page.archive_pages import TABLE, judge, judge_answer

QUOTED = "<html><title>網上檔案</title><p>Wayback Machine: Temporarily Offline</p><p>blocked by robots, bad gateway</p>"


def test_content_that_quotes_the_words_is_not_taken_for_the_archives_page() -> None:
    """An article about the archive is judged by the make-up of its page; an answer that is no content by the words."""
    assert judge(QUOTED.encode()) is None
    assert judge_answer(QUOTED.encode()) is Verdict.EXCLUDED


@pytest.mark.parametrize(
    "text",
    ["<h1>Temporarily Offline</h1>", "<title>502 Bad Gateway</title>", "Temporarily Offline\n\nInternet Archive"],
)
def test_an_outage_is_known_by_title_heading_or_first_words(text: str) -> None:
    """In a page, and in a document that somebody made of one."""
    found = judge(text.encode())
    assert found is not None
    assert found[0] is Verdict.OUTAGE


def test_a_redirect_page_names_its_target() -> None:
    """The evidence is where the archived redirect leads, or what is known of it."""
    page = '<p>Got an HTTP 302 response at crawl time</p><p>Redirecting to...</p><p><a href="/web/2020/http://x/">x</a></p>'
    assert judge(page.encode()) == (Verdict.INTERSTITIAL, "/web/2020/http://x/")
    assert judge(page[:50].encode()) == (Verdict.INTERSTITIAL, "HTTP 302, target not given")


def test_every_page_of_an_answer_has_its_line_in_the_table_of_retries() -> None:
    """What a page says decides the rule; a gateway's words say nothing that its status does not."""
    assert {row.verdict for row in TABLE if row.loose} == {
        Verdict.REFUSED, Verdict.INTERSTITIAL, Verdict.EXCLUDED, Verdict.NOT_ARCHIVED, Verdict.OUTAGE, Verdict.LOGIN,
    }  # fmt: skip
    assert rule_of_page(b"flagged it as suspected abusive bot traffic") is BANNED
    assert rule_of_page(b"503 Service Temporarily Unavailable", 503) is None
    assert rule_of_answer(200, b"502 Bad Gateway") is OUTAGE_PAGE


def test_a_page_without_end_is_looked_at_in_part() -> None:
    """Nothing in a page of many megabytes makes a pattern run long."""
    assert judge(b"<title>" * 1_000_000) is None
    assert judge_answer(b"/account/login'" * 400_000) is None
