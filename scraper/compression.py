"""Compressed data taken off step by step: zlib, Zstandard and Brotli behind one interface, each step bounded.

Content encodings of HTTP are taken off a stream by `Decoding`.
"""

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
"""What is raised for data that cannot be decompressed on from here, and for a dictionary that is none."""
Zstd = zstd.ZstdDecompressor
ZstdDict = zstd.ZstdDict
_MOST_LAYERS = 5
_FIRST = 1 << 14
"""Bytes of a stream that are looked at to see in which encoding it is."""
_PIECE = 1 << 10
"""Bytes that are decompressed at once: Brotli gives nothing of a piece behind which garbage stands."""
_ROOM = 1 << 18
_TEXT = re.compile(rb"[\t\r\n -~]{16}|[\t\r\n -~]*\Z")
"""Beginning of what is in no encoding, whatever a header says: some encodings take anything for theirs at first."""


class TooLarge(ValueError):
    """Decoding would give more than the limit."""


class Inflate:
    """Gzip, zlib and bare deflate, told apart by zlib's window bits: 31, 15 and -15; to be used as `Zstd` is."""

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
    """Brotli, one stream; what stands behind it is not told."""

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
    """Takes off the encodings that a header names and the bytes confirm: gzip, deflate, Brotli, Zstandard.

    What the bytes contradict is left as it is: a page that is plain though its header says gzip stays as it is, and
    ``gzip, gzip`` is taken off once or twice, as often as it is there. What stands behind the last member is dropped.

    Args:
        encodings: the ``Content-Encoding`` headers, joined by commas; may be empty.
        limit: the most bytes that an encoding may give.

    Attributes:
        changed: whether any encoding was taken off; known once a piece has come.
        whole: whether each of them came to its end; known behind the last piece.
    """

    def __init__(self, encodings: str, limit: int) -> None:
        self._names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
        self._limit = limit
        self.changed = False
        self.whole = True

    def pieces(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the decoded bytes, piece by piece. TooLarge: there are more than `limit`."""
        stream = iter(pieces)
        for name in reversed(["", *self._names][-_MOST_LAYERS:]):  # one layer more, or a blank header
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
        """Yield what all members give, further ones if they begin with `again`; a broken or cut one clears `whole`."""
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
                    piece = member.decompress(given, _ROOM)
                except BROKEN:
                    self.whole = False
                    return
                full = len(piece) >= _ROOM and not member.eof  # there may be more, though it asks for input
                if member.eof:
                    data = member.unused_data + data
                if piece:
                    yield piece
        self.whole = self.whole and member.eof


def _small(piece: bytes) -> Iterator[bytes]:
    return (piece[at : at + _PIECE] for at in range(0, len(piece), _PIECE))


def _compression(name: str, first: bytes) -> tuple[Callable[[], Decompressor], bytes | None] | None:
    """Return what decompresses a stream that begins so, and how further members begin; None if it is not compressed."""
    for magic, make in _BY_MAGIC.items():
        if first.startswith(magic):  # whatever its name
            return (make, magic) if _gives(make, first, cut=True) else None
    if _TEXT.match(first):
        return None
    return next(((make, None) for make in _BY_NAME.get(name, ()) if _gives(make, first)), None)


def _gives(make: Callable[[], Decompressor], first: bytes, *, cut: bool = False) -> bool:
    """Say whether anything comes out of these bytes; with `cut`, or if they may just be too few for that."""
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
    """Return the names in a ``Content-Encoding`` of which nothing is known here."""
    return [name for name in (one.strip().lower() for one in encodings.split(",")) if name and name not in _KNOWN]
