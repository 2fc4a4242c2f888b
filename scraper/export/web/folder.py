"""The site's folder: files put in only where they differ, what is not made any more taken out, marked as ours."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import LockHeld, StoreError
from scraper.export.web import places
from scraper.files import NoLocksError, temporary_of, try_lock, unwritable

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

FORMAT = 1
_AT_TOP = ("feed.xml", "sitemap")


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


def link(source: Path, path: Path) -> bool:
    """Let a kept picture appear in the site, without a copy where the disk can; return whether it was put there.

    Its name is the digest of its content, so one that is there is the same.
    """
    if path.exists() and path.stat().st_size == source.stat().st_size:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = temporary_of(path)
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, part)
    part.replace(path)
    return True


def claim(folder: Path) -> None:
    """Make the folder, or see that it is a site of ours, as much in it is going to be replaced.

    Raises:
        StoreError: it holds other things, is none, or cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file. Name a folder for the site, which may be new.")
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if any(folder.iterdir()) and not (folder / places.MARK).exists():
            raise StoreError(
                f"{folder}: holds something else than a site that this program made ({places.MARK} is not there). "
                "Name an empty or a new folder."
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / places.MARK).exists():
            put(folder / places.MARK, _mark("", ""))
    except OSError as error:
        raise unwritable(folder, error) from error


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes from making this site meanwhile, by a lock on the folder itself; it dies with the process.

    Raises:
        LockHeld: another process makes it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(NoLocksError):  # some memory sticks and network disks
            if not try_lock(descriptor):
                raise LockHeld(f"{folder}: another process is making this site. Let it end, or name another folder.")
        yield
    finally:
        os.close(descriptor)


def is_made_from(folder: Path, inputs: str) -> bool:
    """Say whether the site was made from these inputs, and all its files are there."""
    try:
        mark = json.loads((folder / places.MARK).read_bytes())
    except (OSError, ValueError):
        return False
    return bool(mark == json.loads(_mark(inputs, fingerprint(folder))))


def finish(folder: Path, inputs: str) -> None:
    """Record what the site was made from, now that it is whole."""
    put(folder / places.MARK, _mark(inputs, fingerprint(folder)))


def begin(folder: Path) -> None:
    """Record that the site is being changed, so that the next run looks at everything if this one does not end."""
    put(folder / places.MARK, _mark("", ""))


def _mark(inputs: str, files: str) -> bytes:
    made = {"format": FORMAT, "site": "hkcnews", "inputs": inputs, "files": files}
    return json.dumps(made, indent=1).encode() + b"\n"


def fingerprint(folder: Path) -> str:
    """Return a digest of the names and sizes of all files that we make."""
    digest = hashlib.sha256()
    for path, size in sorted(_files(folder)):
        digest.update(f"{path}\t{size}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def sweep(folder: Path, made: Container[str]) -> int:
    """Remove the files that are not made any more, and folders left empty; return how many files went."""
    gone = 0
    for path, _ in list(_files(folder)):
        if path not in made and path != places.MARK:
            (folder / path).unlink()
            gone += 1
    for name in places.OWN:
        for parent, _, _ in os.walk(folder / name, topdown=False):
            with contextlib.suppress(OSError):  # not empty
                Path(parent).rmdir()
    return gone


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield path below the folder and size of what is ours: the folders of our names, and pages beside them."""
    with os.scandir(folder) as found:
        for one in found:
            if one.is_file(follow_symlinks=False) and _is_ours(one.name):
                yield one.name, one.stat().st_size
            elif one.name in places.OWN and one.is_dir(follow_symlinks=False):
                yield from _below(one.path, one.name)


def _is_ours(name: str) -> bool:
    return name in (places.FRONT, places.SEARCH, places.ABOUT) or (name.startswith(_AT_TOP) and name.endswith(".xml"))


def _below(path: str, name: str) -> Iterator[tuple[str, int]]:
    with os.scandir(path) as found:
        for one in found:
            if one.is_dir(follow_symlinks=False):
                yield from _below(one.path, f"{name}/{one.name}")
            else:
                yield f"{name}/{one.name}", one.stat(follow_symlinks=False).st_size
