"""Start-up: the command against the import of one library that it cannot do without."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from bench.measure import PYTHON, UNTIL_IT_ASKS, Row, processes_take_turns
from scraper.config import Config
from scraper.jobs.workspace import open_workspace
from scraper.times import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLE = "28325"
NAMES = {
    "version": ("hkcnews --version", 1.5),
    "help": ("hkcnews run --help", 1.5),
    "recover": (f"hkcnews recover {ARTICLE}, until its first request has come", 1.5),
    "first": ("the same in a new folder, whose ledger is made", None),
}


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the start-up rows. `recover` is what people run, ended when its first request has reached a service.

    What is measured later finds the environment as it was: a browser needs a folder for its temporary files.
    """
    ours = [PYTHON, "-m", "scraper"]
    recover = [*ours, "recover", ARTICLE, "--archive", "BASE", "--output"]
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, {"XDG_STATE_HOME": folder, "TMPDIR": folder}),
    ):
        output = Path(folder) / "output"
        with open_workspace(Config(output=str(output)), clock=SystemClock(), all_ids=True):
            pass  # as a run leaves it
        ran = processes_take_turns(
            {
                "version": [*ours, "--version"],
                "help": [*ours, "run", "--help"],
                "recover": [*recover, str(output)],
                "first": [*recover, "NEW"],
                "requests": [PYTHON, "-c", "import requests"],
                "pass": [PYTHON, "-c", "pass"],
            },
            rounds=3 if quick else 15,
            launchers=dict.fromkeys(("recover", "first"), UNTIL_IT_ASKS),
        )
    for name, (words, goal) in NAMES.items():
        yield Row(
            words,
            'python -c "import requests"',
            ran[name].cpu / ran["requests"].cpu,
            goal,
            f"python -c pass: {ran['pass'].cpu / ran['requests'].cpu:.2f}",
            {"CPU s": round(ran[name].cpu, 3), "peak MiB": round(ran[name].peak, 1)},
        )
