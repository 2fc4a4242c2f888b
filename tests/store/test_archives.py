"""Reading files that one already has: any container, damaged, hostile, in flat memory."""

import gzip
import io
import os
import random
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.models import DigestCheck, Memento
from scraper.payload import payload_sha1
from scraper.store.archives import Skipped, read_archives
from tests.store.made import PAGE, URL, http, record


def read(*paths: Path, **options) -> tuple[list[Memento], list[Skipped]]:
    outcomes = list(read_archives(paths, **options))
    mementos = [outcome for outcome in outcomes if isinstance(outcome, Memento)]
    return mementos, [outcome for outcome in outcomes if isinstance(outcome, Skipped)]


RECORDS = [record(http(b"page %d" % number), number=number) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.warc", b"".join(RECORDS)),
        ("a.warc.gz", b"".join(gzip.compress(one, mtime=0) for one in RECORDS)),
        ("one-member.warc.gz", gzip.compress(b"".join(RECORDS), mtime=0)),
        (
            "odd-blocks.warc.gz",
            b"".join(gzip.compress(b"".join(RECORDS)[n : n + 100], mtime=0) for n in range(0, 2000, 100)),
        ),
        ("misnamed.warc", b"".join(gzip.compress(one, mtime=0) for one in RECORDS)),
        ("misnamed.warc.gz", b"".join(RECORDS)),
        ("no-blank-lines.warc", b"".join(one[:-4] + b"\r\n" for one in RECORDS)),
    ],
)
def test_every_container_gives_the_same_pages(tmp_path, name, data):
    """Plain, a gzip member a record, one member for all, members cut anywhere, wrong extensions."""
    (tmp_path / name).write_bytes(data)
    mementos, skipped = read(tmp_path / name)
    assert [memento.payload for memento in mementos] == [b"page %d" % number for number in range(1, 6)]
    assert not skipped


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_wacz_and_folders(tmp_path, compression):
    """A WACZ holds WARC files below archive/; folders are searched through."""
    (tmp_path / "deep/er").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "deep/er/x.wacz", "w", compression) as archive:
        archive.writestr("archive/data.warc.gz", b"".join(gzip.compress(one) for one in RECORDS[:2]))
        archive.writestr("indexes/index.cdx.gz", b"no records here")
        again = record(b"HTTP/1.1 200 OK\r\n\r\n", "revisit", 9, WARC_Payload_Digest=f"sha1:{payload_sha1(b'page 1')}")
        archive.writestr("archive/more.warc.gz", gzip.compress(again))
    (tmp_path / "deep/y.warc").write_bytes(RECORDS[2])
    (tmp_path / "deep/readme.txt").write_text("not for us")
    mementos, skipped = read(tmp_path)
    assert [one.payload for one in mementos] == [b"page 1", b"page 2", b"page 1", b"page 3"]
    assert not skipped


def test_revisits_find_their_payload_in_any_file(tmp_path):
    """Before or behind it, in another file; a revisit of nothing is reported, with its place."""
    digest = f"sha1:{payload_sha1(PAGE)}"
    revisit = record(b"HTTP/1.1 404 Gone\r\nX: y\r\n\r\n", "revisit", 2, WARC_Payload_Digest=digest)
    lost = record(b"HTTP/1.1 200 OK\r\n\r\n", "revisit", 3, WARC_Payload_Digest=f"sha1:{payload_sha1(b'other')}")
    (tmp_path / "1.warc.gz").write_bytes(gzip.compress(revisit) + gzip.compress(lost))
    (tmp_path / "2.warc.gz").write_bytes(gzip.compress(record(http())))
    mementos, skipped = read(tmp_path)
    assert [(one.original, one.status, one.payload) for one in mementos] == [
        (URL.format(1), 200, PAGE),
        (URL.format(2), 404, PAGE),
    ]
    assert "1.warc.gz, byte" in skipped[0].source
    assert "none of the files" in skipped[0].reason


