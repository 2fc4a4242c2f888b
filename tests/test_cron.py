"""The examples for unattended runs are what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.cli.commands import build_parser

ROOT = Path(__file__).parents[1]
CRONTAB = ROOT / "contrib/crontab.example"
SERVICE = ROOT / "contrib/hkcnews.service"
TIMER = ROOT / "contrib/hkcnews.timer"


def arguments(line: str) -> list[str]:
    return line.split(".venv/bin/hkcnews ", 1)[1].split()


def test_the_crontab_line_is_one() -> None:
    """Five fields that cron takes, and a command whose options exist."""
    (line,) = [line for line in CRONTAB.read_text().splitlines() if line and not line.startswith("#")]
    assert re.match(r"7 \* \* \* \* cd \S+ && \S+ run ", line)
    options = build_parser().parse_args(arguments(line))
    assert options.max_runtime == "50m"


def test_the_unit_starts_a_command_that_exists() -> None:
    """The unit's options are the program's, and statuses that are no failure are named."""
    text = SERVICE.read_text()
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert build_parser().parse_args(arguments(line)).command == "run"
    assert re.search(r"^SuccessExitStatus=1 3 4$", text, re.MULTILINE)


def test_the_documents_show_the_examples() -> None:
    """What docs/cron.md shows is what lies in contrib."""
    text = (ROOT / "docs/cron.md").read_text(encoding="utf-8")
    assert CRONTAB.read_text().splitlines()[-1] in text
    assert SERVICE.name in text
    assert TIMER.name in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing in service and timer, with a program that is there."""
    text = SERVICE.read_text()
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.MULTILINE)
    text = re.sub(r"^WorkingDirectory=.*$", f"WorkingDirectory={tmp_path}", text, flags=re.MULTILINE)
    (tmp_path / SERVICE.name).write_text(text)
    (tmp_path / TIMER.name).write_text(TIMER.read_text())
    paths = [str(tmp_path / SERVICE.name), str(tmp_path / TIMER.name)]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
