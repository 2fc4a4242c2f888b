"""A folder that a person named, whole or not at all, as `files.exporting` does it for a file."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, TargetError
from scraper.files import sync, temporary_of, try_lock, unwritable
from scraper.paths import own_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextlib.contextmanager
def exporting_folder(target: Path, *, may_go: Callable[[Path], bool] = lambda _: False) -> Iterator[Path]:
    """Give an empty folder to be filled; it gets the target's name once the block ends well, else it vanishes.

    Args:
        target: new, or an empty folder.
        may_go: says whether a folder that is there and not empty may be replaced: nobody would miss anything in it.

    Raises:
        LockHeld: another process is filling it.
        StoreError: it cannot be written.
        TargetError: something is there that may not go, or it is an output folder's own.
    """
    target = target.absolute()
    require_free(target, may_go)
    part = temporary_of(target)
    old = part.with_suffix(".old")
    lock = None
    try:
        part.mkdir(parents=True, exist_ok=True)
        lock = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)  # a link there was planted
        _lock(part, lock)
        _empty(part)  # of what a killed process left
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
    finally:
        if lock is not None:
            os.close(lock)


def require_free(target: Path, may_go: Callable[[Path], bool] = lambda _: False) -> None:
    """See that a folder of this name may be made, as `exporting_folder` does.

    Raises:
        TargetError: something is there that may not go, or it is an output folder's own.
    """
    if folder := own_file(target):
        raise TargetError(f"{target}: is the output folder {folder}'s own, so it is left as it is. Name another one.")
    if target.is_dir() and not target.is_symlink():
        free = not any(target.iterdir()) or may_go(target)
    else:
        free = not (target.exists() or target.is_symlink())
    if not free:
        raise TargetError(
            f"{target}: is there already, so it is left as it is. Name a new folder, or move this one elsewhere."
        )


def _lock(folder: Path, descriptor: int) -> None:
    with contextlib.suppress(OSError):  # a file system without locks
        if not try_lock(descriptor):
            raise LockHeld(f"{folder}: another process is filling it. Wait for it, or name another folder.")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
