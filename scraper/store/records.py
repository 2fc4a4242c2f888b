"""Records out of a WARC or ARC file, read as far as it goes: damage is a value, and reading goes on behind it."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scraper.store.stream import GZIP_MAGIC, PIECE, Damaged, RecordStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warcio.recordloader import ArcWarcRecord

_LINE = 1 << 16
_HEAD_LINES = 256
_WARC, _ARC = b"WARC/", b"filedesc:"


class Record(NamedTuple):
    """One record.

    Attributes:
        offset: where it (in gzip: its member) begins in the file.
        end: where it ends.
        kind: ``WARC-Type``; ARC files hold ``response`` and ``arc_header``.
        headers: the WARC header, names in lower case; of a repeated one the first.
        block: its content; None when it is longer than was asked for.
        length: of the block, as announced.
    """

    offset: int
    end: int
    kind: str
    headers: dict[str, str]
    block: bytes | None
    length: int


class Damage(NamedTuple):
    """A stretch of a file that is no record.

    Attributes:
        offset: where it begins.
        reason: what is wrong, in words.
        torn: the file simply ends too early.
    """

    offset: int
    reason: str
    torn: bool


def iter_records(file: BinaryIO, *, max_block: int, offset: int = 0) -> Iterator[Record | Damage]:
    """Read record after record, in flat memory.

    Args:
        file: seekable; WARC or ARC, plain or gzip (one member a record, or one for all).
        max_block: longest block to hold, in bytes; longer ones are passed over and come with ``block=None``.
        offset: where to begin, at a record.
    """
    stream = RecordStream(file, offset)
    heads = _Heads()
    place = offset
    while True:
        try:
            begun = stream.begin()
            if begun is None:
                return
            place = begun
            record = _read_record(stream, heads, place, max_block)
            place = record.end
            yield record
        except Damaged as damage:
            yield Damage(place, str(damage), damage.torn)
            found = _next_record(file, place + 1, gzip=stream.gzip)
            if found is None:
                return
            stream.seek(found)


def read_record(file: BinaryIO, offset: int, *, max_block: int, length: int = 0) -> Record:
    """Read the one record that begins at `offset`.

    Args:
        file: seekable, binary.
        offset: where it begins.
        max_block: a longer block is passed over.
        length: of the record in the file, if it is known: then no more than that is read.

    Raises:
        Damaged: there is none, or it is broken.
    """
    stream = RecordStream(file, offset, piece=min(length, PIECE) or PIECE)
    if stream.begin() is None:
        raise Damaged("the file ends before it", torn=True)
    return _read_record(stream, _Heads(), offset, max_block)


class _Heads:
    """Takes the heads of records apart. warcio is imported with the first of them: a store is opened without it."""

    def __init__(self) -> None:
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.recordloader import ArcWarcRecordLoader

        self._loader = ArcWarcRecordLoader(arc2warc=True)
        self._errors = (ArchiveLoadFailed, EOFError, ValueError, AttributeError, IndexError)

    def parse(self, head: bytes) -> ArcWarcRecord:
        known = "warc" if head.startswith(_WARC) else "arc2warc"
        try:
            return self._loader.parse_record_stream(io.BytesIO(head), known_format=known, no_record_parse=True)
        except self._errors as error:
            raise Damaged("the head of a record cannot be understood", torn=False) from error


def _read_record(stream: RecordStream, heads: _Heads, offset: int, max_block: int) -> Record:
    parsed = heads.parse(_read_head(stream))
    headers: dict[str, str] = {}
    for name, value in parsed.rec_headers.headers:
        headers.setdefault(name.lower(), value)
    if not isinstance(parsed.length, int) or parsed.length < 0 or not headers.get("content-length", "").isdigit():
        raise Damaged("a record without a usable Content-Length", torn=False)
    length: int = parsed.length
    stream.inside = True
    block = stream.read(length) if length <= max_block else None
    got = len(block) if block is not None else stream.skip(length)
    stream.inside = False
    if got < length:
        raise Damaged(f"the file ends {length - got} bytes before a record does", torn=True)
    return Record(offset, stream.end(), parsed.rec_type or "", headers, block, length)


def _read_head(stream: RecordStream) -> bytes:
    """Return the lines of a record's head: one in ARC, up to the blank one in WARC."""
    first = stream.readline(_LINE)
    if first.startswith(_ARC):
        return first
    if not first.startswith(_WARC):
        if _is_arc_line(first):
            return first
        raise Damaged("no record where one should begin", torn=False)
    lines = [first]
    while lines[-1].strip():
        if len(lines) > _HEAD_LINES or not lines[-1].endswith(b"\n"):
            raise Damaged("a record whose head does not end", torn=False)
        line = stream.readline(_LINE)
        if not line:
            raise Damaged("the file ends inside the head of a record", torn=True)
        lines.append(line)
    return b"".join(lines)


def _is_arc_line(line: bytes) -> bool:
    """Say whether this is the one-line head of an ARC record: ``URL IP 14-digits type length``."""
    words = line.split()
    return len(words) == 5 and words[2].isdigit() and len(words[2]) == 14 and words[4].isdigit() and b":" in words[0]


def _next_record(file: BinaryIO, offset: int, *, gzip: bool) -> int | None:
    """Return where the next record begins at or behind `offset`, or None."""
    wanted = GZIP_MAGIC if gzip else b"\nWARC/"
    place = offset
    tail = b""
    while True:
        file.seek(place + len(tail))
        data = tail + file.read(_LINE)
        if len(data) < len(wanted):
            return None
        at = data.find(wanted)
        while at >= 0:
            found = place + at + (0 if gzip else 1)
            if not gzip or _is_record_member(file, found):
                return found
            at = data.find(wanted, at + 1)
        if len(data) == len(tail):
            return None
        keep = len(wanted) - 1
        place += len(data) - keep
        tail = data[-keep:]


def _is_record_member(file: BinaryIO, offset: int) -> bool:
    """Say whether a record begins at this gzip magic number, which may just be three bytes of compressed data."""
    with contextlib.suppress(Damaged):
        line = RecordStream(file, offset).readline(len(_WARC))
        return line == _WARC
    return False
