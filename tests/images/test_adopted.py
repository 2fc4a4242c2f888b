"""Documents taken over from another archive: their pictures are fetched, and they are exported, like our own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

from scraper.cli import main
from tests.few_ids import know_few_ids
from tests.images.conftest import AVATAR, DOCUMENT, PIER, Folder, make_picture, saved_picture
from tests.server import TestArchive


@pytest.fixture
def adopted(folder: Folder) -> Folder:
    """An output folder whose one document was taken over: no page of it is kept."""
    source = folder.path / "other" / DOCUMENT
    source.parent.mkdir(parents=True)
    shutil.move(folder.output / DOCUMENT, source)
    shutil.rmtree(folder.output)
    know_few_ids(folder.output)
    assert main(["audit", str(folder.path / "other"), "--adopt", "--output", str(folder.output), "-q"]) == 0
    return folder


def test_pictures(adopted: Folder, archive: Callable[..., TestArchive]) -> None:
    """Pictures of such a document are kept; it names them by their place if that is wanted, and back to the letter."""
    before = adopted.document()
    held = archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red")))
    adopted.set(images="local")
    assert adopted.images(held).exit_status == 0
    assert adopted.document().count("../../images/") == 2
    adopted.set(images="archive")
    adopted.images(held)
    assert adopted.document() == before


def test_export(adopted: Folder, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """It is a row with the capture that it names; what only a kept page could tell is empty."""
    assert main(["export", "--output", str(adopted.output), "--jsonl", "-", "-q"]) == 0
    row = json.loads(capfdbinary.readouterr().out)
    assert (row["id"], row["timestamp"], row["page_sha256"]) == (401, "20200607080910", "")
    assert "碼頭" in row["text"]
