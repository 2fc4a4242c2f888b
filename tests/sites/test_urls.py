from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.sites.hkcnews import HKCNEWS


@pytest.mark.parametrize(
    "url",
    [
        "https://www.hkcnews.com/article/28325",
        "http://hkcnews.com/article/28325/",
        "http://www.hkcnews.com:80/article/28325/slug",
        "https://hkcnews.com:443/article/28325/武漢肺炎-習近平/【武漢肺炎】標題",
        "https://www.hkcnews.com/article/28325/%E6%AD%A6%E6%BC%A2/%e6%a8%99",
        "https://www.hkcnews.com/article/28325/0",
        "https://www.hkcnews.com/article/28325/-",
        "https://www.hkcnews.com/article/28325?fbclid=IwAR3",
        "https://www.hkcnews.com/article/28325/x?page=2&__cf_chl_jschl_tk__=a",
        "https://www.hkcnews.com/article/28325#top",
        "https://www.hkcnews.com/article/28325/images/btn-close.png",
        "HTTPS://WWW.HKCNEWS.COM/article/28325",
        "https://www.hkcnews.com./article/28325",
        "https://www.hkcnews.com/article%2F28325%2Fslug",
        "https://www.hkcnews.com/article/28325%3Ffbclid=x",
        "https://www.hkcnews.com/article/28325.",
        "https%3A%2F%2Fwww.hkcnews.com%2Farticle%2F28325%2Fx",
        "hkcnews.com/article/28325",
        "www.hkcnews.com:80/article/28325/x",
        "//www.hkcnews.com/article/28325",
        "/article/28325/slug",
        "https://web.archive.org/web/20200327232031/https://www.hkcnews.com/article/28325/slug",
        "https://web.archive.org/web/20200327232031id_/http://hkcnews.com:80/article/28325",
        "web.archive.org/web/2020/http:/hkcnews.com/article/28325",
        "/web/20200327232031im_/https://hkcnews.com/article/28325/images/x.png",
        "https://web.archive.org/web/2021/https://web.archive.org/web/2020/https://hkcnews.com/article/28325",
        "https://web.archive.org/web/20200101000000/https://www.hkcnews.com/article/28325/web/2019/x",
        "https://web.archive.org/http://web.archive.org/web/20200607080910/https://www.hkcnews.com/article/28325",
        "  https://www.hkcnews.com/article/28325\n",
    ],
)
def test_every_form_of_an_articles_url_names_it(url: str) -> None:
    """Whatever stands around the id, the id is the identity."""
    assert HKCNEWS.article_id(url) == 28325


@pytest.mark.parametrize(
    "url",
    [
        "",
        "../../x",
        "https://www.hkcnews.com/article/../../28325",
        "https://www.hkcnews.com/article/99999999999999999999",
        "https://www.hkcnews.com/article/0",
        "https://www.hkcnews.com/article/-5",
        "https://www.hkcnews.com/article/028325",
        "https://www.hkcnews.com/article/２８３２５",
        "https://www.hkcnews.com/article/28325abc",
        "https://www.hkcnews.com/article/",
        "https://www.hkcnews.com/bloggers/28325",
        "https://www.hkcnews.com/articles/28325",
        "https://www.hkcnews.com/news/13/article",
        "https://www1.hkcnews.com/article/28325",
        "https://example.org/article/28325",
        "https://www.hkcnews.com@example.org/article/28325",
        "https://example.org/?u=https://www.hkcnews.com/article/28325",
        "https://nothkcnews.com/article/28325",
        "http://[x/article/1",
        "mailto:a@hkcnews.com",
    ],
)
def test_what_is_no_articles_url_names_none(url: str) -> None:
    """Hostile and foreign URLs name no article."""
    assert HKCNEWS.article_id(url) is None


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_urls(text: str) -> None:
    """Any text gets an answer from each of the URL functions."""
    for url in (text, f"https://www.hkcnews.com/article/12/{text}"):
        number = HKCNEWS.article_id(url)
        assert number is None or 0 < number < 10_000_000
        assert HKCNEWS.document_url(url).startswith("https://")
        assert isinstance(HKCNEWS.is_asset(url), bool)
        assert isinstance(HKCNEWS.is_poor_url(url), bool)


