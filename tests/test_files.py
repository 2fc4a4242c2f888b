from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path

import pytest

from scraper.errors import LockHeld, StoreError, TargetError
from scraper.files import exporting, if_idle, output_lock, replacing


def test_the_second_is_turned_away_and_the_next_is_not(tmp_path: Path) -> None:
    """As long as the lock is held nobody else gets it, and the message says who has it; then the next one does."""
    folder = tmp_path / "output"
    with output_lock(folder), pytest.raises(LockHeld, match=r"process [0-9]+"), output_lock(folder):
        pass
    with output_lock(folder):
        pass


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    """Whether somebody is at work can be asked without making anything, and keeps others from beginning."""
    with if_idle(tmp_path) as idle:
        assert idle
    assert list(tmp_path.iterdir()) == []
    with output_lock(tmp_path), if_idle(tmp_path) as idle:
        assert not idle
    with if_idle(tmp_path) as idle, pytest.raises(LockHeld), output_lock(tmp_path):
        pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The error names the folder and the option."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--output"), output_lock(tmp_path / "file" / "output"):
        pass


def test_a_folder_without_a_name_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`status --html .` is told in a line."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="is no file"), exporting(Path()):
        pass


def test_a_link_in_the_place_of_the_lock_is_not_written_through(tmp_path: Path) -> None:
    """What it leads to stays as it is, and the error names it."""
    (tmp_path / "other").write_text("secret")
    (tmp_path / ".lock").symlink_to(tmp_path / "other")
    with pytest.raises(StoreError, match="link"), output_lock(tmp_path):
        pass
    assert (tmp_path / "other").read_text() == "secret"


@pytest.mark.parametrize("name", [".x.jsonl.tmp", "x.jsonl"])
def test_a_planted_link_leads_nowhere(tmp_path: Path, name: str) -> None:
    """What it names stays as it is: at the temporary name the link goes, at the target it is refused."""
    victim = tmp_path / "victim"
    victim.write_text("secret")
    (tmp_path / name).symlink_to(victim)
    with contextlib.suppress(StoreError), replacing(tmp_path / "x.jsonl") as part:
        part.write_text("made")
    assert victim.read_text() == "secret"
    if name == "x.jsonl":
        assert (tmp_path / name).is_symlink()
    else:
        assert (tmp_path / "x.jsonl").read_text() == "made"
        assert not (tmp_path / "x.jsonl").is_symlink()


def test_a_planted_link_to_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Whatever the temporary name leads to, it is neither opened for long nor written."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / ".x.tmp").symlink_to(tmp_path / "pipe")
    with replacing(tmp_path / "x") as part:
        part.write_text("made")
    assert (tmp_path / "x").read_text() == "made"


OWN = [
    "ledger.sqlite3",
    "ledger.sqlite3-wal",
    "LEDGER.SQLITE3",
    ".lock",
    "hkcnews.log",
    "hkcnews.log.1",
    "manifest.jsonl",
    ".manifest.jsonl.tmp",
    "manifest/1-1000.jsonl",
    "images.jsonl",
    "images/ab/abc.jpg",
    "warc/captures-00001.warc.gz",
    "warc/new.wacz",
    "articles/1-1000/article_1.md",
    "articles",
]


@pytest.mark.parametrize("way", ["plain", "linked", "dotted"])
@pytest.mark.parametrize("name", OWN)
def test_what_a_person_names_is_none_of_the_program_s_own(tmp_path: Path, name: str, way: str) -> None:
    """By whatever way it is named, there already or not, with the ledger or after it was lost."""
    folder = tmp_path / "output"
    with output_lock(folder):
        (tmp_path / "link").symlink_to(folder)
        (folder / "articles").mkdir()
    base = {"plain": folder, "linked": tmp_path / "link", "dotted": folder / "articles" / ".."}[way]
    with pytest.raises(TargetError, match="output folder"), exporting(base / name):
        pass
    assert not (folder / name).is_file() or name == ".lock"


@pytest.mark.parametrize("name", ["output/export.jsonl", "output/status.html", "output/more/a.sqlite3", "a.wacz"])
def test_any_other_name_may_be_taken(tmp_path: Path, name: str) -> None:
    """Also below the output folder, and over an older file of that name."""
    with output_lock(tmp_path / "output"):
        pass
    for text in ("old", "new"):
        with exporting(tmp_path / name) as part:
            part.write_text(text)
        assert (tmp_path / name).read_text() == text


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EIO, errno.EACCES])
def test_a_file_system_without_locks(tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is not worked on without its lock, and the message says why; a file can be made there all the same."""

    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StoreError, match=rf"{tmp_path}/output: file locks do not work .*--output"):
        output_lock(tmp_path / "output").__enter__()
    with if_idle(tmp_path / "output") as idle:
        assert not idle  # nobody can tell
    with replacing(tmp_path / "x") as part:
        part.write_text("made")
    assert (tmp_path / "x").read_text() == "made"
    (tmp_path / ".y.tmp").write_text("somebody's, or left")
    with pytest.raises(LockHeld), replacing(tmp_path / "y"):
        pass
    assert (tmp_path / ".y.tmp").read_text() == "somebody's, or left"


@pytest.mark.parametrize(
    ("number", "works"),
    [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EISDIR, True), (errno.EBADF, True), (errno.EIO, False)],
)
def test_a_folder_that_cannot_be_synced(
    tmp_path: Path, number: int, works: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file system has no such thing the file is made without; a fault of the disk is one."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with contextlib.nullcontext() if works else pytest.raises(StoreError), replacing(tmp_path / "x") as part:
        part.write_text("made")
