"""`hkcnews check`: is everything as the ledger says; `--fix` makes again what is not."""

import json
import os

import pytest

from scraper.cli import main
from tests.offline.folders import call, touched, tree


def found(output, *words) -> dict[str, str]:
    """Return kind of finding to file."""
    done = call("check", "--output", output, "--jobs", "1", "--json", *words)
    report = json.loads(done.stdout)
    assert done.returncode == (1 if report["findings"] else 0)
    assert all(finding["remedy"] and finding["problem"] for finding in report["findings"])
    return {finding["kind"]: finding["file"] for finding in report["findings"]}


def spoil_document(output):
    path = output / "articles/1-1000/article_302.md"
    path.write_text(path.read_text(encoding="utf-8").replace("。", "！"), encoding="utf-8")


def spoil_form(output):
    """A document that the program itself once wrote wrongly: the ledger has its digest."""
    import hashlib
    import sqlite3

    path = output / "articles/1-1000/article_302.md"
    path.write_text(path.read_text(encoding="utf-8").replace('date: "', 'date: \t"', 1), encoding="utf-8")
    with sqlite3.connect(output / "ledger.sqlite3") as ledger:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        ledger.execute("UPDATE articles SET file_sha256 = ? WHERE id = 302", (digest,))
    ledger.close()


def spoil_warc(output):
    (warc,) = (output / "warc").iterdir()
    data = bytearray(warc.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8] = b"\0" * 8
    warc.write_bytes(data)


def lengthen_warc(output):
    (warc,) = (output / "warc").iterdir()
    with warc.open("ab") as file:
        file.write(warc.read_bytes()[:60])


FAULTS = {
    "document_missing": lambda output: (output / "articles/1-1000/article_302.md").unlink(),
    "document_changed": spoil_document,
    "document_form": spoil_form,
    "manifest": lambda output: (output / "manifest.jsonl").write_text("{}\n"),
    "foreign": lambda output: (output / "articles/1-1000/notes.md").write_text("mine"),
    "leftover": lambda output: (output / "articles/1-1000/.article_9.md.4711.tmp").write_text("half"),
    "warc_damaged": spoil_warc,
    "warc_unrecorded": lengthen_warc,
    "warc_missing": lambda output: next((output / "warc").iterdir()).unlink(),
    "ledger": lambda output: (output / "ledger.sqlite3").write_bytes(b"no database" * 500),
}
FIXED = {"document_missing", "document_changed", "document_form", "manifest", "leftover", "warc_unrecorded", "ledger"}


def test_a_whole_folder_has_no_findings_and_is_not_touched(output):
    """Exit status 0, nothing printed, no file changed, also where nothing can be written."""
    before = touched(output)
    done = call("check", "--output", output)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert touched(output) == before


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_found_and_only_looked_at(output, kind):
    """One fault, one kind of finding (the manifest may differ too), with file and remedy, and nothing is changed."""
    FAULTS[kind](output)
    before = tree(output)
    assert set(found(output)) - {"manifest"} == {kind} - {"manifest"}
    assert tree(output) == before


@pytest.mark.parametrize("kind", sorted(FIXED))
def test_what_can_be_made_again_is(output, kind):
    """After --fix the folder is as it was, but for what a person changed, which lies beside its document."""
    before = tree(output)
    FAULTS[kind](output)
    changed = (output / "articles/1-1000/article_302.md").read_bytes() if kind == "document_changed" else None
    assert found(output, "--fix") == {}
    after = tree(output)
    if changed is not None:
        assert (output / "articles/1-1000/article_302.md.orig").read_bytes() == changed
        del after["articles/1-1000/article_302.md.orig"]
    after = {name: digest for name, digest in after.items() if "302.md.orig" not in name}
    assert after == before


def test_a_second_change_does_not_overwrite_the_first_one(output):
    """Each version that a person made stays."""
    path = output / "articles/1-1000/article_302.md"
    for text in ("one", "two", "three"):
        path.write_text(text, encoding="utf-8")
        assert found(output, "--fix") == {}
    kept = sorted(one.read_text(encoding="utf-8") for one in path.parent.glob("article_302.md.orig*"))
    assert kept == ["one", "three", "two"]


def test_a_broken_page_is_fetched_again_by_the_next_run(output):
    """--fix makes its capture an unread one: the documents stay, and the article is due."""
    before = {name: digest for name, digest in tree(output).items() if name.startswith("articles/")}
    spoil_warc(output)
    assert set(found(output, "--fix")) == {"warc_damaged"}
    assert {name: digest for name, digest in tree(output).items() if name.startswith("articles/")} == before
    done = call("run", "--dry-run", "--json", "--output", output, "--archive", "http://127.0.0.1:9")
    assert len(json.loads(done.stdout)["plan"]["fetch"]) == 1, done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_can_be_checked(output):
    """Looking needs no permission to write."""
    for path in (output, *output.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert main(["check", "--output", str(output)]) == 0
