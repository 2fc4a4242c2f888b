"""`hkcnews import`: files one already has become documents, without network."""

import base64
import hashlib
import json
import shutil
import socket
from datetime import UTC, datetime

import pytest

from scraper.cli import main
from tests.few_ids import know_few_ids, let_the_site_have_few_ids
from tests.jobs.folders import IDS, call, captures, imported, ledger_of, states, touched, tree
from tests.server.captures import Saved
from tests.server.make import article_page, article_url, farewell_page, saved_article, saved_redirect, write_warc
from tests.server.rewrite import Rewriter, view
from tests.store.made import http, record

URL = article_url(301, "harbour")


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch):
    """Not even loopback: an import has no use for a socket."""

    def refuse(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def run(tmp_path, *files, new=False, status=0):
    """Import files; with `new` the import makes the output folder."""
    output = tmp_path / "output"
    if not new and not output.exists():
        know_few_ids(output)
    assert main(["import", *map(str, files), "--output", str(output), "-q"]) == status
    return output


def test_every_article_is_written_and_a_second_import_touches_nothing(tmp_path):
    """Twelve ids, twelve documents; the same files again change no byte and no time stamp."""
    warc = write_warc(tmp_path / "in.warc.gz", captures())
    output = run(tmp_path, warc, new=True)
    assert sum(state == "written" for state in states(output).values()) == len(IDS)
    before = touched(output)
    run(tmp_path, warc)
    assert touched(output) == before


def test_what_was_imported_is_all_that_is_told(tmp_path):
    """With what its pages link to, as `recover` leaves it; the next run knows all that the site had."""
    output = run(tmp_path, write_warc(tmp_path / "in.warc.gz", [saved_article(301)]), new=True)
    assert set(states(output)) == {300, 301, 302}
    assert [path.name for path in output.glob("manifest/*")] == ["1-1000.jsonl"]


def test_the_output_folder_stands_alone(tmp_path):
    """Once imported, the files are not needed any more: everything can be made again from the folder itself."""
    output = imported(tmp_path)
    before = tree(output)
    shutil.rmtree(output / "articles")
    assert main(["rebuild", "--output", str(output), "--jobs", "1", "-q"]) == 0
    assert tree(output) == before


def test_of_several_captures_the_right_one_is_written(tmp_path):
    """The farewell page that came later and a redirect do not hide the article."""
    saved = [
        saved_article(301, "20200607080910", url=URL),
        Saved(URL, "20230101000000", farewell_page()),
        saved_redirect(URL, "20210101000000", "https://www.hkcnews.com/"),
    ]
    output = run(tmp_path, write_warc(tmp_path / "in.warc", saved))
    text = (output / "articles/1-1000/article_301.md").read_text(encoding="utf-8")
    assert "/web/20200607080910/" in text


def test_one_page_under_five_ids_comes_last_here_too(tmp_path, monkeypatch):
    """An import knows what a listing would have said: the older page of its own is written, also without a ledger."""
    let_the_site_have_few_ids(monkeypatch)
    page = article_page(399)
    saved = [Saved(article_url(number), "20210101000000", page) for number in range(301, 306)]
    saved += [saved_article(number) for number in range(301, 306)]
    output = run(tmp_path, write_warc(tmp_path / "in.warc", saved), new=True)
    files = sorted(output.glob("articles/*/*"))
    assert len(files) == 5
    assert all("/web/20200607080910/" in file.read_text(encoding="utf-8") for file in files)
    before = tree(output)
    for file in output.glob("ledger.sqlite3*"):
        file.unlink()
    assert main(["rebuild", "--output", str(output), "--jobs", "1", "-q"]) == 0
    assert tree(output) == before


def test_an_import_proves_no_absence(tmp_path):
    """With nothing but a farewell page at hand the id waits: nobody has said that there is no other capture."""
    saved = [Saved(URL, "20230101000000", farewell_page())]
    output = run(tmp_path, write_warc(tmp_path / "in.warc", saved))
    assert states(output)[301] == "waiting"
    assert not list(output.glob("articles/*/*"))


def test_one_answer_from_any_kind_of_file(tmp_path):
    """Raw in a WARC, rewritten with toolbar in a folder, and rewritten in a WARC: the same document, byte for byte."""
    page, stamp = article_page(301), "20200607080910"
    moment = datetime(2020, 6, 7, 8, 9, 10, tzinfo=UTC)
    rewritten = view(page, Rewriter("https://web.archive.org", stamp, URL), moment, toolbar=True)
    raw = write_warc(tmp_path / "raw.warc.gz", [Saved(URL, stamp, page)])
    replay = f"https://web.archive.org/web/{stamp}/{URL}"
    headers = (("Content-Type", "text/html"), ("Memento-Datetime", "Sun, 07 Jun 2020 08:09:10 GMT"))
    saved = write_warc(tmp_path / "replay.warc", [Saved(replay, "20260101000000", rewritten, headers=headers)])
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/any name.html").write_bytes(rewritten)
    (tmp_path / f"web/{stamp}/https:/www.hkcnews.com/article/301").mkdir(parents=True)
    (tmp_path / f"web/{stamp}/https:/www.hkcnews.com/article/301/harbour.html").write_bytes(page)
    documents = set()
    for number, source in enumerate((raw, saved, tmp_path / "pages", tmp_path / "web")):
        output = run(tmp_path / str(number), source)
        documents.add((output / "articles/1-1000/article_301.md").read_bytes())
    assert len(documents) == 1


def test_damage_is_reported_and_the_rest_is_read(tmp_path):
    """A torn file gives what it holds, exit status 1, and a line with file and byte."""
    warc = write_warc(tmp_path / "in.warc.gz", captures())
    warc.write_bytes(warc.read_bytes()[:-200])
    done = call("import", warc, "--output", know_few_ids(tmp_path / "output"), "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["captures"]["damaged"]) == (1, 1)
    assert f"{warc}, byte" in done.stderr
    assert sum(state == "written" for state in states(tmp_path / "output").values()) == len(IDS)


def test_wrong_names_and_useless_files(tmp_path, capsys, monkeypatch):
    """A missing file is a usage error before anything is done; a file without articles is no success."""
    let_the_site_have_few_ids(monkeypatch)
    assert main(["import", str(tmp_path / "nothing.warc"), "--output", str(tmp_path / "output")]) == 2
    assert not (tmp_path / "output").exists()
    other = write_warc(tmp_path / "other.warc", [Saved("https://example.org/", "20200101000000", b"<html></html>")])
    assert main(["import", str(other), "--output", str(tmp_path / "output"), "-q"]) == 1
    assert "no page of an article was found: 1 record read, of example.org 1\n" in capsys.readouterr().err
    for name, told in (("empty.warc", ": 0 records read; name WARC"), ("old.arc.gz", "an ARC file, which is not read")):
        (tmp_path / name).touch()
        assert main(["import", str(tmp_path / name), "--output", str(tmp_path / "output"), "-q"]) == 1
        assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "https://www.hkcnews.com/article/../../../../etc/cron.d/x",
        "https://www.hkcnews.com/article/1%2F..%2F..%2Fx/a",
        "https://www.hkcnews.com/article/1/../../../x",
        "https://www.hkcnews.com/article/99999999999999999999/a",
        "https://www.hkcnews.com/article/-1/a",
        "file:///etc/passwd",
        "https://www.hkcnews.com:99999/article/1/\u202e\u0000x",
    ],
)
def test_no_url_leads_out_of_the_folder(tmp_path, url):
    """Whatever a hostile record calls itself, nothing is written but the output folder's own files."""
    warc = write_warc(tmp_path / "in.warc", [Saved(url.replace("\0", "%00"), "20200101000000", article_page(1))])
    main(["import", str(warc), "--output", str(know_few_ids(tmp_path / "a/b/output")), "-q"])
    assert {path.name for path in tmp_path.iterdir()} == {"in.warc", "a"}
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"b"}
    assert {path.name for path in (tmp_path / "a/b").iterdir()} == {"output"}
    for document in (tmp_path / "a/b/output").rglob("*.md"):
        assert document.name.removeprefix("article_").removesuffix(".md").isdigit()


