"""Captures out of files that somebody else made: WARC, ARC, WACZ, saved HTML."""

from __future__ import annotations

import contextlib
import re
import zipfile
from array import array
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scraper.headers import archived_headers, first, values, with_header
from scraper.models import Memento
from scraper.page.replayed import named_in
from scraper.payload import TooLarge, payload_sha1
from scraper.store.mementos import memento_of, response_of
from scraper.store.records import Damage, Record, iter_records, read_record
from scraper.store.stream import Damaged
from scraper.times import format_timestamp, is_timestamp, parse_http_date
from scraper.urls import innermost_capture, parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scraper.headers import Headers
    from scraper.payload import Response
    from scraper.urls import ReplayUrl

MAX_BODY = 64 << 20
"""Longest payload and longest decoded body that are read, in bytes."""
_WARC_ENDINGS = (".warc", ".warc.gz", ".arc", ".arc.gz")
_HTML_ENDINGS = (".html", ".htm", ".xhtml")
_ZIP_ENDINGS = (".wacz", ".zip")


class Skipped(NamedTuple):
    """Something that was not read: a value with a reason, so that it can be counted and shown.

    Attributes:
        source: the file, with the byte offset of the record where there is one.
        reason: why, in words.
        damage: True when something is broken or missing, False when it simply is not for us.
    """

    source: str
    reason: str
    damage: bool = True


class _Source(NamedTuple):
    """A file of records that can be opened again: on its own, or inside a WACZ."""

    name: str
    open: Callable[[], BinaryIO]


def read_archives(
    paths: Sequence[Path], *, wanted: Callable[[str], bool] = lambda _: True, max_body: int = MAX_BODY
) -> Iterator[Memento | Skipped]:
    """Read every capture in the files, in flat memory; damaged files as far as they go.

    Revisits come with the payload they refer to, wherever in the files that is; those whose payload comes later are
    given last.

    Args:
        paths: files, or folders that are searched for them.
        wanted: says of an original URL whether it is asked for; others come as `Skipped` without damage.
        max_body: longer pages are skipped, in bytes.
    """
    reader = _Reader(wanted, max_body)
    for path in paths:
        yield from reader.path(path)
    yield from reader.late()


class _Reader:
    """One reading of many files: remembers where payloads lie, 28 bytes and a dictionary slot each."""

    def __init__(self, wanted: Callable[[str], bool], max_body: int) -> None:
        self._wanted = wanted
        self._max_body = max_body
        self._sources: list[_Source] = []
        self._payloads: dict[bytes, int] = {}
        self._places: array[int] = array("q")
        self._late: list[tuple[str, Record, Response]] = []

    def path(self, path: Path) -> Iterator[Memento | Skipped]:
        if path.is_dir():
            for child in sorted(path.rglob("*")):
                if child.is_file() and child.name.lower().endswith(_WARC_ENDINGS + _ZIP_ENDINGS + _HTML_ENDINGS):
                    yield from self._file(child)
            return
        yield from self._file(path)

    def _file(self, path: Path) -> Iterator[Memento | Skipped]:
        try:
            if zipfile.is_zipfile(path):
                yield from self._zip(path)
            elif path.name.lower().endswith(_HTML_ENDINGS):
                yield self._saved(path)
            else:
                yield from self._records(_Source(str(path), lambda: path.open("rb")))
        except OSError as error:
            yield Skipped(str(path), f"cannot be read ({error.strerror or error})")

    def _saved(self, path: Path) -> Memento | Skipped:
        if path.stat().st_size > self._max_body:
            return Skipped(str(path), f"longer than {self._max_body} bytes")
        memento = saved_page(path)
        if memento is None:
            return Skipped(str(path), "a page that does not say of which URL and time it is")
        if not self._wanted(memento.original):
            return Skipped(str(path), "of another site", damage=False)
        return memento

    def _zip(self, path: Path) -> Iterator[Memento | Skipped]:
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.lower().endswith(_WARC_ENDINGS)]
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            yield Skipped(str(path), f"a broken ZIP file ({error})")
            return
        if not names:
            yield Skipped(str(path), "a ZIP file without WARC files")
        for name in names:
            try:
                yield from self._records(_Source(f"{path}!{name}", lambda name=name: _open_zipped(path, name)))  # type: ignore[misc]
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
                yield Skipped(f"{path}!{name}", f"broken inside its ZIP file ({error})")

    def _records(self, source: _Source) -> Iterator[Memento | Skipped]:
        number = len(self._sources)
        self._sources.append(source)
        with source.open() as file:
            for record in iter_records(file, max_block=self._max_body):
                where = f"{source.name}, byte {record.offset}"
                if isinstance(record, Damage):
                    yield Skipped(where, record.reason)
                elif record.kind in ("response", "resource", "revisit"):
                    outcome = self._record(where, number, record)
                    if outcome is not None:
                        yield outcome

    def _record(self, where: str, source: int, record: Record) -> Memento | Skipped | None:
        """Return what one record gives; None for a revisit that has to wait."""
        uri = record.headers.get("warc-target-uri", "")
        if not uri.startswith(("http://", "https://")):
            return Skipped(where, "not of the web", damage=False)
        replayed = innermost_capture(uri)
        if not self._wanted(replayed.original if replayed else uri):
            return Skipped(where, "of another site", damage=False)
        if record.block is None:
            return Skipped(where, f"longer than {self._max_body} bytes")
        response = response_of(record)
        if response is None:
            return Skipped(where, "a revisit without HTTP head, so without status")
        if record.kind == "revisit":
            return self._revisit(where, record, response)
        self._remember(source, record.offset, response.payload)
        return self._memento(where, record, response)

    def _memento(self, where: str, record: Record, response: Response) -> Memento | Skipped:
        uri = record.headers["warc-target-uri"]
        replayed = innermost_capture(uri)
        if replayed is not None:
            if first(response.headers, "Memento-Datetime") is None:
                return Skipped(where, "an answer of the archive itself, not an archived page")
            stamp = _moment(uri, replayed, response)
            if stamp is None:
                return Skipped(where, f"a replay that does not say of which moment: {uri}")
            date = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}Z"
            headers = record.headers | {"warc-target-uri": replayed.original, "warc-date": date, "warc-source-uri": uri}
            record = record._replace(headers=headers)
            response = response._replace(headers=_archived_headers(response.headers))
        try:
            memento = memento_of(record, response, max_body=self._max_body)
        except TooLarge:
            return Skipped(where, f"longer than {self._max_body} bytes when decoded")
        return memento or Skipped(where, "a record without a usable date")

    def _remember(self, source: int, offset: int, payload: bytes) -> None:
        digest = payload_sha1(payload).encode("ascii")
        if digest not in self._payloads:
            self._payloads[digest] = len(self._places) // 2
            self._places.extend((source, offset))

    def _revisit(self, where: str, record: Record, response: Response) -> Memento | Skipped | None:
        payload = self._payload(record)
        if payload is None:
            self._late.append((where, record, response))
            return None
        return self._memento(where, record, response._replace(payload=payload))

    def _payload(self, record: Record) -> bytes | None:
        """Return the payload that a revisit refers to, if it was seen already."""
        algorithm, _, digest = record.headers.get("warc-payload-digest", "").rpartition(":")
        index = self._payloads.get(digest.upper().encode("ascii", "replace")) if algorithm in ("sha1", "") else None
        if index is None:
            return None
        source = self._sources[self._places[2 * index]]
        with contextlib.suppress(Damaged, OSError), source.open() as file:
            earlier = read_record(file, self._places[2 * index + 1], max_block=self._max_body)
            response = response_of(earlier) if earlier.block is not None else None
            return response.payload if response else None
        return None

    def late(self) -> Iterator[Memento | Skipped]:
        """Give the revisits whose payload came after them, or nowhere."""
        for where, record, response in self._late:
            payload = self._payload(record)
            if payload is None:
                yield Skipped(where, "a revisit of a page that is in none of the files")
            else:
                yield self._memento(where, record, response._replace(payload=payload))


