"""Everything kept as one WACZ 1.1.1: the WARC files as they are, an index, and the list of articles.

A ZIP that a player reads piece by piece, also over the network (https://specs.webrecorder.net/wacz/1.1.1/). The same
WARC files and articles give the same bytes: all times in it are those of the records.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from warcio.recordbuilder import RecordBuilder

from scraper import __version__
from scraper.export.cdxj import Index, index_url
from scraper.export.deposit import TITLE
from scraper.export.warc_copy import WarcCopy
from scraper.files import json_line
from scraper.models import State
from scraper.payload import parse_response
from scraper.store.writing import WARC_VERSION, ResponseHead, member
from scraper.times import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.ledger.evidence import Entry
    from scraper.store.records import Record

WACZ_VERSION = "1.1.1"
ALIASES = "aliases.warc.gz"
"""A WARC file made for the package: captures whose URL names the default port, under the URL without it as well.

The archive's index spells some URLs ``http://hkcnews.com:80/…``, and so do our records. Browsers leave a default port
out, so a player would find neither the page nor what links to it. A ``revisit`` record under the plain URL leads there.
"""
_DEFAULT_PORT = re.compile(
    r"\A(http(?=://[^/?#]*:80(?:[/?#]|\Z))|https(?=://[^/?#]*:443(?:[/?#]|\Z)))://([^/?#]*):[0-9]+"
)
_HEAD = 1 << 16
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP can say


class Page(NamedTuple):
    """An entry of the list of pages: an article id, the capture that shows it, its text if players are to search it."""

    article: int
    original: str
    timestamp: str
    title: str
    text: str | None = None


class WaczReport(NamedTuple):
    """What went into a WACZ: records that can be replayed, articles in the list.

    `absent` counts the articles that are not in it, as no file holds their capture: adopted ones, or what is lost.
    """

    records: int
    pages: int
    absent: int = 0


def pages_of(entries: Iterable[Entry]) -> Iterator[Page]:
    """Yield the pages that written articles were made from, titles as the pages have them."""
    for entry in entries:
        page = entry.chosen
        if entry.state is State.WRITTEN and page is not None:
            yield Page(entry.id, page.original, page.timestamp, page.title or "")


def write_wacz(
    archives: Iterable[WarcCopy],
    pages: Iterable[Page],
    file: BinaryIO,
    *,
    has_text: bool = False,
    withheld: str = "",
) -> WaczReport:
    """Write a WACZ into an empty, seekable file.

    The archives' names must differ; what cannot be read of them is copied as it is. `has_text`: the pages have their
    texts; players look at them only if the list says so. `withheld` is a sentence that says what was left out on
    purpose.

    Raises:
        OSError: a file cannot be read or written.
    """
    copies = sorted(archives, key=lambda copy: copy.path.name)
    with TemporaryDirectory() as folder, zipfile.ZipFile(file, "w") as package:
        index, records, newest = Index(), 0, ""
        with Path(folder, ALIASES).open("wb") as aliases:
            for copy in copies:
                for record in copy.records():
                    newest = max(newest, record.headers.get("warc-date", ""))
                    if index.add(record, copy.path.name):
                        records += 1
                        aliases.write(_alias(record))
        made = WarcCopy(Path(folder, ALIASES))
        for record in made.records():
            index.add(record, ALIASES)
        writer = _Package(package)
        for copy in [*copies, made] if len(made) else copies:
            writer.put(f"archive/{copy.path.name}", copy.pieces(), size=len(copy))
        blocks: list[bytes] = []
        writer.put("indexes/index.cdx.gz", index.blocks("index.cdx.gz", blocks))
        writer.put("indexes/index.idx", blocks, pack=True)
        absent: list[int] = []
        listed = writer.put("pages/pages.jsonl", _page_lines(pages, index, absent, has_text), pack=True) - 1
        report = WaczReport(records, listed, len(absent))
        writer.finish(newest, _description(report, len(copies), withheld))
    return report


def _description(report: WaczReport, files: int, withheld: str) -> str:
    """Say what is inside, so that nobody takes a package that holds no page for one that does."""
    said = [
        f"Articles with the capture they were made from: {report.pages}",
        f"Other written articles, of which no capture is kept, so that they are not in it: {report.absent}",
        f"WARC files: {files}, with {report.records} records to be replayed",
    ]
    return "".join(f"{one}. " for one in (*said, withheld) if one).rstrip()


def plain_url(url: str) -> str:
    """Return a URL without the port that its scheme implies."""
    return _DEFAULT_PORT.sub(r"\1://\2", url)


def _alias(record: Record) -> bytes:
    """Return a record that leads from the plain URL to this one, if it needs one."""
    url = record.headers.get("warc-target-uri", "")
    digest = record.headers.get("warc-payload-digest", "")
    response = parse_response((record.block or b"")[:_HEAD])
    if plain_url(url) == url or record.kind not in ("response", "revisit") or response is None or not digest:
        return b""
    date = record.headers.get("warc-date", "")
    revisit = RecordBuilder(warc_version=WARC_VERSION).create_revisit_record(
        plain_url(url),
        digest,
        record.headers.get("warc-refers-to-target-uri", url),
        record.headers.get("warc-refers-to-date", date),
        http_headers=ResponseHead(response.status, response.reason, response.headers),
        warc_headers_dict={
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{plain_url(url)} {date}')}>",
            "WARC-Date": date,
        },
    )
    return member(revisit)


def _page_lines(pages: Iterable[Page], index: Index, absent: list[int], has_text: bool) -> Iterator[bytes]:
    """Yield the list of those pages whose capture the package holds; the ids of the others go into `absent`."""
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Articles"} | ({"hasText": True} if has_text else {})
    yield f"{json_line(head)}\n".encode()
    for page in pages:
        url = plain_url(page.original)
        if not index.has(url, page.timestamp):
            absent.append(page.article)
            continue
        moment = parse_timestamp(page.timestamp).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = {"id": str(page.article), "url": index_url(url), "ts": moment, "title": page.title}
        yield f"{json_line(line if page.text is None else {**line, 'text': page.text})}\n".encode()


class _Package:
    """The ZIP and the list of what is in it."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._zip = package
        self._resources: list[dict[str, str | int]] = []

    def put(self, path: str, pieces: Iterable[bytes], *, size: int = 0, pack: bool = False) -> int:
        """Write one file and note its digest; return of how many pieces. What players read in part is not packed."""
        digest, length, count = hashlib.sha256(), 0, 0
        with self._zip.open(_entry(path, size=size, pack=pack), "w") as out:
            for piece in pieces:
                out.write(piece)
                digest.update(piece)
                length += len(piece)
                count += 1
        name = path.rpartition("/")[2].lower()
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": length})
        return count

    def finish(self, newest: str, description: str) -> None:
        """Write the description of the package and its digest."""
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "title": TITLE,
            "description": description,
            "created": newest or "1970-01-01T00:00:00Z",
            "software": f"hkcnews {__version__}",
            "resources": self._resources,
        }
        data = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        for path, content in (("datapackage.json", data), ("datapackage-digest.json", json.dumps(digest).encode())):
            self._zip.writestr(_entry(path, pack=True), content)


def _entry(path: str, *, size: int = 0, pack: bool = False) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _FIRST_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    entry.create_system = 3  # as on Unix, whatever the system, so that the bytes are the same
    entry.external_attr = 0o644 << 16
    entry.file_size = size  # lets ZIP choose its large form beforehand
    return entry