@pytest.mark.parametrize(
    ("original", "shown"),
    [
        ("http://hkcnews.com:80/article/1/x", "https://hkcnews.com/article/1/x"),
        ("https://www.hkcnews.com:443/article/1?a=b", "https://www.hkcnews.com/article/1?a=b"),
        ("https://www.hkcnews.com/article/1/%e6%ad%a6%20", "https://www.hkcnews.com/article/1/%E6%AD%A6%20"),
        ("https://www.hkcnews.com/article/1/武", "https://www.hkcnews.com/article/1/%E6%AD%A6"),
        ("https://www.hkcnews.com/article/1/100%25-%zz", "https://www.hkcnews.com/article/1/100%25-%zz"),
        ("https://www.hkcnews.com/article/1/a b:80/c", "https://www.hkcnews.com/article/1/a%20b:80/c"),
        ("http://hkcnews.com/article/1/x#fbcomment", "https://hkcnews.com/article/1/x#fbcomment"),
        ("http://www.hkcnews.com/article/1/sex?+Let's", "https://www.hkcnews.com/article/1/sex?+Let's"),
        (
            "https://www.hkcnews.com/article/1/web/20190304000000/x",
            "https://www.hkcnews.com/article/1/web/20190304000000/x",
        ),
    ],
)
def test_a_documents_url_is_https_without_port_in_upper_case(original: str, shown: str) -> None:
    """Scheme https, no port, upper-case percent-encoding; all else as the CDX has it."""
    assert HKCNEWS.document_url(original) == shown
    assert HKCNEWS.document_url(shown) == shown


@pytest.mark.parametrize(
    ("path", "asset"),
    [
        ("/images/btn.png", True),
        ("/slug/images/x", True),
        ("/slug/photo.JPG?v=1", True),
        ("/js/app.js", True),
        ("", False),
        ("/slug/title", False),
        ("/images", False),
        ("/x/paypal.hkcnews.com", False),
    ],
)
def test_assets_are_told_from_articles(path: str, asset: bool) -> None:
    """Files below an article's path stand for themselves."""
    assert HKCNEWS.is_asset(f"https://www.hkcnews.com/article/5{path}") is asset


@pytest.mark.parametrize(
    ("path", "poor"),
    [
        ("/%EF%BF%BD%EF%BF%BD-5", True),
        ("/%ef%bf%bd", True),
        ("/\ufffd", True),
        ("/0", True),
        ("/-", True),
        ("/-/", True),
        ("/slug/-", True),
        ("/slug/0", True),
        ("/slug?fbclid=IwAR", True),
        ("/slug?page=2", True),
        ("/slug%3F__cf_chl_captcha_tk__%3Dx", True),
        ("/images/x.png", True),
        ("", False),
        ("/slug", False),
        ("/slug/title", False),
        ("/0-to-1/title", False),
        ("/slug/10", False),
        ("/sex?+Let's+take+a+look", False),
    ],
)
def test_poor_urls_are_those_that_should_not_stand_in_a_document(path: str, poor: bool) -> None:
    """Destroyed slugs, placeholders and query junk are poor; a slug with a question mark is not."""
    assert HKCNEWS.is_poor_url(f"https://www.hkcnews.com/article/5{path}") is poor


def test_the_sites_facts() -> None:
    """The known ids and the closure are those of the evidence."""
    assert (HKCNEWS.known_ids[0], HKCNEWS.known_ids[-1]) == (174, 49930)
    assert re.fullmatch(r"\d{14}", HKCNEWS.closure)
    assert HKCNEWS.closure == "20220103160000"
