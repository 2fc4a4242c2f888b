"""Records out of a WARC or ARC file, read as far as it goes: damage is a value, and reading goes on behind it."""

from __future__ import annotations

import functools
import io
import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scraper.compression import BROKEN
from scraper.store.stream import PIECE, Damaged, RecordStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LINE = 1 << 16
_HEAD_LINES = 256
_WARC, _ARC = b"WARC/", b"filedesc:"
_MEMBER = re.compile(  # a frame's next byte has a bit that is always 0
    rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd[%s]" % re.escape(bytes(byte for byte in range(256) if not byte & 8)), re.DOTALL
)
_HEAD = re.compile(
    rb"WARC/[0-9]\.[0-9]{1,2}[ \t]*\r?\n(?:WARC-[A-Za-z-]{1,40}|Content-[A-Za-z]{4,6})[ \t]*:", re.IGNORECASE
)
"""How a record begins in a plain file. With its first field, as pages tell of WARC files too."""
_MOST_OF_A_HEAD = 512
"""Bytes in which either is told for certain."""


class Record(NamedTuple):
    """One record.

    Attributes:
        offset: where it (in gzip: its member) begins in the file.
        end: where it ends.
        kind: ``WARC-Type``; ARC files hold ``response`` and ``arc_header``.
        headers: the WARC header, names in lower case; of a repeated one the first.
        block: its content; None when it is longer than was asked for.
    """

    offset: int
    end: int
    kind: str
    headers: dict[str, str]
    block: bytes | None


class Damage(NamedTuple):
    """A stretch of a file that is no record, with what is wrong in words; `torn`: the file simply ends too early."""

    offset: int
    reason: str
    torn: bool


def iter_records(file: BinaryIO, *, max_block: int, offset: int = 0) -> Iterator[Record | Damage]:
    """Read record after record, in flat memory, from a seekable file: WARC or ARC, packed in whatever way or not.

    Blocks longer than `max_block` bytes are passed over and come with ``block=None``. `offset` is of a record.
    """
    stream = RecordStream(file, offset)
    place: int | None = offset
    while place is not None:
        try:
            begun = stream.begin()
            if begun is None:
                return
            place = begun
            record = _read_record(stream, place, max_block)
            place = record.end
            yield record
        except Damaged as damage:
            yield Damage(place, str(damage), damage.torn)
            place = _next_record(file, place + 1, stream)
            stream.seek(place or 0)


def read_record(file: BinaryIO, offset: int, *, max_block: int, length: int = 0, number: int = 0) -> Record:
    """Read one record that begins at `offset`.

    Args:
        file: seekable, binary.
        offset: where it begins, or the member that holds it.
        max_block: a longer block is passed over.
        length: of the record in the file, if it is known: then no more than that is read.
        number: which one, counted from 0, where a member holds more of them.

    Raises:
        Damaged: there is none, or it is broken.
    """
    stream = RecordStream(file, offset, piece=min(length, PIECE) or PIECE)
    for earlier in range(number, -1, -1):
        if stream.begin() is None:
            raise Damaged("the file ends before it", torn=True)
        record = _read_record(stream, offset, 0 if earlier else max_block)
    return record


def _read_record(stream: RecordStream, offset: int, max_block: int) -> Record:
    headers = _fields(_read_head(stream))
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
    return Record(offset, stream.end(), headers.get("warc-type", "").lower(), headers, block)


def _read_head(stream: RecordStream) -> bytes:
    """Return the lines of a record's head: one in ARC, up to the blank one in WARC."""
    lines = [stream.readline(_LINE)]
    if lines[0].startswith(_ARC) or _is_arc_line(lines[0]):
        return lines[0]
    if not lines[0].startswith(_WARC):
        raise Damaged("no record where one should begin", torn=False)
    while lines[-1].strip():
        if len(lines) > _HEAD_LINES or not lines[-1].endswith(b"\n"):
            raise Damaged("a record whose head does not end", torn=False)
        line = stream.readline(_LINE)
        if not line:
            raise Damaged("the file ends inside the head of a record", torn=True)
        if line.startswith(_WARC):
            raise Damaged("a record begins in the head of another", torn=False)
        folded = line.startswith((b" ", b"\t")) and line.strip()
        if folded:  # warcio joins such lines too, but leaves all their blanks in
            lines[-1] = lines[-1].rstrip()
        lines.append(b" " + line.lstrip() if folded else line)
    return b"".join(lines)


def _fields(head: bytes) -> dict[str, str]:
    """Return the fields of a record's head, as warcio reads them, names in lower case; of a repeated one the first."""
    parse, errors = _parsers()
    try:
        parsed = parse(head)
    except errors as error:
        raise Damaged("the head of a record cannot be understood", torn=False) from error
    fields: dict[str, str] = {}
    for name, value in parsed:
        fields.setdefault(name.lower(), value)
    if "warc-target-uri" in fields:  # wget 1.19 writes <…>, others leave spaces in it
        fields["warc-target-uri"] = fields["warc-target-uri"].strip("<>").replace(" ", "%20")
    return fields


@functools.cache
def _parsers() -> tuple[Callable[[bytes], list[tuple[str, str]]], tuple[type[Exception], ...]]:
    """Return warcio's reading of a head, and what it raises. A store is opened without warcio."""
    from warcio.recordloader import ARC2WARCHeadersParser, ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

    warc, arc = StatusAndHeadersParser(ArcWarcRecordLoader.WARC_TYPES), ARC2WARCHeadersParser()

    def parse(head: bytes) -> list[tuple[str, str]]:
        parsed = (warc if head.startswith(_WARC) else arc).parse(io.BytesIO(head))
        return list(parsed.headers)

    return parse, (StatusAndHeadersParserException, EOFError, ValueError, AttributeError, IndexError)


def _is_arc_line(line: bytes) -> bool:
    """Say whether this is the one-line head of an ARC record: ``URL IP 14-digits type length``."""
    words = line.split()
    return len(words) == 5 and words[2].isdigit() and len(words[2]) == 14 and words[4].isdigit() and b":" in words[0]


def _next_record(file: BinaryIO, offset: int, stream: RecordStream) -> int | None:
    """Return where the next record begins at or behind `offset`, or None."""
    wanted = _MEMBER if stream.packed else _HEAD
    place, size = offset, _MOST_OF_A_HEAD
    while True:
        file.seek(place)
        data = file.read(size + _MOST_OF_A_HEAD)
        for match in wanted.finditer(data):
            at = match.start()
            if not stream.packed or _is_record_member(stream, data[at : at + _MOST_OF_A_HEAD]):
                return place + at
        if len(data) <= _MOST_OF_A_HEAD:
            return None
        place += len(data) - _MOST_OF_A_HEAD
        size = min(2 * size, PIECE)


def _is_record_member(stream: RecordStream, data: bytes) -> bool:
    """Say whether a record begins at this magic number, which may just be some bytes of compressed data."""
    try:
        return stream.decompressor().decompress(data, len(_WARC)) == _WARC
    except BROKEN:
        return False
