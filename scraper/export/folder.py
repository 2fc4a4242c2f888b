"""Writing a folder that a person named: file by file (`renewing`), or all of it at once (`exporting_folder`)."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, StoreError, TargetError
from scraper.files import NoLocksError, sync, temporary_of, try_lock, unwritable
from scraper.paths import own_file

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator


def require_ours(folder: Path, mark: str) -> None:
    """Raise an error unless a folder is new, empty, or was made by this program: files in it are going to be replaced.

    Args:
        folder: may not be there.
        mark: a file that only folders of this program have.

    Raises:
        StoreError: it holds other things, or is none.
        TargetError: it is an output folder's own.
    """
    _require_not_own(folder)
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file. Name a folder, which may be new.")
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if any(folder.iterdir()) and not (folder / mark).exists():
            raise StoreError(
                f"{folder}: holds something else than what this program made ({mark} is not there), so it is left as "
                "it is. Name an empty or a new folder."
            )


@contextlib.contextmanager
def renewing(folder: Path, mark: str, text: bytes) -> Iterator[None]:
    """Make the folder, or require that it was made by this program; lock it while the block runs.

    Args:
        folder: may not be there.
        mark: see `require_ours`.
        text: content of that file in a new folder.

    Raises:
        LockHeld: another process renews it.
        StoreError: it holds other things, is none, or cannot be written.
        TargetError: it is an output folder's own.
    """
    require_ours(folder, mark)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / mark).exists():
            put(folder / mark, text)
        with _locked(folder.resolve()):
            yield
    except OSError as error:
        raise unwritable(folder, error) from error


def put(path: Path, data: bytes) -> bool:
    """Write a file whole or not at all, unless it has this content already; return whether it was written.

    Not forced to the disk, as documents are: a site is made again in minutes, and 100,000 waits take longer.
    """
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    part = temporary_of(path)
    part.unlink(missing_ok=True)
    with part.open("xb") as file:  # of this process alone: a link that was planted here is not followed
        file.write(data)
    part.replace(path)
    return True


def files_below(folder: Path, name: str) -> Iterator[str]:
    """Yield the files in a folder of this name below the folder, as paths from there; links are not followed."""
    if not (folder / name).is_symlink():
        for base, _, names in os.walk(folder / name):
            below = Path(base).relative_to(folder).as_posix()
            yield from (f"{below}/{one}" for one in names)


def sweep(folder: Path, ours: Iterable[str], made: Container[str]) -> int:
    """Remove those of our files that were not made again, and folders that are empty then; return how many files."""
    gone = [name for name in ours if name not in made]
    for name in gone:
        (folder / name).unlink()
        with contextlib.suppress(OSError):  # not empty
            os.removedirs((folder / name).parent)
    return len(gone)


@contextlib.contextmanager
def exporting_folder(target: Path, *, may_go: Callable[[Path], bool]) -> Iterator[Path]:
    """Give an empty folder to be filled; it takes the target's place once the block ends well, else it is removed.

    Args:
        target: new, or an empty folder.
        may_go: says whether a folder that is there and not empty may be replaced: all of it was made by this program.

    Raises:
        LockHeld: another process is filling it.
        StoreError: it cannot be written.
        TargetError: something is there that may not go, or it is an output folder's own.
    """
    target = target.absolute()
    _require_not_own(target)
    is_folder = target.is_dir() and not target.is_symlink()
    if os.path.lexists(target) and not (is_folder and (not any(target.iterdir()) or may_go(target))):
        raise TargetError(
            f"{target}: is there already, so it is left as it is. Name a new folder, or move this one elsewhere."
        )
    part = temporary_of(target)
    old = part.with_suffix(".old")
    try:
        part.mkdir(parents=True, exist_ok=True)
        with _locked(part):
            for left in part.iterdir():  # by a process that was killed
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            yield part
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
                target.rename(old)
            part.rename(target)
            sync(target.parent)
            shutil.rmtree(old, ignore_errors=True)
    except BaseException as error:
        if not isinstance(error, LockHeld):
            shutil.rmtree(part, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        if isinstance(error, OSError):
            raise unwritable(target, error) from error
        raise


def _require_not_own(target: Path) -> None:
    if folder := own_file(target):
        raise TargetError(f"{target}: is the output folder {folder}'s own, so it is left as it is. Name another one.")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder itself, which ends with the process; without one where the file system has no locks."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)  # a link may have been planted
    try:
        with contextlib.suppress(NoLocksError):
            if not try_lock(descriptor):
                raise LockHeld(f"{folder}: another process is filling it. Wait for it, or name another folder.")
        yield
    finally:
        os.close(descriptor)