def _moment(uri: str, replayed: ReplayUrl, response: Response) -> str | None:
    """Return the moment of the capture that a record of a replay holds, or None where nothing says it.

    A shortened one is completed by ``Memento-Datetime``, unless that is of a replay around it.
    """
    if is_timestamp(replayed.timestamp):
        return replayed.timestamp
    outer = parse_replay_url(uri)
    if outer is None or outer.original != replayed.original:
        return None
    try:
        moment = format_timestamp(parse_http_date(first(response.headers, "Memento-Datetime") or ""))
    except (ValueError, TypeError):
        return None
    return moment if moment.startswith(replayed.timestamp) else None


def _archived_headers(headers: Headers) -> Headers:
    """Return the archived headers among those of a replay; the content encoding is that of the bytes at hand."""
    own = values(headers, "Content-Encoding")
    return with_header(archived_headers(headers), "Content-Encoding", own or None)


def _open_zipped(path: Path, name: str) -> BinaryIO:
    return zipfile.ZipFile(path).open(name)  # type: ignore[return-value] # seekable, as WACZ stores members uncompressed


_FOLDERS = re.compile(r"/web/(?P<timestamp>[0-9]{14})(?:[a-z]{2}_)?/(?P<scheme>https?):/+(?P<rest>.+)\Z")
_ENDING = re.compile(r"(?:/index)?\.x?html?\Z", re.IGNORECASE)
_STAMP = re.compile(r"(?<![0-9])[0-9]{14}(?![0-9])")


def saved_page(path: Path) -> Memento | None:
    """Return a saved page as a memento, or None when nothing says of which capture it is.

    A replay names its capture in the page, and so does a browser that saved one. A downloader keeps the replay URL as
    folders. A raw page names its URL in a permalink; its moment may stand in the name of the file or of its folder.
    """
    body = path.read_bytes()
    original, timestamp = named_in(body)
    if timestamp is None:
        folders = _FOLDERS.search(path.absolute().as_posix())
        stamp = _STAMP.search(path.name) or _STAMP.search(path.parent.name)
        if folders:
            original, timestamp = f"{folders['scheme']}://{_ENDING.sub('', folders['rest'])}", folders["timestamp"]
        elif stamp:
            timestamp = stamp[0]
    if original is None or timestamp is None or not is_timestamp(timestamp):
        return None
    return Memento(
        original=original,
        timestamp=timestamp,
        status=200,
        reason="",
        headers=(("Content-Type", "text/html"),),
        payload=body,
        body=body,
    )
