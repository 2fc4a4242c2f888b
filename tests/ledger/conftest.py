from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scraper.ledger import Ledger
from scraper.times import SystemClock


class PlainSite:
    """As much of a site as the ledger asks for."""

    known_ids = range(10, 15)

    def article_id(self, url: str) -> int | None:
        match = re.search(r"/article/([0-9]+)", url)
        return int(match[1]) if match else None


@pytest.fixture
def open_ledger(tmp_path: Path) -> Iterator[Callable[..., Ledger]]:
    opened: list[Ledger] = []

    def open_it(**options: bool) -> Ledger:
        opened.append(Ledger(tmp_path / "ledger.sqlite3", site=PlainSite(), clock=SystemClock(), **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_it
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Callable[..., Ledger]) -> Ledger:
    return open_ledger()
