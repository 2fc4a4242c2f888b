"""Content encodings as archives really give them: blank, doubled, wrong, cut short, or a bomb."""

from __future__ import annotations

import zlib
from typing import NamedTuple

_MOST_LAYERS = 4
_PIECE = 1 << 16


class TooLarge(ValueError):
    """Decoding would give more than the limit."""


class Decoded(NamedTuple):
    """What decoding gave: the bytes, whether any encoding was taken off, and whether its stream was whole."""

    body: bytes
    changed: bool
    whole: bool


def decode(payload: bytes, encodings: str, limit: int) -> Decoded:
    """Take off the encodings that the header names and the bytes confirm.

    What the bytes contradict is left as it is: a page that is plain though its header says gzip stays as it is, and
    ``gzip, gzip`` is taken off once or twice, as often as it is there. Zstandard is not taken off (no archived page of
    2016 to 2022 is known to need it).

    Args:
        payload: as transferred.
        encodings: the ``Content-Encoding`` headers, joined by commas; may be empty.
        limit: the most bytes that may come out.

    Raises:
        TooLarge: more than `limit` bytes come out.
    """
    names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
    body, changed, whole = payload, False, True
    for name in list(reversed(names))[:_MOST_LAYERS]:
        layer = _take_off(name, body, limit)
        if layer is not None:
            body, changed, whole = layer.body, True, whole and layer.whole
    if body[:3] == b"\x1f\x8b\x08" and (layer := _inflate(body, 47, limit)):  # one layer more, or a blank header
        body, changed, whole = layer.body, True, whole and layer.whole
    return Decoded(body, changed, whole)


def _take_off(name: str, body: bytes, limit: int) -> Decoded | None:
    if body[:2] == b"\x1f\x8b":  # whatever its name
        return _inflate(body, 47, limit)
    if name == "deflate":
        return _inflate(body, 15, limit) or _inflate(body, -15, limit)
    if name == "br":
        return _brotli(body, limit)
    return None


def _inflate(body: bytes, window: int, limit: int) -> Decoded | None:
    """Inflate all members; None if not a byte comes out. What stands behind the last member is dropped."""
    pieces: list[bytes] = []
    total, rest, whole = 0, body, True
    while rest:
        member = zlib.decompressobj(window)
        try:
            while rest and not member.eof:
                piece = member.decompress(rest, limit - total + 1)
                rest = member.unconsumed_tail
                total += len(piece)
                pieces.append(piece)
                if total > limit:
                    raise TooLarge(f"more than {limit} bytes")
        except zlib.error:
            if not total:
                return None
            whole = whole and member.eof
            break
        whole = member.eof
        rest = member.unused_data
        if window < 0 or rest[:2] != b"\x1f\x8b":
            break
    return Decoded(b"".join(pieces), True, whole) if total or whole else None


def _brotli(body: bytes, limit: int) -> Decoded | None:
    import brotli

    decoder = brotli.Decompressor()
    pieces: list[bytes] = []
    total = 0
    whole = True
    try:
        for start in range(0, len(body), 1024):
            piece = decoder.process(body[start : start + 1024])
            total += len(piece)
            if total > limit:
                raise TooLarge(f"more than {limit} bytes")
            pieces.append(piece)
            if decoder.is_finished():
                break
        whole = decoder.is_finished()
    except brotli.error:
        whole = False
    if not total and not whole:
        return None
    return Decoded(b"".join(pieces), True, whole)
