"""The decoded bytes of a WARC file in bounded memory: plain, gzip or Zstandard, one member a record or one for all.

On bare decompressors, as neither warcio nor FastWARC tells a member that is torn from one that is whole, or says where
a broken one begins so that reading can go on behind it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, BinaryIO

from scraper.compression import BROKEN, GZIP_MAGIC, ZSTD_MAGIC, Inflate, Zstd, ZstdDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.compression import Decompressor

WARC = b"WARC/"
"""How a record begins."""
PIECE = 1 << 17
"""Bytes of a file that are searched at once."""
_INPUT, _OUTPUT = 1 << 14, 1 << 12
"""Bytes that are read, and at most decompressed, in a step: the one in which data are found to be broken is lost."""
_BLANKS = b"\r\n\0"
_BLANK = re.compile(rb"[\r\n\0]*")
"""What may stand between records: line ends, and zeros, with which tapes and some writers fill up."""
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_FRAME_HEAD = 8
"""Bytes: magic number and size of what follows."""
_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""The frame in which ``.warc.zst`` brings its dictionary along, itself compressed or not
(https://iipc.github.io/warc-specifications/specifications/warc-zstd/)."""
_MOST_OF_A_DICTIONARY = 1 << 24


class Damaged(Exception):
    """The stream cannot be read on from here.

    `torn`: the file ends before what it announced, so it was written by something that was interrupted.
    """

    def __init__(self, message: str, *, torn: bool) -> None:
        super().__init__(message)
        self.torn = torn