def test_records_without_http_head(tmp_path):
    """Old and foreign writers leave the HTTP head out: resource records, bare pages in response records."""
    (tmp_path / "a.warc").write_bytes(
        record(PAGE, "resource", 1, Content_Type="text/html") + record(PAGE, "response", 2) + record(b"", "response", 3)
    )
    mementos, skipped = read(tmp_path)
    assert [(one.status, one.body, one.header("content-type")) for one in mementos] == [
        (200, PAGE, "text/html"),
        (200, PAGE, None),
        (200, b"", None),
    ]
    assert not skipped


@pytest.mark.parametrize(
    ("head", "payload"),
    [
        (
            b"Transfer-Encoding: chunked",
            b"5;x=y\r\n<html\r\n%x\r\n" % (len(PAGE) - 5) + PAGE[5:] + b"\r\n0\r\nT: u\r\n\r\n",
        ),
        (b"Transfer-Encoding: chunked", PAGE),
        (b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip", gzip.compress(PAGE, mtime=0)),
        (b"Content-Encoding: gzip", gzip.compress(PAGE, mtime=0)),
        (b"Content-Encoding: gzip", PAGE),
        (b"Content-Encoding: gzip, gzip", gzip.compress(PAGE, mtime=0)),
        (b"Content-Encoding: ", gzip.compress(PAGE, mtime=0)),
        (b"Content-Encoding: deflate", zlib.compress(PAGE)),
        (b"content-type: text/html\r\n folded: x", PAGE),
        (b"no colon here", PAGE),
    ],
)
def test_codings_come_off(tmp_path, head, payload):
    """Chunks, gzip, deflate, doubled, blank or untrue codings: the body is the page."""
    (tmp_path / "a.warc").write_bytes(record(http(payload, head)))
    mementos, skipped = read(tmp_path)
    assert [one.body for one in mementos] == [PAGE]
    assert not skipped


def test_the_records_own_digest_is_compared(tmp_path):
    """A payload that is not what its record says is still read, and known to differ."""
    right, wrong = f"sha1:{payload_sha1(PAGE)}", f"sha1:{payload_sha1(b'')}"
    digests = (right, wrong, None)
    (tmp_path / "a.warc").write_bytes(b"".join(record(http(), WARC_Payload_Digest=digest) for digest in digests))
    mementos, _ = read(tmp_path)
    assert [one.digest_check for one in mementos] == [DigestCheck.MATCH, DigestCheck.MISMATCH, DigestCheck.UNVERIFIABLE]


def test_saved_replays_are_read_as_the_captures_they_show(tmp_path):
    """A WARC of a download from the archive: the capture inside counts, answers of the archive itself do not."""
    url = "https://web.archive.org/web/20180304050607id_/http://www.hkcnews.com/article/5"
    head = b"Memento-Datetime: Sun, 04 Mar 2018 05:06:07 GMT\r\nX-Archive-Orig-Server: nginx\r\nServer: archive"
    (tmp_path / "a.warc").write_bytes(
        record(http(PAGE, head), WARC_Target_URI=url) + record(http(b"Temporarily Offline"), WARC_Target_URI=url)
    )
    (memento,), (skipped,) = read(tmp_path)
    assert (memento.original, memento.timestamp) == ("http://www.hkcnews.com/article/5", "20180304050607")
    assert (memento.source_uri, memento.header("server")) == (url, "nginx")
    assert "itself" in skipped.reason


def test_foreign_pages_are_skipped_without_being_damage(tmp_path):
    """Pages of other sites, DNS answers, requests: nothing of them is a defect of the file."""
    (tmp_path / "a.warc").write_bytes(
        record(http(), WARC_Target_URI="https://example.org/") + record(b"x", WARC_Target_URI="dns:example.org")
        + record(b"GET / HTTP/1.1\r\n\r\n", "request")
        + record(b"software: x", "warcinfo", WARC_Target_URI=None) + RECORDS[0]
    )  # fmt: skip
    mementos, skipped = read(tmp_path, wanted=lambda url: "hkcnews" in url)
    assert len(mementos) == 1
    assert [one.damage for one in skipped] == [False, False]


def damaged_files() -> dict[str, tuple[bytes, list[bytes]]]:
    members = [gzip.compress(one) for one in RECORDS]
    flipped = bytearray(members[1])
    flipped[len(flipped) // 2 : len(flipped) // 2 + 4] = b"\xff\x00\xff\x00"
    pages = [b"page %d" % number for number in range(1, 6)]
    return {
        "torn gzip": (b"".join(members)[:-9], pages[:4]),
        "flipped bytes": (members[0] + bytes(flipped) + b"".join(members[2:]), [pages[0], *pages[2:]]),
        "garbage between": (members[0] + b"\0" * 70_000 + os.urandom(100) + b"".join(members[1:]), pages),
        "garbage before": (b"hello\n" * 9 + b"".join(RECORDS), pages),
        "torn plain": (b"".join(RECORDS)[:-9], pages[:4]),
        "length too long": (record(http(), Content_Length="99999") + RECORDS[1], [pages[1]]),
        "length too long in gzip": (gzip.compress(record(http(), Content_Length="150")) + members[1], [pages[1]]),
        "length negative": (record(http(), Content_Length="-5") + RECORDS[1], [pages[1]]),
        "length no number": (record(http(), Content_Length="many") + RECORDS[1], [pages[1]]),
        "length missing": (record(http(), Content_Length=None) + RECORDS[1], [pages[1]]),
        "date impossible": (record(http(), date="2020-13-45T99:99:99Z") + RECORDS[1], [pages[1]]),
        "no record at all": (b"PDF, not WARC\n" * 1000, []),
        "endless head": (b"WARC/1.1\r\n" + b"X: y\r\n" * 100_000 + RECORDS[1], [pages[1]]),
        "endless line": (b"WARC/1.1\r\nX: " + b"y" * 3_000_000 + b"\r\n" + RECORDS[1], [pages[1]]),
        "header without value": (b"WARC/1.1\r\nWARC-Type\r\n\r\n\r\n" + RECORDS[1], [pages[1]]),
        "new version": (b"WARC/9.9\r\n\r\n" + RECORDS[1], [pages[1]]),
    }  # fmt: skip


@pytest.mark.parametrize("fault", damaged_files())
def test_damaged_files_are_read_as_far_as_they_go_and_beyond(tmp_path, fault):
    """Each fault is reported with its place, and every record that is whole is read."""
    data, pages = damaged_files()[fault]
    (tmp_path / "a.warc.gz").write_bytes(data)
    mementos, skipped = read(tmp_path)
    assert [one.payload for one in mementos] == pages
    assert skipped
    assert all(one.damage and "a.warc.gz, byte " in one.source and one.reason for one in skipped)


def test_a_broken_member_of_many_records_is_read_up_to_where_it_is_broken(tmp_path):
    """What decompresses is read: of a crawl in one gzip member the last 4 KB before the fault are lost at most."""
    pages = [random.Random(number).randbytes(500).hex().encode() for number in range(200)]
    packer = zlib.compressobj(wbits=31)
    records = (record(http(page), number=number) for number, page in enumerate(pages))
    packed = [packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH) for one in records]
    packed[100] = b"\xff" * 40  # as which no block of deflate begins
    (tmp_path / "a.warc.gz").write_bytes(b"".join(packed))
    found, skipped = read(tmp_path / "a.warc.gz")
    assert [one.payload for one in found] == pages[: len(found)]
    assert len(found) > 95
    assert ["broken" in one.reason for one in skipped] == [True]


def test_an_empty_a_missing_and_a_broken_file(tmp_path):
    """An empty file holds nothing; one that is missing, or no real ZIP, is named."""
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("archive/data.warc.gz", b"".join(gzip.compress(one, mtime=0) for one in RECORDS))
    data = bytearray(broken.getvalue())
    data[60:90] = b"\0" * 30
    (tmp_path / "broken.wacz").write_bytes(data)
    mementos, skipped = read(tmp_path / "empty.warc.gz", tmp_path / "missing.warc", tmp_path / "broken.wacz")
    assert any("missing.warc" in one.source for one in skipped)
    assert any("broken.wacz" in one.source for one in skipped)
    assert len(mementos) <= 5


def test_a_target_that_is_no_url_does_not_end_the_reading(tmp_path):
    """Anybody may write a WARC file; the records behind such a one are read."""
    odd = record(http(), WARC_Target_URI="https://[x")
    (tmp_path / "a.warc").write_bytes(RECORDS[0] + odd + RECORDS[1])
    mementos, _ = read(tmp_path / "a.warc")
    assert [memento.payload for memento in mementos if memento.original != "https://[x"] == [b"page 1", b"page 2"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_bytes_make_the_reader_fail(tmp_path_factory, data):
    """Whatever is done to a file, reading it ends, and every page that comes out was put in."""
    good = b"".join(gzip.compress(one) if data.draw(st.booleans()) else one for one in RECORDS)
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 50)))
    path = tmp_path_factory.mktemp("warc") / "a.warc.gz"
    path.write_bytes(good[:start] + data.draw(st.binary(max_size=60)) + good[end:])
    for outcome in read_archives([path]):
        assert outcome


