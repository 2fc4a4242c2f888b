"""``hkcnews export --bag``: a deposit package, held valid by the tools of those who take it in."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import threading
from pathlib import Path

import bagit
import pytest
from PIL import Image
from rocrate.rocrate import ROCrate

from scraper.cli import main
from scraper.config import Config
from scraper.files import temporary_of, try_lock
from scraper.jobs.import_files import import_files
from scraper.store.records import iter_records
from scraper.times import SystemClock
from tests.audit.documents import document
from tests.few_ids import know_few_ids
from tests.server import Saved, TestArchive
from tests.server.make import article_url, saved_article, write_warc

SAID = "1 article is withheld: at the author's wish"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bag")
    source = write_warc(folder / "source.warc.gz", [saved_article(number) for number in range(501, 504)])
    config = Config(output=str(know_few_ids(folder / "output", range(490, 1010))))
    import_files(config, [source], clock=SystemClock(), stop=threading.Event())
    return folder / "output"


@pytest.fixture
def output(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "output")
    return tmp_path / "output"


def export(output: Path, target: Path, *words: str) -> int:
    return main(["export", "--output", str(output), "--bag", str(target), *words])


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_library_that_made_it_and_others_find_it_valid(output: Path, tmp_path: Path) -> None:
    """Each file has its digest, payload and tag files; nothing is missing and nothing is there besides."""
    assert export(output, tmp_path / "bag") == 0
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert set(bag.payload_files()) == {name for name in files(tmp_path / "bag") if name.startswith("data/")}
    assert set(bag.tagfile_entries()) == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "metadata/datacite.json"}
    assert bag.info["Bag-Software-Agent"].startswith("hkcnews ")
    assert "3 written" in bag.info["External-Description"]


def test_it_holds_what_the_output_folder_holds(output: Path, tmp_path: Path) -> None:
    """Documents and WARC files byte for byte in the same places; manifest and table name every id."""
    assert export(output, tmp_path / "bag") == 0
    given, kept = files(tmp_path / "bag/data"), files(output)
    same = [name for name in kept if name.startswith(("articles/", "warc/"))]
    assert len(same) == 4
    assert {name: given[name] for name in same} == {name: kept[name] for name in same}
    shards = [given[name] for name in sorted(given) if name.startswith("manifest/")]
    lines = [json.loads(line) for shard in shards for line in shard.splitlines()]
    assert {"manifest/1-1000.jsonl", "manifest/1001-2000.jsonl"} <= given.keys()
    assert sorted(line["id"] for line in lines) == list(range(490, 1010))
    table = list(csv.DictReader(given["articles.csv"].decode("utf-8-sig").splitlines()))
    assert [int(line["id"]) for line in table] == list(range(490, 1010))
    assert [line["id"] for line in table if line["state"] == "written"] == ["501", "502", "503"]


def test_the_crate_names_paper_tool_rights_and_counts(output: Path, tmp_path: Path) -> None:
    """RO-Crate's own library reads it back; each data entity is there, and what it must say is said."""
    assert export(output, tmp_path / "bag") == 0
    crate = ROCrate(str(tmp_path / "bag/data"))
    root = crate.root_dataset
    assert crate.metadata["conformsTo"] == "https://w3id.org/ro/crate/1.1"
    assert root["about"]["name"] == "Citizen News"
    assert "copyright of Citizen News and their authors" in root["license"]["description"]
    assert "3 documents" in root["description"]
    assert crate.get("#hkcnews")["license"]["name"] == "MIT License"
    parts = {part.id for part in root["hasPart"]}
    assert parts == {"articles/", "manifest/", "articles.csv", "warc/captures-00001.warc.gz"}
    assert all((tmp_path / "bag/data" / part).exists() for part in parts)


