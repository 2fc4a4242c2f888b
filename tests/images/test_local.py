"""Documents that name their pictures by where they lie."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from scraper.check.inspection import check
from scraper.jobs.rebuild import rebuild
from scraper.ledger import Ledger
from scraper.sites import get_site
from tests.images.conftest import AVATAR, DOCUMENT, PIER, Folder, figure, make_picture, saved_picture
from tests.server import TestArchive
from tests.server.make import article_page

Start = Callable[..., TestArchive]


def linked(folder: Folder, name: str = DOCUMENT) -> list[Path]:
    """The files that a document's relative paths lead to."""
    document = folder.output / name
    return [
        (document.parent / path).resolve() for path in re.findall(r"\.\./\.\./images/[^\")]+", document.read_text())
    ]


def known_sha256(folder: Folder, article: int = 401) -> str | None:
    ledger = Ledger(folder.output / "ledger.sqlite3", site=get_site("hkcnews"), clock=folder.clock, read_only=True)
    try:
        row = ledger.articles.get(article)
        return row.file_sha256 if row else None
    finally:
        ledger.close()


def sha256(folder: Folder) -> str:
    return hashlib.sha256((folder.output / DOCUMENT).read_bytes()).hexdigest()


def test_documents_lead_to_the_files(folder: Folder, archive: Start) -> None:
    """With `images = "local"` kept pictures are named by paths that lead to them; a missing one keeps its address."""
    folder.set(images="local")
    folder.images(archive(saved_picture(PIER, make_picture())))
    assert linked(folder) == [path.resolve() for path in folder.files()]
    assert AVATAR in folder.document()
    assert known_sha256(folder) == sha256(folder)


def test_switching_back_restores_every_byte(folder: Folder, archive: Start) -> None:
    """Back to `images = "archive"`, the documents are what they were."""
    before = folder.document()
    held = archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red")))
    folder.set(images="local")
    folder.images(held)
    assert folder.document() != before
    folder.set(images="archive")
    folder.images(held)
    assert folder.document() == before
    assert known_sha256(folder) == sha256(folder)


def test_documents_stay_as_they_are_unless_asked(folder: Folder, archive: Start) -> None:
    """Fetching pictures alone changes no document."""
    path = folder.output / DOCUMENT
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    folder.images(archive(saved_picture(PIER, make_picture())))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_an_article_written_later_names_what_is_kept(folder: Folder, archive: Start) -> None:
    """A document that is written when its picture is kept already names the file at once."""
    folder.set(images="local")
    folder.images(archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture())))
    folder.write({402: article_page(402, body=figure(PIER) + "<p>另一篇。</p>")})
    assert linked(folder, "articles/1-1000/article_402.md") == [path.resolve() for path in folder.files()]


def test_a_document_changed_by_hand_is_left_alone(folder: Folder, archive: Start) -> None:
    """What a person wrote into a document is neither lost nor mixed with ours; it is named."""
    path = folder.output / DOCUMENT
    path.write_text(folder.document().replace("圖中是碼頭", "圖中是貓"), encoding="utf-8")
    folder.set(images="local")
    report = folder.images(archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture())))
    assert "圖中是貓" in folder.document()
    assert "images/" not in folder.document()
    assert report.exit_status == 1
    assert DOCUMENT in report.problems()[0]


def test_an_interrupted_change_is_finished(folder: Folder, archive: Start) -> None:
    """Killed between a document and its record, the next run finishes: nothing is taken for a change by hand."""
    held = archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red")))
    folder.set(images="local")
    folder.images(held)
    local = folder.document()
    folder.set(images="archive")
    folder.images(held)
    (folder.output / DOCUMENT).write_text(local, encoding="utf-8")  # as if killed before the ledger knew
    assert known_sha256(folder) != sha256(folder)
    folder.set(images="local")
    assert folder.images(held).exit_status == 0
    assert folder.document() == local
    assert known_sha256(folder) == sha256(folder)


def test_rebuild_writes_the_form_that_is_wanted(folder: Folder, archive: Start) -> None:
    """`rebuild` leaves local paths as they are while they are wanted, and restores the addresses when they are not."""
    before = folder.document()
    folder.set(images="local")
    folder.images(archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red"))))
    local = folder.document()
    for wanted, expected in (("local", local), ("archive", before)):
        folder.set(images=wanted)
        rebuild(folder.config, ids=(), jobs=1, clock=folder.clock, stop=folder.stop)
        assert folder.document() == expected
        assert list(check(folder.config, jobs=1, clock=folder.clock)) == []
