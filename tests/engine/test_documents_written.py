"""Files that a person may have changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scraper.store.documents import Writer

if TYPE_CHECKING:
    from pathlib import Path

NAME = "articles/1-1000/article_7.md"


def test_a_file_that_nobody_knows_is_set_aside(tmp_path: Path) -> None:
    """A file of before the ledger was lost may hold a person's work: it is never simply written over."""
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"somebody's notes\n")
    written = Writer(tmp_path).write(NAME, b"the document\n")
    assert written.changed
    assert path.read_bytes() == b"the document\n"
    assert path.with_name("article_7.md.orig").read_bytes() == b"somebody's notes\n"


def test_our_own_file_is_replaced_without_a_copy(tmp_path: Path) -> None:
    """What the program wrote itself is not kept beside what it writes next."""
    writer = Writer(tmp_path)
    first = writer.write(NAME, b"first\n")
    writer.write(NAME, b"second\n", known_sha256=first.sha256)
    assert [path.name for path in (tmp_path / NAME).parent.iterdir()] == ["article_7.md"]


def test_an_equal_file_is_not_touched(tmp_path: Path) -> None:
    """The same content again leaves the file alone, whoever wrote it."""
    writer = Writer(tmp_path)
    first = writer.write(NAME, b"text\n")
    before = first.path.stat().st_mtime_ns
    again = writer.write(NAME, b"text\n")
    assert not again.changed
    assert first.path.stat().st_mtime_ns == before
    assert again.sha256 == hashlib.sha256(b"text\n").hexdigest()