def written_by_hand(path, *records):
    path.write_bytes(b"".join(records))
    return path


def cut_and_whole():
    """Two copies of one capture: one that its crawler cut, one that is whole."""
    page, address = article_page(301), {"WARC_Target_URI": URL}
    cut = page[: page.index(b"</p>", page.index(b"article-content")) - 9]
    return record(http(cut), WARC_Truncated="length", **address), record(http(page), **address)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_better_copy_takes_the_place_of_a_worse_one(tmp_path, order, together):
    """Of two copies of a URL at a moment the whole one makes the document, in any order, in one file or in two."""
    records = [cut_and_whole()[number] for number in order]
    if together:
        output = run(tmp_path, written_by_hand(tmp_path / "a.warc", *records))
    else:
        for number, one in enumerate(records):
            only_a_part = number == 0 and order == (0, 1)  # so far: the id waits for the rest
            output = run(tmp_path, written_by_hand(tmp_path / f"{number}.warc", one), status=int(only_a_part))
    assert states(output)[301] == "written"
    before = tree(output)
    assert main(["check", "--output", str(output), "-q"]) == 0
    (output / "articles").rename(tmp_path / "articles")
    assert main(["rebuild", "--ledger", "--output", str(output), "--jobs", "1", "-q"]) == 0
    assert {name: data for name, data in tree(output).items() if name.startswith("articles/")} == {
        name: data for name, data in before.items() if name.startswith("articles/")
    }


