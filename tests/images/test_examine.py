"""Whether bytes are a picture."""

import io
import re
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scraper.images.examine import Picture, examine


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return file.getvalue()


def png_of(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims a size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp"), ("BMP", "bmp"), ("ICO", "ico")],
)
def test_the_content_says_what_it_is(kind: str, extension: str) -> None:
    """The kind follows from the bytes alone; no header and no name is asked."""
    assert examine(picture(kind)) == Picture(extension, 8, 6)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n<!doctype html><p>Not found", "text"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg><script>alert(1)</script></svg>', "text"),
        (b"GIF89a" + b"\0" * 40, "decoded"),
        (b"\xff\xd8\xff\xe0 not a picture", "decoded"),
        (picture("JPEG", (200, 200))[:-300], "truncated"),
        (picture("PNG", (200, 200))[:-40], "truncated"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "decoded"),
        (b"plain words", "decoded"),
    ],
    ids=["empty", "html", "svg", "gif-of-nothing", "jpeg-of-nothing", "cut-jpeg", "cut-png", "postscript", "words"],
)
def test_what_is_no_picture(data: bytes, reason: str) -> None:
    """A page, a program, a fragment or nonsense is refused, and the reason says which."""
    found = examine(data)
    assert isinstance(found, str)
    assert reason in found


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_bomb_is_refused_by_what_it_claims(side: int) -> None:
    """A few bytes that would unfold to hundreds of megabytes are refused before they are unfolded."""
    found = examine(png_of(side, side, zlib.compress(b"\0" * 1000)))
    assert isinstance(found, str)
    assert re.search(r"pixels|larger", found)


@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP"]), st.data())
@settings(max_examples=120, deadline=None)
def test_damaged_bytes_are_judged_not_feared(kind: str, data: st.DataObject) -> None:
    """Whatever is wrong with the bytes: the answer is a picture or a reason."""
    whole = bytearray(picture(kind, (40, 30)))
    for _ in range(data.draw(st.integers(0, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found = examine(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    assert isinstance(found, str) or found.extension in ("png", "jpg", "gif", "webp", "bmp")
