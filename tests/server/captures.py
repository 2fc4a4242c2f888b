"""What the test archive holds: saved answers, their CDX rows, and the order the index keeps them in."""

from __future__ import annotations

import base64
import bisect
import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from warcio.archiveiterator import ArchiveIterator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
HTML = (("Content-Type", "text/html; charset=UTF-8"), ("Server", "nginx"))
_DEFAULT_PORT = {"http": 80, "https": 443, "": 80}


def surt(url: str, *, keep_tail: bool = False) -> str:
    """Return the SURT urlkey of a URL as the archive's canonicaliser makes it.

    Scheme, user, default port and fragment go, ``www.`` goes, everything is lower-cased, the query sorted. A slash
    or question mark at the end goes too, unless `keep_tail` (a prefix query means what it says).
    """
    text = url.strip().split("#", 1)[0]
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        text = "http://" + text
    scheme, rest = text.split("://", 1)
    authority, slash, tail = rest.partition("/")
    if "?" in authority:
        authority, mark, query = authority.partition("?")
        slash, tail = "/", mark + query + slash + tail
    authority = authority.rsplit("@", 1)[-1].lower()
    host, _, port = authority.partition(":")
    if port and port != str(_DEFAULT_PORT.get(scheme.lower(), 80)) and port not in ("80", "443"):
        host = f"{host}:{port}"
    name, colon, number = re.sub(r"\Awww\d*\.", "", host).partition(":")
    path, mark, query = tail.partition("?")
    if query and not keep_tail:
        query = "&".join(sorted(query.split("&")))
    key = f"{','.join(reversed(name.split('.')))}{colon}{number})/{_escape(path)}"
    if keep_tail:
        return key + (mark + _escape(query) if mark else "")
    key = key.rstrip("/") if path else key
    return f"{key}?{_escape(query)}" if query else key


def _escape(text: str) -> str:
    """Lower-case a path or query and percent-encode it in one way, whichever way it came."""
    raw = unquote_to_bytes(text)
    return quote(raw, safe="/!$&'()*+,;=:@~?[]|%").lower()


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved answer.

    Attributes:
        url: as archived; stands in the CDX as it is here.
        timestamp: 14 digits, UTC.
        payload: as stored, content-encoded if `headers` say so.
        status, reason, headers: of the archived answer.
        source: name of the WARC file it came from.
        warning: the archive's own ``Warning``.
        revisit: the CDX calls it ``warc/revisit`` with status ``-``; replay gives the payload all the same.
        row: CDX columns that are given out instead of the true ones (oddities of the index).
        listed: False: replay knows it, the CDX does not.
        stored: False: the CDX lists it, replay says "not archived".
    """

    url: str
    timestamp: str
    payload: bytes = b""
    status: int = 200
    reason: str = "OK"
    headers: tuple[tuple[str, str], ...] = HTML
    source: str = "made-up-00000.warc.gz"
    warning: str = ""
    revisit: bool = False
    row: Mapping[str, str] = field(default_factory=dict)
    listed: bool = True
    stored: bool = True

    @property
    def urlkey(self) -> str:
        return self.row.get("urlkey") or surt(self.url)

    @property
    def digest(self) -> str:
        """Base32 SHA-1 of the stored payload."""
        return base64.b32encode(hashlib.sha1(self.payload).digest()).decode()

    @property
    def moment(self) -> datetime:
        """The time of the capture; an impossible one is bent into the calendar."""
        try:
            return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return datetime(int(self.timestamp[:4]), 1, 1, tzinfo=UTC)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def mimetype(self) -> str:
        return (self.header("Content-Type") or "unk").split(";")[0].strip().lower() or "unk"

    def columns(self) -> dict[str, str]:
        """Return the CDX row."""
        columns = {
            "urlkey": self.urlkey,
            "timestamp": self.timestamp,
            "original": self.url,
            "mimetype": "warc/revisit" if self.revisit else self.mimetype,
            "statuscode": "-" if self.revisit else str(self.status),
            "digest": self.digest,
            "length": str(len(self.payload) // 3 + 420),
        }
        return columns | dict(self.row)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A line that stands in the index as it is, behind the rows whose ``urlkey timestamp`` is not above `place`."""

    place: str
    columns: tuple[str, ...]


class Index:
    """All that is held, in the order of the CDX; looked up by urlkey."""

    def __init__(self, saved: Iterable[Saved] = (), raw_rows: Iterable[RawRow] = ()) -> None:
        self._rows: list[tuple[str, tuple[str, ...]]] = []
        self._by_key: dict[str, list[Saved]] = {}
        for one in saved:
            self.add(one)
        for raw in raw_rows:
            bisect.insort(self._rows, (raw.place, raw.columns))

    def add(self, one: Saved) -> None:
        """Take one saved answer in; also while the server runs."""
        if one.listed:
            columns = one.columns()
            place = f"{columns['urlkey']} {columns['timestamp']}"
            bisect.insort(self._rows, (place, tuple(columns[name] for name in FIELDS)))
        if one.stored:
            held = self._by_key.setdefault(surt(one.url), [])
            bisect.insort(held, one, key=lambda saved: (saved.timestamp, saved.url))

    def rows(self, start: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (place, columns) of all rows from `start` on, in order."""
        for number in range(bisect.bisect_left(self._rows, (start, ())), len(self._rows)):
            yield self._rows[number]

    def captures(self, url: str) -> list[Saved]:
        """Return the captures of a URL by time."""
        return list(self._by_key.get(surt(url), ()))

    def all_saved(self) -> Iterator[Saved]:
        """Yield all that replay knows."""
        for held in self._by_key.values():
            yield from held


def read_warc(path: Path) -> Iterator[Saved]:
    """Yield the responses and revisits of a WARC file, payload as stored; revisits get the payload they refer to."""
    seen: dict[tuple[str, str], Saved] = {}
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type not in ("response", "revisit") or record.http_headers is None:
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            date = record.rec_headers.get_header("WARC-Date")
            one = Saved(
                url=url,
                timestamp="".join(re.findall(r"[0-9]", date))[:14],
                payload=record.raw_stream.read(),
                status=int(record.http_headers.get_statuscode()),
                reason=record.http_headers.statusline.partition(" ")[2],
                headers=tuple(
                    (name, value) for name, value in record.http_headers.headers if name.lower() != "transfer-encoding"
                ),
                source=path.name,
            )
            if record.rec_type == "revisit":
                named = (
                    record.rec_headers.get_header("WARC-Refers-To-Target-URI") or url,
                    record.rec_headers.get_header("WARC-Refers-To-Date") or "",
                )
                earlier = seen.get(named)
                one = replace(one, payload=earlier.payload if earlier else b"", revisit=True)
            seen[(url, date)] = one
            yield one
