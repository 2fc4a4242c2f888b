from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import TargetError
from scraper.jobs.targets import Target, covers, parse_ids, parse_moment, parse_target
from scraper.sites import get_site
from scraper.times import parse_duration

SITE = get_site("hkcnews")
RAW = "https://www.hkcnews.com/article/28325/武漢肺炎"
ENCODED = "https://www.hkcnews.com/article/28325/%E6%AD%A6%E6%BC%A2%E8%82%BA%E7%82%8E"


@pytest.mark.parametrize(
    "text",
    [
        "28325",
        " 28325 ",
        RAW,
        ENCODED,
        ENCODED.lower(),
        "http://hkcnews.com:80/article/28325",
        "hkcnews.com/article/28325/0",
        "www.hkcnews.com/article/28325/-?fbclid=x",
        "https://www.hkcnews.com/article/28325#top",
        f"https://web.archive.org/web/{RAW}",
        f"https://web.archive.org/web/*/{RAW}",
        f"https://web.archive.org/web/202002*/{RAW}",
        f"https://web.archive.org/web/*/{RAW}*",
        "web.archive.org/web/*/hkcnews.com/article/28325*",
        "https://web.archive.org/web/2020*/www.hkcnews.com/article/28325",
        "https://web.archive.org/cdx/search/cdx?url=hkcnews.com/article/28325*&output=json",
        f"https://archive.ph/newest/{RAW}",
        "https://archive.today/2020.03.27-232031/https://www.hkcnews.com/article/28325/x",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.hkcnews.com%2Farticle%2F28325%2Fx%3Ffbclid%3Dy&h=z",
        "https://www.google.com/url?q=https%253A%252F%252Fhkcnews.com%252Farticle%252F28325&sa=D",
        "https://webcache.googleusercontent.com/search?q=cache:www.hkcnews.com/article/28325/x",
        "https://replayweb.page/?source=a.wacz#view=pages&url=https%3A%2F%2Fhkcnews.com%2Farticle%2F28325&ts=20200327232031",
        "*.hkcnews.com/article/28325",
        f"<{RAW}>",
        f"[武漢肺炎]({RAW})",
    ],
)
def test_every_way_to_name_an_article(text: str) -> None:
    """An id, and every form of URL, raw or percent-encoded, names the same article and no capture."""
    target = parse_target(text, SITE)
    assert (target.article, target.timestamp) == (28325, None)


@pytest.mark.parametrize("url", ["https://m.hkcnews.com/article/28325/x", "m.hkcnews.com/article/28325"])
def test_another_host_is_said_with_what_to_name_instead(url: str) -> None:
    """Nothing tells that a host that nobody recorded served the same articles; the person who asks may know."""
    with pytest.raises(TargetError, match=r"articles were at www\.hkcnews\.com .*name its id: 28325\."):
        parse_target(url, SITE)


@pytest.mark.parametrize("url", [RAW, ENCODED, ENCODED.lower()])
@pytest.mark.parametrize("modifier", ["", "id_", "im_"])
@pytest.mark.parametrize("base", ["https://web.archive.org", "http://127.0.0.1:8080", "web.archive.org"])
def test_the_address_of_a_capture_names_that_capture(url: str, modifier: str, base: str) -> None:
    """Moment and original are taken from the address, whatever the archive's host, spelled as the CDX server does."""
    target = parse_target(f"{base}/web/20200607080910{modifier}/{url}", SITE)
    assert target.article == 28325
    assert target.timestamp == "20200607080910"
    assert target.original is not None
    assert target.original.lower() == ENCODED.lower()
    assert "%E6" in target.original


def test_a_shortened_moment_is_completed() -> None:
    """The archive takes a moment from its beginning on."""
    assert parse_target(f"https://web.archive.org/web/2020/{RAW}", SITE).timestamp == "20200101000000"
    assert parse_target(f"https://web.archive.org/web/2020060708/{RAW}", SITE).timestamp == "20200607080000"


@pytest.mark.parametrize(
    "text", ["", "0", "-5", "abc", "https://example.org/article/5", "https://www.hkcnews.com/", "../../x", "1" * 30]
)
def test_what_names_no_article_is_an_error_with_an_example(text: str) -> None:
    """The message repeats the word and shows how it is done."""
    with pytest.raises(TargetError, match=r"28325|begin with 1"):
        parse_target(text, SITE)


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_an_error(text: str) -> None:
    """Nothing typed makes the program fall over."""
    with contextlib.suppress(TargetError):
        assert isinstance(parse_target(text, SITE), Target)


def test_bytes_that_are_no_utf_8_are_encoded_as_they_are() -> None:
    """An argument in another encoding comes as lone surrogates; its id is readable, its capture that of the bytes."""
    url = "https://www.hkcnews.com/article/28319/" + b"\xaa\x5a".decode(errors="surrogateescape")
    assert parse_target(url, SITE) == Target(28319)
    named = parse_target(f"https://web.archive.org/web/20200101000000/{url}", SITE)
    assert named.original == "https://www.hkcnews.com/article/28319/%AAZ"


def test_lists_of_ids() -> None:
    """Single ids and ranges, both ends included."""
    ranges = parse_ids("1-1000, 28325")
    assert [covers(ranges, one) for one in (0, 1, 1000, 1001, 28325)] == [False, True, True, False, True]


@pytest.mark.parametrize("text", ["", "a", "5-", "-5", "7-3", "0", "1,,2", "1-999999999", "1.5"])
def test_no_list_of_ids(text: str) -> None:
    """What is no such list is an error that names the option."""
    with pytest.raises(TargetError, match="--ids"):
        parse_ids(text)


@pytest.mark.parametrize(("text", "seconds"), [("50m", 3000), ("1h30m", 5400), ("90s", 90), ("2h", 7200)])
def test_durations(text: str, seconds: float) -> None:
    """Hours, minutes, seconds, together or alone."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "45", "0m", "m", "5x", "-5m", "1.5h", "٣"])
def test_no_durations(text: str) -> None:
    """What is no duration is an error with an example."""
    with pytest.raises(ValueError, match="50m"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", "20200101000000", "20201231235959"),
        ("202002", "20200201000000", "20200229235959"),
        ("2019-02", "20190201000000", "20190228235959"),
        ("2020-06-07T08:09", "20200607080900", "20200607080959"),
        ("20200607080910", "20200607080910", "20200607080910"),
    ],
)
def test_moments(text: str, first: str, last: str) -> None:
    """A shortened moment means its first second, or as an end its last."""
    assert parse_moment(text) == first
    assert parse_moment(text, end=True) == last


@pytest.mark.parametrize("text", ["", "20", "20201", "20201301", "yesterday", "2020010203040506"])
def test_no_moments(text: str) -> None:
    """What is no moment of the calendar is an error with an example."""
    with pytest.raises(TargetError, match="20200301"):
        parse_moment(text)
