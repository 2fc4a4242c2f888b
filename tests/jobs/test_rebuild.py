"""`hkcnews rebuild`: every document again from the kept pages."""

import contextlib
import hashlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pytest

from scraper.cli import main
from scraper.config import Config
from scraper.errors import StoreError
from scraper.jobs.workspace import open_workspace
from scraper.times import SystemClock
from tests.jobs.folders import IDS, call, hkcnews, spoil_record, states, touched, tree
from tests.server.make import article_page, saved_article, write_warc


def rebuild(output, *words):
    return main(["rebuild", "--output", str(output), "--jobs", "1", "-q", *words])


def test_nothing_changes_when_nothing_has_changed(output):
    """The same pages give the same bytes, and no file is touched."""
    before = touched(output)
    assert rebuild(output) == 0
    assert touched(output) == before


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_what_is_lost_or_differs_is_made_again(output, jobs, capsys):
    """Deleted and altered documents come back, whatever the number of processes, and the changed ids are named."""
    before = tree(output)
    folder = output / "articles/1-1000"
    (folder / "article_302.md").unlink()
    (folder / "article_304.md").write_text("changed by hand", encoding="utf-8")
    assert rebuild(output, "--jobs", jobs) == 0
    assert capsys.readouterr().out.split() == ["302", "304"]
    assert (folder / "article_304.md.orig").read_text(encoding="utf-8") == "changed by hand"
    (folder / "article_304.md.orig").unlink()
    assert tree(output) == before


def test_ids_and_diff(output, capsys):
    """Only the ids asked for are looked at, and --diff shows what changes."""
    folder = output / "articles/1-1000"
    for number in (302, 304):
        path = folder / f"article_{number}.md"
        path.write_text(path.read_text(encoding="utf-8") + "尾巴\n", encoding="utf-8")
    assert rebuild(output, "--ids", "304-400", "--diff") == 0
    shown = capsys.readouterr().out
    assert "-尾巴" in shown
    assert "a/articles/1-1000/article_304.md" in shown
    assert (folder / "article_302.md").read_text(encoding="utf-8").endswith("尾巴\n")


def test_a_reader_of_the_diff_that_leaves_is_no_fault(output):
    """As with `| head`: the status of SIGPIPE, nothing on stderr, and the folder is in order."""
    for number in (302, 304):
        (output / f"articles/1-1000/article_{number}.md").write_text("尾巴\n" * 50_000, encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "scraper", "rebuild", "--output", str(output), "--jobs", "1", "--diff"]
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
    for path in output.glob("articles/*/*.orig"):
        path.unlink()
    assert rebuild(output) == 0
    assert call("check", "--output", output).returncode == 0


def test_a_ledger_that_is_gone_is_made_again(remade):
    """Documents, manifest and states are the same as before: all that is needed stands in the WARC files."""
    before, known = tree(remade), states(remade)
    for path in remade.glob("ledger.sqlite3*"):
        path.unlink()
    assert rebuild(remade) == 0
    assert (tree(remade), states(remade)) == (before, known)


def test_a_damaged_ledger_is_set_aside_when_asked(remade):
    """Without --ledger the error names the remedy; with it, everything is there again and the old file is kept."""
    before = tree(remade)
    ledger = remade / "ledger.sqlite3"
    ledger.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    refused = call("rebuild", "--output", remade)
    assert (refused.returncode, "rebuild --ledger" in refused.stderr) == (2, True), refused.stderr
    assert rebuild(remade, "--ledger") == 0
    assert {name: digest for name, digest in tree(remade).items() if not name.startswith("ledger")} == before
    assert len(list(remade.glob("ledger.sqlite3.20*"))) == 1


