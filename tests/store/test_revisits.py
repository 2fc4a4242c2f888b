"""Revisits find the payload they refer to, however they name it; and never another one."""

import base64
import gzip
import hashlib
from pathlib import Path

import pytest

from scraper.models import Memento
from scraper.store.archives import Skipped, read_archives
from scraper.store.revisits import Wanted
from tests.store.made import PAGE, URL, http, record

SHA1, SHA256 = hashlib.sha1(PAGE).digest(), hashlib.sha256(PAGE).digest()
CHUNKED = b"%x\r\n" % len(PAGE) + PAGE + b"\r\n0\r\n\r\n"
FRAMED = "sha1:" + base64.b32encode(hashlib.sha1(CHUNKED).digest()).decode()
OTHER = "sha1:" + base64.b32encode(hashlib.sha1(b"other").digest()).decode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
REFERS = {"WARC_Refers_To_Target_URI": URL.format(1), "WARC_Refers_To_Date": "2020-01-02T03:04:05Z"}


def payloads(*files: Path, **options) -> dict[str, bytes]:
    found = read_archives(files, **options)
    return {one.original: one.payload for one in found if isinstance(one, Memento)}


@pytest.mark.parametrize(
    "digest",
    [
        "sha1:" + base64.b32encode(SHA1).decode(),
        "SHA1:" + base64.b32encode(SHA1).decode().lower(),
        "sha-1:" + SHA1.hex(),
        "sha1:" + SHA1.hex().upper(),
        base64.b32encode(SHA1).decode(),
        "sha1:" + base64.b64encode(SHA1).decode(),
        "sha256:" + SHA256.hex(),
        "sha-256:" + base64.b32encode(SHA256).decode(),
        "sha256:" + base64.b32encode(SHA256).decode().rstrip("="),
        "sha256:" + base64.urlsafe_b64encode(SHA256).decode(),
        "sha512:" + hashlib.sha512(PAGE).hexdigest(),
        "md5:" + hashlib.md5(PAGE).hexdigest(),
    ],
)
@pytest.mark.parametrize("claimed", [None, "sha1:" + base64.b32encode(SHA1).decode()])
def test_a_digest_in_any_spelling_leads_to_the_payload(tmp_path, digest, claimed):
    """Base32, hexadecimal and base64, any label, whatever the earlier record claims of itself."""
    earlier = record(http(), WARC_Payload_Digest=claimed)
    fields = {"WARC_Payload_Digest": digest, "WARC_Refers_To_Target_URI": URL.format(1)}
    (tmp_path / "a.warc").write_bytes(record(HEAD, "revisit", 2, **fields) + earlier)
    assert payloads(tmp_path / "a.warc")[URL.format(2)] == PAGE


@pytest.mark.parametrize("digest", [FRAMED, "blake3:AbCd", "md5:" + hashlib.md5(b"anything").hexdigest()])
def test_what_the_earlier_record_claims_is_looked_up_too(tmp_path, digest):
    """A digest of the chunked bytes, or of a kind nobody here can compute, is the same in both records."""
    earlier = record(http(CHUNKED, b"Transfer-Encoding: chunked"), WARC_Payload_Digest=digest)
    (tmp_path / "a.warc").write_bytes(earlier + record(HEAD, "revisit", 2, WARC_Payload_Digest=digest))
    assert payloads(tmp_path / "a.warc")[URL.format(2)] == PAGE


def test_a_digest_of_chunked_bytes_is_known_though_the_earlier_record_claims_none(tmp_path):
    """As wget takes it: of the bytes as they lie in the record."""
    earlier = record(http(CHUNKED, b"Transfer-Encoding: chunked"))
    (tmp_path / "a.warc").write_bytes(earlier + record(HEAD, "revisit", 2, WARC_Payload_Digest=FRAMED))
    assert payloads(tmp_path / "a.warc")[URL.format(2)] == PAGE


@pytest.mark.parametrize(
    "fields",
    [
        REFERS,
        {"WARC_Refers_To": "<urn:uuid:1>"},
        REFERS | {"WARC_Refers_To_Date": "2020-01-02T11:04:05+08:00"},
        REFERS | {"WARC_Payload_Digest": "xxh3:1234"},
        REFERS | {"WARC_Refers_To_Target_URI": "http://hkcnews.com/article/1/a"},
        {"WARC_Refers_To": "<URN:UUID:1>"},
        {"WARC_Refers_To": "urn:uuid:1", "WARC_Payload_Digest": "sha1:" + SHA1.hex()},
    ],
)
def test_a_reference_leads_to_the_payload(tmp_path, fields):
    """Record id, or URL and date, are enough."""
    (tmp_path / "a.warc").write_bytes(record(HEAD, "revisit", 2, **fields) + record(http()))
    assert payloads(tmp_path / "a.warc")[URL.format(2)] == PAGE


