"""What a command does not load before it is needed: that is most of what starting takes."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.cli.parser import Help
from scraper.ledger import Ledger
from scraper.sites.hkcnews import HKCNEWS
from scraper.times import SystemClock

ROOT = Path(__file__).parents[2]
READING = {"lxml", "bs4", "markdownify", "warcio", "PIL", "rich", "scraper.sites.reading"}
"""What reads pages, keeps them and shows how far it is."""
NETWORK = {"requests", "urllib3", "tenacity"}
HEAVY = {"dataclasses", "inspect", "logging", "threading", "tempfile", "shutil", "subprocess"}
"""Standard modules each of which costs more than counting what is known."""
CLOSER = {
    "scraper.archive.ratelimit.limiter",
    "scraper.ledger.captures",
    "scraper.selection",
    "scraper.sites.hkcnews",
    "scraper.jobs.targets",
    "scraper.urls",
}
"""What looks at single articles, or asks the archive."""


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
        "scraper.archive.replay",
        "scraper.store.warc",
        "scraper.markdown",
    }
    assert names & (READING | later) == set()


def test_a_sum_is_made_of_counts_alone(tmp_path: Path) -> None:
    """`status` without ids loads neither what knows captures, pages and URLs nor what gives leave for requests."""
    Ledger(tmp_path / "ledger.sqlite3", site=HKCNEWS, clock=SystemClock()).close()
    words = ("status", "--output", str(tmp_path), "--config", str(ROOT / "config.toml"))
    with started(*words, folder=tmp_path) as process:
        printed, lines = process.communicate()
    assert printed.startswith("   49,757  article ids")
    names = loaded(lines)
    assert names >= {"sqlite3", "tomllib", "scraper.archive.ratelimit.status", "scraper.reports.summary"}
    assert names & (HEAVY | CLOSER) == set()


def test_status_and_check_load_no_network(tmp_path: Path) -> None:
    """What only looks at the folder knows no archive, and no parser."""
    for words in (("status",), ("check",)):
        with started(*words, "--output", str(tmp_path), folder=tmp_path) as process:
            lines = process.communicate()[1]
        assert "sqlite3" in loaded(lines)
        assert loaded(lines) & (READING | NETWORK) == set(), words


@pytest.mark.parametrize("terminal", [None, 0, 132])
@pytest.mark.parametrize("columns", [None, "60", " 70 ", "0", "-5", "", "wide"])
def test_help_is_as_wide_as_that_of_other_programs(
    columns: str | None, terminal: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks by itself for what argparse would load shutil to ask."""

    def size(*_: int) -> os.terminal_size:
        if terminal is None:
            raise OSError("no terminal")
        return os.terminal_size((terminal, 24))

    monkeypatch.setattr(os, "get_terminal_size", size)
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert Help("hkcnews")._width == argparse.HelpFormatter("hkcnews")._width
