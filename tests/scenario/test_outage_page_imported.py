"""An outage page that somebody saved as the article is never taken for it, and never in the way of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scraper.jobs.import_files import import_files
from tests.scenario.folder import served
from tests.scenario.table import load
from tests.server import Saved, make, pages

if TYPE_CHECKING:
    from pathlib import Path


def test_the_outage_page_is_kept_and_the_capture_asked_for_anew(tmp_path: Path) -> None:
    """Import: waiting, nothing written. Run: the archive answers with the real page, and that is written."""
    case = next(case for case in load() if case.name == "one good capture")
    capture = case.rows[0].capture
    warc = make.write_warc(tmp_path / "theirs.warc.gz", [Saved(capture.original, capture.timestamp, pages.outage())])
    with served([case], 1, tmp_path / "output") as (archive, folder):
        import_files(folder.config, [warc], clock=folder.clock, stop=threading.Event())
        entry = folder.manifest()[case.id]
        assert entry["state"] == "waiting"
        assert [one["verdict"] for one in entry["tried"]] == ["outage"]
        assert not archive.log.entries()
        folder.run()
        entry = folder.manifest()[case.id]
        assert (entry["state"], entry["capture"]["timestamp"]) == ("written", case.chosen)
