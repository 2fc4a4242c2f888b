"""The store of all that was fetched."""

import errno
import itertools
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import StoreError
from scraper.ledger.mementos import Kept
from scraper.models import DigestCheck, Memento
from scraper.payload import decode, payload_sha1
from scraper.store.records import Location, read_record
from scraper.store.warc import WarcStore
from scraper.store.writing import revisit_record


class FixedClock:
    def now(self):
        return datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


class Index(dict):
    """What the ledger does for the store: payload digest to location."""

    def note(self, memento: Memento, location: Location) -> Location:
        self.setdefault(payload_sha1(memento.payload), location)
        return location


def make_store(folder: Path, index: Index | None = None, *, max_bytes: int = 1 << 30) -> WarcStore:
    numbers = itertools.count(1)
    index = Index() if index is None else index
    return WarcStore(
        folder,
        clock=FixedClock(),
        max_bytes=max_bytes,
        find=index.get,
        new_id=lambda: f"<urn:uuid:{next(numbers):032}>",
    )


def make_memento(payload: bytes = b"<html>\xe7\x9c\xbe</html>", **fields) -> Memento:
    values = {
        "original": "http://www.hkcnews.com:80/article/1/a",
        "timestamp": "20180102030405",
        "status": 200,
        "reason": "OK",
        "headers": (("Content-Type", "text/html; charset=UTF-8"),),
        "payload": payload,
        "body": payload,
        "source_uri": "https://web.archive.org/web/20180102030405id_/http://www.hkcnews.com:80/article/1/a",
        "digest_check": DigestCheck.MATCH,
    } | fields
    return Memento(**values)


def warcio_check(path: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )


def test_a_memento_comes_back_as_it_was_kept(tmp_path):
    """keep, then load, gives an equal memento, also after the store was opened anew."""
    memento = make_memento()
    location = make_store(tmp_path).keep(memento)
    assert make_store(tmp_path).load(location) == memento


HEADER_TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85"), max_size=20)
HEADERS = st.lists(
    st.tuples(st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True), HEADER_TEXT), max_size=6
).map(tuple)
CODED = ("content-encoding", "transfer-encoding", "x-archive-orig-transfer-encoding")


@settings(max_examples=60, deadline=None)
@given(
    payload=st.binary(max_size=300),
    headers=HEADERS,
    coding=st.sampled_from((None, "", "gzip", "gzip, gzip", "br", "deflate", "x-unknown")),
    reason=st.sampled_from(("", "OK", "Not Found", "très bien")),
    status=st.integers(100, 599),
    truncated=st.sampled_from((None, "length", "time", "disconnect", "9 bytes instead of 12")),
    check=st.sampled_from(DigestCheck),
    path=st.text(st.characters(min_codepoint=0x21, exclude_characters="<>\x7f", exclude_categories=("Cs", "Cc", "Z"))),
    chunked=st.booleans(),
)
def test_any_memento_survives_its_record(
    tmp_path_factory, payload, headers, coding, reason, status, truncated, check, path, chunked
):
    """Status, empty reasons, Latin-1 headers, codings, empty payloads and raw CJK URLs all come back equal."""
    headers = tuple((name, value) for name, value in headers if name.lower() not in CODED)
    headers += (("Content-Encoding", coding),) if coding is not None else ()
    headers += (("Transfer-Encoding", "chunked"),) if chunked else ()
    decoded = decode(payload, coding or "", 1 << 20)
    memento = make_memento(
        payload, body=decoded.body, headers=headers, reason=reason, status=status, digest_check=check,
        truncated=truncated or (None if decoded.whole else "the content encoding ends early"), original=f"https://hkcnews.com/article/1/{path}",
    )  # fmt: skip
    store = make_store(tmp_path_factory.mktemp("warc"))
    assert store.load(store.keep(memento)) == memento


def test_the_same_payload_again_is_a_revisit(tmp_path):
    """An equal payload under another URL and time takes a fraction of the space and loads in full."""
    index = Index()
    store = make_store(tmp_path, index)
    first = make_memento(os.urandom(5000))
    second = make_memento(
        first.payload, original="http://hkcnews.com/article/2", timestamp="20200101000000", status=404
    )
    index.note(first, store.keep(first))
    location = store.keep(second)
    assert location.length < 1000
    assert store.load(location) == second
    checked = warcio_check(tmp_path / location.file)
    assert checked.returncode == 0, checked.stdout


