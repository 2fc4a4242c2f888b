"""`hkcnews check`: is everything as the ledger says; `--fix` makes again what is not."""

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import tracemalloc

import pytest

from scraper.check.inspection import check as check_folder
from scraper.check.inspection import check_shard
from scraper.cli import main
from scraper.config import Config
from scraper.files import output_lock
from scraper.reports.manifest import manifest_lines, read_manifest
from scraper.sites.hkcnews import HKCNEWS
from scraper.times import SystemClock
from tests.jobs.folders import IDS, call, ledger_of, spoil_record, touched, tree

DOCUMENTS = "articles/1-1000"
SHARD = "manifest/1-1000.jsonl"


def check(output, *words) -> dict[str, str]:
    """Return kind of finding to file."""
    done = call("check", "--output", output, "--jobs", "1", "--json", *words)
    report = json.loads(done.stdout)
    assert done.returncode == (1 if report["findings"] else 0)
    assert all(finding["remedy"] and finding["problem"] for finding in report["findings"])
    return {finding["kind"]: finding["file"] for finding in report["findings"]}


def spoil_form(output):
    """Make a document as a faulty program would have written it: its digest is in the ledger."""
    path = output / DOCUMENTS / "article_303.md"
    path.write_text(path.read_text(encoding="utf-8").replace('date: "', 'date: \t"', 1), encoding="utf-8")
    record_digest(output, 303)


def record_digest(output, article):
    """Take a document for what was written."""
    digest = hashlib.sha256((output / DOCUMENTS / f"article_{article}.md").read_bytes()).hexdigest()
    change_ledger(output, "UPDATE articles SET file_sha256 = ? WHERE id = ?", digest, article)


