"""WARC files as people have them: padding, Zstandard, folded fields, dates of every form; and what is no such file."""

import gzip
import sys
import zipfile
from pathlib import Path

import pytest

from scraper.models import Memento
from scraper.store.archives import Skipped, read_archives
from scraper.store.mementos import timestamp_of
from tests.store.made import PAGE, URL, http, record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RECORDS = [record(http(b"page %d" % number), number=number) for number in range(1, 6)]
PAGES = [b"page %d" % number for number in range(1, 6)]


def read(*paths: Path) -> tuple[list[bytes], list[Skipped]]:
    found = list(read_archives(paths))
    return [one.payload for one in found if isinstance(one, Memento)], [
        one for one in found if isinstance(one, Skipped)
    ]


def padded(data: bytes, to: int) -> bytes:
    return data + bytes(-len(data) % to)


@pytest.mark.parametrize("to", [512, 4096, 100_000])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_zeros_behind_each_record_hide_nothing(tmp_path, to, pack):
    """Tapes, block devices and some writers fill up with zeros; the next record is read."""
    (tmp_path / "a.warc").write_bytes(b"".join(padded(pack(one), to) for one in RECORDS))
    assert read(tmp_path / "a.warc") == (PAGES, [])
    (tmp_path / "b.warc").write_bytes(bytes(to) + b"".join(map(pack, RECORDS)))
    assert read(tmp_path / "b.warc") == (PAGES, [])


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_a_broken_record_behind_padding_is_told_once_where_it_begins(tmp_path, pack):
    """Zeros or line ends before it are no damage, and are not where it is."""
    broken = bytearray(pack(RECORDS[1]))
    broken[10:40] = b"\xff" * 30
    for fill in (b"\r\n\r\n", bytes(500)):
        begun = len(fill + pack(RECORDS[0]) + fill)
        (tmp_path / "a.warc").write_bytes(fill + pack(RECORDS[0]) + fill + broken + pack(RECORDS[2]))
        pages, skipped = read(tmp_path / "a.warc")
        assert pages == [PAGES[0], PAGES[2]]
        assert [one.source.rpartition(" ")[2] for one in skipped] == [str(begun)]


def test_garbage_without_a_line_end_hides_nothing(tmp_path):
    """A record is found also directly behind bytes that are none; a page that tells of WARC files is no record."""
    told = record(http(b"<pre>WARC/1.0\nis how it begins</pre>"), number=9)
    (tmp_path / "a.warc").write_bytes(RECORDS[0] + b"\x01garbage" + told + b"!" + RECORDS[1])
    pages, skipped = read(tmp_path / "a.warc")
    assert pages == [PAGES[0], b"<pre>WARC/1.0\nis how it begins</pre>", PAGES[1]]
    assert len(skipped) == 2


def zst(records: list[bytes], dictionary: zstd.ZstdDict | None = None, *, packed: bool = False) -> bytes:
    head = b""
    if dictionary is not None:
        content = zstd.compress(dictionary.dict_content) if packed else dictionary.dict_content
        head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    return head + b"".join(zstd.compress(one, zstd_dict=dictionary) for one in records)


DICTIONARY = zstd.train_dict([record(http(b"page %d" % n * 40), number=n) for n in range(400)], 4000)


@pytest.mark.parametrize(
    "data",
    [
        zst(RECORDS),
        zst([b"".join(RECORDS)]),
        zst(RECORDS, DICTIONARY),
        zst(RECORDS, DICTIONARY, packed=True),
        b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zst(RECORDS),
    ],
)
def test_zstandard_files_are_read(tmp_path, data):
    """Archive Team's form: a frame a record, a dictionary before them, compressed or not; frames to be skipped."""
    (tmp_path / "a.warc.zst").write_bytes(data)
    assert read(tmp_path) == (PAGES, [])


def test_damaged_zstandard_files_are_read_beyond_the_damage(tmp_path):
    """As with gzip: what is broken is told, what stands behind it is read, a torn end is named."""
    frames = [zstd.compress(one) for one in RECORDS]
    broken = frames[1][:40] + bytes(20) + frames[1][60:]
    (tmp_path / "a.warc.zst").write_bytes(frames[0] + broken + frames[2] + frames[3] + frames[4][:-5])
    pages, skipped = read(tmp_path / "a.warc.zst")
    assert pages == [PAGES[0], PAGES[2], PAGES[3]]
    assert [one.damage for one in skipped] == [True, True]


