"""Files of records that are opened more than once: on their own, inside a WACZ, or a member of many records."""

from __future__ import annotations

import lzma
import shutil
import zipfile
import zlib
from array import array
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from scraper.store.records import Record, iter_records, read_record
from scraper.store.stream import Damaged, RecordStream

if TYPE_CHECKING:
    from pathlib import Path

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
    file: BinaryIO
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
        self._unpacked: dict[tuple[int, int], _Unpacked] = {}
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
        return open(self._unpacked[number, -1].file.name, "rb")  # noqa: PTH123 # the caller closes it

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
        return read_record(member.file, member.places[place.number], max_block=self._max_body)

    def close(self) -> None:
        """Close all files."""
        if self._zipfile is not None:
            self._zipfile.close()
            self._zipfile = None
        for one in self._unpacked.values():
            one.file.close()
        self._unpacked.clear()

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
        file = cast("BinaryIO", NamedTemporaryFile())  # noqa: SIM115 # closed in `close`
        try:
            with zipped.open(member) as packed:
                shutil.copyfileobj(packed, file)
        except ZIP_ERRORS as error:
            self.broken = str(error)
        self._keep((number, -1), file)

    def _unpack_member(self, place: Place) -> None:
        """Unpack a member that holds many records, so that each of them is found at once."""
        file = cast("BinaryIO", NamedTemporaryFile())  # noqa: SIM115 # closed in `close`
        with self.open(place.source) as packed:
            for piece in RecordStream(packed, place.offset).member_pieces():
                file.write(piece)
                if file.tell() > _MOST_UNPACKED:
                    raise Damaged("in a member of many records that takes over 4 GB; unpack the file", torn=False)
        file.flush()
        records = iter_records(file, max_block=0)
        self._keep(place[:2], file, array("q", (record.offset for record in records if isinstance(record, Record))))

    def _keep(self, key: tuple[int, int], file: BinaryIO, places: array[int] | None = None) -> None:
        file.flush()
        size = file.seek(0, 2)
        while self._unpacked and size + sum(one.size for one in self._unpacked.values()) > _MOST_UNPACKED:
            self._unpacked.pop(next(iter(self._unpacked))).file.close()
        self._unpacked[key] = _Unpacked(file, size, places or array("q"))
