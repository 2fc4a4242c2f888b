"""What people and programs are told about each id, over an output folder in which everything has happened."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from scraper.cli import main
from scraper.config import Config
from scraper.models import DigestCheck, State, Verdict
from scraper.paths import shards_below
from tests.scenario.folder import Folder, served
from tests.scenario.table import Case, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = (
    "one good capture", "farewell under many ids, alone", "503 beside a farewell", "unknown layout alone", "nothing",
    "English, and an older text in Chinese", "destroyed slug, and an older text under a good one", "excluded first",
    "a revisit is as good as what it points to", "four ids with one digest are four articles",
    "farewell under many ids, good one before",
)  # fmt: skip
CASES = [case for case in load() if case.name in NAMES]
KEYS = [
    "id", "state", "reason", "capture", "layout", "readings", "file_sha256", "page_sha256", "tried",
    "provenance", "known_from",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    with served(CASES, 5, tmp_path_factory.mktemp("status"), all_ids=True) as (_, folder):
        folder.run()
        folder.run()
        yield folder


@pytest.fixture(scope="module")
def manifest(folder: Folder) -> dict[int, dict[str, Any]]:
    """What the manifest says of each id: reading 49,757 lines takes its time."""
    return folder.manifest()


@pytest.fixture
def hkcnews(folder: Folder, capsys: pytest.CaptureFixture[str]):
    def call(*words: str) -> tuple[int, str, str]:
        status = main([*words, "--output", str(folder.path), "--archive", folder.config.archive])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def one(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def manifest_lines(folder: Folder) -> list[bytes]:
    return [line for path in shards_below(folder.path).values() for line in path.read_bytes().splitlines()]


def test_the_manifest_has_a_line_for_each_id_sorted_with_keys_in_order(folder: Folder) -> None:
    """The whole known range and every id seen, in ascending order, keys in the order of the description."""
    entries = [json.loads(line) for line in manifest_lines(folder)]
    ids = [entry["id"] for entry in entries]
    assert ids == sorted(set(ids))
    assert set(range(174, 49931)) <= set(ids)
    assert all(list(entry) == [key for key in KEYS if key in entry] for entry in entries)
    assert all(value or value == 0 for entry in entries for value in entry.values())
    for path in folder.path.glob("manifest/*"):
        low, high = map(int, path.stem.split("-"))
        numbers = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
        assert (low % 1000, high - low, low <= numbers[0], numbers[-1] <= high) == (1, 999, True, True)
    assert {entry["state"] for entry in entries} == {str(state) for state in State}


def test_the_manifest_is_true_of_the_files(folder: Folder, manifest: dict[int, dict[str, Any]]) -> None:
    """SHA-256 of each file, its path, the capture's digest and how it was verified; the one layout goes unsaid."""
    written = [entry for entry in manifest.values() if entry["state"] == "written"]
    assert written
    for entry in written:
        data = (folder.path / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["file_sha256"]
        capture = entry["capture"]
        assert list(capture) == ["timestamp", "original", "digest", "digest_check"]
        assert capture["digest_check"] == DigestCheck.MATCH
        assert f"/web/{capture['timestamp']}/" in data.decode()
        assert "layout" not in entry
        used = (capture["timestamp"], capture["original"])
        assert used not in [(one["timestamp"], one["original"]) for one in entry.get("tried", ())]
        assert re.fullmatch("[0-9a-f]{64}", entry["page_sha256"])


def test_every_id_that_is_not_written_says_why_and_what_was_tried(manifest: dict[int, dict[str, Any]]) -> None:
    """Waiting and lost ids have a reason; a lost one the verdict of each of its captures."""
    for case in CASES:
        entry = manifest[case.id]
        assert entry["reason"]
        if case.state is State.UNRECOVERABLE:
            tried = {(tried["timestamp"], tried["original"]): tried["verdict"] for tried in entry["tried"]}
            rows = {(row.line.timestamp, row.capture.original): row.line.page for row in case.rows}
            assert tried == rows
        if case.state is not State.WRITTEN:
            assert "file" not in entry
    unknown = manifest[one("unknown layout alone").id]
    assert unknown["capture"]["timestamp"] == "20191001000000"
    assert unknown["page_sha256"]


def test_the_manifest_is_made_again_byte_for_byte_and_not_touched(folder: Folder) -> None:
    """Regenerated from the ledger it is identical, and no file is touched; where nothing changed none is looked at."""
    from scraper.ledger import Ledger
    from scraper.reports.manifest import write_manifest
    from scraper.sites.hkcnews import HKCNEWS
    from scraper.store.documents import Writer
    from scraper.times import SystemClock

    paths = sorted((folder.path / "manifest").iterdir())
    before = [path.stat().st_mtime_ns for path in paths]
    with contextlib.closing(Ledger(folder.path / "ledger.sqlite3", site=HKCNEWS, clock=SystemClock())) as ledger:
        assert write_manifest(ledger, HKCNEWS, folder.path, Writer(folder.path)) == []
        ledger.shards.forget()
        again = write_manifest(ledger, HKCNEWS, folder.path, Writer(folder.path))
    assert sorted(again) == paths
    assert [path.stat().st_mtime_ns for path in paths] == before


def test_status_sums_up_and_is_content(hkcnews, folder: Folder) -> None:
    """Exit status 0 although ids are lost; a count for each state."""
    status, out, _ = hkcnews("status")
    assert status == 0
    for state in State:
        assert state in out
    assert re.search(r"hkcnews\.com/article/\d* \(prefix\): complete", out)


def test_status_as_json_has_states_listings_and_the_next_request(hkcnews, manifest: dict[int, dict[str, Any]]) -> None:
    """What a program needs to know whether, and when, to run again."""
    status, out, _ = hkcnews("status", "--json")
    summary = json.loads(out)
    assert status == 0
    assert set(summary["states"]) == {str(state) for state in State}
    assert sum(summary["states"].values()) == len(manifest)
    assert summary["listings"]
    assert all(listing["complete"] for listing in summary["listings"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", summary["next_request_at"])


def test_status_of_ids_as_json_prints_the_objects_of_the_manifest(folder: Folder, hkcnews) -> None:
    """One line per id that was named, in that order."""
    wanted = [CASES[-1].id, CASES[0].id]
    status, out, _ = hkcnews("status", "--json", *map(str, wanted))
    lines = {json.loads(line)["id"]: line for line in manifest_lines(folder)}
    assert status == 0
    assert out.encode().splitlines() == [lines[article] for article in wanted]


@pytest.mark.parametrize("case", CASES[::3], ids=lambda case: case.name)
def test_status_of_an_id_names_each_capture_its_verdict_and_the_next_step(hkcnews, case: Case) -> None:
    """Whatever the state: which captures there are, what each was, and what to do."""
    status, out, _ = hkcnews("status", str(case.id))
    assert status == 0
    assert out.startswith(f"Article {case.id}: {str(case.state).replace('_', ' ')}")
    for row in case.rows:
        assert f"https://web.archive.org/web/{row.line.timestamp}/{row.capture.original}" in out
        if case.state is State.UNRECOVERABLE:
            assert Verdict(row.line.page) in out
    assert "Next: " in out
    if case.state is State.NEVER_CAPTURED:
        assert "No captures are known." in out
        assert ": complete, " in out


def test_an_article_may_be_named_by_its_url(hkcnews) -> None:
    """Whoever has a URL need not look for the id in it."""
    article = CASES[0].id
    assert hkcnews("status", f"https://hkcnews.com/article/{article}/x")[1] == hkcnews("status", str(article))[1]


@pytest.mark.parametrize("word", ["99999", "news", "0"])
def test_what_is_no_known_article_is_an_error_that_says_so(hkcnews, word: str) -> None:
    """Exit status 2, the word named, nothing on stdout."""
    status, out, err = hkcnews("status", word)
    assert (status, out) == (2, "")
    assert word in err


def test_before_the_first_run_every_known_id_is_waiting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking before there is an output folder makes none; one that was named and is not there is an error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('output = "none"\n')
    assert main(["status", "--json", "--archive", folder.config.archive]) == 0
    states = json.loads(capsys.readouterr().out)["states"]
    assert states == {str(state): 49757 if state is State.WAITING else 0 for state in State}
    assert not (tmp_path / "none").exists()
    for command in ("status", "status 28325", "history 28325", "check", "export --jsonl -", "images"):
        assert main([*command.split(), "--output", str(tmp_path / "mistyped")]) == 2
        assert "mistyped: no such folder" in capsys.readouterr().err
    assert not (tmp_path / "mistyped").exists()


def test_the_page_links_every_file_and_capture_and_asks_nobody_for_anything(
    hkcnews, folder: Folder, manifest: dict[int, dict[str, Any]]
) -> None:
    """Self-contained: no script, style sheet, font or picture from elsewhere; links only."""
    file = folder.path / "status.html"
    status, out, _ = hkcnews("status", "--html", str(file))
    text = file.read_text(encoding="utf-8")
    assert (status, out) == (0, "")
    for entry in manifest.values():
        if "file" in entry:
            assert f'href="{entry["file"]}"' in text
            assert f"https://web.archive.org/web/{entry['capture']['timestamp']}/" in text
    assert not re.search(r"<(?:script|link|img|iframe|object|embed|video|audio|source|base)\b|@import|url\(", text)
    assert not re.search(r"\bsrc(?:set)?=", text)
    assert len(re.findall(r"<svg ", text)) == 50
    assert "Coverage by year" in text
    assert "captured as farewell" in text


def test_the_page_says_nothing_that_a_page_of_the_site_could_break(hkcnews, folder: Folder) -> None:
    """Text from captures is escaped, and no policy lets a script run."""
    file = folder.path / "more" / "status.html"
    assert hkcnews("status", "--html", str(file), "-q")[2] == ""
    text = file.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert 'href="../articles/' in text


def versions_of(hkcnews, article: int) -> dict[str, Any]:
    status, out, _ = hkcnews("history", str(article), "--json")
    assert status == 0
    return json.loads(out)


def test_history_shows_what_differs_as_a_diff(hkcnews) -> None:
    """The older text, the newer one, and the line that changed; nothing that differs only by capture."""
    case = one("destroyed slug, and an older text under a good one")
    status, out, _ = hkcnews("history", str(case.id))
    assert status == 0
    assert "--- 20190203040506\n+++ 20211001000000\n" in out
    changed = [line for line in out.splitlines() if re.match(r"[+-][^+-]", line)]
    assert changed == ["-第1稿。", "+第2稿。"]
    versions = versions_of(hkcnews, case.id)["versions"]
    assert [(version["timestamp"], version["written"]) for version in versions] == [
        ("20190203040506", False), ("20211001000000", True),
    ]  # fmt: skip


def test_history_of_one_text_has_no_difference(hkcnews) -> None:
    """And an id without any text has an empty history."""
    assert versions_of(hkcnews, one("one good capture").id)["differences"] == []
    assert versions_of(hkcnews, one("nothing").id)["versions"] == []


def test_history_of_an_unknown_id_is_an_error(hkcnews) -> None:
    """Exit status 2, and the way on."""
    status, _, err = hkcnews("history", "99999")
    assert status == 2
    assert "hkcnews recover 99999" in err


def test_the_archive_named_is_the_default_of_the_documents(folder: Folder) -> None:
    """Whatever address the pages came from, people are pointed to the public one."""
    assert folder.config.archive != Config().archive
    for data in folder.files().values():
        assert folder.config.archive.encode() not in data


@pytest.mark.parametrize("form", [["--json"], []])
def test_an_unknown_id_does_not_hide_the_others(hkcnews, form: list[str]) -> None:
    """Those that are known are shown, and the unknown one is named."""
    known = str(one("one good capture").id)
    status, out, err = hkcnews("status", "990001", known, *form)
    assert status == 2
    assert known in out
    assert "990001" in err
