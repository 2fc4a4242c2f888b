"""The index of a WACZ: one CDXJ line a record, sorted, in gzip blocks, with a second index of the blocks.

As the WACZ format wants it (https://specs.webrecorder.net/wacz/1.1.1/) and the players of Webrecorder read it.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scraper.headers import first
from scraper.parallel import chunked
from scraper.payload import parse_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.headers import Headers
    from scraper.store.records import Record

BLOCK_LINES = 1024
"""Lines a gzip block, as py-wacz has it."""
_HEAD = 1 << 16
_WEB = re.compile(r"https?://(?:www\d*\.)?", re.ASCII)
_PORTS = {"http": 80, "https": 443}
# What a browser leaves alone in a path and in a query (https://url.spec.whatwg.org/#path-percent-encode-set).
_PATH_SAFE = "!#$%&'()*+,-./:;=?@[\\]^_|~"
_QUERY_SAFE = "!#$%&()*+,-./:;=?@[\\]^_`{|}~"


def sort_key(url: str) -> str:
    """Return the key under which the players look a URL up: host turned round, no scheme, no www, lower case.

    Not the CDX server's urlkey, although it mostly looks the same: players sort the query, and keep a session id.
    """
    web = _WEB.match(url)
    if web is None:
        return url
    scheme = url.partition(":")[0]
    try:
        parts = urlsplit(f"{scheme}://{url[web.end() :].lower()}")
        port = "" if parts.port in (None, _PORTS[scheme]) else f":{parts.port}"
    except ValueError:
        return url
    host = ",".join(reversed((parts.hostname or "").split(".")))
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    query = "&".join(sorted(quote(parts.query, safe=_QUERY_SAFE).split("&")))
    return f"{host}{port}){path}{'?' if query else ''}{query}"


def index_url(url: str) -> str:
    """Return a URL as a browser asks for it: what is no ASCII is percent-encoded."""
    return quote(url, safe=_PATH_SAFE + "`{}")


def _entry(record: Record, filename: str) -> tuple[str, str] | None:
    """Return what the line of a record begins with and is sorted by, and the rest; None for what is not replayed."""
    url, date = record.headers.get("warc-target-uri", ""), record.headers.get("warc-date", "")
    response = parse_response((record.block or b"")[:_HEAD])
    if record.kind not in ("response", "revisit") or not url or not date or response is None:
        return None
    entry = {
        "url": index_url(url),
        "mime": "warc/revisit" if record.kind == "revisit" else _mime(response.headers),
        "status": str(response.status),
        "digest": record.headers.get("warc-payload-digest", ""),
        "length": str(record.end - record.offset),
        "offset": str(record.offset),
        "filename": filename,
    }
    return f"{sort_key(url)} {re.sub('[^0-9]', '', date)[:14]}", json.dumps(entry)


def _mime(headers: Headers) -> str:
    value = first(headers, "Content-Type") or ""
    return re.split(r"[;\s]", value.strip(), maxsplit=1)[0] or "application/octet-stream"


class Index:
    """The lines of records, to be read back in order. They are kept in memory: 100,000 of them take 60 MB."""

    def __init__(self) -> None:
        self._entries: dict[str, list[str]] = defaultdict(list)

    def add(self, record: Record, filename: str) -> bool:
        """Put in the line of a record of that file; return whether it has one."""
        if found := _entry(record, filename):
            key, entry = found
            self._entries[key].append(entry)
        return found is not None

    def has(self, url: str, timestamp: str) -> bool:
        """Say whether there is a line of a capture."""
        return f"{sort_key(url)} {timestamp}" in self._entries

    def blocks(self, data_name: str, index: list[bytes]) -> Iterator[bytes]:
        """Yield the lines in order, as gzip blocks of a file of that name; `index` gets the lines of their index."""
        place = 0
        index.append(f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': data_name})}\n".encode())
        keys = sorted(self._entries)
        lines = ((key, f"{key} {entry}\n") for key in keys for entry in sorted(self._entries[key]))
        for block in chunked(lines, BLOCK_LINES):
            data = zlib.compress("".join(line for _, line in block).encode(), wbits=16 + zlib.MAX_WBITS)
            where = {"offset": place, "length": len(data), "digest": f"sha256:{hashlib.sha256(data).hexdigest()}"}
            index.append(f"{block[0][0]} {json.dumps(where)}\n".encode())
            place += len(data)
            yield data
