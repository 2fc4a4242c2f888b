"""`hkcnews check`: is everything as the ledger says; `--fix` makes again what is not."""

import hashlib
import json
import os
import re
import sqlite3

import pytest

from scraper.cli import main
from tests.offline.folders import call, ledger_of, spoil_record, touched, tree

DOCUMENTS = "articles/1-1000"


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
    ledger = sqlite3.connect(output / "ledger.sqlite3")
    with ledger:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        ledger.execute("UPDATE articles SET file_sha256 = ? WHERE id = 303", (digest,))
    ledger.close()


def spoil_what_can_be_made_again(output):
    (output / DOCUMENTS / "article_301.md").unlink()
    (output / DOCUMENTS / "article_302.md").write_text("changed by hand", encoding="utf-8")
    spoil_form(output)
    (output / "manifest.jsonl").write_text("{}\n", encoding="utf-8")
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
    assert check(output) == {
        "document_missing": f"{DOCUMENTS}/article_301.md",
        "document_changed": f"{DOCUMENTS}/article_302.md",
        "document_form": f"{DOCUMENTS}/article_303.md",
        "manifest": "manifest.jsonl",
        "leftover": f"{DOCUMENTS}/.article_9.md.tmp",
        "warc_unrecorded": "warc/captures-00001.warc.gz",
    }
    assert tree(output) == spoiled
    assert check(output, "--fix") == {}
    aside = output / DOCUMENTS / "article_302.md.orig"
    assert aside.read_text(encoding="utf-8") == "changed by hand"
    assert {name: digest for name, digest in tree(output).items() if ".orig" not in name} == before


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


def test_what_is_said_is_a_problem_and_a_remedy(output):
    """Sentences, each once: also of a ledger, whose errors bring a remedy of their own."""
    (output / "ledger.sqlite3").write_bytes(b"no database" * 500)
    (line,) = call("check", "--output", output).stdout.splitlines()
    assert re.fullmatch(r"ledger\.sqlite3: the ledger is damaged \([^()]+\)\. `hkcnews rebuild --ledger`[^.]+\.", line)


def test_a_damaged_ledger_is_found_and_made_again(output):
    """Everything else is as it was before."""
    before = tree(output)
    (output / "ledger.sqlite3").write_bytes(b"no database" * 500)
    assert check(output) == {"ledger": "ledger.sqlite3"}
    assert check(output, "--fix") == {}
    assert tree(output) == before


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