def test_kept_pictures_are_in_it_but_for_those_of_withheld_articles_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture is given away as long as an article names it that is."""
    figure = '<figure class="image"><img src="{}"></figure><p>圖</p>'
    saved = [
        saved_article(501, body=figure.format("/news/a.png")),
        saved_article(502, body=figure.format("/news/a.png") + figure.format("/news/b.png")),
        *(picture(name, size) for name, size in (("a", 10), ("b", 20))),
    ]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    fast = 'contact = "test@example.org"\ncdx_per_minute = 60000\nreplay_per_minute = 60000\n'
    (tmp_path / "config.toml").write_text(fast, encoding="utf-8")
    output = know_few_ids(tmp_path / "output", range(501, 503))
    with TestArchive(saved) as archive:
        words = ["--ids", "501-502", "--images", "--config", str(tmp_path / "config.toml"), "--archive", archive.base]
        assert main(["run", *words, "--output", str(output)]) == 0
    kept = {path.name for path in output.glob("images/*/*")}
    assert len(kept) == 2
    assert export(output, tmp_path / "bag") == 0
    assert {path.name for path in (tmp_path / "bag/data").glob("images/*/*")} == kept
    assert export(output, tmp_path / "bag", "--config", str(withholding(tmp_path))) == 0
    given = {path.name for path in (tmp_path / "bag/data").glob("images/*/*")}
    assert len(given) == 1
    assert given < kept
    assert b"/news/b.png" not in (tmp_path / "bag/data/images.jsonl").read_bytes()


def picture(name: str, size: int) -> Saved:
    data = io.BytesIO()
    Image.new("RGB", (size, size), "navy").save(data, "PNG")
    url = f"https://www.hkcnews.com/news/{name}.png"
    return Saved(url, "20200607080910", data.getvalue(), headers=(("Content-Type", "image/png"),))


def withholding(folder: Path) -> Path:
    path = folder / "withholding.toml"
    path.write_text('[withhold]\nids = [502]\nreason = "at the author\'s wish"\n', encoding="utf-8")
    return path


def test_datacite_takes_the_record(output: Path, tmp_path: Path) -> None:
    """The record follows DataCite's schema, with what is not known yet said to be so."""
    from datacite import schema45  # takes as long to import as everything else here

    assert export(output, tmp_path / "bag") == 0
    record = json.loads((tmp_path / "bag/metadata/datacite.json").read_text(encoding="utf-8"))
    schema45.validator.validate(record)
    assert record["publisher"] == {"name": "(:tba)"}
    assert "3 articles" in record["sizes"]


def test_the_same_articles_give_the_same_bytes(output: Path, tmp_path: Path) -> None:
    """Nothing of the time or place of making is in it; one that was made here is replaced, and nothing else is left."""
    assert export(output, tmp_path / "one") == 0
    assert export(output, tmp_path / "other") == 0
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert export(output, tmp_path / "one") == 0
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert {path.name for path in tmp_path.iterdir()} == {"output", "one", "other"}


def test_what_is_withheld_is_nowhere_in_it(output: Path, tmp_path: Path) -> None:
    """No document, no line, no record of the article; each description of the package says how many and why."""
    assert export(output, tmp_path / "bag", "--config", str(withholding(tmp_path))) == 0
    given = files(tmp_path / "bag")
    told = {name for name, data in given.items() if SAID.encode() in data}
    assert told == {"bag-info.txt", "data/ro-crate-metadata.json", "metadata/datacite.json"}
    assert "data/articles/1-1000/article_502.md" not in given
    with (tmp_path / "bag/data/warc/captures-00001.warc.gz").open("rb") as file:
        urls = [record.headers.get("warc-target-uri") for record in iter_records(file, max_block=1 << 20)]
    assert article_url(501) in urls
    assert article_url(502) not in urls
    naming = {name for name, data in given.items() if b"article/502" in data or b'"id":502' in data}
    assert naming == {"data/articles/1-1000/article_503.md"}, "whose text links to it"
    bagit.Bag(str(tmp_path / "bag")).validate()