def change_ledger(output, statement, *values):
    with contextlib.closing(sqlite3.connect(output / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute(statement, values)


def spoil_what_can_be_made_again(output):
    (output / DOCUMENTS / "article_301.md").unlink()
    (output / DOCUMENTS / "article_302.md").write_text("changed by hand", encoding="utf-8")
    spoil_form(output)
    (output / SHARD).write_text("{}\n", encoding="utf-8")
    (output / DOCUMENTS / ".article_9.md.tmp").write_text("half", encoding="utf-8")
    (warc,) = (output / "warc").iterdir()
    with warc.open("ab") as file:
        file.write(warc.read_bytes()[:60])


def test_a_whole_folder_has_no_findings_and_is_not_touched(output):
    """Exit status 0, nothing printed, no file changed."""
    before = touched(output)
    done = call("check", "--output", output)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert touched(output) == before


def test_each_fault_is_found_only_looked_at_and_then_mended(output):
    """Missing, changed and malformed documents, manifest, leftovers and torn ends: named, then made again on request.

    What a person changed stays beside the document.
    """
    before = tree(output)
    spoil_what_can_be_made_again(output)
    spoiled = tree(output)
    assert check(output, "--form") == {
        "document_missing": f"{DOCUMENTS}/article_301.md",
        "document_changed": f"{DOCUMENTS}/article_302.md",
        "document_form": f"{DOCUMENTS}/article_303.md",
        "manifest": SHARD,
        "leftover": f"{DOCUMENTS}/.article_9.md.tmp",
        "warc_unrecorded": "warc/captures-00001.warc.gz",
    }
    assert tree(output) == spoiled
    assert check(output, "--form", "--fix") == {}
    aside = output / DOCUMENTS / "article_302.md.orig"
    assert aside.read_text(encoding="utf-8") == "changed by hand"
    assert {name: digest for name, digest in tree(output).items() if ".orig" not in name} == before


def test_the_form_of_what_is_as_it_was_written_is_looked_at_on_request(output):
    """A digest of the ledger's says that nobody changed a document: only --form reads it, and mends what it finds.

    Whatever was changed is found without it.
    """
    before = tree(output)
    spoil_form(output)
    assert "document_form" not in check(output)
    assert check(output, "--form")["document_form"] == f"{DOCUMENTS}/article_303.md"
    assert check(output, "--form", "--fix") == {}
    assert tree(output) == before
    path = output / DOCUMENTS / "article_303.md"
    path.write_text(path.read_text(encoding="utf-8").replace('date: "', 'date: \t"', 1), encoding="utf-8")
    assert check(output) == check(output, "--form") == {"document_changed": f"{DOCUMENTS}/article_303.md"}


def test_a_check_that_is_given_up_leaves_nothing_open(output):
    """Whoever has seen enough closes it; the ledger is let go without a complaint."""
    (output / DOCUMENTS / "article_301.md").unlink()
    findings = check_folder(Config(output=str(output)), jobs=1, clock=SystemClock())
    assert next(findings).article == 301
    findings.close()
    assert check(output) == {"document_missing": f"{DOCUMENTS}/article_301.md"}


def test_several_processes_find_the_same_in_the_same_order(output, monkeypatch):
    """Whatever their number, and also where the ledger breaks off: then that alone, as all else is asked of it."""
    monkeypatch.setattr("scraper.check.inspection._CHUNK", 2)
    monkeypatch.setattr("scraper.parallel._FEW", 2)
    spoil_what_can_be_made_again(output)
    config = Config(output=str(output))
    alone = list(check_folder(config, jobs=1, clock=SystemClock(), form=True))
    assert list(check_folder(config, jobs=2, clock=SystemClock(), form=True)) == alone
    change_ledger(output, "ALTER TABLE mementos RENAME COLUMN length TO lost")
    broken = list(check_folder(config, jobs=1, clock=SystemClock(), form=True))
    assert [finding.kind for finding in broken] == ["ledger"]
    assert list(check_folder(config, jobs=2, clock=SystemClock(), form=True)) == broken


def test_a_manifest_that_a_run_left_behind(output):
    """Cut off behind a page that links to a new article: check says so, whatever comes next writes the manifest."""
    change_ledger(output, "INSERT INTO articles (id, source, due) VALUES (60000, 'link', '')")
    (finding,) = check_folder(Config(output=str(output)), jobs=1, clock=SystemClock())
    assert finding.file == "manifest/59001-60000.jsonl"
    assert "older than the ledger" in finding.problem
    assert call("rebuild", "--output", output, "--jobs", "1").returncode == 0
    assert check(output) == {}
    assert list(read_manifest(output))[-1]["id"] == 60000


def test_what_a_killed_run_left_of_the_manifest_is_one_line(output):
    """Fifty files of the manifest that are behind are counted; programs get each."""
    for article in range(60_000, 65_000, 1000):
        change_ledger(output, "INSERT INTO articles (id, source, due) VALUES (?, 'link', '')", article)
    (line,) = call("check", "--output", output).stdout.splitlines()
    assert line.startswith("5 files of the manifest, such as manifest/59001-60000.jsonl: is older than the ledger")
    assert len(json.loads(call("check", "--output", output, "--json").stdout)["findings"]) == 5


def test_no_check_beside_a_run(output):
    """What a run is about to write is no finding: one line says who is at work, and the status is 4."""
    change_ledger(output, "INSERT INTO articles (id, source, due) VALUES (60000, 'link', '')")
    for words in ([], ["--fix"]):
        with output_lock(output):
            done = call("check", "--output", output, *words)
        assert (done.returncode, done.stdout) == (4, "")
        (line,) = done.stderr.splitlines()
        assert line.endswith(f"another process is at work here (process {os.getpid()}); check when it has ended.")


def test_a_picture_that_a_document_names_is_there(output):
    """Also where the form is not looked at, and whatever else the document names."""
    path = output / DOCUMENTS / "article_304.md"
    path.write_text(path.read_text(encoding="utf-8") + "![a](../../images/ab/cd.png)\n", encoding="utf-8")
    record_digest(output, 304)
    assert check(output)["image_missing"] == f"{DOCUMENTS}/article_304.md"
    (output / "images" / "ab").mkdir(parents=True)
    (output / "images" / "ab" / "cd.png").write_bytes(b"picture")
    assert "image_missing" not in check(output)


def test_what_is_no_file_is_no_document(output):
    """A pipe with nobody at its end is not waited for, a folder is not read; mended, they stand beside the document."""
    (output / SHARD).unlink()
    os.mkfifo(output / SHARD)
    for number, make in ((301, os.mkfifo), (302, os.mkdir)):
        path = output / DOCUMENTS / f"article_{number}.md"
        path.unlink()
        make(path)
    assert check(output) == {
        "document_missing": f"{DOCUMENTS}/article_302.md",
        "manifest": SHARD,
    }
    found = check_folder(Config(output=str(output)), jobs=1, clock=SystemClock())
    assert {finding.article for finding in found if finding.article} == {301, 302}
    assert check(output, "--fix") == {}


def spoiled_manifests(lines: list[bytes]) -> dict[str, tuple[list[bytes], str | None]]:
    """Return manifests, and what there is to say of each."""
    number = len(lines) // 2
    line = f"line {number + 1} is not what the ledger says"
    here = lines[number]
    return {
        "whole": (lines, None),
        "changed": ([*lines[:number], here.replace(b"state", b"stale"), *lines[number + 1 :]], line),
        "removed": ([*lines[:number], *lines[number + 1 :]], line),
        "twice": ([*lines[: number + 1], *lines[number:]], f"line {number + 2} is not what the ledger says"),
        "foreign": ([*lines[:number], b'{"id": 999999999, \n', *lines[number:]], line),
        "exchanged": ([*lines[:number], lines[number + 1], here, *lines[number + 2 :]], line),
        "no line feed": ([*lines[:-1], lines[-1][:-1]], f"line {len(lines)} is not what the ledger says"),
        "more": ([*lines, lines[-1]], "has lines that the ledger does not"),
        "less": (lines[:-1], f"line {len(lines)} is not what the ledger says"),
        "empty": ([], "line 1 is not what the ledger says"),
        "long": ([b"x" * 20_000], "line 1 is not what the ledger says"),
    }


def test_what_has_no_end_or_is_large_is_no_document(output):
    """A device in a document's place is not read to its end, a file of many gigabytes not held in memory."""
    device, large = (output / DOCUMENTS / f"article_{number}.md" for number in (301, 302))
    device.unlink()
    device.symlink_to("/dev/zero")
    os.truncate(large, 64 << 20)
    found = check_folder(Config(output=str(output)), jobs=1, clock=SystemClock())
    tracemalloc.start()
    assert [(finding.kind, finding.article) for finding in found] == [
        ("document_missing", 301),
        ("document_changed", 302),
    ]
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


def test_the_manifest_is_compared_to_the_letter(output):
    """The first line that differs is named."""
    path = output / SHARD
    change_ledger(output, "DELETE FROM articles WHERE id NOT BETWEEN ? AND ?", IDS.start - 9, IDS.stop + 9)
    with ledger_of(output) as ledger:
        lines = list(manifest_lines(ledger, HKCNEWS, 1))
    change_ledger(output, "INSERT INTO shards VALUES (1, 0, 0)")
    for name, (spoiled, problem) in spoiled_manifests(lines).items():
        path.write_bytes(b"".join(spoiled))
        assert [one.problem for one in check_shard(str(output), "hkcnews", 1)] == ([problem] if problem else []), name


def test_versions_of_a_person_pile_up_beside_the_document(output):
    """A second change does not overwrite the first one that was set aside."""
    path = output / DOCUMENTS / "article_302.md"
    for text in ("one", "two"):
        path.write_text(text, encoding="utf-8")
        assert check(output, "--fix") == {}
    kept = sorted(one.read_text(encoding="utf-8") for one in path.parent.glob("article_302.md.orig*"))
    assert kept == ["one", "two"]


def test_what_is_not_ours_is_named_and_left(output):
    """Foreign files are reported, and neither read nor removed, with --fix either."""
    (output / DOCUMENTS / "notes.md").write_text("mine", encoding="utf-8")
    assert check(output, "--fix") == {"foreign": f"{DOCUMENTS}/notes.md"}
    assert (output / DOCUMENTS / "notes.md").read_text(encoding="utf-8") == "mine"


def test_a_broken_page_is_fetched_again_by_the_next_run(output):
    """--fix makes its capture an unread one: the documents stay, and the article is due; the file keeps its scar."""
    before = {name: digest for name, digest in tree(output).items() if name.startswith("articles/")}
    spoil_record(output, 305)
    assert set(check(output)) == {"warc_damaged"}
    assert set(check(output, "--fix")) == {"warc_scar"}
    assert set(check(output, "--fix")) == {"warc_scar"}
    assert {name: digest for name, digest in tree(output).items() if name.startswith("articles/")} == before
    with ledger_of(output) as ledger:
        assert ledger.articles.get(305).due == ""
        assert ledger.articles.get(306).due is None


def test_a_lost_warc_file_is_found(output):
    """The ledger knows what should be there."""
    next((output / "warc").iterdir()).unlink()
    assert check(output) == {"warc_missing": "warc/captures-00001.warc.gz"}


@pytest.mark.parametrize("column", ["timestamp", "original", "payload_sha1"])
def test_a_record_that_is_another_ones_is_found(output, column):
    """Whole, at the known place, but of another URL, moment or page; after --fix nothing counts on it."""
    others = {
        "timestamp": "20200607080911",
        "original": "https://www.hkcnews.com/article/305/b",
        "payload_sha1": "A" * 32,
    }
    change_ledger(output, f"UPDATE mementos SET {column} = ? WHERE article = 305", others[column])
    done = call("check", "--output", output, "--jobs", "1", "--json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["kind"], finding["article"]) == ("warc_damaged", 305)
    assert "not the one that was kept" in finding["problem"]
    assert "warc_damaged" not in check(output, "--fix")


def test_what_is_no_file_is_no_warc_file(output):
    """A pipe is not waited for where the ledger knows a file, or where none was; what wants to write passes it over."""
    (file,) = (output / "warc").iterdir()
    backup = file.rename(output.parent / "backup")
    os.mkfifo(file)
    os.mkfifo(output / "warc" / "captures-00002.warc.gz")
    assert check(output) == {"warc_missing": "warc/captures-00001.warc.gz", "foreign": "warc/captures-00002.warc.gz"}
    assert set(check(output, "--fix")) == {"foreign"}
    assert call("import", "--output", output, backup).returncode == 0
    assert (output / "warc" / "captures-00003.warc.gz").is_file()


def test_what_is_said_is_a_problem_and_a_remedy(output):
    """Sentences, each once: also of a ledger, whose errors bring a remedy of their own."""
    (output / "ledger.sqlite3").write_bytes(b"no database" * 500)
    (line,) = call("check", "--output", output).stdout.splitlines()
    assert re.fullmatch(r"ledger\.sqlite3: the ledger is damaged \([^()]+\)\. `hkcnews rebuild --ledger`[^.]+\.", line)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
@pytest.mark.parametrize("name", [SHARD, "ledger.sqlite3"])
def test_what_has_the_name_of_a_file_of_ours_is_set_aside(request, name, make):
    """It is found, not waited for, and when mended stands beside the file."""
    output = request.getfixturevalue("remade" if name == "ledger.sqlite3" else "output")
    before = tree(output)
    (output / name).unlink()
    make(output / name)
    assert check(output) == {re.split("[/.]", name)[0]: name}
    assert check(output, "--fix") == {}
    aside = [path.relative_to(output).as_posix() for path in output.glob(f"{name}.*")]
    assert len(aside) == 1
    assert {name: digest for name, digest in tree(output).items() if name not in aside} == before


@pytest.mark.parametrize("content", [b"no database" * 500, b""])
def test_a_damaged_ledger_is_found_and_made_again(remade, content):
    """Everything else is as it was before."""
    before = tree(remade)
    (remade / "ledger.sqlite3").write_bytes(content)
    assert check(remade) == {"ledger": "ledger.sqlite3"}
    assert check(remade, "--fix") == {}
    assert tree(remade) == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE migrations SET name = '0012-fit'", "INSERT INTO migrations VALUES ('9999-later', '')"],
)
def test_a_ledger_of_another_version_is_not_taken_for_a_damaged_one(output, statement):
    """It is named and left as it is, whatever was asked for: made anew it would lose what no kept page has."""
    change_ledger(output, statement)
    before = touched(output)
    for words in (), ("--fix",):
        done = call("check", "--output", output, *words)
        assert done.returncode == 2
        assert "newer version" in done.stderr or "hkcnews rebuild --ledger" in done.stderr
    assert touched(output) == before


@pytest.mark.parametrize("words", [["check"], ["check", "--fix"], ["rebuild"], ["rebuild", "--ledger"]])
def test_a_folder_that_is_not_there_is_a_slip_of_the_pen(words, tmp_path):
    """It is said, with status 2, and not made."""
    done = call(*words, "--output", tmp_path / "outptu")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--output" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_can_be_checked(output):
    """Looking needs no permission to write."""
    for path in (output, *output.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert main(["check", "--output", str(output)]) == 0


def test_a_damage_that_sqlite_finds_is_found(remade):
    """In whatever page of the ledger: `check` says so, and `status` counts nothing wrong in silence."""
    path, output = remade / "ledger.sqlite3", remade
    states = json.loads(call("status", "--json", "--output", output).stdout)["states"]
    whole = path.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    seen = 0
    for page in range(1, len(whole) // size, max(1, len(whole) // size // 30)):
        start = page * size
        for junk in (bytes(size), whole[start : start + 3] + b"\xff\xff\x00\x01\xfe"):
            path.write_bytes(whole[:start] + junk + whole[start + len(junk) :])
            with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as ledger:
                try:
                    (found,) = ledger.execute("PRAGMA integrity_check(1)").fetchone()
                except sqlite3.DatabaseError as error:
                    found = str(error)
            if found == "ok":
                continue
            seen += 1
            assert check(output) == {"ledger": "ledger.sqlite3"}, (page, found)
            done = call("status", "--json", "--output", output)
            assert done.returncode == 2 or json.loads(done.stdout)["states"] == states, (page, found)
    assert seen > 20


def test_a_state_that_does_not_exist_is_damage(output):
    """No id is left out of a sum in silence."""
    change_ledger(output, "UPDATE articles SET state = 'writtem' WHERE id = 301")
    done = call("status", "--output", output)
    assert done.returncode == 2
    assert "damaged" in done.stderr


def test_half_a_document_that_was_adopted_is_found(output):
    """Taken over by an earlier program as it was: its digest is the ledger's, and still a half is missing."""
    path = output / DOCUMENTS / "article_303.md"
    path.write_bytes(path.read_bytes()[:-40])
    record_digest(output, 303)
    change_ledger(output, "UPDATE articles SET source = 'adopted' WHERE id = 303")
    found = check(output)
    assert found["document_cut"] == f"{DOCUMENTS}/article_303.md"
    assert "document_cut" in check(output, "--fix")


def test_what_is_printed_is_bounded(output):
    """Thousands of findings are counted, and not all printed; programs get each of them."""
    for number in range(300):
        (output / DOCUMENTS / f"notes-{number}").touch()
    lines = call("check", "--output", output).stdout.splitlines()
    assert len(lines) < 210
    assert "and 100 more" in lines[-1]
    assert len(json.loads(call("check", "--output", output, "--json").stdout)["findings"]) == 300
