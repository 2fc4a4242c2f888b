"""HTTP content coding: from the entity as archived to the bytes that are parsed. Pure, bounded in memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

import brotli

if TYPE_CHECKING:
    from collections.abc import Callable

_GZIP_MAGIC = b"\x1f\x8b\x08"
_STEP = 1 << 16


class Decoded(NamedTuple):
    """What decoding gave.

    Attributes:
        body: the decoded bytes; as far as they go when the coded ones end early.
        truncated: ``disconnect`` when the coded bytes ended early, ``length`` when `limit` was reached, or None.
    """

    body: bytes
    truncated: str | None


class _Decoder(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """Decode a step, giving back about `room` bytes at most; ValueError when it is no such coding."""

    def finished(self) -> bool:
        """Say whether the coding's own end was seen."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inner = zlib.decompressobj(wbits)

    def feed(self, data: bytes, room: int) -> bytes:
        try:
            out = self._inner.decompress(self._inner.unconsumed_tail + data, room)
            while self._inner.eof and self._inner.unused_data.startswith(_GZIP_MAGIC) and len(out) < room:
                rest = self._inner.unused_data
                self._inner = zlib.decompressobj(self._wbits)
                out += self._inner.decompress(rest, room - len(out))
        except zlib.error as error:
            raise ValueError(str(error)) from error
        return out

    def finished(self) -> bool:
        return self._inner.eof


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes, room: int) -> bytes:
        try:
            return bytes(self._inner.process(data, output_buffer_limit=room))
        except brotli.error as error:
            raise ValueError(str(error)) from error

    def finished(self) -> bool:
        return bool(self._inner.is_finished())


def decode_content(payload: bytes, coding: str | None, *, limit: int) -> Decoded:
    """Take the content coding off a payload.

    The archive's ``Content-Encoding`` can be blank, doubled (``gzip, gzip`` on bytes coded once) or wrong (``gzip`` on
    plain bytes), so each coding is taken off only where the bytes agree; what does not agree stays as it is.

    Args:
        payload: the entity as archived.
        coding: the ``Content-Encoding`` header, or None.
        limit: how many decoded bytes to give at most.
    """
    names = [name.strip().lower() for name in (coding or "").split(",")]
    names = [name for name in names if name and name != "identity"]
    if not names and payload.startswith(_GZIP_MAGIC):
        names = ["gzip"]
    body, truncated = payload, None
    for name in reversed(names[-4:]):
        for make in _decoders(name, body):
            decoded = _run(make(), body, limit)
            if decoded is not None:
                body, truncated = decoded.body, decoded.truncated or truncated
                break
    if len(body) > limit:
        return Decoded(body[:limit], "length")
    return Decoded(body, truncated)


def _decoders(name: str, data: bytes) -> list[Callable[[], _Decoder]]:
    """Return what to try for a coding's name: servers call three different things ``deflate``."""
    if name in ("gzip", "x-gzip") or (name == "deflate" and data.startswith(_GZIP_MAGIC)):
        return [lambda: _Zlib(16 + zlib.MAX_WBITS)] if data.startswith(b"\x1f\x8b") else []
    if name == "deflate":
        return [lambda: _Zlib(zlib.MAX_WBITS), lambda: _Zlib(-zlib.MAX_WBITS)]
    if name == "br":
        return [_Brotli]
    return []


def _run(decoder: _Decoder, data: bytes, limit: int) -> Decoded | None:
    """Return the decoded bytes, or None when the data is not of this coding at all."""
    parts: list[bytes] = []
    size = 0
    position = 0
    while size <= limit and not decoder.finished():
        step = data[position : position + _STEP]
        position += len(step)
        try:
            out = decoder.feed(step, limit - size + 1)
        except ValueError:
            return Decoded(b"".join(parts), "disconnect") if size else None
        if not out and not step:
            break
        parts.append(out)
        size += len(out)
    body = b"".join(parts)
    if size > limit:
        return Decoded(body[:limit], "length")
    if not decoder.finished():
        return Decoded(body, "disconnect") if body or not data else None
    return Decoded(body, None)
