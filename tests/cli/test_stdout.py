"""When nothing can be written to stdout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.cli import main

ROOT = Path(__file__).parents[2]
PAGE = "fixtures/article-page/20211123104614-column.html"
COMMANDS = [
    ["status", "--json"],
    ["parse", PAGE, "--url", "https://hkcnews.com/article/12154", "--timestamp", "20211123104614"],
]


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_stdout_is_said(words: list[str], tmp_path: Path) -> None:
    """One line that says what is wrong, and status 2; not a traceback, and not success."""
    (tmp_path / "output").mkdir()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scraper", *words, "--output", str(tmp_path / "output")],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "stdout: No space left" in done.stderr


def test_a_file_is_no_output_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not a matter of permissions, and one line says so."""
    (tmp_path / "taken").touch()
    (tmp_path / "page.html").touch()
    assert main(["import", str(tmp_path / "page.html"), "--output", str(tmp_path / "taken")]) == 2
    assert capsys.readouterr().err == f"hkcnews import: {tmp_path / 'taken'}: is a file; name a folder with --output.\n"


@pytest.mark.parametrize("words", COMMANDS)
def test_a_reader_that_has_left_is_no_fault(words: list[str], tmp_path: Path) -> None:
    """As with `| head -1`: nothing on stderr, and the status of SIGPIPE."""
    (tmp_path / "output").mkdir()
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "scraper", *words, "--output", str(tmp_path / "output")],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
