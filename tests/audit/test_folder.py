"""A folder of documents, from the command line."""

import json
import os
import random

import pytest

from scraper.audit.folder import ranges_of, read_document
from scraper.cli import main
from scraper.jobs.targets import parse_ids
from tests.audit.documents import document


@pytest.fixture
def folder(tmp_path):
    """A clone of another archive: two sound, one marred, two without their article, and files that are no documents."""
    files = {
        1: document(number=1), 1002: document(number=1002), 1003: document("前文 **** 後文", number=1003),
        2: document("", number=2, title="", author=""), 3: document("再見", number=3, title="眾新聞告別 感謝讀者"),
    }  # fmt: skip
    for number, data in files.items():
        path = tmp_path / f"clone/articles/x/article_{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "clone/README.md").write_text("no article")
    (tmp_path / "clone/.git").mkdir()
    (tmp_path / "clone/.git/article_9.md").write_text("not looked at")
    return tmp_path / "clone"


def test_the_report_names_what_to_recover(folder, tmp_path, capsys):
    """Counts by defect, the ids as `run --ids` takes them, and a file of them."""
    assert main(["audit", str(folder), "--jobs", "1", "--save-ids", str(tmp_path / "ids")]) == 1
    out = capsys.readouterr().out
    assert "5 documents: 2 sound, 0 whole with a poor URL, 1 whole but marred, 2 without their article" in out
    assert "--ids 2-3" in out
    assert (tmp_path / "ids").read_text() == "2-3\n"


def test_strict_recovers_what_is_marred_as_well(folder, capsys):
    """With --strict the broken ones are on the list too."""
    main(["audit", str(folder), "--jobs", "1", "--strict", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["recover"] == [2, 3, 1003]
    assert {one["id"]: [defect["defect"] for defect in one["defects"]] for one in report["documents"]} == {
        2: ["empty"],
        3: ["farewell"],
        1003: ["empty_emphasis"],
    }


def test_many_processes_say_the_same(folder, capsys):
    """The report does not depend on how the work is spread."""
    main(["audit", str(folder), "--jobs", "1", "--json"])
    alone = capsys.readouterr().out
    main(["audit", str(folder), "--jobs", "2", "--json"])
    assert capsys.readouterr().out == alone


def test_a_folder_that_is_not_there(tmp_path, capsys):
    """A wrong name, or a folder without documents, is a usage error that says what to do."""
    for folder in (tmp_path / "nothing", tmp_path):
        assert main(["audit", str(folder)]) == 2
        assert "that holds the documents" in capsys.readouterr().err


def test_ranges_are_read_back():
    """Whatever the ids, --ids reads the same ones."""
    ids = sorted(random.Random(5).sample(range(1, 500), 200))
    assert [article for part in parse_ids(ranges_of(ids)) for article in part] == ids


def test_what_is_no_document_is_judged_and_ends_nothing(folder, capsys):
    """A pipe with nobody at its end, a device, a file without end, an id of a hundred digits: not the form, each."""
    os.mkfifo(folder / "articles/article_11.md")
    (folder / "articles/article_12.md").symlink_to("/dev/zero")
    (folder / "articles/article_13.md").write_bytes(document("字" * 2_000_000, number=13))
    (folder / f"articles/article_{'1' * 100}.md").write_bytes(document())
    (folder / "articles/article_14.md").mkdir()
    (folder / "articles/article_15.md").symlink_to("nowhere")
    assert main(["audit", str(folder), "--jobs", "1", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    judged = {one["id"]: one["defects"][0]["defect"] for one in report["documents"]}
    assert {judged[number] for number in (11, 12, 13, 15, None)} == {"not_the_form"}


def test_half_a_document_is_not_adopted(folder, tmp_path, capsys):
    """It is one to recover again; what is whole is taken over."""
    path = folder / "articles/x/article_1002.md"
    path.write_bytes(path.read_bytes()[:-30])
    main(["audit", str(folder), "--jobs", "1", "--adopt", "--output", str(tmp_path / "output")])
    assert "--ids 2-3,1002" in capsys.readouterr().out
    assert {one.name for one in (tmp_path / "output/articles").rglob("*.md")} == {"article_1.md", "article_1003.md"}


def test_what_is_no_file_is_read_as_nothing(tmp_path):
    """Also by `compare`: a pipe would wait for somebody to write, a device has no end."""
    os.mkfifo(tmp_path / "article_11.md")
    (tmp_path / "article_12.md").symlink_to("/dev/zero")
    assert [read_document(tmp_path / f"article_{number}.md") for number in (11, 12, 13)] == [b"", b"", b""]
