"""Files of records that are opened more than once: on their own, inside a WACZ, or a member of many records."""

from __future__ import annotations

import contextlib
import lzma
import shutil
import zipfile
import zlib
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from scraper.store.records import Record, iter_records, read_record
from scraper.store.stream import Damaged, RecordStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.revisits import Place

_MOST_UNPACKED = 4 << 30
"""Bytes that are kept unpacked at a time."""
_FEW = 20
"""Records of one gzip member or frame up to which each is looked for from its start."""
ZIP_ERRORS = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error, lzma.LZMAError,
)  # fmt: skip


class Source(NamedTuple):
    """A file of records: on its own, or inside a ZIP file."""

    path: Path
    member: str

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)


class _Unpacked(NamedTuple):
    path: Path
    size: int
    places: array[int]


class Sources:
    """Opens files of records by their numbers, and reads single records of them again.

    What cannot be sought in without being read from its start is unpacked into a temporary file.
    """

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._sources: list[Source] = []
        self._zipfile: zipfile.ZipFile | None = None
        self._folder = TemporaryDirectory()
        self._unpacked: dict[tuple[int, int], _Unpacked] = {}
        self._size = 0
        self.broken = ""
        """Why a member of a ZIP file was unpacked in part only."""

    def add(self, source: Source) -> int:
        """Take a file in; return its number."""
        self._sources.append(source)
        return len(self._sources) - 1

    def where(self, place: Place) -> str:
        """Name a place for people."""
        return f"{self._sources[place.source].name}, byte {place.offset}"

    def names(self, path: Path) -> list[str]:
        """Return the names of the members of a ZIP file."""
        return self._opened(path).namelist()

    def open(self, number: int) -> BinaryIO:
        """Open a file; the caller closes it."""
        source = self._sources[number]
        if not source.member:
            return source.path.open("rb")
        zipped = self._opened(source.path)
        member = zipped.getinfo(source.member)
        if member.compress_type == zipfile.ZIP_STORED:
            return cast("BinaryIO", zipped.open(member))  # seekable
        if (number, -1) not in self._unpacked:
            self._unpack_zipped(number, zipped, member)
        return self._unpacked[number, -1].path.open("rb")

    def read(self, place: Place) -> Record:
        """Read a record again. Damaged, OSError: it cannot be read."""
        if place.number < _FEW:
            with self.open(place.source) as file:
                return read_record(file, place.offset, max_block=self._max_body, number=place.number)
        if place[:2] not in self._unpacked:
            self._unpack_member(place)
        member = self._unpacked[place[:2]]
        if place.number >= len(member.places):
            raise Damaged("a member that does not hold it any more", torn=False)
        with member.path.open("rb") as file:
            return read_record(file, member.places[place.number], max_block=self._max_body)

    def close(self) -> None:
        """Close all files and remove those that were unpacked."""
        if self._zipfile is not None:
            self._zipfile.close()
        self._folder.cleanup()

    def _opened(self, path: Path) -> zipfile.ZipFile:
        """Return a ZIP file, the one opened last if it is the same: its list of members may be long."""
        if self._zipfile is None or self._zipfile.filename != str(path):
            if self._zipfile is not None:
                self._zipfile.close()
            self._zipfile = zipfile.ZipFile(path)
        return self._zipfile

    def _unpack_zipped(self, number: int, zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Unpack a member of a ZIP file, as far as it goes."""
        if member.file_size > _MOST_UNPACKED:
            raise OSError("more than 4 GB in a ZIP file that packs it; unpack it and import that")
        path = self._path(number, -1)
        with self._into(path) as file:
            try:
                with zipped.open(member) as packed:
                    shutil.copyfileobj(packed, file)
            except ZIP_ERRORS as error:
                self.broken = str(error)
        self._keep((number, -1), path, array("q"))

    def _unpack_member(self, place: Place) -> None:
        """Unpack a member that holds many records, so that each of them is found at once."""
        path = self._path(*place[:2])
        with self._into(path) as file, self.open(place.source) as packed:
            for piece in RecordStream(packed, place.offset).member_pieces():
                file.write(piece)
                if file.tell() > _MOST_UNPACKED:
                    raise Damaged("in a member of many records that takes over 4 GB; unpack the file", torn=False)
        with path.open("rb") as file:
            records = (record for record in iter_records(file, max_block=0) if isinstance(record, Record))
            self._keep(place[:2], path, array("q", (record.offset for record in records)))

    @staticmethod
    @contextlib.contextmanager
    def _into(path: Path) -> Iterator[BinaryIO]:
        """Open a file to unpack into; it goes at once if that fails: there may be many that are too large."""
        with contextlib.ExitStack() as undo:
            undo.callback(path.unlink, missing_ok=True)
            with path.open("wb") as file:
                yield file
            undo.pop_all()

    def _path(self, number: int, offset: int) -> Path:
        return Path(self._folder.name, f"{number}.{offset}")

    def _keep(self, key: tuple[int, int], path: Path, places: array[int]) -> None:
        """Keep an unpacked file; the oldest ones go where they take too much together."""
        self._unpacked[key] = _Unpacked(path, path.stat().st_size, places)
        self._size += self._unpacked[key].size
        while self._size > _MOST_UNPACKED:
            oldest = self._unpacked.pop(next(iter(self._unpacked)))
            oldest.path.unlink()
            self._size -= oldest.size
