"""``hkcnews export`` on an output folder."""

from __future__ import annotations

import dataclasses
import fcntl
import gzip
import hashlib
import io
import json
import os
import pty
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from scraper.cli import main
from scraper.config import Config
from scraper.jobs.import_files import import_files
from scraper.jobs.workspace import open_workspace
from scraper.markdown.document import parse_document
from scraper.store.records import iter_records
from scraper.times import SystemClock
from tests.audit.documents import document
from tests.export.conftest import read_terminal
from tests.few_ids import know_few_ids
from tests.server import TestArchive
from tests.server.make import Box, article_url, saved_article, write_warc

TIME = "20200607080910"
BODY = (
    '<figure class="image"><img src="/news/a_large.jpg"><figcaption>一 &lt; 二</figcaption></figure>'
    "<p>海旁 <strong>長廊</strong> 開放</p><hr><p>3 * 4 _ 5</p>"
)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with forty articles, made once."""
    folder = tmp_path_factory.mktemp("export")
    box = Box("甲 [乙]", avatar="/uploads/avatars/a.png?1", bio="第一行<br>* 第二行")
    captures = [saved_article(number, TIME) for number in range(501, 540)]
    captures.append(saved_article(540, TIME, category="眾說", body=BODY, box=box, tags=("海旁", "Pier"), plea=False))
    source = write_warc(folder / "source.warc.gz", captures)
    config = Config(output=str(know_few_ids(folder / "output")))
    import_files(config, [source], clock=SystemClock(), stop=threading.Event())
    return folder / "output"


@pytest.fixture
def output(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "output")
    return tmp_path / "output"


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_is_no_warc_file_of_the_store_is_not_given_away(output: Path, tmp_path: Path) -> None:
    """Neither a folder or a link to nothing of such a name, which end no export, nor a file that somebody put there."""
    (output / "warc/captures-00008.warc.gz").mkdir()
    (output / "warc/captures-00009.warc.gz").symlink_to(tmp_path / "nothing")
    (output / "warc/private.warc.gz").write_bytes((output / "warc/captures-00001.warc.gz").read_bytes())
    assert main(["export", "--output", str(output), "--wacz", str(tmp_path / "a.wacz"), "-q"]) == 0
    with zipfile.ZipFile(tmp_path / "a.wacz") as package:
        names = [name for name in package.namelist() if name.startswith("archive/")]
    assert names == ["archive/captures-00001.warc.gz"]


def test_folders_that_are_not_there_are_made(output: Path, tmp_path: Path) -> None:
    """One rule for every form, and for the files of other commands."""
    forms = {name: tmp_path / name / "new" / "it" for name in ("csv", "jsonl", "sqlite", "wacz", "hugo", "bag")}
    words = [word for name, place in forms.items() for word in (f"--{name}", str(place))]
    assert main(["export", "--output", str(output), *words]) == 0
    assert all(place.exists() for place in forms.values())


def test_several_forms_at_once(output: Path, tmp_path: Path) -> None:
    """All three forms come from one command and hold the same articles."""
    names = [tmp_path / name for name in ("a.jsonl", "a.sqlite", "a.wacz")]
    words = ["--jsonl", str(names[0]), "--sqlite", str(names[1]), "--wacz", str(names[2])]
    assert main(["export", "--output", str(output), *words, "-q"]) == 0
    assert [row["id"] for row in rows(names[0])] == list(range(501, 541))
    with closing(sqlite3.connect(names[1])) as database:
        assert [row[0] for row in database.execute("SELECT id FROM articles")] == list(range(501, 541))
    with zipfile.ZipFile(names[2]) as package:
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()[1:]]
    assert [(page["id"], page["title"]) for page in pages] == [(str(row["id"]), row["title"]) for row in rows(names[0])]
    assert "text" not in pages[0]


def test_texts_for_the_players_search(output: Path, tmp_path: Path) -> None:
    """With `--text` the list of pages has each article's plain text, and says that it has."""
    assert main(["export", "--output", str(output), "--wacz", str(tmp_path / "a.wacz"), "--text", "-q"]) == 0
    with zipfile.ZipFile(tmp_path / "a.wacz") as package:
        head, *pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
    assert head["hasText"], "else the player does not look at them"
    assert "海旁 長廊 開放" in pages[-1]["text"]


