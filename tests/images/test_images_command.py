"""``hkcnews images`` and ``hkcnews run --images``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.cli import main
from scraper.files import output_lock
from tests.images.conftest import AVATAR, DOCUMENT, PIER, Folder, figure, make_picture, saved_picture
from tests.server import Faults, Rule, TestArchive
from tests.server.make import Box, saved_article

Start = Callable[..., TestArchive]
BOTH = (saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red")))


def words(folder: Folder, *more: str, archive: TestArchive | None = None, settings: str = "") -> list[str]:
    config = folder.path / "config.toml"
    fast = 'contact = "test@example.org"\ncdx_per_minute = 100000\nreplay_per_minute = 100000\nsit_out = 1\n'
    config.write_text(fast + settings, encoding="utf-8")
    where = ["--config", str(config), "--output", str(folder.output)]
    return [*more, *where, *(["--archive", archive.base] if archive else [])]


def test_fetches_and_reports(folder: Folder, archive: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """The command is quiet when all went well; with `--json` it says what it did, and every key is described."""
    held = archive(*BOTH)
    assert main(words(folder, "images", archive=held)) == 0
    assert capsys.readouterr() == ("", "")
    assert main(words(folder, "images", "--json", archive=held)) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["states"] == {"kept": 2, "waiting": 0, "missing": 0}
    assert report["asked"] == 0
    line = next(
        row for row in Path("docs/report.md").read_text(encoding="utf-8").splitlines() if row.startswith("| `images`")
    )
    assert set(re.findall(r"`(\w+)`", line)) >= set(report) | set(report["states"])


def test_run_fetches_them_too(folder: Folder, archive: Start) -> None:
    """`run --images` writes articles and then fetches what they name, in one go and with the same settings."""
    page = saved_article(
        405, "20200607080910", body=figure(PIER) + "<p>字</p>", category="眾說", box=Box("乙", avatar=AVATAR)
    )
    held = archive(page, *BOTH)
    assert main(words(folder, "run", "--images", "--ids", "405", archive=held, settings='images = "local"\n')) == 0
    document = folder.document("articles/1-1000/article_405.md")
    assert document.count("](../../images/") + document.count('src="../../images/') == 2
    assert "../../images/" in folder.document(DOCUMENT)


def test_offline_makes_no_request(folder: Folder, archive: Start) -> None:
    """`--offline` only puts in place what is kept."""
    held = archive(*BOTH)
    assert main(words(folder, "images", "--offline", archive=held)) == 1
    assert held.log.entries() == []


def test_a_refusing_archive(folder: Folder, archive: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """When the archive refuses the status is 3, the message says so, and nothing is called missing."""
    held = archive(*BOTH, faults=Faults([Rule("429", times=None)]))
    assert main(words(folder, "images", archive=held)) == 3
    assert "archive" in capsys.readouterr().err
    assert {entry["state"] for entry in folder.listed().values()} == {"waiting"}


def test_one_run_at_a_time(folder: Folder, archive: Start) -> None:
    """While another run is at work on the folder, the command ends with status 4 and changes nothing."""
    with output_lock(folder.output):
        assert main(words(folder, "images", archive=archive(*BOTH))) == 4
    assert folder.files() == []


def test_a_limit_must_be_one(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """A limit of nothing is a mistake, not a wish."""
    assert main(words(folder, "images", "--limit", "0")) == 2
    assert "--limit: 0: must be 1 or more" in capsys.readouterr().err


def test_the_last_line_counts_what_the_first_does(
    folder: Folder, archive: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All pictures, also when this run had nothing to do; both lines say the same."""
    held = archive(*BOTH)
    assert main(words(folder, "images", archive=held)) == 0
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(words(folder, "images", "-v", archive=held)) == 0
    first, last = [line for line in capsys.readouterr().err.splitlines() if "kept" in line][-2:]
    kept = re.search(r"(\d+) kept", first)
    assert kept is not None
    assert int(kept[1]) > 0
    assert f" {kept[1]} pictures kept below" in last
