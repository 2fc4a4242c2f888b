"""In which order the captures of an id are read."""

from __future__ import annotations

import pytest

from scraper.models import DigestCheck, Verdict
from scraper.selection.candidates import SHARED_BY, Rank, holds_for_digest, in_order
from scraper.sites.hkcnews import HKCNEWS
from tests.selection.rows import ASSET, POOR, URL, capture, unread


def days(*candidates):
    return [one.candidate.capture.timestamp[:8] for one in in_order(candidates, HKCNEWS)]


def test_pages_before_the_closure_come_first_and_the_latest_of_them_first():
    """First pages from before the closure, the latest first."""
    assert days(unread("20180101"), unread("20220301"), unread("20210101")) == ["20210101", "20180101", "20220301"]


def test_pages_after_the_closure_come_earliest_first():
    """After the closure the site turned into the farewell page, so the early ones are the hopeful ones."""
    assert days(unread("20220901"), unread("20220110"), unread("20220401")) == ["20220110", "20220401", "20220901"]


def test_the_closure_is_midnight_in_hong_kong():
    """20220103160000 UTC is the first moment after it."""
    ranks = {
        one.candidate.capture.timestamp: one.rank
        for one in in_order([unread("20220103155959"), unread("20220103160000")], HKCNEWS)
    }
    assert ranks == {"20220103155959": Rank.BEFORE_CLOSURE, "20220103160000": Rank.AFTER_CLOSURE}


@pytest.mark.parametrize(
    "other",
    [
        unread("20210101", ASSET),
        unread("20210101", mimetype="image/jpeg"),
        unread("20210101", mimetype="unk"),
        unread("20210101", status="301"),
        unread("20210101", status="404"),
        unread("20210101", status="-", mimetype="warc/revisit"),
    ],
    ids=lambda one: f"{one.capture.mimetype} {one.capture.statuscode} {one.capture.original[-12:]}",
)
def test_the_rest_comes_last(other):
    """Asset paths, other types, other status and revisits of who knows what come behind every page."""
    assert days(other, unread("20220901")) == ["20220901", "20210101"]


def test_a_revisit_ranks_as_what_it_points_to():
    """A `-` row with the digest of a page is a page of its own moment."""
    page = unread("20180101", digest="A")
    revisit = unread("20210101", digest="A", status="-", mimetype="warc/revisit")
    assert days(page, unread("20190101"), revisit) == ["20210101", "20190101", "20180101"]


def test_a_revisit_without_digest_points_to_nothing():
    """`-` is no digest, so it is not that of another row."""
    page = unread("20180101", digest="-")
    revisit = unread("20210101", digest="-", status="-", mimetype="warc/revisit")
    assert days(page, revisit) == ["20180101", "20210101"]


def test_a_revisit_of_an_error_ranks_as_an_error():
    """What it points to was no page, so it is none."""
    error = unread("20180101", digest="A", status="404")
    revisit = unread("20210101", digest="A", status="-", mimetype="text/html")
    assert days(error, unread("20170101"), revisit)[0] == "20170101"


def test_a_type_with_parameters_or_in_capitals_is_html():
    """`text/html; charset=utf-8` and `Application/XHTML+XML` are pages."""
    listed = in_order(
        [unread("20180101", mimetype="text/html; charset=utf-8"), unread("20190101", mimetype="Application/XHTML+XML")],
        HKCNEWS,
    )
    assert {one.rank for one in listed} == {Rank.BEFORE_CLOSURE}


def test_what_five_ids_share_goes_last_and_what_four_share_does_not():
    """Five ids with one digest are one page; fewer are articles that were saved twice."""
    assert days(unread("20210101", shared=SHARED_BY), unread("20180101", ASSET)) == ["20180101", "20210101"]
    assert days(unread("20210101", shared=SHARED_BY - 1), unread("20180101")) == ["20210101", "20180101"]


@pytest.mark.parametrize("digest", ["", "-"])
def test_rows_without_digest_share_nothing(digest):
    """A missing digest is not one digest under many ids."""
    assert days(unread("20210101", shared=900, digest=digest), unread("20180101")) == ["20210101", "20180101"]


@pytest.mark.parametrize("timestamp", ["20210001000000", "20211301000000", "20210230000000", "2021", "2021010100000x"])
def test_impossible_timestamps_are_no_candidates(timestamp):
    """Rows that name no moment cannot be asked for."""
    row = capture("20210101")._replace(timestamp=timestamp)
    assert in_order([unread("20210101")._replace(capture=row)], HKCNEWS) == []


def test_of_one_moment_the_good_url_comes_first():
    """Two addresses saved in the same second: the one that can stand in a document."""
    listed = in_order([unread("20210101", POOR), unread("20210101", URL)], HKCNEWS)
    assert [one.candidate.capture.original for one in listed] == [URL, POOR]


@pytest.mark.parametrize(
    "url",
    [
        "http://www.hkcnews.com:80/article/28325/a",
        "https://hkcnews.com/article/28325/a",
        "http://hkcnews.com/article/28325",
    ],
)
def test_host_scheme_and_port_do_not_matter(url):
    """A later capture goes before an earlier one, whatever host, scheme or port it was saved under."""
    assert days(unread("20180101"), unread("20210101", url)) == ["20210101", "20180101"]


def test_a_verdict_on_shared_bytes_holds_for_all_that_share_them():
    """Farewell once, farewell everywhere; not below five ids, not for other bytes than listed, not for an article."""
    row = capture("20220901")
    assert holds_for_digest(row, 5, Verdict.FAREWELL, DigestCheck.MATCH)
    assert holds_for_digest(row, 5, Verdict.FAREWELL, DigestCheck.UNVERIFIABLE)
    assert not holds_for_digest(row, 4, Verdict.FAREWELL, DigestCheck.MATCH)
    assert not holds_for_digest(row, 5, Verdict.FAREWELL, DigestCheck.MISMATCH)
    assert not holds_for_digest(row, 5, Verdict.ARTICLE, DigestCheck.MATCH)
    assert not holds_for_digest(row, 5, Verdict.REDIRECT_ELSEWHERE, DigestCheck.MATCH)
    assert not holds_for_digest(row._replace(digest="-"), 5, Verdict.FAREWELL, DigestCheck.MATCH)
