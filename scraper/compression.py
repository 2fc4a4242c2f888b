"""Decompression in bounded steps: zlib, Zstandard and Brotli behind one interface; content encodings by `Decoding`."""

from __future__ import annotations

import re
import sys
import zlib
from itertools import chain
from typing import TYPE_CHECKING

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
BROKEN: tuple[type[Exception], ...] = (zlib.error, zstd.ZstdError, brotli.error, EOFError, ValueError)
"""What is raised for data that cannot be decompressed any further, and for a broken Zstandard dictionary."""
Zstd = zstd.ZstdDecompressor
ZstdDict = zstd.ZstdDict
_MOST_LAYERS = 5
_FIRST = 1 << 14
"""Bytes at the beginning of a stream by which its encoding is recognised."""
_INPUT = 1 << 10
"""Bytes of input for one step: Brotli gives nothing of an input that ends in garbage."""
_OUTPUT = 1 << 18
"""Bytes that one step gives at most."""
_TEXT = re.compile(rb"[\t\r\n -~]{16}|[\t\r\n -~]*\Z")
"""The beginning of plain text, whatever a header says: deflate and Brotli accept almost anything at first."""


class TooLarge(ValueError):
    """Decoding would give more than the limit."""


class Inflate:
    """Gzip, zlib or bare deflate, by zlib's window bits: 31, 15 and -15 (47: gzip or zlib). Used as `Zstd` is."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:  # noqa: D102 # as the standard library's decompressors
        return self._inner.eof

    @property
    def needs_input(self) -> bool:  # noqa: D102
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:  # noqa: D102
        return self._inner.unused_data

    def decompress(self, data: bytes, most: int) -> bytes:  # noqa: D102
        return self._inner.decompress(self._inner.unconsumed_tail + data, most)


class Brotli:
    """Brotli, one stream. Data behind its end is lost: the library does not give it back."""

    unused_data = b""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    @property
    def eof(self) -> bool:  # noqa: D102
        return bool(self._inner.is_finished())

    @property
    def needs_input(self) -> bool:  # noqa: D102
        return bool(self._inner.can_accept_more_data())

    def decompress(self, data: bytes, most: int) -> bytes:  # noqa: D102
        return bytes(self._inner.process(data, output_buffer_limit=most))


Decompressor = Inflate | Brotli | zstd.ZstdDecompressor
"""Decompresses one member or frame."""


class Decoding:
    """Decodes a body by the encodings that its header names, as far as its bytes confirm them.

    These are gzip, deflate, Brotli and Zstandard. A page that is plain though its header says gzip stays as it is, and
    ``gzip, gzip`` is decoded once or twice, as often as the bytes are compressed. Data behind the last stream is
    dropped.

    Args:
        encodings: the ``Content-Encoding`` headers, joined by commas; may be empty.
        limit: bytes that decoding one encoding may give.

    Attributes:
        changed: whether anything was decoded; known once a piece has come.
        whole: whether each compressed stream came to its end; known after the last piece.
    """

    def __init__(self, encodings: str, limit: int) -> None:
        self._names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
        self._limit = limit
        self.changed = False
        self.whole = True

    def pieces(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the decoded bytes, piece by piece. TooLarge: there are more than `limit`."""
        stream = iter(pieces)
        for name in reversed(["", *self._names][-_MOST_LAYERS:]):  # "": gzip or Zstandard that no header names
            stream = self._layer(name, stream)
        return stream

    def _layer(self, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        first = b""
        while len(first) < _FIRST and (piece := next(pieces, b"")):
            first += piece
        pieces = chain((first,), pieces)
        found = _compression(name, first)
        if found is None:
            yield from pieces
            return
        self.changed = True
        total = 0
        for piece in self._decompressed(pieces, *found):
            total += len(piece)
            if total > self._limit:
                raise TooLarge(f"more than {self._limit} bytes")
            yield piece

    def _decompressed(
        self, pieces: Iterator[bytes], make: Callable[[], Decompressor], again: bytes | None
    ) -> Iterator[bytes]:
        """Decompress a member, and further ones if they begin with `again`; one broken or cut clears `whole`."""
        member, data, full = make(), b"", False
        for more in chain.from_iterable(map(_small, pieces)):
            data += more
            while data or full or not (member.eof or member.needs_input):
                if member.eof:
                    if again is None or not data.startswith(again):
                        break
                    member = make()
                given, data = (data, b"") if member.needs_input and not full else (b"", data)
                try:
                    piece = member.decompress(given, _OUTPUT)
                except BROKEN:
                    self.whole = False
                    return
                full = len(piece) >= _OUTPUT and not member.eof  # there may be more, though it asks for input
                if member.eof:
                    data = member.unused_data + data
                if piece:
                    yield piece
        self.whole = self.whole and member.eof


def _small(piece: bytes) -> Iterator[bytes]:
    return (piece[at : at + _INPUT] for at in range(0, len(piece), _INPUT))


def _compression(name: str, first: bytes) -> tuple[Callable[[], Decompressor], bytes | None] | None:
    """Return what decompresses a stream with this beginning, and how further members begin; None if it is plain."""
    for magic, make in _BY_MAGIC.items():
        if first.startswith(magic):  # whatever its name
            return (make, magic) if _gives(make, first, cut=True) else None
    if _TEXT.match(first):
        return None
    return next(((make, None) for make in _BY_NAME.get(name, ()) if _gives(make, first)), None)


def _gives(make: Callable[[], Decompressor], first: bytes, *, cut: bool = False) -> bool:
    """Say whether these bytes decompress to anything; with `cut` also if they are sound but too few to give any."""
    member = make()
    try:
        return any(member.decompress(piece, 1) or member.eof for piece in _small(first)) or cut
    except BROKEN:
        return False


_BY_MAGIC: dict[bytes, Callable[[], Decompressor]] = {
    GZIP_MAGIC: lambda: Inflate(47),
    ZSTD_MAGIC: zstd.ZstdDecompressor,
}
_BY_NAME: dict[str, tuple[Callable[[], Decompressor], ...]] = {
    "deflate": (lambda: Inflate(15), lambda: Inflate(-15)),
    "br": (Brotli,),
}
_KNOWN = {"gzip", "x-gzip", "zstd", "identity", *_BY_NAME}


def unknown_encodings(encodings: str) -> list[str]:
    """Return the names in a ``Content-Encoding`` that `Decoding` does not know."""
    return [name for name in (one.strip().lower() for one in encodings.split(",")) if name and name not in _KNOWN]
