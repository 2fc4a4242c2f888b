"""From a page's bytes to UTF-8: our one rule, then `w3lib`, which knows what browsers do."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

if TYPE_CHECKING:
    from collections.abc import Iterator

_GUESSES = ("big5hkscs", "gb18030", "utf-8")
"""As browsers in Hong Kong guess."""
_LAST_GUESS = "cp1252"
_MOSTLY = 20
"""A declared encoding is believed if it fails at most once in so many characters beyond ASCII."""
_SAMPLE = 1_000_000


def decode(body: bytes, content_type: str | None = None) -> bytes:
    """Return a page as UTF-8 without BOM. Never raises.

    A BOM; else valid UTF-8 with multibyte characters, whatever the header says; else the header, then ``meta``, then a
    guess (Big5, GB 18030, windows-1252).

    A declared encoding that most of the bytes contradict is passed over: it would destroy the whole text, and
    pages in Big5 that claim UTF-8 exist.
    """
    encoding, bom = read_bom(body)
    if encoding and bom:
        return _recoded(body[len(bom) :], encoding)
    if (whole := _utf8_part(body)) is not None:
        return whole
    found = next((encoding for encoding in _declared(body, content_type) if _fits(body, encoding)), None)
    return _recoded(body, found or _guess(body))


def _utf8_part(body: bytes) -> bytes | None:
    """Return the body if it is UTF-8, without a character that its end cuts in two; None if it is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(body)
    except UnicodeDecodeError:
        return None
    cut = len(decoder.getstate()[0])
    whole = body[: len(body) - cut] if cut else body
    return None if cut and whole.isascii() else whole


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    """Yield what header and meta say; UTF-16 is UTF-8 in a page without NUL, and in a meta, as that could be read."""
    header, meta = http_content_type_encoding(content_type), html_body_declared_encoding(body)
    for encoding, may_be_wide in ((header, b"\0" in body), (meta, False)):
        if encoding:
            yield encoding if may_be_wide or not encoding.startswith(("utf-16", "utf-32")) else "utf-8"


def _guess(body: bytes) -> str:
    best = min(_GUESSES, key=lambda encoding: _errors(body, encoding)[0])
    return best if _fits(body, best) else _LAST_GUESS


def _errors(body: bytes, encoding: str) -> tuple[int, int]:
    """Return how many characters fail to decode, and how many beyond ASCII there are."""
    text = to_unicode(body[:_SAMPLE], encoding)
    return text.count("\ufffd"), sum(not character.isascii() for character in text)


def _fits(body: bytes, encoding: str) -> bool:
    try:
        failed, beyond = _errors(body, encoding)
    except (LookupError, UnicodeError):  # such as hex or rot13: codecs, but of no text
        return False
    return failed * _MOSTLY <= beyond or encoding == _LAST_GUESS


def _recoded(text: bytes, encoding: str) -> bytes:
    return to_unicode(text, encoding).encode("utf-8", "replace")