@pytest.mark.parametrize("order", [1, -1])
def test_one_without_a_block_has_the_head_of_what_it_refers_to(tmp_path, order):
    """WARC 1.1, 6.7.2: a revisit may have no record block."""
    earlier = record(b"HTTP/1.1 404 Gone\r\nContent-Type: text/x\r\n\r\n" + PAGE)
    revisit = record(b"", "revisit", 2, WARC_Payload_Digest="sha1:" + SHA1.hex())
    (tmp_path / "a.warc").write_bytes(b"".join([earlier, revisit][::order]))
    found = [one for one in read_archives([tmp_path / "a.warc"]) if isinstance(one, Memento)]
    assert [(one.status, one.header("content-type"), one.payload) for one in found] == [(404, "text/x", PAGE)] * 2


def test_what_a_revisit_leaves_out_is_not_cut(tmp_path):
    """WARC 1.1, 6.7.2: ``WARC-Truncated: length`` says there that the payload is left out, which is elsewhere whole."""
    fields = {"WARC_Payload_Digest": "sha1:" + SHA1.hex(), "WARC_Truncated": "length"}
    (tmp_path / "a.warc").write_bytes(record(http()) + record(HEAD, "revisit", 2, **fields))
    found = [one for one in read_archives([tmp_path / "a.warc"]) if isinstance(one, Memento)]
    assert [one.truncated for one in found] == [None, None]


def test_what_a_revisit_lacks_is_no_name_of_its_payload(tmp_path):
    """Its own block has no chunks, though its head tells of some: else every empty payload were that of its page."""
    fields = {"WARC_Payload_Digest": "sha1:" + SHA1.hex()}
    chunked = record(http(CHUNKED, b"Transfer-Encoding: chunked"))
    revisit = record(http(b"", b"Transfer-Encoding: chunked"), "revisit", 2, **fields)
    (tmp_path / "a.warc").write_bytes(chunked + revisit)
    found = [one for one in read_archives([tmp_path / "a.warc"]) if isinstance(one, Memento)]
    assert [dict(one.provenance).get("X-Source-Payload-Digest") for one in found] == [FRAMED, None]


@pytest.mark.parametrize("said", [None, "length"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_revisit_of_what_is_cut_is_cut(tmp_path, said, order):
    """The payload is the same, whatever the revisit says of its own block."""
    fields = {"WARC_Payload_Digest": "sha1:" + SHA1.hex(), "WARC_Truncated": said}
    records = [record(http(), WARC_Truncated="disconnect"), record(HEAD, "revisit", 2, **fields)]
    (tmp_path / "a.warc").write_bytes(b"".join(records[::order]))
    found = [one for one in read_archives([tmp_path / "a.warc"]) if isinstance(one, Memento)]
    assert [one.truncated for one in found] == ["disconnect"] * 2


def test_a_revisit_that_was_cut_while_it_came_says_so(tmp_path):
    """Any word but ``length`` is of the page, not of what the record leaves out."""
    fields = {"WARC_Payload_Digest": "sha1:" + SHA1.hex(), "WARC_Truncated": "time"}
    (tmp_path / "a.warc").write_bytes(record(http()) + record(HEAD, "revisit", 2, **fields))
    found = [one for one in read_archives([tmp_path / "a.warc"]) if isinstance(one, Memento)]
    assert [one.truncated for one in found] == [None, "time"]


@pytest.mark.parametrize("fields", [REFERS, {"WARC_Refers_To": "<urn:uuid:1>"}])
def test_a_reference_to_other_bytes_is_none(tmp_path, fields):
    """What is not the payload that the revisit's digest says is never taken for it."""
    revisit = record(HEAD, "revisit", 2, WARC_Payload_Digest=OTHER, **fields)
    (tmp_path / "a.warc").write_bytes(record(http()) + revisit)
    found = list(read_archives([tmp_path / "a.warc"]))
    assert [one.original for one in found if isinstance(one, Memento)] == [URL.format(1)]
    assert any(isinstance(one, Skipped) and "none of the files" in one.reason for one in found)


def test_the_right_record_of_a_member_is_read(tmp_path):
    """A file that is one gzip member gives all its records one place; each revisit still gets its own payload."""
    pages = [b"page %d" % number for number in range(4)]
    records = [record(http(page), number=number) for number, page in enumerate(pages)]
    for number, page in enumerate(pages):
        digest = f"sha1:{hashlib.sha1(page).hexdigest()}"
        records.append(record(HEAD, "revisit", 10 + number, WARC_Payload_Digest=digest))
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(records)))
    found = payloads(tmp_path / "a.warc.gz")
    assert [found[URL.format(10 + number)] for number in range(4)] == pages


