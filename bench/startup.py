"""Start-up: the command against the import of one library that it cannot do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.measure import PYTHON, Row, processes_take_turns

if TYPE_CHECKING:
    from collections.abc import Iterator


RECOVER = ("scraper.cli.recover_command", "scraper.recovery", "scraper.archive")
"""All that `recover` of one article imports up to its first request, `requests` among it."""
NAMES = {
    "version": "hkcnews --version",
    "help": "hkcnews run --help",
    "recover": "hkcnews recover, up to its first request",
}


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the start-up row."""
    ran = processes_take_turns(
        {
            "version": [PYTHON, "-m", "scraper", "--version"],
            "help": [PYTHON, "-m", "scraper", "run", "--help"],
            "recover": [PYTHON, "-c", f"import {', '.join(RECOVER)}"],
            "requests": [PYTHON, "-c", "import requests"],
            "pass": [PYTHON, "-c", "pass"],
        },
        rounds=3 if quick else 15,
    )
    for name, words in NAMES.items():
        yield Row(
            words,
            'python -c "import requests"',
            ran[name].cpu / ran["requests"].cpu,
            1.5,
            f"python -c pass: {ran['pass'].wall / ran['requests'].wall:.2f}",
            {"CPU s": round(ran[name].cpu, 3), "peak MiB": round(ran[name].peak, 1)},
        )
