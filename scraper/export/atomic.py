"""A file that is there whole or not at all, wherever the caller wants it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