def test_the_records_of_a_torn_member_are_found(tmp_path):
    """A crawl that was killed leaves its one gzip member without an end: each whole record of it has its payload."""
    pages = [b"page %d" % number for number in range(40)]
    records = [record(http(page), number=number) for number, page in enumerate(pages)]
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"".join(records))[:-40])
    digests = [f"sha1:{hashlib.sha1(page).hexdigest()}" for page in pages]
    revisits = [record(HEAD, "revisit", 100 + n, WARC_Payload_Digest=one) for n, one in enumerate(digests)]
    (tmp_path / "b.warc").write_bytes(b"".join(revisits))
    found = payloads(tmp_path / "a.warc.gz", tmp_path / "b.warc")
    whole = [number for number in range(40) if URL.format(number) in found]
    assert len(whole) > 30
    assert {URL.format(100 + number): pages[number] for number in whole}.items() <= found.items()


@pytest.mark.parametrize("size", [300, 5000, 65280])
def test_records_that_go_on_in_the_next_member_are_found(tmp_path, size):
    """Blocked gzip (bgzip) begins a member every 64 KB, wherever the records begin and end."""
    pages = [b"page %d " % number * 500 for number in range(40)]
    plain = b"".join(record(http(page), number=number) for number, page in enumerate(pages))
    plain = record(HEAD, "revisit", 100, WARC_Payload_Digest=f"sha1:{hashlib.sha1(pages[39]).hexdigest()}") + plain
    for number, page in enumerate(pages):
        plain += record(HEAD, "revisit", 101 + number, WARC_Payload_Digest=f"sha1:{hashlib.sha1(page).hexdigest()}")
    members = (gzip.compress(plain[at : at + size]) for at in range(0, len(plain), size))
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members))
    found = payloads(tmp_path / "a.warc.gz")
    assert [found.get(URL.format(100 + number)) for number in range(41)] == [pages[39], *pages]


def test_the_right_record_of_a_member_behind_a_plain_record_is_read(tmp_path):
    """Of files put together from plain and compressed ones, each part says how it is compressed."""
    pages = [b"page %d" % number for number in range(4)]
    plain, *packed = (record(http(page), number=number) for number, page in enumerate(pages))
    digests = [f"sha1:{hashlib.sha1(page).hexdigest()}" for page in pages]
    revisits = [record(HEAD, "revisit", 10 + n, WARC_Payload_Digest=one) for n, one in enumerate(digests)]
    (tmp_path / "a.warc").write_bytes(plain + gzip.compress(b"\r\n" + b"".join(packed + revisits)))
    found = payloads(tmp_path / "a.warc")
    assert [found[URL.format(10 + number)] for number in range(4)] == pages


def test_what_was_kept_before_is_asked_for(tmp_path):
    """A payload that none of the files holds may be kept already: it is asked for by digest, URL and moment."""
    asked: list[Wanted] = []
    digest = f"sha1:{SHA1.hex()}"
    (tmp_path / "a.warc").write_bytes(record(HEAD, "revisit", 2, WARC_Payload_Digest=digest, **REFERS))
    memento = Memento(URL.format(1), "20200102030405", 200, "", (), PAGE, PAGE)
    found = payloads(tmp_path / "a.warc", kept=lambda wanted: asked.append(wanted) or memento)
    assert found == {URL.format(2): PAGE}
    assert asked[0].digest is not None
    assert (asked[0].digest.value, asked[0].original, asked[0].timestamp) == (SHA1, URL.format(1), "20200102030405")


def test_the_spelling_that_a_reference_names_comes_first(tmp_path):
    """In one second http may be a redirect to https."""
    redirect = record(
        http(b"moved"), WARC_Target_URI="http://www.hkcnews.com/article/1/a", WARC_Record_ID="<urn:uuid:9>"
    )
    (tmp_path / "a.warc").write_bytes(redirect + record(http()) + record(HEAD, "revisit", 2, **REFERS))
    assert payloads(tmp_path / "a.warc")[URL.format(2)] == PAGE