@pytest.mark.parametrize("saved_first", [True, False])
def test_a_page_that_a_browser_saved_gives_way_to_the_archived_bytes(tmp_path, saved_first):
    """What a browser wrote out anew is a text, and never in the way of the capture's own bytes."""
    page = article_page(301, body='<figure class="image"><img src="/news_x/pier.jpg"></figure><p>圖中是碼頭。</p>')
    moved = page.replace(b"/news_x", b"./T_files")
    note = f"<!-- saved from url=(0099)https://web.archive.org/web/20200102030405/{URL} -->".encode()
    saved = written_by_hand(tmp_path / "T.html", moved.replace(b"<html", note + b"<html", 1))
    real = written_by_hand(tmp_path / "real.warc", record(http(page), WARC_Target_URI=URL))
    alone = tree(run(tmp_path / "alone", real))
    for file in (saved, real) if saved_first else (real, saved):
        output = run(tmp_path, file)
    document = "articles/1-1000/article_301.md"
    assert tree(output)[document] == alone[document]


def test_a_revisit_is_read_with_the_payload_of_an_earlier_import(tmp_path):
    """Weekly crawls without doubles are complete together with what the output folder holds."""
    page = article_page(301)
    run(tmp_path, written_by_hand(tmp_path / "1.warc", record(http(page), WARC_Target_URI=URL)))
    revisit = record(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "revisit", date="2020-02-02T03:04:05Z",
        WARC_Target_URI=URL, WARC_Payload_Digest=f"sha1:{hashlib.sha1(page).hexdigest()}",
    )  # fmt: skip
    output = run(tmp_path, written_by_hand(tmp_path / "2.warc", revisit))
    assert b"/web/20200202030405/" in (output / "articles/1-1000/article_301.md").read_bytes()


@pytest.mark.parametrize(
    "fields",
    [
        {"WARC_Refers_To": "<URN:UUID:1>"},
        {"WARC_Refers_To_Date": "2020-01-02T03:04:05Z", "WARC_Refers_To_Target_URI": "https://hkcnews.com/article/301"},
    ],
)
def test_a_revisit_names_what_was_imported_earlier_in_its_own_spelling(tmp_path, fields):
    """Case of a record id, scheme and ``www.`` are no other page."""
    page, original = article_page(301), "http://www.hkcnews.com/article/301"
    run(tmp_path, written_by_hand(tmp_path / "1.warc", record(http(page), WARC_Target_URI=original)))
    revisit = record(http(b""), "revisit", 2, date="2020-02-02T03:04:05Z", WARC_Target_URI=original, **fields)
    output = run(tmp_path, written_by_hand(tmp_path / "2.warc", revisit))
    assert b"/web/20200202030405/" in (output / "articles/1-1000/article_301.md").read_bytes()