BOMBS = """
import gzip, sys, tracemalloc
from pathlib import Path
from scraper.store.archives import read_archives, Skipped
limit = 1 << 20
for outcome in read_archives([Path(sys.argv[1])], max_body=limit):
    print(outcome.reason if isinstance(outcome, Skipped) else (len(outcome.body), outcome.truncated))
# Not ru_maxrss, which a process inherits from the one that started it.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def bomb(path: Path) -> None:
    """Write a record of 400 MB of zeros and a page that unpacks to as much, both a few hundred kB on disk."""
    zeros = b"\0" * (1 << 20)
    packed = gzip.compress(zeros * 50)
    head = record(b"", Content_Length=str(len(zeros) * 400)).removesuffix(b"\r\n\r\n")
    deflate = zlib.compressobj(9, wbits=31)
    with path.open("wb") as file:
        file.write(deflate.compress(head))
        for _ in range(400):
            file.write(deflate.compress(zeros))
        file.write(deflate.flush())
        file.write(gzip.compress(record(http(packed, b"Content-Encoding: gzip"))))


def test_bombs_stay_small_in_memory(tmp_path):
    """Records and pages that unpack to hundreds of megabytes are passed over, and said so, within 200 MB."""
    bomb(tmp_path / "bomb.warc.gz")
    code = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (600 << 20, resource.RLIM_INFINITY))\n{BOMBS}"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "bomb.warc.gz")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *outcomes, peak = done.stdout.splitlines()
    assert outcomes == ["longer than 1048576 bytes", "longer than 1048576 bytes when decoded"]
    assert int(peak) < 200 << 10


def test_a_saved_page_without_an_address_is_told_where_to_lie(tmp_path):
    """What the message says works: the folders name the capture."""
    (tmp_path / "page.html").write_bytes(PAGE)
    _, (skipped,) = read(tmp_path / "page.html")
    place = skipped.reason.rpartition(" ")[2].replace("HOST", "www.hkcnews.com").replace("ID", "7")
    path = tmp_path / place.replace("TIMESTAMP", "20200327232031")
    path.parent.mkdir(parents=True)
    (tmp_path / "page.html").rename(path)
    (memento,), _ = read(path)
    assert (memento.timestamp, memento.original) == ("20200327232031", "https://www.hkcnews.com/article/7")


@pytest.mark.parametrize("place", ["20210701111239.html", "article-20210701111239-7.html", "20210701111239/index.html"])
def test_a_raw_page_that_names_its_address_only_has_its_moment_in_its_name(tmp_path, place):
    """14 digits in the name of the file, or of its folder; a page says nowhere when it was captured."""
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(PAGE.replace(b"<html>", b'<meta property="og:url" content="https://www.hkcnews.com/article/7">'))
    (memento,), _ = read(path)
    assert (memento.timestamp, memento.original) == ("20210701111239", "https://www.hkcnews.com/article/7")
