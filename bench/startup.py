"""Start-up: the command against the import of one library that it cannot do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.measure import PYTHON, Row, processes_take_turns

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the start-up row."""
    ran = processes_take_turns(
        {
            "version": [PYTHON, "-m", "scraper", "--version"],
            "help": [PYTHON, "-m", "scraper", "run", "--help"],
            "requests": [PYTHON, "-c", "import requests"],
            "pass": [PYTHON, "-c", "pass"],
        },
        rounds=3 if quick else 15,
    )
    for name in ("version", "help"):
        yield Row(
            f"hkcnews {'--version' if name == 'version' else 'run --help'}",
            'python -c "import requests"',
            ran[name].wall / ran["requests"].wall,
            1.5,
            f"python -c pass: {ran['pass'].wall / ran['requests'].wall:.2f}",
            {"seconds": round(ran[name].wall, 3), "peak MiB": round(ran[name].peak, 1)},
        )
