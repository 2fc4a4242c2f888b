"""Files that are written whole or not at all, locks, opening of regular files, a JSON value as one line.

Every file of the output folder is written by `replacing`, every file that a person names by `exporting`; every lock is
taken by `try_lock`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import filecmp
import json
import os
import stat
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, StoreError, TargetError
from scraper.paths import LOCK_FILE, own_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader
    from pathlib import Path
    from typing import IO

# JSON lets these stand, but many readers take them for the end of a line (Python's str.splitlines among them).
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
_encode = json.JSONEncoder(ensure_ascii=False).encode
_encode_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_line(value: object, *, compact: bool = False) -> str:
    """Return a JSON value as one line, without the line feed; text stands as it is, not as escapes."""
    text = (_encode_compact if compact else _encode)(value)
    for end, escape in _LINE_ENDS:  # `translate` would look at each character: 40 us for a line with Chinese in it
        text = text.replace(end, escape)
    return text


class NoLocksError(OSError):
    """The file system knows no locks, as some network mounts do not."""


_MISSING = frozenset(
    {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL, errno.EISDIR, errno.EBADF}
)
"""What fsync(2) says of a folder where the file system cannot do it."""


def try_lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:
    """Lock an open file (flock), at once or after a wait; return whether it could be. It ends with the process."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        message = f"file locks do not work on this file system ({error.strerror})"
        raise NoLocksError(error.errno, message) from error
    return True


@contextlib.contextmanager
def output_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of an output folder, which is made if absent. LockHeld: another process holds it."""
    path = folder / LOCK_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        if (what := {errno.EISDIR: "a folder", errno.ELOOP: "a link"}.get(error.errno or 0)) is not None:
            message = f"{path}: is {what} where the lock should be. Move it elsewhere, then run again."
            raise StoreError(message) from error
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror}). Check its permissions, or name another with --output."
        ) from error
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        try:
            free = try_lock(descriptor)
        except NoLocksError as error:
            raise StoreError(
                f"{folder}: {error.strerror}, so nothing keeps a second run from spoiling what the first one does. "
                "Name a folder on a local disk with --output."
            ) from error
        if not free:
            raise LockHeld(f"{_at_work(folder, file)}. Let it end, or name another with --output.")
        with contextlib.suppress(OSError):  # a full disk: the number is for people only
            file.truncate(0)
            file.write(b"%d\n" % os.getpid())
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # a site that is made here later writes no number of its own
                file.truncate(0)


def _at_work(folder: Path, lock: IO[bytes]) -> str:
    holder = lock.read(20).decode("ascii", "replace").strip()
    who = f" (process {holder})" if holder.isdigit() else ""
    return f"{folder}: another process is at work here{who}"


def require_idle(folder: Path, then: str) -> None:
    """Raise LockHeld if a process is at work on an output folder; `then` is what the message says to do about it."""
    with contextlib.suppress(OSError), (folder / LOCK_FILE).open("rb") as file:
        if not try_lock(file.fileno(), shared=True):
            raise LockHeld(f"{_at_work(folder, file)}; {then}.")


@contextlib.contextmanager
def if_idle(folder: Path) -> Iterator[bool | None]:
    """Keep others from beginning to work on an output folder, without making a file.

    False: a process is at work. None: the file system has no locks, so nobody can tell.
    """
    with contextlib.ExitStack() as held:
        try:
            lock = held.enter_context((folder / LOCK_FILE).open("rb"))
        except OSError:  # nobody ever worked there
            yield True
        else:
            yield _is_free(lock.fileno())


def _is_free(descriptor: int) -> bool | None:
    """Say whether nobody holds a file's lock; None where the file system has no locks, so nobody can tell."""
    try:
        return try_lock(descriptor, shared=True)  # which a file opened for reading may ask for on NFS, too
    except NoLocksError:
        return None


