"""What an earlier run, a page or a hand left behind does not lead later runs astray."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.cli import main
from scraper.engine.keep import LARGE
from scraper.jobs.recover import recover
from scraper.models import State
from scraper.reports.manifest import read_manifest
from scraper.sites.hkcnews.words import LAST_ID
from tests.engine.conftest import Folder
from tests.engine.test_promised_bytes import entry
from tests.few_ids import know_few_ids
from tests.server import Faults, Rule, Saved
from tests.server.make import article_page, article_url, farewell_page, saved_article, write_warc

Open = Callable[..., Folder]


def test_a_clock_that_was_ahead_for_one_run_puts_nothing_off_for_years(
    open_folder: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Captures that could not be read in 2099 are asked for now, and the site is listed anew in time."""
    broken = Faults([Rule("503", "replay", times=None)])
    folder = open_folder(saved_article(201), faults=broken)
    folder.settings = {"tries_per_capture": 1, "sit_out": 0}
    monkeypatch.setattr(type(folder.clock), "now", lambda _: datetime(2099, 5, 6, tzinfo=UTC))
    folder.run()
    monkeypatch.undo()
    later = open_folder(saved_article(201))
    report = later.run()
    assert report.outcomes.written == [201]
    ledger = later.ledger()
    try:
        limit = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y%m%d%H%M%S")
        assert max(one.started_at for one in ledger.listings.all()) < limit
        assert (ledger.articles.next_due() or "") < limit
    finally:
        ledger.close()


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"{}\n")], ids=["lost", "changed"])
def test_a_file_of_the_manifest_that_is_lost_or_changed_is_made_again_by_the_next_run(
    open_folder: Open, spoil: Callable[[Path], object]
) -> None:
    """Though the run has nothing else to do; the file of other ids is not touched."""
    folder = open_folder(saved_article(201), saved_article(1201))
    folder.run()
    manifest, other = (folder.output / "manifest" / name for name in ("1-1000.jsonl", "1001-2000.jsonl"))
    before, untouched = manifest.read_bytes(), other.stat().st_mtime_ns
    spoil(manifest)
    assert folder.run().outcomes.articles == 0
    assert manifest.read_bytes() == before
    assert other.stat().st_mtime_ns == untouched


def test_only_files_of_the_manifest_that_change_are_written(open_folder: Open) -> None:
    """A new article of one folder leaves the others' files alone."""
    folder = open_folder(saved_article(201))
    folder.run(ids=(range(201, 202), range(1201, 1202)))
    before = {path.name: path.stat().st_mtime_ns for path in folder.output.glob("manifest/*")}
    assert main(["import", str(write_warc(folder.output.parent / "in.warc.gz", [saved_article(1201)])),
                 "--output", str(folder.output), "-q"]) == 0  # fmt: skip
    after = {path.name: path.stat().st_mtime_ns for path in folder.output.glob("manifest/*")}
    assert [name for name in after if after[name] != before[name]] == ["1001-2000.jsonl"]


def test_the_manifest_that_was_one_file_is_divided_by_the_next_run(open_folder: Open) -> None:
    """All is in the ledger, so nothing of it has to be read."""
    folder = open_folder(saved_article(201))
    folder.run()
    (shard,) = folder.output.glob("manifest/*")
    entries = list(read_manifest(folder.output))
    shard.rename(folder.output / "manifest.jsonl")
    folder.run()
    assert (list(read_manifest(folder.output)), shard.exists()) == (entries, True)