class RecordStream:
    """Decodes a file, and knows at which offset what is being read begins.

    One that is put together from compressed files and others is read like any.
    """

    def __init__(self, file: BinaryIO, offset: int = 0) -> None:
        self._file = file
        file.seek(0)
        data = file.read(PIECE)
        begun = len(data) - len(data.lstrip(_BLANKS))
        first = data[begun : begun + _FRAME_HEAD]
        file.seek(begun + len(first))
        self.packed = self.zstd = False
        """Whether what is being read is compressed."""
        self._turn(first)
        self._size: int | None = None
        self._dictionary = _dictionary(file, first) if self.zstd else None
        self.seek(offset)

    def seek(self, offset: int) -> None:
        """Go on from another place of the file."""
        self._file.seek(offset)
        self._raw = b""
        self._next_raw = offset
        self._buffer = b""
        self._position = 0
        self._inflate: Decompressor | None = None
        self.member = offset
        """Where the gzip member, or frame, that is being read begins."""
        self._given = 0
        self.inside = False
        """Set while a record's block is read: a member that begins with another record then means damage."""

    def _turn(self, first: bytes) -> bool:
        """Note how what begins with these bytes is compressed, if it is any record; return whether it is."""
        zstd = first.startswith(ZSTD_MAGIC) or bool(_SKIPPABLE.match(first))
        if zstd or first.startswith((GZIP_MAGIC[:2], WARC)):
            self.packed, self.zstd = not first.startswith(WARC), zstd
        return self.packed

    def begin(self) -> int | None:
        """Skip padding; return the offset of what follows, in a packed file that of its member, or None at the end."""
        while self._skip_blank():
            if not self._fill():
                return None
        if not self.packed and not self._buffer.startswith(WARC, self._position):
            rest = self._buffer[self._position :]
            while len(rest) < _FRAME_HEAD and (more := self._read_raw()):
                rest += more
            self._buffer, self._position = rest, 0
            if self._turn(rest):
                self._raw, self._buffer = rest, b""
                return self.begin()
        return self.member if self.packed else self._place()

    def inner(self) -> int:
        """Return how many bytes the member gives before what follows; 0 in a plain file."""
        return self._given - len(self._buffer) + self._position if self.packed else 0

    def end(self) -> int:
        """Skip padding up to the end of the member; return the offset that is reached."""
        while self._skip_blank() and (self._inflate_step() if self.packed else self._fill()):
            pass
        return self._place()

    def member_pieces(self) -> Iterator[bytes]:
        """Yield the decompressed bytes of the member that begins here."""
        if self._begin_member():
            while self._inflate_step():
                yield self._buffer

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, fewer only at the end of the file."""
        return b"".join(self._parts(size))

    def readline(self, size: int) -> bytes:
        """Return up to and including the next line feed, `size` bytes at most."""
        return b"".join(self._parts(size, line=True))

    def ends_before(self, size: int) -> bool:
        """Say whether a plain file is known to hold fewer bytes from here on: its end was reached before."""
        return not self.packed and self._size is not None and self._place() + size > self._size

    def skip(self, size: int) -> int:
        """Skip up to `size` bytes; return how many there were."""
        return sum(map(len, self._parts(size)))

    def _parts(self, size: int, *, line: bool = False) -> Iterator[bytes]:
        while size > 0 and (self._position < len(self._buffer) or self._fill()):
            stop = self._position + size
            if line:
                stop = self._buffer.find(b"\n", self._position, stop) + 1 or stop
            part = self._buffer[self._position : stop]
            self._position += len(part)
            size -= len(part)
            yield part
            if line and part.endswith(b"\n"):
                return

    def _skip_blank(self) -> bool:
        """Skip padding in the buffer; say whether nothing else was in it."""
        blank = _BLANK.match(self._buffer, self._position)
        assert blank is not None
        self._position = blank.end()
        return self._position == len(self._buffer)

    def _place(self) -> int:
        """Return the offset of the next byte; in a packed file, of the next one that was not given to decompress."""
        return self._next_raw - len(self._raw) - (0 if self.packed else len(self._buffer) - self._position)

    def _fill(self) -> bool:
        """Put the next decoded bytes into the empty buffer; False at the end of the file. One member at a time."""
        self._position, self._buffer = 0, b""
        if not self.packed:
            self._buffer = self._read_raw()
        while self.packed and not self._buffer:
            begun = self._inflate is None
            if begun and not self._begin_member():
                break
            self._inflate_step()
            if begun and self.inside and self._buffer.startswith(WARC):
                raise Damaged("a record that claims more than its member holds", torn=False)
        return bool(self._buffer)

    def _read_raw(self) -> bytes:
        if self._raw:
            data, self._raw = self._raw, b""
            return data
        data = self._file.read(_INPUT)
        self._next_raw += len(data)
        if not data:
            self._size = self._next_raw
        return data

    def _begin_member(self) -> bool:
        data = self._next_member()
        if not data:
            return False
        if not self.inside:
            self._turn(data)
        if not self.packed:
            self._buffer = data
            return False
        magic = ZSTD_MAGIC if self.zstd else GZIP_MAGIC
        if not data.startswith(magic):
            raise Damaged("no compressed data where a record should begin", torn=magic.startswith(data))
        self._raw = data
        self.member = self._place()
        self._inflate, self._given = self.decompressor(data), 0
        return True

    def _next_member(self) -> bytes:
        """Skip padding and skippable frames; return the first bytes of the next member, none at the end."""
        while data := self._read_raw():
            while len(data) < _FRAME_HEAD and (more := self._read_raw()):
                data += more
            at = len(data) - len(data.lstrip(_BLANKS))  # zeros fill up between members, too
            while self.zstd and at + _FRAME_HEAD <= len(data) and _SKIPPABLE.match(data, at):
                at += _FRAME_HEAD + int.from_bytes(data[at + 4 : at + _FRAME_HEAD], "little")
            if not at:
                return data
            self._next_raw += at - len(data)
            self._file.seek(self._next_raw)
        if self._next_raw > self._file.seek(0, os.SEEK_END):
            raise Damaged("the file ends inside a frame to be skipped", torn=True)
        return b""

    def decompressor(self, first: bytes) -> Decompressor:
        """Return a decompressor for a member that begins so."""
        return Zstd(zstd_dict=self._dictionary) if first.startswith(ZSTD_MAGIC) else Inflate(31)

    def _inflate_step(self) -> bool:
        """Put the next bytes of the member into the empty buffer, perhaps none; False if it has ended."""
        if self._inflate is None:
            return False
        data = self._read_raw() if self._inflate.needs_input else b""
        if not data and self._inflate.needs_input:
            raise Damaged("the file ends inside a compressed member", torn=True)
        try:
            self._position, self._buffer = 0, self._inflate.decompress(data, _OUTPUT)
        except BROKEN as error:
            raise Damaged(f"broken compressed data ({error})", torn=False) from error
        self._given += len(self._buffer)
        if self._inflate.eof:
            self._raw = self._inflate.unused_data + self._raw
            self._inflate = None
        return True


def _dictionary(file: BinaryIO, first: bytes) -> ZstdDict | None:
    """Return the dictionary with which a ``.warc.zst`` file begins; None if it brings none that can be read."""
    size = int.from_bytes(first[4:], "little")
    if not first.startswith(_DICTIONARY) or size > _MOST_OF_A_DICTIONARY:
        return None
    content = file.read(size)
    try:
        if content.startswith(ZSTD_MAGIC):
            content = Zstd().decompress(content, _MOST_OF_A_DICTIONARY)
        return ZstdDict(content)
    except BROKEN:
        return None