def test_warcio_finds_every_digest_right(tmp_path):
    """The independent checker passes block and payload digests of every record, coded, chunked or empty."""
    store = make_store(tmp_path)
    for headers, payload in [
        ((), b""),
        ((("Content-Encoding", "gzip"),), b"plain"),
        ((("A", "caf\xe9"),), b"x" * 9999),
    ]:
        location = store.keep(make_memento(payload, body=payload, headers=headers, reason=""))
    checked = warcio_check(tmp_path / location.file)
    assert (checked.returncode, checked.stdout.count("digest pass")) == (0, 4), checked.stdout


def test_same_clock_and_ids_give_the_same_bytes(tmp_path):
    """A store is a function of what is kept, the clock and the record ids."""
    for folder in ("a", "b"):
        store = make_store(tmp_path / folder)
        for number in range(5):
            store.keep(make_memento(b"%d" % number))
    assert (tmp_path / "a/captures-00001.warc.gz").read_bytes() == (tmp_path / "b/captures-00001.warc.gz").read_bytes()


def test_files_rotate_and_each_opens_with_warcinfo(tmp_path):
    """A full file is left alone and the next one begins with a record that says what wrote it."""
    store = make_store(tmp_path, max_bytes=2000)
    locations = [store.keep(make_memento(os.urandom(900))) for _ in range(5)]
    assert len({location.file for location in locations}) > 1
    for path in store.files():
        assert b"warcinfo" in __import__("gzip").decompress(path.read_bytes())[:200]


def test_a_disk_that_says_late_that_it_is_full_is_named(tmp_path, monkeypatch):
    """Quotas and network file systems tell it when all is to be on the disk."""
    store = make_store(tmp_path)
    store.keep(make_memento(b"small"), durable=False)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=store.files()[0].name):
        store.sync()


def test_a_full_disk_leaves_no_torn_record(tmp_path):
    """When the disk takes no more, an error says so, the file ends with a whole record, and the next keep works."""
    resource = pytest.importorskip("resource")
    code = f"""
import gzip, resource, os, signal, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r}); sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_store import *
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = make_store(Path({str(tmp_path)!r}))
first = make_memento(os.urandom(2000))
location = store.keep(first)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
try:
    store.keep(make_memento(os.urandom(9000)))
except StoreError as error:
    print(error)
assert (location.offset + location.length) == os.path.getsize(store.files()[0])
small = make_memento(b"small")
assert store.load(store.keep(small)) == small and store.load(location) == first
other = make_store(Path({str(tmp_path)!r}) / "other")
resource.setrlimit(resource.RLIMIT_FSIZE, (50, resource.RLIM_INFINITY))
try:
    other.keep(small)
except StoreError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
assert other.load(other.keep(small)) == small
assert b"warcinfo" in gzip.decompress(other.files()[0].read_bytes())[:60]
"""
    del resource
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Make room" in done.stdout


def test_a_read_only_folder_is_named(tmp_path):
    """A folder that is a file cannot be written: the error names it and the next step."""
    (tmp_path / "warc").write_text("")
    with pytest.raises(StoreError, match=r"warc.*run again"):
        make_store(tmp_path / "warc").keep(make_memento())


@pytest.mark.parametrize("cut", [1, 2, 3, 20, 200, -1])
def test_a_torn_record_is_cut_off(tmp_path, cut):
    """Whatever part of the last record reached the disk: it goes, all before it stays, and writing goes on."""
    store = make_store(tmp_path)
    first, second = make_memento(os.urandom(500)), make_memento(os.urandom(500))
    kept = store.keep(first)
    torn = store.keep(second)
    store.close()
    path = tmp_path / torn.file
    os.truncate(path, torn.offset + (cut if cut > 0 else torn.length - 1))
    after = make_store(tmp_path)
    assert list(after.recover({kept.file: torn.offset})) == []
    assert path.stat().st_size == torn.offset
    assert after.load(after.keep(second)) == second
    assert after.load(kept) == first


