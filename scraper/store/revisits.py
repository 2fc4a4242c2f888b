"""The payloads of the records that were read, found again by all that a revisit may name them by."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from scraper.models import DigestCheck
from scraper.payload import Response, check_digest, digest_of, parse_digest, split_head
from scraper.store.mementos import TRUNCATED, record_id_of, response_of, timestamp_of
from scraper.store.stream import Damaged
from scraper.urls import urlkey

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from scraper.models import Memento
    from scraper.payload import Digest
    from scraper.store.records import Record
    from scraper.store.sources import Place

_HASHED = ("sha1", "sha256")
"""The digests that revisits name: Heritrix, wget and warcio write the one, Browsertrix the other."""


class Wanted(NamedTuple):
    """What a revisit says of its payload: its digest, and id, URL and 14 digits of the record it refers to."""

    digest: Digest | None
    record_id: str
    original: str
    timestamp: str


class Payloads:
    """Finds the payload of a revisit.

    By its digest in any spelling, as computed and as the earlier record claims it (some tools compute it with the
    chunks), by the id of that record, by its URL and date. Memory holds a place and up to eight keys for each record.

    Args:
        read: reads a record again; raises Damaged or OSError where that is not possible.
        kept: gives a memento with that payload that an earlier command kept, or None.
    """

    def __init__(self, read: Callable[[Place], Record], kept: Callable[[Wanted], Memento | None]) -> None:
        self._read_again = read
        self._kept = kept
        self._places: dict[int, Place] = {}

    def remember(self, place: Place, record: Record, payload: bytes) -> None:
        """Note where a payload lies; of equal ones the first."""
        for key in _keys(record, payload):
            self._places.setdefault(hash(key), place)

    def of(self, revisit: Record) -> tuple[Response, str] | None:
        """Return the response that a revisit refers to, and how it is cut; None if none was read or kept."""
        headers = revisit.headers
        claimed = headers.get("warc-payload-digest", "")
        wanted = Wanted(
            parse_digest(claimed),
            record_id_of(headers.get("warc-refers-to", "")),
            (headers.get("warc-refers-to-target-uri") or headers.get("warc-target-uri", "")).strip("<>"),
            timestamp_of(headers.get("warc-refers-to-date", "")) or "",
        )
        keys = (
            _digest_key(claimed),
            wanted.record_id,
            wanted.timestamp and (wanted.original, wanted.timestamp),
            wanted.timestamp and (urlkey(wanted.original), wanted.timestamp),  # behind it: http may lead to https
            wanted.digest and (wanted.original, ""),  # for an algorithm that was not computed: `_read` compares it
        )
        for key in filter(None, keys):
            place = self._places.get(hash(key))
            if place is not None and (found := self._read(place, claimed)) is not None:
                return found
        kept = self._kept(wanted)
        return kept and (Response(kept.status, kept.reason, kept.headers, kept.payload), kept.truncated or "")

    def _read(self, place: Place, claimed: str) -> tuple[Response, str] | None:
        """Return what a revisit may refer to, as `of` does, if the payload has the digest that the revisit claims."""
        with contextlib.suppress(Damaged, OSError):
            earlier = self._read_again(place)
            response = response_of(earlier) if earlier.block is not None else None
            same = (_digest_key(earlier.headers.get("warc-payload-digest", "")), framed_digest(earlier))
            if response is not None and (
                _digest_key(claimed) in same or check_digest(claimed, response.payload) is not DigestCheck.MISMATCH
            ):
                return response, earlier.headers.get(TRUNCATED.lower()) or earlier.headers.get("warc-truncated", "")
        return None


def _keys(record: Record, payload: bytes) -> Iterator[Hashable]:
    """Yield everything by which a revisit may name a record."""
    for algorithm in _HASHED:
        yield digest_of(payload, algorithm)
    yield framed_digest(record)
    headers = record.headers
    yield _digest_key(headers.get("warc-payload-digest", ""))
    yield record_id_of(headers.get("warc-record-id", ""))
    original, timestamp = headers.get("warc-target-uri", ""), timestamp_of(headers.get("warc-date", "")) or ""
    yield original, timestamp
    yield urlkey(original), timestamp
    yield original, ""


def framed_digest(record: Record) -> Digest | None:
    """Return the SHA-1 of a payload as it lies in the record, with its chunks if it has any, as wget computes it."""
    head = split_head(record.block) if record.block is not None else None
    return digest_of(memoryview(record.block)[head[1] :]) if head and record.block is not None else None


def _digest_key(text: str) -> Hashable:
    """Return a digest whatever its spelling; one of an unknown kind as it is spelled."""
    return parse_digest(text) or text.strip().lower()