def test_what_stands_behind_a_frame_to_be_skipped_with_a_false_size_is_read(tmp_path):
    """A frame that claims more than the file has is told; it hides no record. Zeros may stand behind a whole one."""
    frames = [zstd.compress(one) for one in RECORDS]
    false, whole = b"\x50\x2a\x4d\x18\xff\xff\0\0abc", b"\x50\x2a\x4d\x18\x03\0\0\0abc\0\0\0"
    (tmp_path / "a.warc.zst").write_bytes(frames[0] + false + frames[1] + whole + frames[2])
    pages, (skipped,) = read(tmp_path / "a.warc.zst")
    assert (pages, skipped.reason) == (PAGES[:3], "the file ends inside a frame to be skipped")


@pytest.mark.parametrize("data", [zstd.compress(PAGE), zstd.compress(PAGE[:9]) + zstd.compress(PAGE[9:])])
@pytest.mark.parametrize("head", [b"Content-Encoding: zstd", b"Content-Encoding: ", b"Content-Encoding: gzip"])
def test_zstandard_bodies_come_off(tmp_path, head, data):
    """Browsers ask for it today; with a wrong name or none the bytes tell, as with gzip."""
    (tmp_path / "a.warc").write_bytes(record(http(data, head)))
    (memento,) = read_archives([tmp_path / "a.warc"])
    assert isinstance(memento, Memento)
    assert (memento.body, memento.payload, memento.truncated) == (PAGE, data, None)


def test_a_zstandard_body_that_is_cut_or_too_long_is_told(tmp_path):
    """A stream without its end is a cut page; one that grows beyond the limit is passed over."""
    cut = record(http(zstd.compress(bytes(range(256)) * 999)[:-20], b"Content-Encoding: zstd"))
    bomb = record(http(zstd.compress(bytes(3 << 20)), b"Content-Encoding: zstd"))
    (tmp_path / "a.warc").write_bytes(cut + bomb)
    memento, skipped = read_archives([tmp_path / "a.warc"], max_body=1 << 20)
    assert isinstance(memento, Memento)
    assert memento.truncated
    assert isinstance(skipped, Skipped)
    assert "when decoded" in skipped.reason


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", "\n  ", " \r\n \t "])
@pytest.mark.parametrize("name", ["WARC-Target-URI", "Content-Length", "WARC-Date", "WARC-Type"])
def test_folded_fields_are_read_as_if_on_one_line(tmp_path, name, fold):
    """Any field of the head may go on in the next line (WARC/1.0 and 1.1)."""
    data = RECORDS[0].replace(f"{name}: ".encode(), f"{name}:{fold}".encode(), 1)
    assert data != RECORDS[0]
    (tmp_path / "a.warc").write_bytes(data + RECORDS[1])
    found = list(read_archives([tmp_path / "a.warc"]))
    assert [(one.original, one.timestamp, one.payload) for one in found if isinstance(one, Memento)] == [
        (URL.format(number), "20200102030405", b"page %d" % number) for number in (1, 2)
    ]
    assert len(found) == 2