def open_file(path: Path | str) -> BufferedReader:
    """Open a file for reading. NotAFileError: something else has its name, such as a folder or a named pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a named pipe would wait for somebody to write
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFileError(errno.EINVAL, "it is no file")
    return os.fdopen(descriptor, "rb")


class NotAFileError(OSError):
    """A folder, a named pipe, a device or the like has the name of a file."""


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give the path of an empty file to be filled; it takes the target's place once the block ends well.

    Folders that are not there are made. On any error the old target stays as it was and nothing is left behind; what a
    killed process left behind is written over by the next one.

    Raises:
        LockHeld: another process is filling it.
        StoreError: it cannot be written, such as on a full disk, or something that is no file has the target's name.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if (target.is_symlink() or target.exists()) and not stat.S_ISREG(target.lstat().st_mode):
            raise NotAFileError(errno.EINVAL, "it is no file", str(target))
        part = temporary_of(target)  # not before the check: "." has no name
        with os.fdopen(_create(part)):  # open, so locked, as long as it is being filled
            try:
                yield part
                put_in_place({target: part})
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise unwritable(target, error) from error


@contextlib.contextmanager
def exporting(target: Path) -> Iterator[Path]:
    """As `replacing`, for a file that a person named. TargetError: it is one of an output folder's own."""
    if folder := own_file(target):
        raise TargetError(
            f"{target}: is a file of the output folder {folder} itself, so it is left as it is. Name another one."
        )
    with replacing(target) as part:
        yield part


def replace_file(path: Path, pieces: Iterable[bytes], *, unless_equal: bool = False) -> bool:
    """Write a file as `replacing` does, `unless_equal` to what is there; return whether it was written."""
    with contextlib.suppress(_SameContent), replacing(path) as part:
        with part.open("wb") as file:
            file.writelines(pieces)
        if unless_equal and path.exists() and filecmp.cmp(part, path, shallow=False):
            raise _SameContent
        return True
    return False


class _SameContent(Exception):
    """The file has this content already."""


def stage(path: Path, data: bytes) -> Path:
    """Write a file beside the one that it is to replace, for `put_in_place`; return its path."""
    part = temporary_of(path)
    with os.fdopen(_create(part), "wb") as file:
        file.write(data)
    return part


def put_in_place(staged: dict[Path, Path]) -> None:
    """Move files to their targets durably; `staged` is target to the file beside it. Many together take less time."""
    for part in staged.values():  # on most file systems the first `fsync` writes the others' data, too
        sync(part)
    for path, part in staged.items():
        part.replace(path)
    for folder in {path.parent for path in staged}:
        sync(folder)


def temporary_of(path: Path) -> Path:
    """Return the name beside a file under which its new content is written first; the same for every process."""
    return path.with_name(f".{path.name}.tmp")


def _create(part: Path) -> int:
    """Return the descriptor of a new, empty, locked file. What was left under its name goes; a link is not followed."""
    for _ in range(3):
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            with contextlib.suppress(NoLocksError):  # then what is left under this name is left alone, see below
                try_lock(descriptor)
            return descriptor
        with contextlib.suppress(OSError), open_file(part) as file:
            if not _is_free(file.fileno()):
                raise LockHeld(
                    f"{part}: another process is writing this file. Wait for it, or remove what is left of it."
                )
        part.unlink(missing_ok=True)
    raise LockHeld(f"{part}: other processes are writing this file. Wait for them, or name another file.")


def sync(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk; not every file system can do the latter."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _MISSING or not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise
    finally:
        os.close(descriptor)


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the error for people when a file cannot be written. It names what is in the way."""
    if isinstance(error, NotAFileError):
        return StoreError(f"{path}: is no file. Name another place, or move it elsewhere, then run again.")
    if isinstance(error, (IsADirectoryError, NotADirectoryError, FileExistsError)):
        named = type(path)(error.filename or path)
        thing = next((one for one in (named, *named.parents) if one.exists()), named)
        what = "a folder" if thing.is_dir() else "no folder"
        return StoreError(
            f"{thing}: is {what}, so that {path.name} cannot be written. "
            "Move it elsewhere, then run again; what was kept before is safe."
        )
    return StoreError(
        f"{path}: cannot be written ({error.strerror or error}). "
        "Make room or mend the permissions, then run again; what was kept before is safe."
    )