def test_a_file_that_is_not_read_is_named(tmp_path, capsys):
    """An MHTML file in a folder ends the import with 1 and a line; the WARC file beside it is read."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/page.mhtml").write_text("MIME-Version: 1.0", encoding="utf-8")
    write_warc(tmp_path / "in/a.warc.gz", [saved_article(301, "20200607080910", url=URL)])
    output = run(tmp_path, tmp_path / "in", status=1)
    assert states(output)[301] == "written"
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "page.mhtml" in line]
    assert "not read" in line
    assert "before and behind" not in line


def test_an_address_of_a_replay_is_never_an_original(tmp_path):
    """What names an article through an archive, and not plainly which capture of it, is told and not taken."""
    url = f"https://web.archive.org/http://web.archive.org/web/20200607080910/{URL}"
    know_few_ids(tmp_path / "output")
    warc = write_warc(tmp_path / "a.warc.gz", [saved_article(301, url=url), saved_article(302)])
    done = call("import", warc, "--output", tmp_path / "output")
    assert done.returncode == 1
    assert f"{url}: is a replay of an article" in done.stderr
    assert [path.name for path in tmp_path.glob("output/articles/*/*")] == ["article_302.md"]


@pytest.mark.parametrize("coding", ["compress", "x-snappy", "gzip, dcb"])
def test_bytes_in_an_encoding_that_is_not_known_are_no_other_sites(tmp_path, coding):
    """They are kept as what cannot be read yet, and the encoding is the reason."""
    know_few_ids(tmp_path / "output")
    headers = (("Content-Type", "text/html"), ("Content-Encoding", coding))
    page = Saved(URL, "20200607080910", bytes(range(128, 256)) * 40, headers=headers)
    done = call("import", write_warc(tmp_path / "a.warc.gz", [page]), "--output", tmp_path / "output")
    assert done.returncode == 1
    assert f"unknown_layout: in a content encoding that is not read: {coding.split(', ')[-1]}" in done.stderr


@pytest.mark.parametrize("address", [URL, URL.replace("http:", "https:"), f"{URL}?later"])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_revisit_of_what_was_imported_before_is_read_by_any_digest(tmp_path, algorithm, address):
    """Weekly crawls, each with its own WARC file: what is kept has the payload, however the revisit names it."""
    page = article_page(301)
    digest = f"{algorithm}:{hashlib.new(algorithm, page).hexdigest()}"
    (tmp_path / "a.warc").write_bytes(record(http(page), WARC_Target_URI=URL))
    later = {"WARC_Target_URI": address, "WARC_Payload_Digest": digest}
    (tmp_path / "b.warc").write_bytes(record(http(b""), "revisit", 2, date="2021-01-02T03:04:05Z", **later))
    run(tmp_path, tmp_path / "a.warc")
    output = run(tmp_path, tmp_path / "b.warc")
    with ledger_of(output) as ledger:
        assert [one.original for one in ledger.mementos.each() if one.timestamp == "20210102030405"] == [address]


def test_a_record_does_not_say_itself_which_revisits_are_of_its_bytes(tmp_path):
    """A field of the store's own in somebody else's file stands for nothing: the digest is of other bytes."""
    digest = f"sha1:{base64.b32encode(hashlib.sha1(b'other').digest()).decode()}"
    forged = record(http(article_page(301)), WARC_Target_URI=URL, X_Source_Payload_Digest=digest)
    (tmp_path / "a.warc").write_bytes(forged)
    revisit = record(http(b""), "revisit", 2, WARC_Target_URI=f"{URL}?later", WARC_Payload_Digest=digest)
    (tmp_path / "b.warc").write_bytes(revisit)
    run(tmp_path, tmp_path / "a.warc")
    output = run(tmp_path, tmp_path / "b.warc", status=1)
    with ledger_of(output) as ledger:
        assert [one.original for one in ledger.mementos.each()] == [URL]


@pytest.mark.parametrize(
    "named",
    [
        "record",
        "record without brackets",
        "record and digest",
        "chunks",
        "other record",
        "other bytes",
        "other bytes of it",
    ],
)
def test_a_revisit_of_what_was_imported_before_is_read_by_its_record(tmp_path, named):
    """By its id alone, without URL and date, or by a digest of its bytes in chunks; never with other bytes."""
    page = article_page(301)
    chunked = b"%x\r\n" % len(page) + page + b"\r\n0\r\n\r\n"
    refers, other = {"WARC_Refers_To": "<urn:uuid:1>"}, f"sha1:{hashlib.sha1(b'other').hexdigest()}"
    names = {
        "record": refers,
        "record without brackets": {"WARC_Refers_To": "urn:uuid:1"},
        "record and digest": refers | {"WARC_Payload_Digest": f"sha1:{hashlib.sha1(page).hexdigest()}"},
        "chunks": {"WARC_Payload_Digest": f"sha1:{hashlib.sha1(chunked).hexdigest()}"},
        "other record": {"WARC_Refers_To": "<urn:uuid:2>"},
        "other bytes": refers | {"WARC_Payload_Digest": other},
        "other bytes of it": {
            "WARC_Refers_To_Target_URI": URL,
            "WARC_Refers_To_Date": "2020-01-02T03:04:05Z",
            "WARC_Payload_Digest": other,
        },
    }
    (tmp_path / "a.warc").write_bytes(record(http(chunked, b"Transfer-Encoding: chunked"), WARC_Target_URI=URL))
    later = {"WARC_Target_URI": f"{URL}?later"} | names[named]
    (tmp_path / "b.warc").write_bytes(record(http(b""), "revisit", 2, date="2021-01-02T03:04:05Z", **later))
    run(tmp_path, tmp_path / "a.warc")
    found = not named.startswith("other")
    output = run(tmp_path, tmp_path / "b.warc", status=0 if found else 1)
    with ledger_of(output) as ledger:
        kept = list(ledger.mementos.each())
        assert [one.timestamp for one in kept] == ["20200102030405", "20210102030405"][: 1 + found]
        assert {one.provenance for one in kept} == {"{}"}
