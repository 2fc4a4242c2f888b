"""Everything kept as one WACZ."""

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.export.cdxj import index_url, sort_key
from scraper.export.wacz import Page, WaczReport, write_wacz
from scraper.export.warc_copy import WarcCopy
from scraper.store.records import Record, iter_records, read_record

PAGE = Page(1, "http://www.hkcnews.com/article/1/walk", "20200102030405", "抗疫散步記 1")


def make(folder: Path, pages: list[Page]) -> tuple[zipfile.ZipFile, WaczReport, bytes]:
    file = io.BytesIO()
    report = write_wacz(map(WarcCopy, folder.glob("*.warc.gz")), pages, file)
    return zipfile.ZipFile(file), report, file.getvalue()


def damage_of(path: Path) -> list[str]:
    copy = WarcCopy(path)
    assert list(copy.records())
    return copy.damaged


def index_of(package: zipfile.ZipFile) -> list[tuple[str, str, dict[str, str]]]:
    lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    return [(key, when, json.loads(entry)) for key, when, entry in (line.split(" ", 2) for line in lines)]


def test_holds_the_warc_files_as_they_are(warc_folder: Path) -> None:
    """Each WARC file is in it byte for byte, stored and not packed, so that players can read single records."""
    package, report, _ = make(warc_folder, [PAGE])
    names = sorted(path.name for path in warc_folder.iterdir())
    assert len(names) == 2
    for name in names:
        assert package.getinfo(f"archive/{name}").compress_type == zipfile.ZIP_STORED
        assert package.read(f"archive/{name}") == (warc_folder / name).read_bytes()
    assert report == WaczReport(records=3, pages=1)


def test_index_leads_to_the_records(warc_folder: Path) -> None:
    """Every line of the index names the place of a record with that URL, in sorted order."""
    package, _, _ = make(warc_folder, [])
    index = index_of(package)
    assert [key for key, _, _ in index] == sorted(key for key, _, _ in index)
    assert [entry["url"] for _, _, entry in index] == [
        "http://www.hkcnews.com/article/1/walk",
        "http://www.hkcnews.com/article/2/walk?b=2&a=1",
        "https://hkcnews.com/article/3/walk",
    ]
    assert [entry["mime"] for _, _, entry in index] == ["text/html", "text/html", "warc/revisit"]
    for _, when, entry in index:
        data = package.read(f"archive/{entry['filename']}")
        with io.BytesIO(data) as file:
            record = read_record(file, int(entry["offset"]), max_block=1 << 20)
        assert isinstance(record, Record)
        assert record.headers["warc-target-uri"] == entry["url"]
        assert record.headers["warc-date"].replace("-", "").replace(":", "").replace("T", "")[:14] == when
        assert record.end - record.offset == int(entry["length"])


