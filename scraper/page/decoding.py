"""From a page's bytes to UTF-8, as browsers decode."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_WHATWG = {
    # Labels that browsers take for another encoding than Python does:
    # https://encoding.spec.whatwg.org/#names-and-labels
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "big5hk": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "csbig5": "big5hkscs",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "utf8": "utf-8",
    "utf-16": "utf-16-le",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
_GUESSES = ("big5hkscs", "gb18030")
_FIRST = 1024
"""So many bytes are markup for the most part, whatever the language of the text."""
_MOSTLY = 20
"""A declared encoding is believed if it fails at most once in so many characters beyond ASCII."""


class Decoded(NamedTuple):
    """A page as UTF-8 bytes without BOM, and the encoding it was in."""

    data: bytes
    encoding: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page.

    A BOM; else the zeros of UTF-16; else valid UTF-8 with multibyte characters, whatever the header says;
    else the header, then ``meta``, then a guess (Big5 first, as browsers in Hong Kong; then GB 18030,
    then windows-1252).

    A declared encoding that most of the bytes contradict is passed over: it would destroy the whole text, and
    pages in Big5 that claim UTF-8 exist. Never raises.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            text = body[len(bom) :]
            return Decoded(text if encoding == "utf-8" else _recode(text, encoding), encoding)
    if encoding := _by_zeros(body[:_FIRST]):
        return Decoded(_recode(body, encoding), encoding)
    if body.isascii():
        return Decoded(body, "ascii")
    whole = _utf8_part(body)
    if whole is not None:
        return Decoded(whole, "utf-8")
    for encoding in _declared(body, content_type):
        if _trust(body, encoding):
            return Decoded(_recode(body, encoding), encoding)
    best = min((*_GUESSES, "utf-8"), key=lambda encoding: _errors(body, encoding)[0])
    if _trust(body, best):
        return Decoded(_recode(body, best), best)
    return Decoded(_recode(body, "cp1252"), "cp1252")


def _by_zeros(first: bytes) -> str:
    """Return the form of UTF-16 that the beginning of a page is in, told by its markup, or an empty string.

    Every other byte of ASCII is zero there. NULs of a page in another encoding come singly, or stand in both places.
    """
    if b"\0" not in first:
        return ""
    even, odd = first[::2].count(0), first[1::2].count(0)
    if max(even, odd) * 8 < len(first) or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8_part(body: bytes) -> bytes | None:
    """Return the body if it is UTF-8, without a character that its end cuts in two; None if it is not."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and not body[: error.start].isascii()
        return body[: error.start] if cut else None
    return body


def _declared(body: bytes, content_type: str | None) -> list[str]:
    labels = [_HEADER_CHARSET.search(content_type or "")]
    names = [match[1] for match in labels if match]
    from bs4.dammit import EncodingDetector  # slow to import, and nearly every page is UTF-8

    meta = EncodingDetector.find_declared_encoding(body[:4096], is_html=True)
    if meta:
        names.append("utf-8" if meta.lower().startswith("utf-16") else meta)
    found = []
    for name in names:
        label = name.strip().lower()
        try:
            found.append(codecs.lookup(_WHATWG.get(label, label)).name)
        except (LookupError, ValueError):
            continue  # an unknown label declares nothing, as in browsers
    return found


def _errors(body: bytes, encoding: str) -> tuple[int, int]:
    """Return how many characters fail to decode, and how many beyond ASCII decode."""
    text = body[:1_000_000].decode(encoding, errors="replace")
    failed = text.count("\ufffd")
    return failed, sum(not character.isascii() for character in text) - failed


def _trust(body: bytes, encoding: str) -> bool:
    if not _is_text_encoding(encoding):
        return False
    failed, decoded = _errors(body, encoding)
    return failed * _MOSTLY <= decoded + failed or encoding == "cp1252"


def _is_text_encoding(encoding: str) -> bool:
    try:
        b"a".decode(encoding)
    except (LookupError, UnicodeError):  # such as hex or rot13: codecs, but of no text
        return encoding.startswith("utf-16")
    return True


def _recode(body: bytes, encoding: str) -> bytes:
    return body.decode(encoding, errors="replace").encode("utf-8", errors="replace")
