"""WARC files of what web archives showed: the capture inside counts, whatever host replayed it."""

import pytest

from scraper.models import Memento
from scraper.store.archives import Skipped, read_archives
from tests.store.made import PAGE, http, record

INNER = "https://www.hkcnews.com/article/5/a"
MEMENTO = b"Memento-Datetime: Sun, 04 Mar 2018 05:06:07 GMT\r\nContent-Type: text/html"
CAPTURE = (INNER, "20180304050607")


def outcome(path, address: str, head: bytes = MEMENTO) -> tuple[str, str] | str:
    path.write_bytes(record(http(PAGE, head), WARC_Target_URI=address))
    (found,) = read_archives([path])
    if isinstance(found, Skipped):
        assert found.damage
        return found.reason
    assert isinstance(found, Memento)
    assert found.source_uri in ("", address)
    return found.original, found.timestamp


@pytest.mark.parametrize(
    "base",
    [
        "https://web.archive.org/web/20180304050607id_/",
        "http://web-old.archive.org/web/20180304050607/",
        "https://archive.org/web/20180304050607/",
        "https://wayback.archive.org/web/20180304050607if_/",
        "http://127.0.0.1:8080/web/20180304050607id_/",
        "http://localhost:8080/my-collection/20180304050607mp_/",
        "https://arquivo.example/noFrame/replay/20180304050607/",
        "https://web.archive.org/web/2018id_/",
        "https://web.archive.org/web/2/",
        "https://web.archive.org/web/20180304050607//",
        "http://localhost:8080/all/201803/",
        "http://localhost:8080/all/20180301000000mp_/",
        "https://web.archive.org/web/2020/https://web.archive.org/web/20180304050607/",
        "https://web.archive.org/web/20200101000000/http://localhost:8080/x/20180304050607mp_/",
    ],
)
def test_the_inner_capture_is_read(tmp_path, base):
    """Any host, a short or near timestamp (the answer says which), a replay of a replay: URL and moment are its own."""
    assert outcome(tmp_path / "a.warc", base + INNER) == CAPTURE


@pytest.mark.parametrize(
    ("inner", "original"),
    [
        ("www.hkcnews.com/article/5/a", "http://www.hkcnews.com/article/5/a"),
        ("https:/www.hkcnews.com/article/5/a", INNER),
        ("http://hkcnews.com:80/article/5/a?x=1#y", "http://hkcnews.com:80/article/5/a?x=1#y"),
    ],
)
def test_the_url_inside_is_made_whole(tmp_path, inner, original):
    """Without a scheme it is http, as the Wayback Machine takes it; a slash that was lost comes back."""
    assert outcome(tmp_path / "a.warc", f"https://web.archive.org/web/20180304050607/{inner}")[0] == original


@pytest.mark.parametrize(
    ("address", "head"),
    [
        ("https://web.archive.org/web/20180304050607/" + INNER, b"Content-Type: text/html"),
        ("http://127.0.0.1:8080/web/20180304050607/" + INNER, b"Content-Type: text/html"),
        ("https://web.archive.org/web/2020/https://web.archive.org/web/2018/" + INNER, MEMENTO),
    ],
)
def test_what_is_no_certain_capture_is_refused_with_a_word(tmp_path, address, head):
    """Answers of the archive itself, and replays of replays that name no second, are never taken as the site's."""
    assert isinstance(outcome(tmp_path / "a.warc", address, head), str)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.hkcnews.com/article/12091/web/20190304000000/%E6%B8%A1",
        "https://www.hkcnews.com/article/31001/www.facebook.com/hkcnews",
        "https://www.hkcnews.com/article/31001/https://www.hkcnews.com/article/31001",
        "https://[x",
    ],
)
def test_a_url_of_the_site_that_looks_like_a_replay_stands(tmp_path, address):
    """The site answered any path below an article's: without the headers of a replay it is just that."""
    assert outcome(tmp_path / "a.warc", address, b"Content-Type: text/html") == (address, "20200102030405")
