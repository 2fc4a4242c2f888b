"""The scenario end to end: the test archive, the real client, ledger, store, pages and files."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from scraper.models import State
from tests.scenario.folder import Folder, served
from tests.scenario.table import SERVICE, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.reports.run import RunReport
    from tests.server import TestArchive

CASES = load(copies=2)
LAST_RUNS = 2
"""So many runs, a day between them, after which nothing changes any more."""


@pytest.fixture(scope="module")
def uncut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestArchive, Folder, RunReport, dict[int, Any]]]:
    """The scenario after runs that were left alone: archive, folder, and report and manifest of the first run."""
    with served(CASES, 1, tmp_path_factory.mktemp("uncut")) as (archive, folder):
        first = folder.run()
        early = folder.manifest()
        for _ in range(LAST_RUNS):
            folder.run()
        yield archive, folder, first, early


def misjudged(folder: Folder) -> list[str]:
    """Return where the manifest is not what the table says."""
    manifest, wrong = folder.manifest(), []
    for case in CASES:
        entry = manifest[case.id]
        chosen = entry["capture"]["timestamp"] if "capture" in entry else None
        if entry["state"] != case.state or (case.state is State.WRITTEN and chosen != case.chosen):
            wrong.append(f"{case.id} {case.name}: {entry['state']} {chosen} ({entry['reason']})")
        pages = {row.line.timestamp: row.line.page for row in case.rows}
        seen = {one["timestamp"]: one["verdict"] for one in entry.get("tried", ())}
        for timestamp, verdict in seen.items():
            if pages[timestamp] not in SERVICE and verdict != pages[timestamp]:
                wrong.append(f"{case.id} {case.name}: {timestamp} {pages[timestamp]} was taken for {verdict}")
        if case.state is State.UNRECOVERABLE and set(seen) != {row.line.timestamp for row in case.rows}:
            wrong.append(f"{case.id} {case.name}: not all captures were tried: {seen}")
    return wrong


def test_every_id_ends_with_the_state_and_the_capture_that_the_table_says(uncut) -> None:
    """No id stands elsewhere, nothing is written that should not be, every verdict is the page's."""
    _, folder, first, early = uncut
    assert misjudged(folder) == []
    assert {int(name[8:-3]) for name in folder.files()} == {case.id for case in CASES if case.state is State.WRITTEN}
    foreseen = [case for case in CASES if case.after_one_run is not None]
    assert [case.name for case in foreseen if early[case.id]["state"] != case.after_one_run] == []
    assert first.exit_status == 1  # some ids are lost or wait


def test_one_page_under_many_ids_is_fetched_once(uncut) -> None:
    """All others are known by its digest, before they are fetched."""
    archive, *_ = uncut
    assert len([entry for entry in archive.log.entries("replay") if entry.path in SHARED_PATHS]) == 1


def test_a_further_run_changes_nothing(uncut) -> None:
    """Same files, same captures, once nothing is left to do."""
    _, folder, *_ = uncut
    files, digest = folder.files(), _digest_of(folder)
    folder.run()
    assert folder.files() == files
    assert _digest_of(folder) == digest


SHARED_PATHS = {
    f"/web/{row.line.timestamp}id_/{row.capture.original}"
    for case in CASES
    for row in case.rows
    if "shared" in row.line.words
}


def test_in_any_order_of_rows_and_cut_at_any_point_it_comes_out_the_same(uncut, tmp_path: Path) -> None:
    """Runs that crash or are asked to end at random points, over rows in another order, lead to the same files."""
    chance = random.Random(2)
    with served(CASES, 2, tmp_path) as (_, folder):
        for number in range(4):
            folder.run_cut(after=chance.randint(1, 120), crash=number % 2 == 1)
        for _ in range(LAST_RUNS):
            folder.run()
        assert misjudged(folder) == []
        assert _digest_of(folder) == _digest_of(uncut[1])
        assert folder.files() == uncut[1].files()


def _digest_of(folder: Folder) -> dict[int, list[Any]]:
    """Return what must not depend on how the runs went."""
    return {
        article: [entry.get(name) for name in ("state", "capture", "layout", "readings", "file_sha256", "page_sha256")]
        for article, entry in folder.manifest().items()
        if article in folder.ids
    }
