from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import StoreError
from scraper.paths import document_path
from scraper.store.documents import Writer


@pytest.mark.parametrize(
    ("article", "path"),
    [
        (1, "articles/1-1000/article_1.md"),
        (1000, "articles/1-1000/article_1000.md"),
        (1001, "articles/1001-2000/article_1001.md"),
        (28325, "articles/28001-29000/article_28325.md"),
        (49930, "articles/49001-50000/article_49930.md"),
    ],
)
def test_where_documents_lie(article: int, path: str) -> None:
    """A thousand to a folder, named by the first and the last id."""
    assert document_path(article) == path


@given(st.integers(min_value=1, max_value=10**9))
def test_each_id_has_its_own_file_below_its_own_thousand(article: int) -> None:
    """The folder's two numbers bracket the id, and no path leaves the folder."""
    _, folder, name = document_path(article).split("/")
    low, high = map(int, folder.split("-"))
    assert low <= article <= high
    assert high - low == 999
    assert name == f"article_{article}.md"


@pytest.mark.parametrize("article", [0, -5])
def test_no_id_no_path(article: int) -> None:
    """Ids begin with 1."""
    with pytest.raises(ValueError, match="not an article id"):
        document_path(article)


def test_an_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    """The same content again leaves the file with its inode."""
    writer = Writer(tmp_path)
    first = writer.write("a/b.md", b"one")
    inode = first.path.stat().st_ino
    assert not writer.write("a/b.md", b"one").changed
    assert first.path.stat().st_ino == inode
    assert writer.write("a/b.md", b"two").changed
    assert first.path.read_bytes() == b"two"


def test_what_a_person_changed_stays_beside_it(tmp_path: Path) -> None:
    """A file with other content than the ledger knows is kept as .orig when it is written again."""
    writer = Writer(tmp_path)
    written = writer.write("b.md", b"one")
    written.path.write_bytes(b"one, corrected by hand")
    writer.write("b.md", b"two", known_sha256=written.sha256)
    assert written.path.read_bytes() == b"two"
    assert (tmp_path / "b.md.orig").read_bytes() == b"one, corrected by hand"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_stays_beside_it(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A folder of that name is in nobody's way, nor a pipe with nobody at its end; neither is ever removed."""
    writer = Writer(tmp_path)
    make(tmp_path / "a.md")
    writer.withdraw("a.md", known_sha256=None)
    assert (tmp_path / "a.md").exists()
    assert writer.write("a.md", b"ours").changed
    assert (tmp_path / "a.md").read_bytes() == b"ours"
    assert (tmp_path / "a.md.orig").exists()
    assert not (tmp_path / "a.md.orig").is_file()
    make(tmp_path / "m.jsonl")
    assert writer.write_lines("m.jsonl", [b"ours"])
    assert (tmp_path / "m.jsonl").read_bytes() == b"ours"
    assert (tmp_path / "m.jsonl.orig").exists()


def test_what_has_the_name_of_a_temporary_file_is_not_written_to(tmp_path: Path) -> None:
    """A pipe with nobody at its end and a link to something else go; a folder is somebody's, and is named."""
    writer, temporary, other = Writer(tmp_path), tmp_path / ".a.md.tmp", tmp_path / "other"
    other.write_bytes(b"mine")
    for number, make in enumerate((os.mkfifo, lambda path: path.symlink_to(other))):
        make(temporary)
        assert writer.write("a.md", b"%d" % number, known_sha256=hashlib.sha256(b"0").hexdigest()).changed
    assert other.read_bytes() == b"mine"
    temporary.mkdir()
    with pytest.raises(StoreError, match=r"\.a\.md\.tmp: is a folder.* Move it elsewhere"):
        writer.write_lines("a.md", [b"2"])
    with pytest.raises(StoreError, match=r"other: is no folder.* Move it elsewhere"):
        writer.write("other/folder/a.md", b"3")


def test_only_an_untouched_file_is_withdrawn(tmp_path: Path) -> None:
    """A document that should not be there goes, unless a person changed it."""
    writer = Writer(tmp_path)
    sha256 = hashlib.sha256(b"farewell").hexdigest()
    writer.write("b.md", b"farewell")
    (tmp_path / "b.md").write_bytes(b"mine")
    writer.withdraw("b.md", known_sha256=sha256)
    assert (tmp_path / "b.md").read_bytes() == b"mine"
    (tmp_path / "b.md").write_bytes(b"farewell")
    for _ in range(2):
        writer.withdraw("b.md", known_sha256=sha256)
        assert not (tmp_path / "b.md").exists()


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """When the pieces cannot be made, neither the file changes nor does a temporary one stay."""
    writer = Writer(tmp_path)
    writer.write("m.jsonl", b"old")

    def pieces() -> object:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        writer.write_lines("m.jsonl", pieces())  # type: ignore[arg-type]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_lines_are_written_once(tmp_path: Path) -> None:
    """A long file is compared too before it is put in place."""
    writer = Writer(tmp_path)
    assert writer.write_lines("m.jsonl", iter([b"1\n", b"2\n"]))
    assert not writer.write_lines("m.jsonl", iter([b"1\n2\n"]))
    assert (tmp_path / "m.jsonl").read_bytes() == b"1\n2\n"


@pytest.mark.parametrize("text", [b"ours", b"mine", None])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_link_in_the_place_of_a_document_stays_beside_it(tmp_path: Path, text: bytes | None, at_once: bool) -> None:
    """What it leads to is left as it is, whether documents are written alone or together, or the link leads nowhere."""
    writer, other = Writer(tmp_path / "output"), tmp_path / "other"
    if text is not None:
        other.write_bytes(text)
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "a.md").symlink_to(other)
    with contextlib.nullcontext() if at_once else writer.together():
        assert writer.write("a.md", b"new", known_sha256=hashlib.sha256(b"ours").hexdigest()).changed
    assert not (tmp_path / "output" / "a.md").is_symlink()
    assert (tmp_path / "output" / "a.md").read_bytes() == b"new"
    assert (tmp_path / "output" / "a.md.orig").readlink() == other
    assert (other.read_bytes() if text is not None else None) == text