def test_a_ledger_of_an_older_program_is_made_again_when_asked(remade):
    """It is refused with the remedy, which sets it aside: everything is there again."""
    before = tree(remade)
    with contextlib.closing(sqlite3.connect(remade / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE migrations SET name = '0012-fit'")
    refused = call("rebuild", "--output", remade)
    assert (refused.returncode, "rebuild --ledger" in refused.stderr) == (2, True), refused.stderr
    assert rebuild(remade, "--ledger") == 0
    assert {name: digest for name, digest in tree(remade).items() if not name.startswith("ledger")} == before
    assert len(list(remade.glob("ledger.sqlite3.20*"))) == 1


def test_a_kept_page_that_is_broken_is_named_and_its_document_left(output, capsys):
    """Nothing is concluded from bytes that are not what they were."""
    before = tree(output)
    spoil_record(output, 305)
    assert rebuild(output, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert len(report["broken"]) == 1
    assert "captures-00001.warc.gz, byte" in report["broken"][0]
    assert report["articles"] == len(IDS) - 1
    assert tree(output) == before


def test_an_article_that_is_none_any_more_is_named(output, tmp_path, capsys):
    """What was written before and no layout reads now is lost: its file goes, and the exit status says so."""
    page = article_page(320).replace(b"article-content", b"story").replace(b"article-info", b"meta")
    call("import", write_warc(tmp_path / "x.warc.gz", [replace(saved_article(320), payload=page)]), "--output", output)
    assert states(output)[320] == "unknown_layout"
    name = "articles/1-1000/article_320.md"
    (output / name).write_text("read by an earlier version", encoding="utf-8")
    digest = hashlib.sha256((output / name).read_bytes()).hexdigest()
    with contextlib.closing(sqlite3.connect(output / "ledger.sqlite3", isolation_level=None)) as ledger:
        ledger.execute(
            "UPDATE articles SET state = 'written', file = ?, file_sha256 = ? WHERE id = 320", (name, digest)
        )
    assert rebuild(output) == 1
    assert "article 320: was written, is now unknown_layout" in capsys.readouterr().err
    assert not (output / name).exists()
    assert states(output)[302] == "written"


def test_documents_that_stay_are_no_events(output):
    """The log tells what changed: a rebuild of thousands that changes two says two things."""
    (output / "articles/1-1000/article_302.md").unlink()
    log = output / "hkcnews.log"
    log.unlink(missing_ok=True)
    assert rebuild(output) == 0
    lines = log.read_text(encoding="utf-8").splitlines()
    assert ["article=302" in line for line in lines if "article=" in line] == [True]


@pytest.mark.parametrize("damage", ["byte", "zeros", "zeros at the end"])
def test_a_damaged_file_is_said_where_only_the_kept_pages_are_left(remade, damage):
    """Ledger and documents gone: what cannot be read may have been articles, so it does not end well in silence."""
    output = remade
    (warc,) = (output / "warc").iterdir()
    data = bytearray(warc.read_bytes())
    middle = len(data) // 2
    if damage == "byte":
        data[middle] ^= 0x55
    else:
        start = middle if damage == "zeros" else len(data) - 400
        data[start : start + 400] = bytes(400)
    warc.write_bytes(data)
    shutil.rmtree(output / "articles")
    shutil.rmtree(output / "manifest")
    done = call("rebuild", "--ledger", "--output", output, "--jobs", "1")
    assert done.returncode == 1
    assert f"{warc}, byte " in done.stderr
    assert len(list(output.glob("articles/*/*.md"))) > len(IDS) // 2


def test_without_room_for_the_ledger_the_true_reason_is_said(output):
    """A limit on the size of files is no damage, and says what to look at; nothing else is printed."""
    (output / "ledger.sqlite3").unlink()
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
    done = hkcnews("rebuild", "--output", output, "--jobs", "1", preexec_fn=limit)
    assert done.returncode == 2
    assert "damaged" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "limit on the size of files" in done.stderr


@pytest.mark.parametrize("kilobytes", [4, 60, 200, 400])
def test_without_room_for_another_ledger_the_old_one_stays(output, kilobytes):
    """It is made beside the old one and takes its place when it is whole: nothing has to be mended."""
    before = tree(output), (output / "ledger.sqlite3").read_bytes()
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (kilobytes << 10, resource.RLIM_INFINITY))
    done = hkcnews("rebuild", "--ledger", "--output", output, "--jobs", "1", preexec_fn=limit)
    assert (done.returncode, "limit on the size of files" in done.stderr) == (2, True)
    assert (tree(output), (output / "ledger.sqlite3").read_bytes()) == before
    assert [path.name for path in output.glob("*ledger*")] == ["ledger.sqlite3"]
    assert call("check", "--output", output, "--jobs", "1").returncode == 0


def test_another_ledger_that_was_killed_leaves_nothing_to_the_next(output):
    """What it left is not taken for a part of the one that is made now."""
    before = tree(output)
    for ending in ("", "-wal", "-shm"):
        (output / f".ledger.sqlite3.tmp{ending}").write_bytes((output / "ledger.sqlite3").read_bytes())
    assert rebuild(output, "--ledger") == 0
    assert tree(output) == before
    assert sorted(path.name[:16] for path in output.glob("*ledger*")) == ["ledger.sqlite3", "ledger.sqlite3.2"]


def test_another_ledger_that_could_not_be_written_to_its_end_takes_no_place(output):
    """SQLite says nothing where it has no room when it is closed; what it leaves beside the file tells."""
    before = (output / "ledger.sqlite3").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with (
            pytest.raises(StoreError, match="no room"),
            open_workspace(Config(output=str(output)), clock=SystemClock(), anew=True),
        ):
            resource.setrlimit(resource.RLIMIT_FSIZE, (9000, limits[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (output / "ledger.sqlite3").read_bytes() == before
    assert [path.name for path in output.glob("*ledger*")] == ["ledger.sqlite3"]