def test_a_row_says_what_the_document_says(output: Path, tmp_path: Path) -> None:
    """Fields, body and author box are those of the article's file; capture and digests those of the manifest."""
    assert main(["export", "--output", str(output), "--jsonl", str(tmp_path / "a.jsonl"), "-q"]) == 0
    row = rows(tmp_path / "a.jsonl")[-1]
    data = (output / row["file"]).read_bytes()
    document = parse_document(data.decode())
    assert {name: row[name] for name in dataclasses.asdict(document.front_matter)} == dataclasses.asdict(
        document.front_matter
    ) | {"tags": ["海旁", "Pier"]}
    assert document.body.startswith(row["markdown"])
    assert "author" not in row["markdown"]
    assert row["text"] == "一 < 二\n\n海旁 長廊 開放\n\n3 * 4 _ 5"
    assert (row["box_label"], row["box_author"]) == ("博客", "甲 [乙]")
    assert row["box_bio"] == "第一行<br>* 第二行"  # these were letters on the page
    assert row["images"] == [
        f"https://web.archive.org/web/{TIME}im_/https://www.hkcnews.com/news/a_large.jpg",
        f"https://web.archive.org/web/{TIME}im_/https://www.hkcnews.com/uploads/avatars/a.png?1",
    ]
    assert row["box_avatar"] == row["images"][-1]
    assert row["file_sha256"] == hashlib.sha256(data).hexdigest()
    assert (row["timestamp"], row["original"]) == (TIME, article_url(540))
    without = rows(tmp_path / "a.jsonl")[0]
    assert [without[name] for name in ("box_label", "box_author", "box_avatar", "box_bio")] == [None] * 4


def test_beside_a_run(output: Path, tmp_path: Path) -> None:
    """While a run holds the folder, what is written by then can be exported."""
    with open_workspace(Config(output=str(output)), clock=SystemClock()) as space, space.ledger.transaction():
        space.ledger.set_meta("busy", "yes")
        assert main(["export", "--output", str(output), "--jsonl", str(tmp_path / "a.jsonl"), "-q"]) == 0
    assert len(rows(tmp_path / "a.jsonl")) == 40


def test_folders_are_made(output: Path, tmp_path: Path) -> None:
    """A file may be asked for in a folder that is not there yet."""
    assert main(["export", "--output", str(output), "--jsonl", str(tmp_path / "new" / "er" / "a.jsonl"), "-q"]) == 0
    assert len(rows(tmp_path / "new" / "er" / "a.jsonl")) == 40


def test_stdout(output: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """`--jsonl -` gives the lines on stdout, and nothing else goes there."""
    assert main(["export", "--output", str(output), "--jsonl", "-"]) == 0
    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(501, 541))


