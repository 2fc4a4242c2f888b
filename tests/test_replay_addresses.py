"""The address of a replay names a capture, whatever host replayed it; it is never itself an original."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.urls import captures_beside, innermost_capture, original_of_link, parse_replay_url

ORIGINAL = "https://www.hkcnews.com/article/31001/pier-31001"
MOMENT = "20210701111239"
PREFIXES = (
    "https://web.archive.org/web", "http://web-old.archive.org/web", "https://archive.org/web",
    "http://wayback.archive.org/web", "http://127.0.0.1:8080/web", "http://localhost:8080/pages",
    "https://wayback.archive-it.org/1234", "https://www.webarchive.org.uk/wayback/archive",
)  # fmt: skip
MODIFIERS = ("", "id_", "mp_", "if_", "im_")


@given(st.lists(st.tuples(st.sampled_from(PREFIXES), st.sampled_from(MODIFIERS)), min_size=1, max_size=4))
def test_the_innermost_capture_of_nested_replays(layers: list[tuple[str, str]]) -> None:
    """However deep, through whatever services."""
    url = ORIGINAL
    for prefix, modifier in layers:
        url = f"{prefix}/{MOMENT}{modifier}/{url}"
    found = innermost_capture(url)
    assert found == (MOMENT, layers[0][1], ORIGINAL)


@pytest.mark.parametrize("prefix", ["web.archive.org/web", "/web", "127.0.0.1:8080/web"])
def test_the_address_itself_may_lack_its_scheme_or_its_host(prefix: str) -> None:
    """As address bars and links have it."""
    assert innermost_capture(f"{prefix}/{MOMENT}id_/{ORIGINAL}") == (MOMENT, "id_", ORIGINAL)


@pytest.mark.parametrize(
    ("spelled", "original"),
    [
        ("www.hkcnews.com/article/31001/pier-31001", "http://www.hkcnews.com/article/31001/pier-31001"),
        ("hkcnews.com:80/article/31001", "http://hkcnews.com:80/article/31001"),
        ("http:/www.hkcnews.com/article/31001", "http://www.hkcnews.com/article/31001"),
        ("https:///www.hkcnews.com/article/31001", "https://www.hkcnews.com/article/31001"),
        ("https%3A%2F%2Fwww.hkcnews.com%2Farticle%2F31001", "https://www.hkcnews.com/article/31001"),
        (ORIGINAL, ORIGINAL),
    ],
)
def test_an_original_without_its_scheme_gets_one(spelled: str, original: str) -> None:
    """As the Wayback Machine takes it: for http."""
    for found in (innermost_capture, parse_replay_url):
        assert found(f"https://web.archive.org/web/{MOMENT}/{spelled}") == (MOMENT, "", original)


@pytest.mark.parametrize(
    "url",
    [
        ORIGINAL,
        f"https://www.hkcnews.com/article/28325/web/{MOMENT}/https://example.org/",
        f"https://www.hkcnews.com/article/28325?u=/web/{MOMENT}/https://example.org/",
        "https://www.hkcnews.com/article/20210701/a",
        "https://web.archive.org/web/*/https://www.hkcnews.com/",
        "https://web.archive.org/save/https://www.hkcnews.com/",
        "",
    ],
)
def test_other_addresses_name_none(url: str) -> None:
    """The site's own, with a replay's address behind the id, and the archive's that show no capture."""
    assert innermost_capture(url) is None


@pytest.mark.parametrize("piece", ["<", "<a", "<a>;", '<a>; rel="', '; rel="x ', "<a>; a ="])
@pytest.mark.parametrize("read", [original_of_link, captures_beside])
def test_a_link_header_is_read_in_proportion_to_its_length(piece: str, read: Callable[[str], object]) -> None:
    """Whatever is repeated in it; read anew from each beginning, 60,000 of them took 17 seconds."""
    begun = time.process_time()
    read(piece * (60_000 // len(piece)))
    assert time.process_time() - begun < 2
