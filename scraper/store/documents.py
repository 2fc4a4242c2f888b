"""Documents and lists below the output folder: whole or not at all, and never over what a person changed."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from scraper.errors import StoreError
from scraper.files import put_in_place, replace_file, stage, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class FileWritten(NamedTuple):
    """What became of a file. `sha256` is hexadecimal; not `changed`: it had this content already."""

    path: Path
    sha256: str
    changed: bool


class Writer:
    """Writes files below one folder, each whole or not at all; StoreError says that one cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staged: dict[Path, Path] | None = None

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Move the files that are written in the block into place together at its end; on an error none.

        Most of the time it takes to write thousands is waiting for the disk after each.
        """
        if self._staged is not None:
            yield
            return
        self._staged = {}
        try:
            yield
            put_in_place(self._staged)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        finally:
            for temporary in self._staged.values():
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self._staged = None

    def write(self, name: str, data: bytes, *, known_sha256: str | None = None) -> FileWritten:
        """Write a file, durably, unless it has this content already.

        `known_sha256` is of what it should have had until now; None: there should have been none. Any other content is
        a person's, or of before the ledger was lost: it stays beside the file as ``<name>.orig``, or
        ``<name>.orig-2`` and so on if there is one; so does what is no file, such as a folder or a link.
        """
        path = self._folder / name
        wanted = hashlib.sha256(data).hexdigest()
        try:
            present = _content(path)
            if present == data:
                return FileWritten(path, wanted, changed=False)
            if _set_aside_no_file(path):
                present = None
            if present is not None and hashlib.sha256(present).hexdigest() != known_sha256:
                replace_file(_aside(path), [present])
            path.parent.mkdir(parents=True, exist_ok=True)
            if self._staged is None:
                replace_file(path, [data])
            else:
                self._staged[path] = stage(path, data)
        except OSError as error:
            raise unwritable(path, error) from error
        return FileWritten(path, wanted, changed=True)

    def write_lines(self, name: str, lines: Iterable[bytes]) -> bool:
        """Write a long file piece by piece, in flat memory; return False if it had this content already.

        What is no file, such as a folder, stays beside it as `write` leaves it.
        """
        path = self._folder / name
        try:
            _set_aside_no_file(path)
            return replace_file(path, lines, unless_equal=True)
        except OSError as error:
            raise unwritable(path, error) from error

    def withdraw(self, name: str, *, known_sha256: str | None) -> None:
        """Remove a file that should not be there any more, unless a person changed it."""
        path = self._folder / name
        try:
            present = _content(path)
            if present is not None and hashlib.sha256(present).hexdigest() == known_sha256:
                path.unlink()
        except OSError as error:
            raise StoreError(f"{path}: cannot be removed ({error.strerror or error}). Mend the permissions.") from error


def _aside(path: Path) -> Path:
    """Return a free name beside a file for what a person made of it."""
    aside = path.with_name(f"{path.name}.orig")
    number = 2
    while aside.exists():
        aside = path.with_name(f"{path.name}.orig-{number}")
        number += 1
    return aside


def _set_aside_no_file(path: Path) -> bool:
    is_in_the_way = path.is_symlink() or (path.exists() and not path.is_file())
    if is_in_the_way:
        path.replace(_aside(path))
    return is_in_the_way


def _content(path: Path) -> bytes | None:
    """Return what a file holds, None if there is none or something else has its name, such as a pipe."""
    return path.read_bytes() if path.is_file() else None