@pytest.mark.parametrize(
    ("date", "timestamp"),
    [
        ("2021-07-01T19:12:39+08:00", "20210701111239"),
        ("2021-07-01T05:42:39-0530", "20210701111239"),
        ("2021-07-01T11:12:39.123456789Z", "20210701111239"),
        ("2021-07-01T11:12Z", "20210701111200"),
        ("2021-07-01T00:30+08:00", "20210630163000"),
        ("2021-07-01", "20210701000000"),
        ("2021-07", "20210701000000"),
        ("2021", "20210101000000"),
        ("20210701111239", "20210701111239"),
        ("2021-07-01 11:12:39", "20210701111239"),
        ("2021-13-01T00:00:00Z", None),
        ("2021-07-01T11:12:39 Hong Kong", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_read_in_every_form_that_warc_allows(date, timestamp):
    """An offset is taken off, what is left out is the beginning; what is no date is none, never some other moment."""
    assert timestamp_of(date) == timestamp


@pytest.mark.parametrize(
    ("head", "cut"),
    [
        (b"Content-Length: 4000", True),
        (b"Content-Length: %d" % len(PAGE), False),
        (b"Content-Length: 3", False),
        (b"Content-Length: 4000\r\nTransfer-Encoding: chunked", False),
        (b"Content-Length: many", False),
    ],
)
def test_a_body_shorter_than_announced_is_known_to_be_cut(tmp_path, head, cut):
    """`Content-Length` says more than the record holds: the transfer was cut, and the memento says so."""
    (tmp_path / "a.warc").write_bytes(record(http(PAGE, head)))
    (memento,) = read_archives([tmp_path / "a.warc"])
    assert isinstance(memento, Memento)
    assert bool(memento.truncated) is cut


@pytest.mark.parametrize("name", ["page.mhtml", "T.MHT", "x.warc.xz", "y.har", "z.webarchive", "w.tar.gz", "index"])
def test_a_file_of_a_folder_that_is_not_read_is_named(tmp_path, name):
    """What may hold captures and is passed over is told; what lies beside captures is not worth a word."""
    (tmp_path / name).write_bytes(b"something")
    for beside in ("notes.txt", "T_files/style.css", "T_files/a.png", ".hidden", "index.cdx.gz", "x_meta.xml"):
        (tmp_path / beside).parent.mkdir(exist_ok=True)
        (tmp_path / beside).write_bytes(b"something")
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(RECORDS[0]))
    pages, (skipped,) = read(tmp_path)
    assert pages == PAGES[:1]
    assert (skipped.source, skipped.damage) == (str(tmp_path / name), True)
    assert "not read" in skipped.reason


def test_a_warc_that_holds_a_zip_is_no_zip(tmp_path):
    """The last bytes of a plain WARC file may be those of a ZIP file that was captured."""
    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("a", "b")
    (tmp_path / "a.warc").write_bytes(RECORDS[0] + record(http((tmp_path / "x").read_bytes()), number=2))
    assert len(read(tmp_path / "a.warc")[0]) == 2


@pytest.mark.parametrize(
    "kinds", [(bytes, gzip.compress), (gzip.compress, bytes), (bytes, zstd.compress, gzip.compress)]
)
@pytest.mark.parametrize("between", [b"", bytes(512), b"garbage"])
def test_files_of_several_kinds_put_together_are_read_through(tmp_path, kinds, between):
    """As ``cat a.warc b.warc.gz`` does; a revisit in one part finds its payload in the other."""
    packed = [kinds[number % len(kinds)](one) for number, one in enumerate(RECORDS)]
    revisit = record(b"", "revisit", number=6, WARC_Refers_To="<urn:uuid:5>")
    (tmp_path / "a.warc").write_bytes(between.join([kinds[0](revisit), *packed]))
    pages, skipped = read(tmp_path / "a.warc")
    assert pages == [*PAGES, PAGES[4]]
    assert len(skipped) == (len(RECORDS) if between == b"garbage" else 0)


@pytest.mark.parametrize("too_many", [5, 100, 150])
def test_a_record_that_claims_more_than_it_holds_hides_no_other(tmp_path, too_many):
    """It reaches into the next one, which is found; a page that tells of WARC files is no record."""
    told = http(b"<pre>WARC/1.0\nis how it begins</pre>" + b"x" * 400)
    first = record(told, Content_Length=str(len(told) + too_many))
    (tmp_path / "a.warc").write_bytes(first + b"".join(RECORDS[1:3]))
    pages, skipped = read(tmp_path / "a.warc")
    assert pages[1:] == PAGES[1:3]
    assert len(skipped) == 1


def test_records_that_overlap_are_read_in_bounded_time(tmp_path):
    """Each is begun at most once, however many claim what follows."""
    heads = b"".join(record(b"", number=number, Content_Length="60000") for number in range(2_000))
    (tmp_path / "a.warc").write_bytes(heads + b"garbage")
    assert len(read(tmp_path / "a.warc")[1]) <= 2_001
