"""WARC files of which single records are read again: on their own, inside a ZIP file, many records in a member."""

from __future__ import annotations

import contextlib
import lzma
import os
import shutil
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from scraper.store.records import read_record
from scraper.store.stream import Damaged, RecordStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.records import Record

_MOST_UNPACKED = 4 << 30
"""Bytes of all temporary files together."""
_MOST_FILES = 1000
"""Temporary files at a time."""
_NEAR = 1 << 16
"""Bytes of a member that are decompressed each time to reach a record behind them. Blocked gzip, where records go on in
the next member, has no more in one."""
ZIP_ERRORS = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, zlib.error, lzma.LZMAError)


class Source(NamedTuple):
    """A WARC file: on its own, or a member of a ZIP file."""

    path: Path
    member: str

    def __str__(self) -> str:
        """What people call it."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)


class Place(NamedTuple):
    """Where a record lies: the file, the offset of its gzip member or frame, and how many bytes that gives before."""

    source: Source
    offset: int
    inner: int

    def __str__(self) -> str:
        """What people call it."""
        return f"{self.source}, byte {self.offset}"


class Sources:
    """Opens WARC files, and reads single records of them again.

    Where a record could only be reached by decompressing all before it, a temporary file holds the unpacked bytes.
    """

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._zipfile: zipfile.ZipFile | None = None
        self._folder = TemporaryDirectory()
        self._unpacked: dict[tuple[Source, int], Path] = {}
        self._size = 0
        self.broken: dict[Source, str] = {}
        """Members of ZIP files that could not be unpacked whole, with the reason."""

    def open(self, source: Source) -> BinaryIO:
        """Open a file; the caller closes it."""
        if not source.member:
            return source.path.open("rb")
        zipped = self.zipped(source.path)
        member = zipped.getinfo(source.member)
        if member.compress_type == zipfile.ZIP_STORED:
            return cast("BinaryIO", zipped.open(member))  # seekable
        if (source, -1) not in self._unpacked:
            self._unpack_zipped(source, zipped, member)
        return self._unpacked[source, -1].open("rb")

    def read(self, place: Place) -> Record:
        """Read a record again. Damaged, OSError: it cannot be read."""
        if place.inner < _NEAR:
            with self.open(place.source) as file:
                return read_record(file, place.offset, max_block=self._max_body, inner=place.inner)
        if place[:2] not in self._unpacked:
            self._unpack_member(place)
        with self._unpacked[place[:2]].open("rb") as file:
            return read_record(file, place.inner, max_block=self._max_body)

    def close(self) -> None:
        """Close the ZIP file and remove the temporary files."""
        if self._zipfile is not None:
            self._zipfile.close()
        self._folder.cleanup()

    def zipped(self, path: Path) -> zipfile.ZipFile:
        """Return an opened ZIP file; the one opened last is kept, as its list of members may be long."""
        if self._zipfile is None or self._zipfile.filename != str(path):
            if self._zipfile is not None:
                self._zipfile.close()
            self._zipfile = zipfile.ZipFile(path)
        return self._zipfile

    def _unpack_zipped(self, source: Source, zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Unpack a member of a ZIP file, up to where it is broken."""
        if member.file_size > _MOST_UNPACKED:
            raise OSError("more than 4 GB in a ZIP file that packs it; unpack it and import that")
        with self._into((source, -1)) as file:
            try:
                with zipped.open(member) as packed:
                    shutil.copyfileobj(packed, file)
            except ZIP_ERRORS as error:
                self.broken[source] = str(error)

    def _unpack_member(self, place: Place) -> None:
        """Unpack a gzip member or frame that holds many records."""
        whole = contextlib.suppress(Damaged)  # the records before the damage are
        with self._into(place[:2]) as file, self.open(place.source) as packed, whole:
            for piece in RecordStream(packed, place.offset).member_pieces():
                file.write(piece)
                if file.tell() > _MOST_UNPACKED:
                    raise OSError("in a member of many records that takes over 4 GB; unpack the file")

    @contextlib.contextmanager
    def _into(self, key: tuple[Source, int]) -> Iterator[BinaryIO]:
        """Give a temporary file to unpack into; the oldest ones are removed once all take too much together.

        It is removed at once where unpacking fails: there may be many members that are too large.
        """
        descriptor, name = mkstemp(dir=self._folder.name)
        with os.fdopen(descriptor, "wb") as file:
            try:
                yield file
            except BaseException:
                Path(name).unlink()
                raise
            self._unpacked[key] = Path(name)
            self._size += file.tell()
        while self._size > _MOST_UNPACKED or len(self._unpacked) > _MOST_FILES:
            oldest = self._unpacked.pop(next(iter(self._unpacked)))
            self._size -= oldest.stat().st_size
            oldest.unlink()
