"""Captures out of files that somebody else made: WARC, WACZ, saved HTML."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple

from scraper.compression import TooLarge
from scraper.files import open_file
from scraper.headers import values
from scraper.store.mementos import SOURCE_DIGEST, SOURCE_RECORD, TRUNCATED, memento_of, response_of
from scraper.store.records import Damage, Record, iter_records
from scraper.store.replays import headers_of_capture, is_memento, moment, replayed, saved_page
from scraper.store.revisits import Payloads, Wanted, framed_digest
from scraper.store.sources import ZIP_ERRORS, Place, Source, Sources
from scraper.store.stream import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scraper.models import Memento
    from scraper.payload import Response
    from scraper.urls import ReplayUrl

MAX_BODY = 64 << 20
"""Longest payload and longest decoded body that are read, in bytes."""
_RECORDS = re.compile(r"\.warc(?:\.gz|\.zst)?\Z", re.IGNORECASE)
_HTML = re.compile(r"\.x?html?\Z", re.IGNORECASE)
_ZIP = re.compile(r"\.(?:wacz|zip)\Z", re.IGNORECASE)
_ARC = re.compile(r"\.arc(?:\.gz)?\Z", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?:\A\..*|\.(?:txt|md|log|json|jsonl|csv|tsv|xml|ya?ml|toml|cdxj?|cdxj?\.gz|idx|sha1|sha256|md5|sqlite3?|db|torrent"
    r"|css|m?js|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp[34]|m4a|ogg|webm|pdf|py|sh))\Z",
    re.IGNORECASE,
)
"""Files beside captures that hold none: lists, checksums, parts of saved pages. Any other that is not read is told."""


_UNNAMED = (
    "a page that does not say of which URL and time it is; its place may: web/TIMESTAMP/https:/HOST/article/ID.html"
)


class Skipped(NamedTuple):
    """Something that was not read: a value with a reason, so that it can be counted and shown.

    `damage`: it is broken or missing; else it is not asked for, such as a page of another site, whose `url` is given.
    """

    source: str
    reason: str
    damage: bool = True
    url: str = ""

    @property
    def in_file(self) -> bool:
        """Whether it is one place of a file whose other places were read."""
        return ", byte " in self.source


def read_archives(
    paths: Sequence[Path],
    *,
    wanted: Callable[[str], bool] = lambda _: True,
    max_body: int = MAX_BODY,
    kept: Callable[[Wanted], Memento | None] = lambda _: None,
) -> Iterator[Memento | Skipped]:
    """Read every capture in the files, in flat memory; damaged files as far as they go.

    Revisits come with the payload they refer to, wherever in the files that is; those whose payload comes later are
    given last.

    Args:
        paths: files, or folders that are searched for them.
        wanted: says of an original URL whether it is asked for; others come as `Skipped` without damage.
        max_body: longer pages are skipped, in bytes.
        kept: gives a memento whose payload is in none of the files but was kept before, or None.
    """
    reader = _Reader(wanted, max_body, kept)
    try:
        for path in paths:
            yield from reader.path(path)
        yield from reader.late()
    finally:
        reader.sources.close()


class _Reader:
    """Reads many files, and remembers for revisits where the payloads lie."""

    def __init__(self, wanted: Callable[[str], bool], max_body: int, kept: Callable[[Wanted], Memento | None]) -> None:
        self._wanted = wanted
        self._max_body = max_body
        self.sources = Sources(max_body)
        self._payloads = Payloads(self.sources.read, kept)
        self._late: list[Place] = []

    def path(self, path: Path) -> Iterator[Memento | Skipped]:
        if not path.is_dir():
            yield from self._file(path)
            return
        for child in sorted(path.rglob("*")):
            if not child.is_file() or _BESIDE.search(child.name):
                continue
            if any(kind.search(child.name) for kind in (_RECORDS, _HTML, _ZIP)):
                yield from self._file(child)
            else:
                yield Skipped(str(child), "a kind of file that is not read; WARC, WACZ and HTML are")

    def _file(self, path: Path) -> Iterator[Memento | Skipped]:
        try:
            with open_file(path) as file:
                packed = file.read(2) == b"PK"
            if packed and zipfile.is_zipfile(path):
                yield from self._zip(path)
            elif _HTML.search(path.name):
                yield self._saved(path)
            elif _ARC.search(path.name):
                yield Skipped(str(path), "an ARC file, which is not read; `warcio recompress` makes a WARC file of it")
            else:
                yield from self._records(Source(path, ""))
        except OSError as error:
            yield Skipped(str(path), f"cannot be read ({error.strerror or error})")

    def _saved(self, path: Path) -> Memento | Skipped:
        if path.stat().st_size > self._max_body:
            return Skipped(str(path), f"longer than {self._max_body} bytes")
        memento = saved_page(path)
        if memento is None:
            return Skipped(str(path), _UNNAMED)
        if not self._wanted(memento.original):
            return Skipped(str(path), "of another site", damage=False, url=memento.original)
        return memento

    def _zip(self, path: Path) -> Iterator[Memento | Skipped]:
        try:
            names = [name for name in self.sources.zipped(path).namelist() if _RECORDS.search(name)]
        except ZIP_ERRORS as error:
            yield Skipped(str(path), f"a broken ZIP file ({error})")
            return
        if not names:
            yield Skipped(str(path), "a ZIP file without WARC files")
        for name in names:
            source = Source(path, name)
            try:
                yield from self._records(source)
            except ZIP_ERRORS as error:
                self.sources.broken[source] = str(error)
            if source in self.sources.broken:
                yield Skipped(str(source), f"broken inside its ZIP file ({self.sources.broken[source]})")

    def _records(self, source: Source) -> Iterator[Memento | Skipped]:
        with self.sources.open(source) as file:
            for record in iter_records(file, max_block=self._max_body):
                if isinstance(record, Damage):
                    yield Skipped(str(Place(source, record.offset, 0)), record.reason)
                    continue
                place = Place(source, record.offset, record.inner)
                outcome = self._record(place, record) if record.kind in ("response", "resource", "revisit") else None
                if outcome is not None:
                    yield outcome

    def _record(self, place: Place, record: Record, *, last: bool = False) -> Memento | Skipped | None:
        """Return what one record gives; None for a revisit whose payload may still come, unless `last`."""
        where, uri = str(place), record.headers.get("warc-target-uri", "")
        if not uri.startswith(("http://", "https://")):
            return Skipped(where, "not of the web", damage=False)
        response = response_of(record) if record.block is not None else None
        layers = replayed(uri, response.headers if response else ())
        if not self._wanted(url := layers[-1].original if layers else uri):
            return Skipped(where, "of another site", damage=False, url=url)
        if record.block is None:
            return Skipped(where, f"longer than {self._max_body} bytes")
        if record.kind == "revisit":
            found = self._payloads.of(record)
            if found is None:
                if last:
                    return Skipped(where, "a revisit of a page that is in none of the files")
                self._late.append(place)
                return None
            earlier, cut = found
            record = record._replace(headers={TRUNCATED.lower(): cut} | record.headers)
            # WARC 1.1, 6.7.2: it may have no block, so no head of its own either
            response = response._replace(payload=earlier.payload) if response else earlier
        else:
            assert response is not None
            self._payloads.remember(place, record, response.payload)
        return self._memento(where, record, response, layers)

    def _memento(self, where: str, record: Record, response: Response, layers: list[ReplayUrl]) -> Memento | Skipped:
        if layers:
            if not is_memento(response.headers):
                return Skipped(where, "an answer of the archive itself, not an archived page")
            stamp = moment(layers, response.headers)
            if stamp is None:
                return Skipped(where, "a replay of a replay whose address does not say of which second")
            of_capture = {"warc-target-uri": layers[-1].original, "warc-date": stamp}
            headers = record.headers | of_capture | {"warc-source-uri": record.headers["warc-target-uri"]}
            record = record._replace(headers=headers)
            response = response._replace(headers=headers_of_capture(response.headers))
        try:
            memento = memento_of(record, response, max_body=self._max_body)
        except TooLarge:
            return Skipped(where, f"longer than {self._max_body} bytes when decoded")
        if memento is None:
            return Skipped(where, "a record without a usable date")
        # What revisits in files that are read later may name it by, whatever the record says of that itself.
        named = {SOURCE_RECORD: record.headers.get("warc-record-id", ""), SOURCE_DIGEST: ""}
        chunked = record.kind != "revisit" and values(response.headers, "Transfer-Encoding")
        if chunked and (digest := framed_digest(record)):
            named[SOURCE_DIGEST] = f"sha1:{digest.base32}"
        told = dict(memento.provenance) | named
        return memento._replace(provenance=tuple((field, value) for field, value in told.items() if value))

    def late(self) -> Iterator[Memento | Skipped]:
        """Yield the revisits whose payload came after them, or in none of the files."""
        for place in self._late:
            outcome: Memento | Skipped | None
            try:
                outcome = self._record(place, self.sources.read(place), last=True)
            except (Damaged, OSError, *ZIP_ERRORS) as error:
                outcome = Skipped(str(place), str(error))
            if outcome is not None:
                yield outcome