@pytest.mark.parametrize("kind", ["file", "folder", "link", "added to", "incomplete", "another's"])
def test_nothing_of_anybody_is_replaced(
    output: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a new place, an empty folder, and a bag that was made here and is as it was may be taken."""
    target = tmp_path / "bag"
    if kind in ("added to", "incomplete", "another's"):
        assert export(output, target) == 0
    if kind == "file":
        target.write_text("mine")
    elif kind == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    elif kind == "added to":
        (target / "data/mine.txt").write_text("mine")
    elif kind == "incomplete":
        (target / "data/articles.csv").unlink()
    elif kind == "another's":
        info = target / "bag-info.txt"
        info.write_text(info.read_text().replace("Agent: hkcnews", "Agent: somebody"))
    before = {name: data for name, data in files(tmp_path).items() if not name.startswith("output/")}
    assert export(output, target) == 2
    assert "left as it is" in capsys.readouterr().err
    assert {name: data for name, data in files(tmp_path).items() if not name.startswith("output/")} == before


def test_an_empty_folder_is_taken_and_the_output_folders_own_are_not(output: Path, tmp_path: Path) -> None:
    """As somebody may have made the folder first."""
    (tmp_path / "bag").mkdir()
    assert export(output, tmp_path / "bag") == 0
    assert export(output, output / "warc") == 2


def test_whole_or_not_at_all(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a disk is full in the middle, the bag that was there stays, and nothing is left beside it."""
    assert export(output, tmp_path / "bag") == 0
    before = files(tmp_path / "bag")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bagit, "make_bag", full)
    assert export(output, tmp_path / "bag") == 2
    assert files(tmp_path / "bag") == before
    assert {path.name for path in tmp_path.iterdir()} == {"output", "bag"}


def test_a_folder_of_others_is_refused_before_anything_is_made(output: Path, tmp_path: Path) -> None:
    """Found out at the end, the forms before it were made in vain."""
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "letter").write_text("mine")
    assert export(output, tmp_path / "bag", "--jsonl", str(tmp_path / "a.jsonl")) == 2
    assert not (tmp_path / "a.jsonl").exists()
    assert export(output, tmp_path / "own") == 0
    assert export(output, tmp_path / "own", "--jsonl", str(tmp_path / "a.jsonl")) == 0


def test_a_link_under_the_temporary_name_is_not_followed(output: Path, tmp_path: Path) -> None:
    """What it leads to stays as it is."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/letter.txt").write_text("x")
    (tmp_path / ".bag.tmp").symlink_to(tmp_path / "theirs")
    assert export(output, tmp_path / "bag") == 2
    assert (tmp_path / "theirs/letter.txt").read_text() == "x"
    assert not (tmp_path / "bag").exists()


def test_two_at_once(output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second is told so, and does not spoil what the first does; what a killed one left is cleared away."""
    part = temporary_of(tmp_path / "bag")
    part.mkdir()
    (part / "half").write_text("left over")
    descriptor = os.open(part, os.O_RDONLY)
    try:
        assert try_lock(descriptor)
        assert export(output, tmp_path / "bag") == 4
        assert "another process" in capsys.readouterr().err
    finally:
        os.close(descriptor)
    assert export(output, tmp_path / "bag") == 0
    assert "half" not in str(files(tmp_path / "bag").keys())


def test_an_adopted_document_is_in_it_in_whatever_form(tmp_path: Path) -> None:
    """What was taken over is given as it is, also where our own reader does not know the form."""
    (tmp_path / "clone").mkdir()
    odd = document(number=501).replace(b"\ntags:", b'\nextra: "1"\ntags:').replace(b"\n# ", b"\n#  ", 1)
    (tmp_path / "clone/article_501.md").write_bytes(odd)
    output = know_few_ids(tmp_path / "output", range(490, 510))
    assert main(["audit", str(tmp_path / "clone"), "--adopt", "--output", str(output), "--jobs", "1"]) == 0
    assert main(["export", "--output", str(output), "--jsonl", str(tmp_path / "a.jsonl")]) == 1
    assert export(output, tmp_path / "bag") == 0
    assert (tmp_path / "bag/data/articles/1-1000/article_501.md").read_bytes() == odd
