"""A file of records as one bounded stream: plain or gzip, one member a record or one for all."""

from __future__ import annotations

import zlib
from typing import BinaryIO

GZIP_MAGIC = b"\x1f\x8b\x08"
PIECE = 1 << 17
"""Bytes of a file that are read at once."""
_ROOM = 1 << 18


class Damaged(Exception):
    """The stream cannot be read on from here.

    Attributes:
        torn: the file ends before what it announced: written by something that was interrupted.
    """

    def __init__(self, message: str, *, torn: bool) -> None:
        super().__init__(message)
        self.torn = torn


class RecordStream:
    """Reads decoded bytes and knows where in the file the piece being read begins.

    Args:
        file: seekable, binary.
        offset: where to begin, at a record.
        piece: bytes to read from the file at once.
    """

    def __init__(self, file: BinaryIO, offset: int = 0, *, piece: int = PIECE) -> None:
        self._file = file
        self._piece = piece
        file.seek(0)
        self.gzip = file.read(2) == GZIP_MAGIC[:2]
        self.seek(offset)

    def seek(self, offset: int) -> None:
        """Go on from another place of the file."""
        self._file.seek(offset)
        self._raw = b""
        self._next_raw = offset
        self._buffer = b""
        self._position = 0
        self._inflate: zlib._Decompress | None = None
        self.member = offset
        """Where the gzip member that is being read begins."""
        self.inside = False
        """Set while a record's block is read: then no other record may begin."""

    def begin(self) -> int | None:
        """Pass over blank lines; return where the piece that follows begins, or None at the end of the file.

        In a gzip file that is the start of its member.
        """
        while not self._drained() or self._fill():
            self._skip_blank()
            if not self._drained():
                return self.member if self.gzip else self._raw_place() - (len(self._buffer) - self._position)
        return None

    def end(self) -> int:
        """Pass over blank lines up to the end of the member; return where it ends.

        In a member that holds more records, and in a plain file, that is the place reached in the file.
        """
        self._skip_blank()
        while self._drained() and (self._inflate is not None if self.gzip else self._fill()):
            if self.gzip:
                self._position, self._buffer = 0, b""
                self._inflate_step()
            self._skip_blank()
        return self._raw_place() - (0 if self.gzip else len(self._buffer) - self._position)

    def _skip_blank(self) -> None:
        while not self._drained() and self._buffer[self._position] in b"\r\n":
            self._position += 1

    def _raw_place(self) -> int:
        return self._next_raw - len(self._raw)

    def _drained(self) -> bool:
        return self._position >= len(self._buffer)

    def _read_raw(self) -> bytes:
        if self._raw:
            data, self._raw = self._raw, b""
            return data
        data = self._file.read(self._piece)
        self._next_raw += len(data)
        return data

    def _fill(self) -> bool:
        """Put the next decoded bytes into the empty buffer; False at the end of the file. One member at a time."""
        self._position = 0
        self._buffer = b""
        if not self.gzip:
            self._buffer = self._read_raw()
            return bool(self._buffer)
        while not self._buffer:
            begun = self._inflate is None
            if begun and not self._begin_member():
                return False
            self._inflate_step()
            if begun and self.inside and self._buffer.startswith(b"WARC/"):
                raise Damaged("a record that claims more than its gzip member holds", torn=False)
        return True

    def _begin_member(self) -> bool:
        place = self._raw_place()
        data = self._read_raw()
        while len(data) < len(GZIP_MAGIC):
            more = self._read_raw()
            if not more:
                break
            data += more
        if not data:
            return False
        if not data.startswith(GZIP_MAGIC):
            raise Damaged("no gzip data where a record should begin", torn=GZIP_MAGIC.startswith(data))
        self._raw = data
        self.member = place
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return True

    def _inflate_step(self) -> None:
        assert self._inflate is not None
        data = self._inflate.unconsumed_tail or self._read_raw()
        if not data:
            raise Damaged("the file ends inside a gzip member", torn=True)
        try:
            self._buffer = self._inflate.decompress(data, _ROOM)
        except zlib.error as error:
            raise Damaged(f"broken gzip data ({error})", torn=False) from error
        if self._inflate.eof:
            self._raw = self._inflate.unused_data + self._raw
            self._inflate = None

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, fewer only at the end of the file."""
        parts: list[bytes] = []
        while size > 0 and (not self._drained() or self._fill()):
            part = self._buffer[self._position : self._position + size]
            self._position += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def readline(self, size: int = 1 << 16) -> bytes:
        """Return up to and including the next line feed, `size` bytes at most."""
        parts: list[bytes] = []
        while size > 0 and (not self._drained() or self._fill()):
            end = self._buffer.find(b"\n", self._position, self._position + size) + 1
            part = self._buffer[self._position : end or self._position + size]
            self._position += len(part)
            size -= len(part)
            parts.append(part)
            if end:
                break
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over up to `size` bytes, return how many there were."""
        left = size
        while left > 0 and (not self._drained() or self._fill()):
            step = min(left, len(self._buffer) - self._position)
            self._position += step
            left -= step
        return size - left
