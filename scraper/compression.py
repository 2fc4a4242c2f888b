"""Compressed data taken off step by step: zlib, Zstandard and Brotli behind one interface, each step bounded."""

from __future__ import annotations

import functools
import sys
import zlib
from typing import TYPE_CHECKING, Protocol

import brotli

if TYPE_CHECKING:
    from types import ModuleType

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class BrokenError(ValueError):
    """The data cannot be decompressed on from here."""


class Decompressor(Protocol):
    """Decompresses one member or frame, as `lzma.LZMADecompressor` of the standard library does."""

    @property
    def eof(self) -> bool:
        """Whether the end of the member was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether all that was handed in was used up; else the next call takes no data."""

    @property
    def unused_data(self) -> bytes:
        """What was handed in and stands behind the member."""

    def decompress(self, data: bytes, most: int) -> bytes:
        """Take data in and return at most so many bytes, perhaps none.

        Raises:
            BrokenError: it is none of this compression.
        """


class Inflate:
    """Gzip, zlib and bare deflate, told apart by zlib's window bits: 31, 15 and -15."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:  # noqa: D102 # as in the protocol
        return self._inner.eof

    @property
    def needs_input(self) -> bool:  # noqa: D102
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:  # noqa: D102
        return self._inner.unused_data

    def decompress(self, data: bytes, most: int) -> bytes:  # noqa: D102
        try:
            return self._inner.decompress(self._inner.unconsumed_tail + data, most)
        except zlib.error as error:
            raise BrokenError(str(error)) from error


class Zstd:
    """Zstandard, one frame; a frame that is to be skipped gives nothing.

    Args:
        dictionary: what the frame was compressed with, from `zstd_dictionary`.
    """

    def __init__(self, dictionary: object = None) -> None:
        zstd = _zstd()
        self._error: type[Exception] = zstd.ZstdError
        self._inner: Decompressor = zstd.ZstdDecompressor(zstd_dict=dictionary)

    @property
    def eof(self) -> bool:  # noqa: D102
        return self._inner.eof

    @property
    def needs_input(self) -> bool:  # noqa: D102
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:  # noqa: D102
        return self._inner.unused_data

    def decompress(self, data: bytes, most: int) -> bytes:  # noqa: D102
        try:
            return self._inner.decompress(data, most)
        except (self._error, EOFError) as error:
            raise BrokenError(str(error)) from error


def zstd_dictionary(content: bytes) -> object:
    """Make a dictionary, once for all frames of a file, as ``.warc.zst`` files bring it along.

    Raises:
        BrokenError: it is none.
    """
    zstd = _zstd()
    try:
        return zstd.ZstdDict(content)
    except (zstd.ZstdError, ValueError) as error:
        raise BrokenError(f"a dictionary that is none ({error})") from error


@functools.cache
def _zstd() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


class Brotli:
    """Brotli, one stream; what stands behind it is not told."""

    unused_data = b""

    def __init__(self) -> None:
        self._error: type[Exception] = brotli.error
        self._inner = brotli.Decompressor()

    @property
    def eof(self) -> bool:  # noqa: D102
        return bool(self._inner.is_finished())

    @property
    def needs_input(self) -> bool:  # noqa: D102
        return bool(self._inner.can_accept_more_data())

    def decompress(self, data: bytes, most: int) -> bytes:  # noqa: D102
        try:
            return bytes(self._inner.process(data, output_buffer_limit=most))
        except self._error as error:
            raise BrokenError(str(error)) from error
