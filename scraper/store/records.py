"""Records out of a WARC file, read as far as it goes: damage is a value, and reading goes on behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scraper.compression import BROKEN
from scraper.payload import parse_header_lines
from scraper.store.stream import PIECE, WARC, Damaged, RecordStream

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = 1 << 16
_HEAD_LINES = 256
_BEGINNING = re.compile(  # of the byte behind a Zstandard frame's number one bit is always 0
    rb"(\x1f\x8b\x08|\x28\xb5\x2f\xfd[%s])"
    rb"|(?i:WARC/[0-9]\.[0-9]{1,2}[ \t]*\r?\n(?:WARC-[A-Za-z-]{1,40}|Content-[A-Za-z]{4,6})[ \t]*:)"
    % re.escape(bytes(byte for byte in range(256) if not byte & 8)),
    re.DOTALL,
)
"""How a record begins, compressed or not: with its first field, since pages about WARC files have the first line."""
_MOST_OF_A_HEAD = 512
"""Bytes that are enough to recognise either of the two."""
_OVERLAP = 1 << 16
"""Bytes by which a record that claims too many may reach into the next; half of it at most, as those are read twice."""


class Record(NamedTuple):
    """One record.

    Attributes:
        offset: where it (in gzip: its member) begins in the file.
        kind: ``WARC-Type``.
        headers: the WARC header, names in lower case; of a repeated one the first.
        block: its content; None when it is longer than was asked for.
        inner: how many bytes its gzip member gives before it.
    """

    offset: int
    end: int
    kind: str
    headers: dict[str, str]
    block: bytes | None
    inner: int


class Location(NamedTuple):
    """Where a record of the store lies: file name in its folder, offset and length in bytes."""

    file: str
    offset: int
    length: int


class Damage(NamedTuple):
    """A stretch of a file that is no record, with what is wrong in words; `torn`: the file simply ends too early."""

    offset: int
    reason: str
    torn: bool


def iter_records(file: BinaryIO, *, max_block: int, offset: int = 0) -> Iterator[Record | Damage]:
    """Read record after record, in bounded memory, from a seekable file, compressed or not.

    Blocks longer than `max_block` bytes are passed over and come with ``block=None``. `offset` is of a record.
    """
    stream = RecordStream(file, offset)
    place: int | None = offset
    ended, reach = offset, 0
    while place is not None:
        try:
            try:
                begun = stream.begin()
            except Damaged:
                place = max(place, stream.member)  # the broken member may begin behind padding
                raise
            if begun is None:
                return
            place = begun
            record = _read_record(stream, place, max_block)
            ended, reach = record.end, 0 if stream.packed else min(_OVERLAP, (record.end - place) // 2)
            place = record.end
            yield record
        except Damaged as damage:
            yield Damage(place, str(damage), damage.torn)
            file.seek(place)
            overran = place == ended and not _BEGINNING.match(file.read(_MOST_OF_A_HEAD))
            place = _next_record(file, place - reach if overran else place + 1, stream)
            stream.seek(place or 0)


def read_record(file: BinaryIO, offset: int, *, max_block: int, inner: int = 0) -> Record:
    """Read the record that begins at `offset` of a seekable file, or behind `inner` bytes of the member there.

    A block longer than `max_block` bytes is passed over. Damaged: there is no record, or it is broken.
    """
    stream = RecordStream(file, offset)
    begun = stream.begin()
    if inner:  # whose beginning, too, may have been passed over as padding
        stream.skip(inner - stream.inner())
        begun = stream.begin()
    if begun is None:
        raise Damaged("the file ends before it", torn=True)
    return _read_record(stream, offset, max_block)


def _read_record(stream: RecordStream, offset: int, max_block: int) -> Record:
    inner = stream.inner()
    headers = _read_head(stream)
    announced = headers.get("content-length", "")
    if not (announced.isascii() and announced.isdigit()):
        raise Damaged("a record without a usable Content-Length", torn=False)
    length = int(announced[:18])
    if stream.ends_before(length):  # else each of many such claims would be read to the end of the file
        raise Damaged("the file ends before a record does", torn=True)
    stream.inside = True
    block = stream.read(length) if length <= max_block else None
    got = len(block) if block is not None else stream.skip(length)
    stream.inside = False
    if got < length:
        raise Damaged(f"the file ends {length - got} bytes before a record does", torn=True)
    return Record(offset, stream.end(), headers.get("warc-type", "").lower(), headers, block, inner)


def _read_head(stream: RecordStream) -> dict[str, str]:
    """Return the fields of a record's head, names in lower case."""
    line = stream.readline(_LINE)
    if not line.startswith(WARC):
        raise Damaged("no record where one should begin", torn=False)
    lines: list[str] = []
    while line.strip():
        if len(lines) > _HEAD_LINES or not line.endswith(b"\n"):
            raise Damaged("a record whose head does not end", torn=False)
        lines.append(_text(line))
        line = stream.readline(_LINE)
        if not line:
            raise Damaged("the file ends inside the head of a record", torn=True)
        if line.startswith(WARC):
            raise Damaged("a record begins in the head of another", torn=False)
    fields: dict[str, str] = {}
    for name, value in parse_header_lines(lines[1:]):
        fields.setdefault(name.lower(), value)
    if "warc-target-uri" in fields:  # wget 1.19 writes <…>, others leave spaces in it
        fields["warc-target-uri"] = fields["warc-target-uri"].strip("<>").replace(" ", "%20")
    return fields


def _text(line: bytes) -> str:
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return line.decode("latin-1").rstrip("\r\n")


def _next_record(file: BinaryIO, offset: int, stream: RecordStream) -> int | None:
    """Return where the next record begins at or behind `offset`, or None."""
    place, size = offset, _MOST_OF_A_HEAD
    while True:
        file.seek(place)
        data = file.read(size + _MOST_OF_A_HEAD)
        for match in _BEGINNING.finditer(data):
            at = match.start()
            if not match[1] or _is_record_member(stream, data[at : at + _MOST_OF_A_HEAD]):
                return place + at
        if len(data) <= _MOST_OF_A_HEAD:
            return None
        place += len(data) - _MOST_OF_A_HEAD
        size = min(2 * size, PIECE)


def _is_record_member(stream: RecordStream, data: bytes) -> bool:
    """Say whether a record begins at this magic number, which may just be some bytes of compressed data."""
    try:
        return stream.decompressor(data).decompress(data, len(WARC)) == WARC
    except BROKEN:
        return False
