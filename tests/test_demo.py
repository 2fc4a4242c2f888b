"""`make demo` does what it shows."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from tests.clocks import ScaledClock

ROOT = Path(__file__).resolve().parent.parent


def test_the_demo_recovers_the_fixtures_and_leaves_nothing_running() -> None:
    """It ends with 0, the files are those the fixtures expect, and its archive does not answer any more."""
    command = [sys.executable, "-m", "tests.server.demo"]
    environment = os.environ | ScaledClock(60.0).environment()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "byte for byte" in done.stdout
    assert "Exit status 1 is meant here" in done.stdout
    assert "$ hkcnews run" in done.stdout
    assert "$ hkcnews status" in done.stdout
    port = re.search(r"http://127\.0\.0\.1:(\d+)", done.stdout)
    assert port is not None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port[1]))) != 0
