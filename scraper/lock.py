"""One run per output folder."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = ".lock"


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