def test_changed_and_lost_files_are_left_out_and_named(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not the file that was written is no row; it is named, the status is 1, and the rest is there."""
    first, second = sorted(output.glob("articles/*/*.md"))[:2]
    first.unlink()
    second.write_text(second.read_text(encoding="utf-8") + "mine\n", encoding="utf-8")
    assert main(["export", "--output", str(output), "--jsonl", str(tmp_path / "a.jsonl"), "--json"]) == 1
    said = capsys.readouterr()
    assert [row["id"] for row in rows(tmp_path / "a.jsonl")] == list(range(503, 541))
    assert list(json.loads(said.out)["left_out"]) == ["501", "502"]
    assert first.name in said.err
    assert second.name in said.err
    assert "rebuild" in said.err


@pytest.mark.parametrize("words", [[], ["--jsonl", "-", "--json"], ["--jsonl", f"{__file__}/a.jsonl"]])
def test_what_cannot_be_done_is_said(output: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """No form, two things on stdout, a place that cannot be: a message with the next step, and status 2."""
    assert main(["export", "--output", str(output), *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


WRONG = ["--jsonl a.csv", "--jsonl x/../a.csv", "--hugo a.csv", "--hugo there", "--text", "--wacz -"]


@pytest.mark.parametrize("words", [one.split() for one in WRONG])
def test_what_cannot_be_made_is_found_before_anything_is(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Two forms in one place, a folder of something else, a word or - without its form: status 2, nothing made."""
    (tmp_path / "there/of-mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert main(["export", "--output", str(output), "--csv", "a.csv", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "a.csv").exists()


def test_a_file_may_be_named_as_stdout_is(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``./-`` is a file, and in nobody's way who writes to stdout."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["export", "--output", str(output), "--csv", "-", "--jsonl", "./-"]) == 0
    assert rows(Path("./-"))


def test_no_folder_no_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a ledger holds nothing to export; it is not made."""
    assert main(["export", "--output", str(tmp_path / "none"), "--jsonl", "-"]) == 2
    assert "--output" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


FORMS = ["jsonl", "sqlite", "wacz"]


@pytest.mark.parametrize("form", FORMS)
def test_full_disk_leaves_the_old_file(
    form: str, output: Path, tmp_path: Path, with_little_room: Callable[[str, int], subprocess.CompletedProcess[str]]
) -> None:
    """On a full disk the export ends with a message; the old file is as it was and nothing else is left."""
    target = tmp_path / "made" / f"a.{form}"
    target.parent.mkdir()
    target.write_bytes(b"the old one")
    words = ["export", "--output", str(output), f"--{form}", str(target)]
    code = f"import sys; from scraper.cli import main; sys.exit(main({words!r}))"
    result = with_little_room(code, 12_000)
    assert result.returncode == 2, result.stderr
    assert "Make room" in result.stderr
    assert "Traceback" not in result.stderr
    assert target.read_bytes() == b"the old one"
    assert list(target.parent.iterdir()) == [target]


def test_ctrl_c(output: Path) -> None:
    """On a terminal: one last line that says what next, and 130."""
    words = [sys.executable, "-m", "scraper", "export", "--jsonl", "-", "--output", str(output)]
    terminal, end = pty.openpty()
    reader, writer = os.pipe()
    os.write(writer, bytes(fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)))  # full: the command cannot end before we read
    listening = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which who runs tests in the background does not
    with subprocess.Popen(words, stdout=writer, stderr=end, preexec_fn=listening) as process:
        os.close(end)
        os.close(writer)
        said = b""
        while b"jsonl" not in said:
            said += os.read(terminal, 1024)
        process.send_signal(signal.SIGINT)
        with os.fdopen(reader, "rb") as pipe:
            pipe.read()
        assert process.wait() == 130
    said += read_terminal(terminal)
    assert b"Traceback" not in said
    assert b"Next: the same command again" in said


def test_killed_at_random_moments(output: Path, tmp_path: Path) -> None:
    """SIGKILL at any moment leaves the old file whole, and the next export is not in the way of what was left."""
    made = tmp_path / "made"
    made.mkdir()
    words = ["-m", "scraper", "export", "--output", str(output), "-q"]
    words += [word for form in FORMS for word in (f"--{form}", str(made / f"a.{form}"))]
    subprocess.run([sys.executable, *words], check=True)
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    moments = random.Random(3)
    for _ in range(5):
        process = subprocess.Popen([sys.executable, *words])
        time.sleep(moments.uniform(0.1, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert {name: (made / name).read_bytes() for name in before} == before
    subprocess.run([sys.executable, *words], check=True)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


def withholding(folder: Path, *ids: int) -> Path:
    """Return the path of a configuration that withholds these articles."""
    path = folder / "withholding.toml"
    path.write_text(f'[withhold]\nids = {list(ids)}\nreason = "at the author\'s wish"\n', encoding="utf-8")
    return path


def test_what_is_withheld_is_in_no_export_and_said(output: Path, tmp_path: Path) -> None:
    """A withheld article is no row, no page, no record of a WARC file; each export says how many and why."""
    names = {form: tmp_path / f"a.{form}" for form in ("jsonl", "sqlite", "wacz")}
    words = [word for form, name in names.items() for word in (f"--{form}", str(name))]
    config = withholding(tmp_path, 503, 540)
    assert main(["export", "--config", str(config), "--output", str(output), *words]) == 0
    said = "2 articles are withheld: at the author's wish"
    left = [number for number in range(501, 540) if number != 503]
    assert [row["id"] for row in rows(names["jsonl"])] == left
    with closing(sqlite3.connect(names["sqlite"])) as database:
        assert [row[0] for row in database.execute("SELECT id FROM articles")] == left
        assert ("withheld", said) in list(database.execute("SELECT * FROM about"))
        assert list(database.execute("SELECT id FROM lost WHERE id IN (503, 540)")) == []
    with zipfile.ZipFile(names["wacz"]) as package:
        assert said in json.loads(package.read("datapackage.json"))["description"]
        pages = package.read("pages/pages.jsonl").splitlines()[1:]
        assert [int(json.loads(line)["id"]) for line in pages] == left
        with package.open("archive/captures-00001.warc.gz") as file:
            held = list(iter_records(io.BytesIO(file.read()), max_block=1 << 20))
        index = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    places = {one.offset: one.headers.get("warc-target-uri") for one in held}
    assert {article_url(503), article_url(540)}.isdisjoint(places.values())
    entries = [json.loads(line.split(" ", 2)[2]) for line in index]
    assert len(entries) == len(left)
    assert all(places[int(one["offset"])] == one["url"] for one in entries)


def test_json_says_what_is_withheld(output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs are told, too."""
    config = withholding(tmp_path, 503)
    words = ["--jsonl", str(tmp_path / "a.jsonl"), "--json"]
    assert main(["export", "--config", str(config), "--output", str(output), *words]) == 0
    assert json.loads(capsys.readouterr().out)["withheld"] == {"articles": 1, "reason": "at the author's wish"}


def test_a_withheld_id_that_nobody_knows_is_said(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a mistyped one is: named, status 1, and not counted; of the newspaper's own it may be a lost one."""
    config = withholding(tmp_path, 503, 30_000, 82_325)
    words = ["--jsonl", str(tmp_path / "a.jsonl"), "--json"]
    assert main(["export", "--config", str(config), "--output", str(output), *words]) == 1
    said = capsys.readouterr()
    assert said.err == "withhold names 82325, which no list or page knows\n"
    assert json.loads(said.out)["withheld"]["articles"] == 1


def test_damage_may_be_what_is_withheld(output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where something is withheld, a stretch of a WARC file that cannot be read is not handed on; it is named."""
    warc = output / "warc/captures-00001.warc.gz"
    data = bytearray(warc.read_bytes())
    with warc.open("rb") as file:
        place = next(one for one in iter_records(file, max_block=1 << 20) if article_url(505) in str(one)).offset
    data[place + 30 : place + 60] = bytes(30)
    warc.write_bytes(data)
    config = withholding(tmp_path, 503)
    assert main(["export", "--config", str(config), "--output", str(output), "--wacz", str(tmp_path / "a.wacz")]) == 1
    assert f"damaged: {warc.name} at byte {place}: " in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "a.wacz") as package:
        held = package.read(f"archive/{warc.name}")
    assert bytes(data[place : place + 60]) not in held
    urls = [one.headers.get("warc-target-uri") for one in iter_records(io.BytesIO(held), max_block=1 << 20)]
    assert urls.count(article_url(506)) == 1
    assert article_url(503) not in urls


@pytest.fixture
def adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An output folder with one document that was taken over, of which no page is kept, and settings beside it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone/article_501.md").write_bytes(document(number=501))
    settings = 'contact = "test@example.org"\ncdx_per_minute = 60000\nreplay_per_minute = 60000\n'
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    output = know_few_ids(tmp_path / "output")
    assert main(["audit", str(tmp_path / "clone"), "--adopt", "--output", str(output), "--jobs", "1"]) == 0
    return output


def test_what_was_taken_over_and_lost_is_fetched_as_the_tip_says(
    adopted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rebuild cannot make a document without a page of it: the tip is to recover it, and that mends the export."""
    next(adopted.glob("articles/*/*.md")).unlink()
    words = ["export", "--output", str(adopted), "--jsonl", str(tmp_path / "a.jsonl")]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "`hkcnews recover 501`" in said
    assert "rebuild" not in said
    recover_501(adopted)
    assert main(words) == 0
    assert [row["id"] for row in rows(tmp_path / "a.jsonl")] == [501]


def test_what_was_taken_over_and_changed_is_mended_as_check_says(
    adopted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check --fix` cannot make it again, and does not say that it can; recovering it keeps the changed one beside."""
    document = next(adopted.glob("articles/*/*.md"))
    document.write_text(f"{document.read_text(encoding='utf-8')}mine\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "--fix", "--output", str(adopted), "--jobs", "1"]) == 1
    said = capsys.readouterr().out
    assert "`hkcnews recover 501`" in said
    assert "check --fix" not in said
    recover_501(adopted)
    assert main(["check", "--output", str(adopted), "--jobs", "1"]) == 0
    assert document.with_name("article_501.md.orig").read_text(encoding="utf-8").endswith("mine\n")


def recover_501(output: Path) -> None:
    with TestArchive([saved_article(501)]) as archive:
        words = ["--config", str(output.parent / "config.toml"), "--output", str(output), "--archive", archive.base]
        assert main(["recover", "501", *words]) == 0


def test_a_package_of_what_was_taken_over_says_that_it_holds_nothing(
    adopted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It claims no article and no record, and the tip helps: once a page is fetched, the article is in it."""
    words = ["export", "--output", str(adopted), "--wacz", str(tmp_path / "a.wacz")]
    assert main(words) == 1
    assert "recover" in capsys.readouterr().err
    assert description(tmp_path / "a.wacz").startswith("Articles with the capture they were made from: 0. ")
    assert "so that they are not in it: 1. WARC files: 0, with 0 records" in description(tmp_path / "a.wacz")
    recover_501(adopted)
    assert main(words) == 0
    assert "Articles with the capture they were made from: 1. " in description(tmp_path / "a.wacz")


def description(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return str(json.loads(package.read("datapackage.json"))["description"])
