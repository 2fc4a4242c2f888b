from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.page.decoding import decode

TEXT = "<p>渡輪公司今日宣布，下月起取消深夜兩班航次</p>"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "text/html; charset=Big5"),
        (TEXT.encode(), "text/html; charset=no-such-thing"),
        (b'<meta charset="gbk">' + TEXT.encode(), "text/html"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=iso-8859-1"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "text/html; charset=utf-8"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16"),
        (TEXT.encode("utf-16-be"), "text/html; charset=UTF-16BE"),
        (TEXT.encode(), "text/html; charset=utf-16"),
        (TEXT.encode() + b"\xff", "text/html; charset=utf-16"),
        (TEXT.encode("big5"), "text/html; charset=utf-16le"),
        (TEXT.replace("，", "\0").encode(), None),
        (b"\0" * 2000 + TEXT.encode(), None),
        (TEXT.encode("big5"), "text/html; charset=big5"),
        (TEXT.encode("big5"), "text/html; charset=utf-8"),
        (TEXT.encode("big5"), None),
        (b'<meta charset="big5">' + TEXT.encode("big5"), "text/html"),
        (TEXT.encode("gbk"), "text/html; charset=gb2312"),
        (b'<meta http-equiv=Content-Type content="text/html; charset=gb2312">' + TEXT.encode("gb18030"), None),
        (b'<meta charset="utf-16">' + TEXT.encode(), None),
    ],
)
def test_pages_are_decoded_as_browsers_do(body: bytes, header: str | None) -> None:
    """A BOM, valid UTF-8, header, meta, a guess, in this order; a label that the bytes contradict is none."""
    assert "渡輪公司今日宣布，下月起取消深夜兩班航次" in decode(body, header).decode("utf-8").replace("\0", "，")


def test_hong_kong_characters_of_big5_are_read() -> None:
    """Browsers take the label big5 for Big5-HKSCS."""
    assert "啲嘅嗰" in decode("<p>啲嘅嗰</p>".encode("big5hkscs"), "text/html; charset=big5").decode("utf-8")


def test_latin_labels_are_windows_1252() -> None:
    """Browsers take iso-8859-1 for windows-1252."""
    assert decode(b"\x93caf\xe9\x94", "text/html; charset=iso-8859-1").decode("utf-8") == "“café”"


def test_a_character_cut_at_the_end_is_still_utf_8() -> None:
    """A truncated page does not become another encoding."""
    assert decode(TEXT.encode()[:-5], "text/html; charset=big5").decode().endswith("兩班航")


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    """One broken byte in a page that says UTF-8 becomes one replacement character."""
    body = (TEXT * 50).encode() + b"\xff" + TEXT.encode()
    assert decode(body, "text/html; charset=utf-8").decode("utf-8").count("\ufffd") == 1


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.none() | st.text(max_size=20).map(lambda name: f"text/html; charset={name}"))
def test_any_bytes_are_decoded(body: bytes, header: str | None) -> None:
    """Whatever comes, UTF-8 comes out."""
    decode(body, header).decode("utf-8", errors="surrogatepass")
