"""Small files made to take for ever: reading them ends soon, in little memory, and what is good in them is read."""

import contextlib
import gzip
import resource
import sys
import tempfile
import time
import zipfile
import zlib

import pytest

from scraper.models import Memento
from scraper.payload import payload_sha1
from scraper.store import sources
from scraper.store.archives import read_archives
from tests.store.made import http, record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FIRST, LAST = record(http(b"first"), number=1), record(http(b"last"), number=2)
SECONDS = 20
"""Of processor time: some ten times what each takes; read again for each false start, they take hours."""


def line_ends() -> bytes:
    deflate = zlib.compressobj(9, wbits=31)
    parts = [deflate.compress(FIRST), *(deflate.compress(b"\r\n" * (1 << 19)) for _ in range(60)), deflate.flush()]
    return b"".join(parts) + gzip.compress(LAST)


def packed(junk: bytes) -> bytes:
    return gzip.compress(FIRST) + junk + gzip.compress(LAST)


def zstandard(junk: bytes) -> bytes:
    return zstd.compress(FIRST) + junk + zstd.compress(LAST)


MADE = {
    "60 MB of line ends.warc.gz": line_ends,
    "gzip numbers.warc.gz": lambda: packed(b"\x1f\x8b\x08" * 100_000),
    "gzip heads.warc.gz": lambda: packed(b"\x1f\x8b\x08\0\0\0\0\0\0\3" * 100_000),
    "zstd numbers.warc.zst": lambda: zstandard(b"\x28\xb5\x2f\xfd" * 100_000),
    "frames to skip.warc.zst": lambda: zstandard(b"\x50\x2a\x4d\x18\0\0\0\0" * 300_000),
    "zstd heads.warc.zst": lambda: zstandard(b"\x28\xb5\x2f\xfd\0\x58" * 30_000),
    "version lines.warc": lambda: FIRST + b"WARC/1.0\r\n" * 100_000 + LAST,
    "version words.warc": lambda: FIRST + b"\nWARC/" * 100_000 + LAST,
    "heads in heads.warc": lambda: FIRST + b"WARC/1.0\r\nWARC-Type: response\r\n" * 15_000 + LAST,
    "heads without length.warc": lambda: FIRST + b"WARC/1.0\r\nWARC-Type: response\r\n\r\n" * 15_000 + LAST,
    "claims.warc": lambda: FIRST + b"WARC/1.0\r\nContent-Length: 60000000\r\n\r\n" * 15_000 + LAST,
    "spaces.warc": lambda: FIRST + b"WARC/1.0\r\nWARC-Type: " + (b" " * 60_000 + b"\r\n") * 100 + LAST,
    "folds.warc": lambda: FIRST + b"WARC/1.0\r\nWARC-Type: x\r\n" + (b" y" * 30_000 + b"\r\n") * 250 + b"\r\n" + LAST,
}


@pytest.mark.parametrize("name", MADE)
def test_false_starts_and_line_ends_take_time_in_proportion(tmp_path, name):
    """The records before and behind the junk are read."""
    path = tmp_path / name
    path.write_bytes(MADE[name]())
    begun = time.process_time()
    pages = [one.payload for one in read_archives([path]) if isinstance(one, Memento)]
    assert time.process_time() - begun < SECONDS
    assert pages == [b"first", b"last"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_wacz_of_many_members_is_read(tmp_path, compression):
    """Thousands of members, and one with false starts: the list is read once, a packed member is unpacked once."""
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", compression) as package:
        for number in range(4_000):
            package.writestr(f"archive/{number}.warc.gz", b"")
        package.writestr("archive/x.warc", b"".join((FIRST, b"\nWARC/1.0\r\nWARC-Type: x\r\n" * 5_000, LAST)))
    begun = time.process_time()
    pages = [one.payload for one in read_archives([tmp_path / "a.wacz"]) if isinstance(one, Memento)]
    assert time.process_time() - begun < SECONDS
    assert pages == [b"first", b"last"]


def test_a_wacz_of_more_packed_members_than_files_may_be_open_is_read(tmp_path):
    """Systems let a process have 256 or 1,024 files open; what was unpacked is not among them."""
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(300):
            package.writestr(f"archive/{number}.warc", record(http(b"%d" % number), number=number + 1))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    try:
        found = list(read_archives([tmp_path / "a.wacz"]))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert [one.payload for one in found] == [b"%d" % number for number in range(300)]


def test_a_packed_member_that_is_broken_is_read_as_far_as_it_goes(tmp_path):
    """What of a member of a ZIP file can be unpacked is read, and that it is broken is told."""
    records = b"".join(record(http(b"%d" % number), number=number) for number in range(1, 3000))
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("archive/x.warc", records)
    data = bytearray((tmp_path / "a.wacz").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = b"\xff" * 40
    (tmp_path / "a.wacz").write_bytes(data)
    found = list(read_archives([tmp_path / "a.wacz"]))
    assert sum(isinstance(one, Memento) for one in found) > 100
    assert any("broken inside its ZIP file" in getattr(one, "reason", "") for one in found)


def test_what_was_unpacked_of_a_member_that_is_too_large_is_gone_at_once(tmp_path, monkeypatch):
    """Each of many such members would otherwise leave its 4 GB on the disk until the import has ended."""
    monkeypatch.setattr(sources, "_MOST_UNPACKED", 1_000)
    monkeypatch.setattr(sources, "_NEAR", 0)
    (tmp_path / "unpacked").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "unpacked"))
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(record(http(b"x"), number=n) for n in range(1, 40))))
    reading = sources.Sources(1 << 20)
    place = sources.Place(sources.Source(tmp_path / "a.warc.gz", ""), 0, 30)
    with contextlib.closing(reading):
        with pytest.raises(OSError, match="over 4 GB"):
            reading.read(place)
        assert [path for path in (tmp_path / "unpacked").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("order", [1, -1], ids=["payloads first", "payloads last"])
def test_revisits_in_one_member_of_many_records_are_found_at_once(tmp_path, pack, order):
    """Not by reading the member from its start for each of them: that would be millions of readings."""
    payloads = [b"page %d" % number for number in range(1, 2_001)]
    pages = b"".join(record(http(payload), number=number) for number, payload in enumerate(payloads))
    revisits = b"".join(
        record(http(b""), "revisit", number, WARC_Payload_Digest=f"sha1:{payload_sha1(payload)}")
        for number, payload in enumerate(payloads)
    )
    (tmp_path / "a.warc.gz").write_bytes(pack(b"".join([pages, revisits][::order])))
    begun = time.process_time()
    found = [one.payload for one in read_archives([tmp_path / "a.warc.gz"]) if isinstance(one, Memento)]
    assert time.process_time() - begun < SECONDS
    assert found == payloads * 2