def test_whole_records_nobody_knows_are_given_back(tmp_path):
    """A crash between keeping a page and noting it costs nothing: the record is adopted at the next start."""
    index = Index()
    store = make_store(tmp_path, index)
    mementos = [make_memento(os.urandom(100), timestamp=f"2018010203040{n}") for n in range(3)]
    mementos.append(make_memento(mementos[0].payload, timestamp="20190101000000"))
    locations = [index.note(memento, store.keep(memento)) for memento in mementos]
    store.close()
    known = {locations[0].file: locations[0].offset + locations[0].length}
    assert list(make_store(tmp_path).recover(known)) == list(zip(locations, mementos, strict=True))[1:]
    assert list(make_store(tmp_path).recover({})) == list(zip(locations, mementos, strict=True))


def test_zeros_left_by_a_power_cut_are_cut_off(tmp_path):
    """A file that was lengthened but not filled is a torn one."""
    store = make_store(tmp_path)
    location = store.keep(make_memento())
    store.close()
    path = tmp_path / location.file
    with path.open("ab") as file:
        file.write(b"\0" * 5000)
    assert len(list(make_store(tmp_path).recover({}))) == 1
    assert path.stat().st_size == location.offset + location.length


def test_damage_in_the_middle_is_never_cut(tmp_path):
    """Bit rot before good records: nothing is cut, the good ones are read, and writing goes on in a new file."""
    store = make_store(tmp_path)
    locations = [store.keep(make_memento(os.urandom(500), timestamp=f"2018010203040{n}")) for n in range(3)]
    store.close()
    path = tmp_path / locations[0].file
    data = bytearray(path.read_bytes())
    middle = locations[1]
    data[middle.offset + 300 : middle.offset + 330] = b"\xff" * 30
    path.write_bytes(data)
    after = make_store(tmp_path)
    assert [location for location, _ in after.recover({})] == [locations[0], locations[2]]
    assert path.read_bytes() == data
    assert after.keep(make_memento()).file != path.name
    with pytest.raises(StoreError, match="cannot be read"):
        after.load(middle)


def test_two_stores_never_write_one_file(tmp_path):
    """While one process appends, another one begins a file of its own."""
    one, two = make_store(tmp_path), make_store(tmp_path)
    assert one.keep(make_memento()).file != two.keep(make_memento(b"other")).file


def test_a_store_goes_on_in_its_last_file(tmp_path):
    """Daily runs that keep a page each do not make a file a day."""
    for number in range(3):
        store = make_store(tmp_path)
        store.keep(make_memento(b"%d" % number))
        store.close()
    assert len(store.files()) == 1


@pytest.mark.parametrize("offset", ["many", "²", "9" * 5000])
def test_a_revisit_that_names_no_place_is_found_by_its_digest(tmp_path, offset):
    """A store may come from somebody else: whatever stands where an offset should, the payload is found."""
    index, memento = Index(), make_memento()
    store = make_store(tmp_path, index)
    first = index.note(memento, store.keep(memento))
    with (tmp_path / first.file).open("rb") as file:
        earlier = read_record(file, first.offset, max_block=1 << 20)._replace(offset=offset)
    now = FixedClock().now()
    data = revisit_record(memento, record_id="<urn:uuid:9>", created=now, earlier=earlier, file=first.file)
    with (tmp_path / first.file).open("ab") as file:
        revisit = Location(first.file, file.tell(), file.write(data))
    assert store.load(revisit).payload == memento.payload


def test_a_location_cannot_lead_out_of_the_folder(tmp_path):
    """A file name from a hostile ledger or record is refused."""
    with pytest.raises(StoreError, match="no file of this store"):
        make_store(tmp_path).load(Location("../../etc/passwd", 0, 10))


def test_another_page_at_the_place_is_never_taken_for_the_kept_one(tmp_path):
    """A file that was lost and written anew under its name: a record counts only with its own URL, time and digest."""
    memento = make_memento(original="http://hkcnews.com/article/1/a b<c>")
    digest = payload_sha1(memento.payload)
    kept = Kept(memento.original, memento.timestamp, 1, *make_store(tmp_path / "a").keep(memento), digest, "", "match")
    assert make_store(tmp_path / "a").load_kept(kept) == memento
    others = [{"original": "http://hkcnews.com/article/2/a"}, {"timestamp": "20190102030405"}, {"payload": b"<p>2"}]
    for number, change in enumerate(others):
        other = memento._replace(**change)
        other = other._replace(body=other.payload)
        place = make_store(tmp_path / str(number)).keep(other)
        assert place[:2] == (kept.file, kept.offset)
        with pytest.raises(StoreError, match="not what was kept"):
            make_store(tmp_path / str(number)).load_kept(kept._replace(length=place.length))
