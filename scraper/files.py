"""Files whole or not at all; locks; opening what must be a file; a JSON value as one line."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import filecmp
import json
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, StoreError
from scraper.paths import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader
    from pathlib import Path
    from typing import BinaryIO

# JSON lets these stand, but many readers take them for the end of a line (Python's str.splitlines among them).
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
encode = json.JSONEncoder(ensure_ascii=False).encode
"""Writes a JSON value; text stands as it is, not as escapes."""


def json_line(value: object) -> str:
    """Return a JSON value as one line, without the line feed; text stands as it is, not as escapes."""
    return one_line(encode(value))


def one_line(text: str) -> str:
    """Return a JSON text with escapes for what some readers take for the end of a line."""
    for end, escape in _LINE_ENDS:  # `translate` would look at each character: 40 us for a line with Chinese in it
        text = text.replace(end, escape)
    return text


@contextlib.contextmanager
def output_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of an output folder, which is made if absent. It dies with the process, whatever ends that.

    Raises:
        LockHeld: another process holds it.
        StoreError: the folder cannot be made or written.
    """
    path = folder / LOCK_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except IsADirectoryError as error:
        raise StoreError(f"{path}: is a folder where the lock should be. Move it elsewhere, then run again.") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise StoreError(
                f"{path}: is a link where the lock should be. Move it elsewhere, then run again."
            ) from error
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror}). Check its permissions, or name another with --output."
        ) from error
    try:
        _acquire(descriptor, path)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def if_idle(folder: Path) -> Iterator[bool]:
    """Keep others from starting to work on an output folder, without a trace; gives False if one is at work."""
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # nobody ever worked there
        yield True
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        who = f" (process {holder})" if holder.isdigit() else ""
        raise LockHeld(
            f"{path.parent}: another run is at work here{who}. Let it end, or name another folder with --output."
        ) from None
    with contextlib.suppress(OSError):  # a full disk: the number is for people only
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give the path of an empty file to be filled; it takes the target's place once the block ends well.

    Folders that are not there are made. What a killed process left behind has a fixed name, so the next one takes it
    over. On any error the old target stays as it was.

    Raises:
        StoreError: it cannot be written, such as on a full disk.
        LockHeld: another process is filling it.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _cannot(target, error) from error
    try:
        _lock(descriptor, target)
        try:
            os.ftruncate(descriptor, 0)
            yield part
            os.fsync(descriptor)
            part.replace(target)
            _sync_folder(target.parent)
        except BaseException as error:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
            if isinstance(error, OSError):
                raise _cannot(target, error) from error
            raise
    finally:
        os.close(descriptor)


def _lock(descriptor: int, target: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockHeld(f"{target}: another process is writing it. Wait for it, or name another file.") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot(target: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{target}: cannot be written ({error.strerror or error}). A file that was there is as it was. "
        "Make room or name another place, and run it again."
    )


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading.

    Raises:
        OSError: there is none, or something else has its name.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a named pipe would wait for somebody to write
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file")
    return os.fdopen(descriptor, "rb")


class _NoFile(Exception):
    """A folder, a named pipe or the like has the name of a file."""


def replace_file(path: Path, pieces: Iterable[bytes], *, unless_equal: bool = False) -> bool:
    """Put a file in place in one step: a temporary name in the same folder, synced, renamed, the folder synced.

    Args:
        path: the file.
        pieces: its content.
        unless_equal: leave a file alone that has this content already.

    Returns:
        whether the file was put in place.

    Raises:
        OSError: the file is as it was, and nothing is left behind.
    """
    temporary = _temporary(path)
    try:
        with _create(temporary) as file:
            file.writelines(pieces)
            file.flush()
            if unless_equal and path.exists() and filecmp.cmp(temporary, path, shallow=False):
                temporary.unlink()
                return False
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync(path.parent)
    return True


def _temporary(path: Path) -> Path:
    # The same name each time: only one process writes here, and what a killed one left is written over by the next.
    return path.with_name(f".{path.name}.tmp")


def _create(temporary: Path) -> BinaryIO:
    temporary.unlink(missing_ok=True)  # a link would be followed, a named pipe would wait for somebody to read
    return temporary.open("xb")


def _put_in_place(staged: dict[Path, Path]) -> None:
    for temporary in staged.values():  # the first wait takes the others' data along on most file systems
        _sync(temporary)
    for path, temporary in staged.items():
        temporary.replace(path)
    for folder in {path.parent for path in staged}:
        _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