def test_blocks_of_the_index_stand_alone(tmp_path: Path, keep: Callable[..., object]) -> None:
    """The second index names the start of each gzip block, its length and digest."""
    pages = {f"http://www.hkcnews.com/article/{n}/a": ("20200102030405", b"<p>%d" % n) for n in range(1, 1400)}
    keep(tmp_path / "warc", pages)
    package, _, _ = make(tmp_path / "warc", [])
    head, *lines = package.read("indexes/index.idx").decode().splitlines()
    assert head == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    data = package.read("indexes/index.cdx.gz")
    assert len(lines) == 2
    for line in lines:
        key, when, text = line.split(" ", 2)
        where = json.loads(text)
        block = data[where["offset"] : where["offset"] + where["length"]]
        assert where["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        assert gzip.decompress(block).decode().startswith(f"{key} {when} {{")


def test_page_list_names_articles(warc_folder: Path) -> None:
    """Each written article is in the list of pages with title and time; its text only when asked for."""
    package, _, _ = make(warc_folder, [PAGE, PAGE._replace(article=2, text="散步")])
    head, *pages = [json.loads(line) for line in package.read("pages/pages.jsonl").decode().splitlines()]
    assert head["format"] == "json-pages-1.0"
    assert pages[0] == {
        "id": "1",
        "url": "http://www.hkcnews.com/article/1/walk",
        "ts": "2020-01-02T03:04:05Z",
        "title": "抗疫散步記 1",
    }
    assert pages[1]["text"] == "散步"


def test_description_has_every_digest(warc_folder: Path) -> None:
    """The description lists each file with length and SHA-256, and its own digest lies beside it."""
    package, _, _ = make(warc_folder, [PAGE])
    description = json.loads(package.read("datapackage.json"))
    assert description["wacz_version"] == "1.1.1"
    listed = {entry["path"]: entry for entry in description["resources"]}
    assert set(listed) | {"datapackage.json", "datapackage-digest.json"} == set(package.namelist())
    for path, entry in listed.items():
        assert entry["hash"] == f"sha256:{hashlib.sha256(package.read(path)).hexdigest()}"
        assert entry["bytes"] == len(package.read(path))
    digest = json.loads(package.read("datapackage-digest.json"))
    assert digest["hash"] == f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}"


def test_same_input_same_bytes(warc_folder: Path) -> None:
    """Nothing of the time of making is in it, so that two exports can be compared."""
    assert make(warc_folder, [PAGE])[2] == make(warc_folder, [PAGE])[2]


def test_a_torn_end_is_left_out_and_said(warc_folder: Path) -> None:
    """What a run that was killed began to write is left out and named; the whole records are there."""
    last = max(warc_folder.iterdir())
    whole = last.read_bytes()
    last.write_bytes(whole + whole[:200])
    package, report, _ = make(warc_folder, [])
    assert package.read(f"archive/{last.name}") == whole
    assert report.records == 3
    (said,) = damage_of(last)
    assert last.name in said


def test_what_a_run_writes_meanwhile_is_left_out(warc_folder: Path) -> None:
    """Nothing is indexed that the copy does not hold, although the file has grown since it was looked at."""
    first, last = sorted(warc_folder.iterdir())
    whole = last.read_bytes()
    for cut in (0, 100):
        last.write_bytes(whole + first.read_bytes()[:cut])
        copy = WarcCopy(last)
        last.write_bytes(whole + first.read_bytes())
        records = list(copy.records())
        assert b"".join(copy.pieces()) == whole
        assert max(record.end for record in records) == len(copy) == len(whole)


def test_damage_in_the_middle_hides_nothing_behind_it(warc_folder: Path) -> None:
    """Broken bytes are said; the records behind them are found, and the file is handed on as it is."""
    first = min(warc_folder.iterdir())
    data = bytearray(first.read_bytes())
    records = index_of(make(warc_folder, [])[0])
    place = next(int(entry["offset"]) for _, _, entry in records if entry["filename"] == first.name)
    data[place + 30 : place + 60] = bytes(30)
    first.write_bytes(data)
    package, report, _ = make(warc_folder, [])
    assert package.read(f"archive/{first.name}") == bytes(data)
    assert damage_of(first)
    assert report.records >= 1


def test_a_default_port_is_no_other_address(tmp_path: Path, keep: Callable[..., object]) -> None:
    """A capture spelled with `:80` is found, as browsers ask for it, without; its own record stays as it is."""
    keep(tmp_path / "warc", {"http://hkcnews.com:80/article/4/-": ("20190102030405", b"<p>4")})
    page = PAGE._replace(original="http://hkcnews.com:80/article/4/-", timestamp="20190102030405")
    package, report, data = make(tmp_path / "warc", [page])
    assert [(entry["url"], entry["filename"]) for _, _, entry in index_of(package)] == [
        ("http://hkcnews.com/article/4/-", "aliases.warc.gz"),
        ("http://hkcnews.com:80/article/4/-", "captures-00001.warc.gz"),
    ]
    with io.BytesIO(package.read("archive/aliases.warc.gz")) as file:
        (made,) = iter_records(file, max_block=1 << 20)
    assert isinstance(made, Record)
    assert made.headers["warc-refers-to-target-uri"] == "http://hkcnews.com:80/article/4/-"
    assert made.headers["warc-date"] == made.headers["warc-refers-to-date"] == "2019-01-02T03:04:05Z"
    assert json.loads(package.read("pages/pages.jsonl").splitlines()[1])["url"] == "http://hkcnews.com/article/4/-"
    assert report.records == 1
    assert data == make(tmp_path / "warc", [page])[2]


def test_only_pages_that_are_in_it_are_listed(warc_folder: Path) -> None:
    """An article whose capture no file holds, such as an adopted one, is counted and not listed."""
    pages = [PAGE, PAGE._replace(article=9, original="http://www.hkcnews.com/article/9/a"),
             PAGE._replace(article=1, timestamp="20210102030405")]  # fmt: skip
    package, report, _ = make(warc_folder, pages)
    listed = [json.loads(line)["url"] for line in package.read("pages/pages.jsonl").splitlines()[1:]]
    assert listed == ["http://www.hkcnews.com/article/1/walk"]
    assert (report.pages, report.absent) == (1, 2)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.hkcnews.com/Article/1/%E6%AD%A6", "com,hkcnews)/article/1/%e6%ad%a6"),
        ("http://hkcnews.com:80", "com,hkcnews)/"),
        ("http://www1.hkcnews.com:8080/a?b=2&a=1#c", "com,hkcnews:8080)/a?a=1&b=2"),
        ("https://hkcnews.com/news_新聞/a b.png", "com,hkcnews)/news_%E6%96%B0%E8%81%9E/a%20b.png"),
        ("urn:text:1", "urn:text:1"),
        ("http://[broken/", "http://[broken/"),
    ],
)
def test_keys_are_those_the_players_compute(url: str, key: str) -> None:
    """The key of a URL is what replayweb.page makes of it (getSurt in warcio.js), else nothing is found there."""
    assert sort_key(url) == key


def test_urls_are_those_a_browser_asks_for() -> None:
    """Raw Chinese in a kept URL is percent-encoded in the index; what is encoded already stays as it is."""
    assert index_url("https://hkcnews.com/新/%E6 a.png?x=1&y") == "https://hkcnews.com/%E6%96%B0/%E6%20a.png?x=1&y"
