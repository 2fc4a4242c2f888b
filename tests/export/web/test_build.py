"""What `hkcnews site` writes, and what it leaves alone."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from scraper import cli
from scraper.config import Config
from scraper.errors import ExitStatus, LockHeld, StoreError
from scraper.export.folder import put, renewing
from scraper.export.web.build import Wanted
from scraper.files import open_file, output_lock
from scraper.jobs.site import make_site
from scraper.ledger.evidence import Tried
from tests.audit.documents import document
from tests.export.conftest import read_terminal
from tests.export.web.made import STAMP, Folder, every_kind, make, searched_texts
from tests.few_ids import know_few_ids
from tests.server.make import saved_article, write_warc


def files(site: Path) -> dict[str, tuple[bytes, int]]:
    """Return path to content and moment of writing, for every file."""
    return {
        str(one.relative_to(site)): (one.read_bytes(), one.stat().st_mtime_ns)
        for one in site.rglob("*")
        if one.is_file()
    }


def contents(site: Path) -> dict[str, bytes]:
    return {path: data for path, (data, _) in files(site).items()}


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Sites of one folder are equal to the byte, whatever the number of processes; a second run touches nothing."""
    folder = every_kind(tmp_path / "output")
    for number in range(3000, 23000, 1000):
        folder.article(number, "遠處的一篇。")
    make(folder, tmp_path / "one")
    make(folder, tmp_path / "two", jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    before = files(tmp_path / "one")
    assert make(folder, tmp_path / "one").changed == 0
    assert files(tmp_path / "one") == before


def test_only_what_changed_is_touched(tmp_path: Path) -> None:
    """A new article brings its own pages and those that name it; an article that is gone takes its page along."""
    folder = every_kind(tmp_path / "output")
    site = tmp_path / "site"
    make(folder, site)
    before = files(site)
    folder.article(1500, "新的一篇。", date="2021-05-05", author="新人", tags=("新",))
    make(folder, site)
    after = files(site)
    assert "article/1/1500.html" in after
    changed = {path for path in before if before[path] != after.get(path)}
    assert not any(path.startswith("article/") for path in changed)
    assert "index.html" in changed
    folder.lost(1500)
    assert make(folder, site).removed > 0
    assert "article/1/1500.html" not in files(site)
    assert "1500" in (site / "lost/index.html").read_text(encoding="utf-8")
    assert not list(site.glob("date/2021"))


def test_what_was_damaged_in_the_site_is_mended(tmp_path: Path) -> None:
    """A page that somebody removed is there again after the next run; a file of somebody else's beside them stays."""
    folder = every_kind(tmp_path / "output")
    make(folder, tmp_path / "site")
    before = contents(tmp_path / "site")
    (tmp_path / "site/article/1/1200.html").unlink()
    (tmp_path / "site/CNAME").write_text("example.org")
    make(folder, tmp_path / "site")
    assert contents(tmp_path / "site") == before | {"CNAME": b"example.org"}


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    """Nothing is written into a folder that holds something else."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/thesis.doc").write_text("x")
    with pytest.raises(StoreError, match=r"site\.json"):
        make(every_kind(tmp_path / "output"), tmp_path / "site")
    assert [one.name for one in (tmp_path / "site").iterdir()] == ["thesis.doc"]


def test_a_document_that_is_not_as_recorded_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its page says so, each run names it and ends with 1, with nothing new too; links to it lead somewhere."""
    folder = every_kind(tmp_path / "output")
    folder.manifest()
    path = tmp_path / "output/articles/1001-2000/article_1001.md"
    path.write_bytes(path.read_bytes() + b"changed")
    words = ["site", str(tmp_path / "site"), "--output", str(tmp_path / "output"), "--jobs", "1", "--json"]
    assert cli.main(words) == 1
    first = capsys.readouterr()
    assert "article_1001.md: it is not the file that was written" in first.err
    before = files(tmp_path / "site")
    assert cli.main(words) == 1
    second = capsys.readouterr()
    assert second.err == first.err
    assert json.loads(second.out) == json.loads(first.out) | {"changed": 0}
    assert files(tmp_path / "site") == before
    assert "not as recorded" in (tmp_path / "site/article/1/1001.html").read_text(encoding="utf-8") or "與紀錄不符" in (
        tmp_path / "site/article/1/1001.html"
    ).read_text(encoding="utf-8")


def test_every_link_of_the_site_leads_to_a_page(site: Path) -> None:
    """No page names a file that is not there."""
    missing = set()
    for page in site.rglob("*.html"):
        tree = etree.parse(page, etree.HTMLParser(encoding="utf-8"))
        for link in tree.xpath(
            "//a/@href | //link[@rel!='canonical']/@href | //img/@src | //script/@src | //form/@action"
        ):
            if ":" not in link and not link.startswith("#"):
                target = (page.parent / link.partition("#")[0]).resolve()
                if not target.is_file():
                    missing.add((str(page.relative_to(site)), link))
    assert missing == set()


def test_a_day_of_articles_newer_and_older(site: Path) -> None:
    """An article names the newer and older one of its day and of its author, nothing else."""
    tree = etree.parse(site / "article/1/1004.html", etree.HTMLParser(encoding="utf-8"))
    links = tree.xpath("//nav[@class='near']//a/@href")
    assert links
    assert all(link.startswith("../../article/") for link in links)
    date = tree.xpath("string(//time/@datetime)")
    for link in tree.xpath("(//nav[@class='near']/div)[1]//a/@href"):
        other = etree.parse((site / "article/1" / link).resolve(), etree.HTMLParser(encoding="utf-8"))
        assert other.xpath("string(//time/@datetime)") == date


def test_no_list_is_longer_than_a_hundred(tmp_path: Path) -> None:
    """Lists come in parts, each with a way to the others and to each year."""
    folder = Folder(tmp_path / "output")
    for number in range(1000, 1450):
        folder.article(number, "一篇。", date=f"20{17 + number % 5}-03-{1 + number % 28:02}")
    make(folder, tmp_path / "site")
    pages = [page for page in (tmp_path / "site/category").glob("*.html") if page.name != "index.html"]
    assert len(pages) == 5
    for page in pages:
        assert len(etree.parse(page, etree.HTMLParser()).xpath("//ul[@class='rows']/li")) <= 100
    first = etree.parse(min(pages, key=lambda page: len(page.name)), etree.HTMLParser())
    assert len(first.xpath("//p[@class='beside']/a")) == 5
    year = etree.parse(tmp_path / "site/date/2018/index.html", etree.HTMLParser())
    assert year.xpath("count(//ul[@class='rows']/li)") == 0
    assert sum(int(count) for count in year.xpath("//td//span[@class='count']/text()")) == 90


def test_feed_and_site_map_where_the_address_is_known(tmp_path: Path) -> None:
    """With `--base-url` there are a feed and a site map, and each page says its address; without, there are none."""
    folder = every_kind(tmp_path / "output")
    make(folder, tmp_path / "site", base_url="https://example.org/news/")
    feed = etree.parse(tmp_path / "site/feed.xml")
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert "https://example.org/news/article/1/1200.html" in feed.xpath("//a:entry/a:id/text()", namespaces=names)
    pages = etree.parse(tmp_path / "site/sitemap.xml").xpath("//*[local-name()='loc']/text()")
    assert len(pages) == len(list((tmp_path / "site").rglob("*.html")))
    text = (tmp_path / "site/article/1/1200.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/news/article/1/1200.html">' in text
    make(folder, tmp_path / "site")
    assert not (tmp_path / "site/feed.xml").exists()
    assert not (tmp_path / "site/sitemap.xml").exists()
    assert '<link rel="canonical" href="https://www.hkcnews.com/article/1200/x">' in (
        tmp_path / "site/article/1/1200.html"
    ).read_text(encoding="utf-8")


def test_where_a_text_comes_from(tmp_path: Path) -> None:
    """Capture, digest check, evidence, captures tried, and the captures of each differing text."""
    other = "20210505050505"
    original = "https://www.hkcnews.com/article/1200/x"
    texts = {1200: [[Tried(STAMP, original, "article")], [Tried(other, original, "article")]]}
    make(every_kind(tmp_path / "output"), tmp_path / "site", texts=texts)
    tree = etree.parse(tmp_path / "site/article/1/1200.html", etree.HTMLParser(encoding="utf-8"))
    block = tree.xpath("//section[@class='provenance']")[0]
    text = "".join(block.itertext())
    assert "2020-01-02 03:04:05 UTC" in text
    assert "與典藏目錄相符" in text
    assert "first intact capture in order" in text
    assert f"https://web.archive.org/web/{other}/{original}" in block.xpath(".//ol//a/@href")


def test_the_lost_articles(site: Path) -> None:
    """Each with its state, the reason, every capture that was tried; neighbours of which nothing is known together."""
    tree = etree.parse(site / "lost/index.html", etree.HTMLParser(encoding="utf-8"))
    text = " ".join("".join(tree.xpath("//main")[0].itertext()).split())
    assert "1300" in text
    assert "告別頁" in text
    assert "1310 – 1319" in text
    assert tree.xpath("//li[@id='a1300']//a/@href") == [
        f"https://web.archive.org/web/{STAMP}/https://www.hkcnews.com/article/1300"
    ]


def test_a_lost_article_shows_what_a_list_knew_of_it(tmp_path: Path) -> None:
    """Title, date, category and author, with the captured list that named them, and the page that cannot be read."""
    folder = Folder(tmp_path / "output")
    folder.article(1, "一篇。")
    folder.lost(2, "unknown_layout", "no layout fits", tried=False)
    folder.lines[2] |= {
        "capture": {"timestamp": STAMP, "original": "https://www.hkcnews.com/article/2"},
        "page_sha256": "0" * 64,
        "known_from": {"title": "渡輪停<b>航", "category": "眾聞", "author": "記者甲", "date": "2020-01-01",
                       "timestamp": STAMP, "original": "https://www.hkcnews.com/"},
    }  # fmt: skip
    make(folder, tmp_path / "site")
    lost = etree.parse(tmp_path / "site/lost/index.html", etree.HTMLParser(encoding="utf-8"))
    words = " ".join(lost.xpath("string(//li[@id='a2'])").split())
    assert "渡輪停<b>航 2020-01-01 · 眾聞 · 記者甲 · 見於列表" in words
    assert lost.xpath("//li[@id='a2']//a/@href") == [
        f"https://web.archive.org/web/{STAMP}/https://www.hkcnews.com/",
        f"https://web.archive.org/web/{STAMP}/https://www.hkcnews.com/article/2",
    ]


def test_one_article_is_no_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said of it is plain English."""
    folder = Folder(tmp_path / "output")
    folder.article(1, "一篇。")
    folder.manifest()
    assert cli.main(["site", str(tmp_path / "site"), "--output", str(folder.path), "--jobs", "1"]) == 0
    assert capsys.readouterr().err.startswith("1 article; ")


def test_withheld_articles_are_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No page, list or search file has them, not even of a site made before; how many, and why, is said."""
    folder = every_kind(tmp_path / "output")
    folder.article(1500, "這一篇要收回。", title="收回的一篇", author="收回者", tags=("收回",))
    folder.manifest()
    words = ["site", str(tmp_path / "site"), "--output", str(tmp_path / "output"), "--jobs", "1"]
    assert cli.main(words) == 0
    assert "收回" in str(searched_texts(tmp_path / "site"))
    config = tmp_path / "config.toml"
    config.write_text('[withhold]\nids = [1500, 1300]\nreason = "at the author\'s wish"\n')
    capsys.readouterr()
    assert cli.main([*words, "--config", str(config), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["withheld"] == {"articles": 2, "reason": "at the author's wish"}
    assert [path for path, data in contents(tmp_path / "site").items() if "收回".encode() in data] == []
    assert "收回" not in str(searched_texts(tmp_path / "site"))
    assert "1300" not in (tmp_path / "site/lost/index.html").read_text(encoding="utf-8")
    about = (tmp_path / "site/about.html").read_text(encoding="utf-8")
    assert "2 articles are withheld: at the author&#39;s wish" in about


def test_the_line_says_what_is_withheld(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever it is printed, a terminal or not."""
    every_kind(tmp_path / "output").manifest()
    (tmp_path / "config.toml").write_text('[withhold]\nids = [1001]\nreason = "a wish"\n')
    words = ["site", "--output", str(tmp_path / "output"), "--jobs", "1", "--config", str(tmp_path / "config.toml")]
    assert cli.main(words) == 0
    assert "0 removed; 1 article is withheld: a wish\n" in capsys.readouterr().err


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    """An output folder with a ledger, and documents in two folders."""
    warc = write_warc(tmp_path / "in.warc.gz", [saved_article(one, STAMP) for one in (301, 302, 1301)])
    output = know_few_ids(tmp_path / "output")
    assert cli.main(["import", str(warc), "--output", str(output), "--quiet"]) == 0
    return output


def test_a_manifest_that_lags_behind_takes_no_page_away(imported: Path, tmp_path: Path) -> None:
    """Of a part that is gone, or all of it as after a killed first run, the ledger tells; it stays as it is."""
    words = ["site", str(tmp_path / "site"), "--output", str(imported), "--jobs", "1"]
    assert cli.main(words) == 0
    before = contents(tmp_path / "site")
    assert "article/1/1301.html" in before
    (imported / "manifest/1001-2000.jsonl").unlink()
    assert cli.main(words) == 0
    assert contents(tmp_path / "site") == before
    shutil.rmtree(imported / "manifest")
    (imported / "manifest.jsonl").unlink()
    assert cli.main(words) == 0
    assert contents(tmp_path / "site") == before
    assert not (imported / "manifest").exists()


def test_a_copy_that_nobody_may_write_is_read(imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the copying gave other times to the files: nothing is written to the output folder."""
    assert cli.main(["site", str(tmp_path / "one"), "--output", str(imported), "--jobs", "1"]) == 0
    shutil.copytree(imported, tmp_path / "copy", copy_function=shutil.copyfile)
    for path in (tmp_path / "copy").glob("ledger.sqlite3-*"):
        path.unlink()
    before = files(tmp_path / "copy")
    real = os.open

    def read_only(path: str, flags: int, *rest: object, **named: object) -> int:
        assert not (Path(path).is_relative_to(tmp_path / "copy") and flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR))
        return real(path, flags, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", read_only)
    assert cli.main(["site", str(tmp_path / "other"), "--output", str(tmp_path / "copy"), "--jobs", "1"]) == 0
    assert contents(tmp_path / "other") == contents(tmp_path / "one")
    after = files(tmp_path / "copy")
    assert {name: after[name] for name in before} == before


def test_the_manifest_is_read_once(imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where articles are withheld, of which only the manifest says whether there are such."""
    (tmp_path / "config.toml").write_text('[withhold]\nids = [1301]\nreason = "x"\n')
    read = []

    def noted(path: Path) -> object:
        read.append(path)
        return open_file(path)

    monkeypatch.setattr("scraper.reports.manifest.open_file", noted)
    words = ["site", str(tmp_path / "site"), "--output", str(imported), "--jobs", "1"]
    assert cli.main([*words, "--config", str(tmp_path / "config.toml")]) == 0
    assert len(read) == len(set(read)) > 1


def test_a_document_that_no_ledger_and_no_manifest_names_is_an_error(
    imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site stays as it was, the exit status is 1, and the next step is named; what is withheld needs no line."""
    words = ["site", str(tmp_path / "site"), "--output", str(imported), "--jobs", "1"]
    assert cli.main(words) == 0
    for path in imported.glob("ledger.sqlite3*"):
        path.unlink()
    assert cli.main(words) == 0
    before = files(tmp_path / "site")
    (imported / "manifest/1001-2000.jsonl").unlink()
    capsys.readouterr()
    assert cli.main(words) == 1
    said = capsys.readouterr().err
    assert "does not name 1 document" in said
    assert "`hkcnews check --fix`" in said
    assert files(tmp_path / "site") == before
    (tmp_path / "config.toml").write_text('[withhold]\nids = [1301]\nreason = "x"\n')
    assert cli.main([*words, "--config", str(tmp_path / "config.toml")]) == 0
    assert "article/1/1301.html" not in files(tmp_path / "site")


def test_places_that_can_be_no_site(imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file, what lies below one, the output folder and what is in it: refused in words, and nothing is made."""
    (tmp_path / "file").write_text("x")
    before = set(tmp_path.iterdir()), set(imported.iterdir())
    for place, said in (
        (tmp_path / "file", "is a file. Name a folder"),
        (tmp_path / "file/site", "is no folder"),
        (imported, "lies in the output folder"),
        (imported / "articles/../site", "lies in the output folder"),
    ):
        assert cli.main(["site", str(place), "--output", str(imported)]) == 2
        assert said in capsys.readouterr().err
    assert (
        set(tmp_path.iterdir()),
        {one for one in imported.iterdir() if one.suffix[-4:] not in ("-shm", "-wal")},
    ) == before


def test_what_was_not_taken_over_is_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Documents were adopted where they lay: the site has those, with the ledger or without; the status is 1."""
    output = know_few_ids(tmp_path / "output")
    (output / "articles/1-1000").mkdir(parents=True)
    for number in (501, 502):
        (output / f"articles/1-1000/article_{number}.md").write_bytes(document(number=number))
    farewell = document(number=502).replace(b'\ntitle: "', '\ntitle: "眾新聞告別    感謝讀者'.encode())
    (output / "articles/1-1000/article_502.md").write_bytes(farewell)
    assert cli.main(["audit", str(output), "--adopt", "--output", str(output), "--jobs", "1"]) == 1
    words = ["site", str(tmp_path / "site"), "--output", str(output), "--jobs", "1"]
    capsys.readouterr()
    for _ in range(2):
        assert cli.main(words) == 1
        assert "article_502.md: was not taken over as the article" in capsys.readouterr().err
        assert (tmp_path / "site/article/0/501.html").exists()
        assert not (tmp_path / "site/article/0/502.html").exists()
        for path in output.glob("ledger.sqlite3*"):
            path.unlink()


def test_a_place_that_cannot_be_written_is_said(
    imported: Path, tmp_path: Path, with_little_room: Callable[[str, int], subprocess.CompletedProcess[str]]
) -> None:
    """In words, with what to do; also where there is a site already."""
    words = ["site", str(tmp_path / "site"), "--output", str(imported), "--jobs", "1"]
    assert cli.main(words) == 0
    (tmp_path / "site/article/0/301.html").unlink()
    done = with_little_room(f"from scraper.cli import main; raise SystemExit(main({words!r}))", 50)
    assert done.returncode == 2
    assert f"{tmp_path}/site: cannot be written (File too large). Make room or mend" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c(tmp_path: Path) -> None:
    """On a terminal, which sends it to every process: one line, 130; the next command makes the same site."""
    folder = Folder(tmp_path / "output")
    for number in range(1000, 41000, 1000):
        folder.article(number, "渡輪停航。" * 50)
    make(folder, tmp_path / "other")
    site = tmp_path / "site"
    words = [sys.executable, "-m", "scraper", "site", str(site), "--output", str(folder.path), "--jobs", "2"]
    terminal, end = pty.openpty()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=end, start_new_session=True) as process:
        os.close(end)
        deadline = time.monotonic() + 60
        while not list(site.glob(".making-*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(0.1)  # the other processes are being begun
        os.killpg(process.pid, signal.SIGINT)
        said = read_terminal(terminal)
        assert process.wait() == 130
    assert b"Traceback" not in said
    assert b"the same command goes on from here" in said
    assert cli.main([*words[3:], "--quiet"]) == 0
    assert contents(site) == contents(tmp_path / "other")


def test_a_withheld_id_that_nobody_knows_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a mistyped one is: named, status 1, and counted nowhere."""
    every_kind(tmp_path / "output").manifest()
    config = tmp_path / "config.toml"
    config.write_text('[withhold]\nids = [1300, 82325]\nreason = "at the author\'s wish"\n')
    words = ["--config", str(config), "--output", str(tmp_path / "output"), "--json", "--jobs", "1"]
    assert cli.main(["site", str(tmp_path / "site"), *words]) == 1
    said = capsys.readouterr()
    assert "withhold names 82325, which no list or page knows\n" in said.err
    assert json.loads(said.out)["withheld"]["articles"] == 1
    assert "1 article is withheld" in (tmp_path / "site/about.html").read_text(encoding="utf-8")


def test_a_link_under_a_temporary_name_is_not_followed(tmp_path: Path) -> None:
    """What it leads to stays as it is."""
    (tmp_path / "theirs.txt").write_text("x")
    (tmp_path / ".page.html.tmp").symlink_to(tmp_path / "theirs.txt")
    assert put(tmp_path / "page.html", b"new")
    assert ((tmp_path / "theirs.txt").read_text(), (tmp_path / "page.html").read_bytes()) == ("x", b"new")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """While a site is made, another process that wants to make it is told so and changes nothing."""
    folder = every_kind(tmp_path / "output")
    make(folder, tmp_path / "site")
    before = files(tmp_path / "site")
    folder.article(1500, "新的一篇。")
    with renewing(tmp_path / "site", "site.json", b""), pytest.raises(LockHeld, match="another process is filling it"):
        make(folder, tmp_path / "site")
    assert files(tmp_path / "site") == before
    assert make(folder, tmp_path / "site").changed > 0


def test_no_run_meanwhile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While a run is at work no site is made of its folder, and while a site is made no run begins there."""
    output, site = tmp_path / "output", tmp_path / "site"
    every_kind(output).manifest()
    with output_lock(output):
        assert cli.main(["site", str(site), "--output", str(output)]) == ExitStatus.LOCKED
    assert "a run is at work here" in capsys.readouterr().err
    refused = []

    def show(*_: object) -> None:
        with pytest.raises(LockHeld, match="another process is at work here"), output_lock(output):
            pass
        refused.append(True)

    make_site(Config(output=str(output)), site, Wanted(), show)
    assert refused
    with output_lock(output):
        assert (site / "index.html").exists()


def test_no_site_where_locks_do_not_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells then whether a run is at work, which is no reason to say that one is."""
    output = tmp_path / "output"
    every_kind(output).manifest()
    with output_lock(output):  # a run was there once
        pass

    def flock(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(fcntl, "flock", flock)
    assert cli.main(["site", str(tmp_path / "site"), "--output", str(output)]) == ExitStatus.UNUSABLE
    assert "file locks do not work on this file system" in capsys.readouterr().err


def test_the_report_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get the front page's place and what was done."""
    every_kind(tmp_path / "output").manifest()
    assert cli.main(["site", "--output", str(tmp_path / "output"), "--json", "--jobs", "1"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["articles"] == 134
    assert report["front"] == str(tmp_path / "site/index.html")
    assert (tmp_path / "site/index.html").exists()
