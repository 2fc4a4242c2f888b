"""The program's own WARC files: keep, load, and take up again after a crash."""

from __future__ import annotations

import contextlib
import os
import uuid
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.compression import TooLarge
from scraper.errors import StoreError
from scraper.files import sync, try_lock, unwritable
from scraper.models import DigestCheck
from scraper.paths import own_warcs, warc_name, warc_serial
from scraper.payload import check_digest, payload_sha1
from scraper.store.mementos import (
    REFERS_TO_FILE,
    REFERS_TO_OFFSET,
    SOURCE_DIGEST,
    SOURCE_RECORD,
    memento_of,
    record_id_of,
    response_of,
    target_uri,
)
from scraper.store.records import Damage, Location, Record, iter_records, read_record
from scraper.store.stream import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scraper.ledger.mementos import Kept
    from scraper.models import Memento
    from scraper.payload import Response
    from scraper.times import Clock

    Stored = Kept | Location

_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_OWN_BLOCK = 1 << 30
"""Longest block to read back, in bytes; what went in was limited when it was fetched."""


class WarcStore:
    """Keeps mementos in ``captures-<serial>.warc.gz``, one gzip member a record.

    Args:
        folder: of the files; made when the first record is kept.
        max_bytes: a file that has reached this is not written on.
        find: gives where a ``response`` record lies, by its payload's base32 SHA-1, or None.
        new_id: makes record ids.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        max_bytes: int,
        find: Callable[[str], Stored | None],
        new_id: Callable[[], str] = lambda: f"<urn:uuid:{uuid.uuid4()}>",
    ) -> None:
        self.folder = folder
        self._clock = clock
        self._max_bytes = max_bytes
        self._find = find
        self._new_id = new_id
        self._fd: int | None = None
        self._name = ""
        self._size = 0
        self._damaged: set[str] = set()
        self.damage: list[str] = []
        """What `recover` could not read, for people."""

    def files(self) -> list[Path]:
        """Return the store's files in the order in which they were written."""
        return own_warcs(self.folder)

    def close(self) -> None:
        """Close the file that is being written."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def keep(self, memento: Memento, *, durable: bool = True) -> Location:
        """Append a memento; it is on the disk when this returns.

        The same payload kept before makes this a ``revisit`` of that record, once the earlier one was read back and
        is equal byte for byte. Unless `durable` the wait for the disk is left to `sync`, for many records at once.
        Nothing half-written stays behind where a StoreError says that the disk is full or the folder not writable.
        """
        from scraper.store.writing import response_record, revisit_record  # with the first record, as is warcio

        created = self._clock.now()
        earlier = self._earlier(memento.payload)
        if earlier is None:
            data = response_record(memento, record_id=self._new_id(), created=created)
        else:
            name, record = earlier
            data = revisit_record(memento, record_id=self._new_id(), created=created, earlier=record, file=name)
        try:
            return self._append(data, durable=durable)
        except OSError as error:
            raise unwritable(self.folder / self._name, error) from error

    def sync(self) -> None:
        """Wait until all that was kept is on the disk; StoreError: it is full, as some only say now, or broken."""
        try:
            if self._fd is not None:
                os.fsync(self._fd)
        except OSError as error:
            raise unwritable(self.folder / self._name, error) from error

    def _earlier(self, payload: bytes) -> tuple[str, Record] | None:
        if not payload:
            return None
        location = self._find(payload_sha1(payload))
        if location is None:
            return None
        with contextlib.suppress(StoreError):
            record, response = self._read(location)
            if record.kind == "response" and response.payload == payload:
                return location.file, record
        return None

    def _append(self, data: bytes, *, durable: bool) -> Location:
        if self._fd is None or self._size >= self._max_bytes:
            self._open()
        assert self._fd is not None
        offset = self._size
        try:
            left = data
            while left:
                left = left[os.write(self._fd, left) :]
            if durable:
                os.fsync(self._fd)
        except OSError:
            os.ftruncate(self._fd, offset)
            raise
        self._size = offset + len(data)
        return Location(self._name, offset, len(data))

    def _open(self) -> None:
        """Open the last file if there is room in it and nobody else writes there, else a new one."""
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        last = self.files()[-1:]
        serial = 1
        if last:
            serial = (warc_serial(last[0].name) or 0) + 1
            if last[0].name not in self._damaged and last[0].stat().st_size < self._max_bytes and self._take(last[0]):
                return
        while not self._take(self.folder / warc_name(serial), new=True):
            serial += 1

    def _take(self, path: Path, *, new: bool = False) -> bool:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | ((os.O_CREAT | os.O_EXCL) if new else 0), 0o644)
        except FileExistsError:
            return False
        if not try_lock(fd):
            os.close(fd)
            return False
        self._fd, self._name, self._size = fd, path.name, os.fstat(fd).st_size
        if self._size == 0:
            sync(self.folder)
            info = {"software": f"hkcnews {__version__}", "format": "WARC File Format 1.1", "conformsTo": _STANDARD}
            from scraper.store.writing import warcinfo_record

            data = warcinfo_record(info, file=path.name, record_id=self._new_id(), created=self._clock.now())
            try:
                self._append(data, durable=False)
            except OSError:
                self.close()  # the next one to be kept begins the file anew
                raise
        return True

    def load(self, location: Stored) -> Memento:
        """Read a kept memento back, a revisit with the payload it refers to; StoreError: it is missing or broken."""
        return self._memento(location, *self._read(location))

    def _memento(self, location: Stored, record: Record, response: Response) -> Memento:
        try:
            memento = memento_of(record, response, max_body=_OWN_BLOCK)
        except TooLarge as error:
            raise self._broken(location, "its page grows beyond all measure when decoded") from error
        if memento is None:
            raise self._broken(location, "it has no usable URL or date")
        return memento

    def imported(self) -> dict[str, Location]:
        """Return where each imported record lies, by what revisits may name it. Reads all files."""
        found: dict[str, Location] = {}
        for path in self.files():
            with path.open("rb") as file:
                records = (record for record in iter_records(file, max_block=0) if isinstance(record, Record))
                for record in records:
                    place = Location(path.name, record.offset, record.end - record.offset)
                    names = (record.headers.get(field.lower()) for field in (SOURCE_RECORD, SOURCE_DIGEST))
                    found |= {record_id_of(name): place for name in names if name}
        return found

    def load_kept(self, kept: Kept) -> Memento:
        """Read back a memento that the ledger has; StoreError: its place holds another capture or payload, or none."""
        record, response = self._read(kept)
        memento = self._memento(kept, record, response)
        digest = record.headers.get("warc-payload-digest")  # each record of the store has one; `_read` verified it
        found = (memento.original, memento.timestamp, digest)
        if found != (target_uri(kept.original), kept.timestamp, f"sha1:{kept.payload_sha1}"):
            raise self._broken(kept, f"it is of {memento.timestamp} {memento.original}, not what was kept there")
        return memento._replace(original=kept.original)

    def _read(self, location: Stored) -> tuple[Record, Response]:
        record, response = self._read_alone(location)
        if record.kind == "revisit":
            response = response._replace(payload=self._refers_to(location, record))
        if check_digest(record.headers.get("warc-payload-digest", ""), response.payload) is DigestCheck.MISMATCH:
            raise self._broken(location, "its payload is not what its digest says")
        return record, response

    def _refers_to(self, location: Stored, record: Record) -> bytes:
        """Return the payload a revisit refers to: from the place it names, else by its digest."""
        digest = record.headers.get("warc-payload-digest", "")
        file, text = (record.headers.get(field.lower(), "") for field in (REFERS_TO_FILE, REFERS_TO_OFFSET))
        offset = int(text[:18]) if text.isascii() and text.isdigit() else 0
        named = Location(file, offset, 0)
        for place in (named, self._find(digest.removeprefix("sha1:"))):
            if place is None or (place.file, place.offset) == (location.file, location.offset):
                continue
            with contextlib.suppress(StoreError):
                earlier, response = self._read_alone(place)
                if earlier.kind == "response" and check_digest(digest, response.payload) is DigestCheck.MATCH:
                    return response.payload
        raise self._broken(location, "the record it refers to is not there")

    def _read_alone(self, location: Stored) -> tuple[Record, Response]:
        path = self.folder / location.file
        if warc_serial(location.file) is None:
            raise self._broken(location, "it is no file of this store")
        try:
            with path.open("rb") as file:
                record = read_record(file, location.offset, max_block=_OWN_BLOCK)
        except (OSError, Damaged) as error:
            raise self._broken(location, str(error)) from error
        response = response_of(record)
        if response is None:
            raise self._broken(location, "it holds no HTTP response")
        return record, response

    def _broken(self, location: Stored, why: str) -> StoreError:
        return StoreError(
            f"{self.folder / location.file}, byte {location.offset}: the kept record cannot be read: {why}. "
            f"Restore the file from a backup, or fetch that capture again with `hkcnews recover`."
        )

    def recover(self, known: Mapping[str, int]) -> Iterator[tuple[Location, Memento]]:
        """Take up what a crash left behind: cut off a torn last record, give back whole ones that are not known.

        Only an unfinished end is cut. Behind any other damage nothing more is written: a new file is begun. `known` is
        file name to the end of its last known record, in bytes; a file that is not named is read whole.
        """
        for path in self.files():
            yield from self._recover_file(path, known.get(path.name, 0), anew=not known)

    def _recover_file(self, path: Path, start: int, *, anew: bool) -> Iterator[tuple[Location, Memento]]:
        size = path.stat().st_size
        if size == start:
            return
        if size < start:
            self._damaged.add(path.name)
            return
        end = start
        with path.open("rb") as file:
            for record in iter_records(file, max_block=_OWN_BLOCK, offset=start):
                if isinstance(record, Damage):
                    if not record.torn:
                        self._damaged.add(path.name)
                    end = record.offset if record.torn else size
                    if anew or not record.torn:  # a ledger made anew cannot tell what stood in a torn end
                        self.damage.append(f"{path}, byte {record.offset}: {record.reason}")
                    continue
                end = record.end
                location = Location(path.name, record.offset, record.end - record.offset)
                if record.kind in ("response", "revisit"):
                    try:
                        yield location, self.load(location)
                    except StoreError as error:
                        self.damage.append(str(error))
        if end < size and path.name not in self._damaged:
            self._cut(path, end)

    def _cut(self, path: Path, end: int) -> None:
        try:
            with path.open("r+b") as file:
                if not try_lock(file.fileno()):
                    raise StoreError(f"{path}: its torn end cannot be cut off: another run writes there. End it first.")
                file.truncate(end)
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{path}: its torn end cannot be cut off ({error}). Mend the permissions.") from error
