"""What a command does not load before it is needed: that is most of what starting takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READING = {"lxml", "bs4", "markdownify", "warcio", "PIL", "rich", "scraper.sites.reading"}
"""What reads pages, keeps them and shows how far it is."""
NETWORK = {"requests", "urllib3", "tenacity"}


def loaded(lines: str) -> set[str]:
    """Return the modules that ``-X importtime`` names."""
    return {line.rpartition("|")[2].strip() for line in lines.splitlines() if line.startswith("import time:")}


def started(*words: str, folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"XDG_STATE_HOME": str(folder / "state"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "importtime", "-m", "scraper", *words]
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("words", [("--version",), ("run", "--help"), ("recover", "--help")])
def test_help_loads_what_it_prints(words: tuple[str, ...], tmp_path: Path) -> None:
    """No command's work is loaded to say what it does."""
    with started(*words, folder=tmp_path) as process:
        printed, lines = process.communicate()
    assert process.returncode == 0
    assert printed
    assert "scraper.cli" in loaded(lines)
    assert loaded(lines) & (READING | NETWORK | {"sqlite3"}) == set()


def test_recover_asks_before_it_loads_what_is_done_with_the_answer(tmp_path: Path) -> None:
    """Its first request goes out without all that reads, decides and keeps: those come while others wait anyway."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        with started("recover", "301", "--archive", base, "--output", "made", folder=tmp_path) as process:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1 << 16).startswith(b"GET ")
                process.kill()
                lines = process.communicate()[1]
    names = loaded(lines)
    assert names >= NETWORK | {"sqlite3", "scraper.engine.discover"}
    later = {
        "scraper.engine.engine",
        "scraper.store.warc",
        "scraper.markdown",
    }
    assert names & (READING | later) == set()


def test_status_and_check_load_no_network(tmp_path: Path) -> None:
    """What only looks at the folder knows no archive, and no parser."""
    for words in (("status",), ("check",)):
        with started(*words, "--output", str(tmp_path), folder=tmp_path) as process:
            lines = process.communicate()[1]
        assert "sqlite3" in loaded(lines)
        assert loaded(lines) & (READING | NETWORK) == set(), words
