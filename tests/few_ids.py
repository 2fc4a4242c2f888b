"""Output folders whose ledger knows few ids: a small run takes less time than the manifest of all 49,757."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE
from scraper.sites.hkcnews import HKCNEWS, HkcNews
from scraper.times import SystemClock

FEW = range(174, 600)


def know_few_ids(output: Path, ids: range = FEW) -> Path:
    """Make an output folder with a ledger that knows `ids`, and that every run takes for one that knows the site's."""

    class FewIds(HkcNews):
        known_ids = ids

    output.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(Ledger(output / LEDGER_FILE, site=FewIds(), clock=SystemClock())) as ledger:
        ledger.set_meta("seeded", str(HKCNEWS.known_ids))
    return output


def let_the_site_have_few_ids(patch: pytest.MonkeyPatch) -> None:
    """Let also a ledger that is made anew know few ids; not in processes of their own."""
    patch.setattr(HkcNews, "known_ids", FEW)
