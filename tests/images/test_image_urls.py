"""Under which URLs a picture of the site may have been captured."""

import pytest

from scraper.sites import get_site

ORIGINALS = get_site("hkcnews").image_originals
NEWS = "www.hkcnews.com/news_新聞/hk/2020/03/武漢-20200327_1b10"
BARE = NEWS.removeprefix("www.")


@pytest.mark.parametrize("size", ["_large", "", "_medium", "_small"])
def test_largest_first_then_the_other_host(size: str) -> None:
    """Whichever size a page named: all four are tried, the largest first, each at its own host and then the other."""
    assert ORIGINALS(f"https://{NEWS}{size}.png?v=1") == tuple(
        f"https://{stem}{one}.png?v=1" for one in ("_large", "", "_medium", "_small") for stem in (NEWS, BARE)
    )


def test_the_pages_own_host_comes_first() -> None:
    """A picture named at the bare host is asked for there first; scheme and port stay as they were."""
    assert ORIGINALS("http://HKCNEWS.com:80/a_small.jpg")[:2] == (
        "http://hkcnews.com:80/a_large.jpg",
        "http://www.hkcnews.com:80/a_large.jpg",
    )


def test_avatars_have_one_size() -> None:
    """Avatars were never served in sizes, so no request is spent on that."""
    assert ORIGINALS("https://www.hkcnews.com/uploads/avatars/a_b.png?1") == (
        "https://www.hkcnews.com/uploads/avatars/a_b.png?1",
        "https://hkcnews.com/uploads/avatars/a_b.png?1",
    )


@pytest.mark.parametrize(
    "url", ["https://i.example.org/a_large.jpg", "https://www1.hkcnews.com/x.png", "data:x", "//[", ""]
)
def test_other_places_are_asked_as_they_are(url: str) -> None:
    """Nothing is guessed about pictures of other sites, nor about what is no address."""
    assert ORIGINALS(url) == (url,)