def test_few_ids_that_were_looked_at_stand_in_one_file_too(open_folder: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever recovers a few articles finds them in one file; when there are many it goes."""
    folder = open_folder(saved_article(201), Saved(article_url(202), "20220301000000", farewell_page()))
    folder.run(ids=(range(201, 203),))
    one = folder.output / "manifest.jsonl"
    lines = [line for path in folder.output.glob("manifest/*") for line in path.read_bytes().splitlines()]
    told = one.read_bytes().splitlines()
    assert told == [line for line in lines if b"not looked at yet" not in line]
    assert [json.loads(line)["id"] for line in told] == [201, 202]
    monkeypatch.setattr("scraper.reports.manifest.MOST_IN_ONE", 1)
    folder.run(ids=(range(201, 203),))
    assert not one.exists()


def test_one_article_recovered_into_a_new_folder_is_all_that_is_told(open_folder: Open) -> None:
    """With what its page links to; a ledger of a few pages; made anew from what is kept it knows as much."""
    folder = open_folder(saved_article(201), new=True)
    recover(folder.config, ["201"], clock=folder.clock)
    assert [one["id"] for one in read_manifest(folder.output)] == [200, 201, 202]
    assert (folder.output / "ledger.sqlite3").stat().st_size < 300_000
    assert main(["rebuild", "--ledger", "--output", str(folder.output), "-q", "--jobs", "1"]) == 0
    assert [one["id"] for one in read_manifest(folder.output)] == [200, 201, 202]


def test_ids_that_links_invent_grow_nothing(open_folder: Open) -> None:
    """A page links to thousands of articles behind the paper's last: none of them becomes known; true ones do."""
    links = "".join(f'<a href="/article/{LAST_ID + step}">x</a>' for step in range(1, 3000))
    links += f'<a href="/article/{"9" * 40}">x</a><a href="/article/{LAST_ID}">x</a>'
    folder = open_folder(saved_article(201, surroundings=links))
    folder.run()
    ledger = folder.ledger()
    try:
        ids = {row.id for row in ledger.articles.each()}
    finally:
        ledger.close()
    assert LAST_ID in ids
    assert max(ids) == LAST_ID


def test_verdicts_known_by_their_digest_alone_stand_in_the_manifest(open_folder: Open) -> None:
    """One page under many ids is read once; each id says what its captures were, revisits too."""
    pages = [Saved(article_url(article), "20230101000000", farewell_page()) for article in range(201, 208)]
    pages.append(Saved(article_url(208), "20230102000000", farewell_page(), revisit=True))
    folder = open_folder(*pages)
    folder.run(ids=(range(201, 209),))
    for article in range(201, 209):
        one = entry(folder, article)
        assert one["state"] == "unrecoverable"
        assert [each["verdict"] for each in one["tried"]] == ["farewell"]  # type: ignore[attr-defined]


def test_a_file_written_anew_under_an_old_name_is_not_taken_for_what_was_there(open_folder: Open) -> None:
    """A record counts only if URL, time and payload are the ledger's: no other article's text under this id."""
    folder = open_folder(saved_article(201))
    folder.run()
    before = folder.documents()
    other = know_few_ids(folder.output.parent / "other")
    warc = write_warc(folder.output.parent / "in.warc.gz", [saved_article(202)])
    assert main(["import", str(warc), "--output", str(other), "-q"]) == 0
    (kept,) = folder.output.glob("warc/*.warc.gz")
    shutil.copy(next(other.glob("warc/*.warc.gz")), kept)
    assert main(["rebuild", "--output", str(folder.output), "-q", "--jobs", "1"]) == 1
    assert folder.documents() == before
    assert folder.run().states[State.WRITTEN] == 1


def test_a_page_at_which_the_process_died_twice_is_not_read_again(open_folder: Open) -> None:
    """It is held as an unknown layout, which says what to remove to try again; then it is read."""
    page = article_page(201, surroundings="<p>x</p>" * (LARGE // 8))
    folder = open_folder(Saved(article_url(201), "20200607080910", page))
    deaths = []

    def die(*_: object) -> None:
        deaths.append(1)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scraper.sites.hkcnews.HkcNews.read", die)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                folder.run()
    assert len(deaths) == 2
    folder.run()
    assert entry(folder, 201)["state"] == "unknown_layout"
    assert ".reading-" in str(entry(folder, 201)["reason"])
    for mark in folder.output.glob(".reading-*"):
        mark.unlink()
    assert main(["rebuild", "--output", str(folder.output), "-q", "--jobs", "1"]) == 0
    assert entry(folder, 201)["state"] == "written"
    assert list(folder.output.glob(".reading-*")) == []
