"""A memento from a WARC record, and the fields of our own in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.headers import values
from scraper.models import DigestCheck, Memento
from scraper.payload import Response, check_digest, decode, parse_response, said_to_be_cut, shorter_than_told
from scraper.times import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from scraper.headers import Headers
    from scraper.store.records import Record

DIGEST_CHECK = "X-CDX-Digest-Check"
"""How the payload compared with the CDX digest when it was fetched; an extension field of ours."""
TRUNCATED = "X-Truncated"
"""How the body is known to be cut, in our words; an extension field of ours."""
SOURCE_RECORD, SOURCE_DIGEST = "X-Source-Record-ID", "X-Source-Payload-Digest"
"""What revisits may name an imported record by: its id, and the SHA-1 of its payload with chunks; fields of ours."""
PROVENANCE_FIELDS = {
    "X-Archive-Src": "X-Archive-Src",
    "X-Archive-Redirect-Reason": "X-Archive-Redirect-Reason",
    "Warning": "X-Archive-Warning",
    "Link": "X-Archive-Link",
    SOURCE_RECORD: SOURCE_RECORD,
    SOURCE_DIGEST: SOURCE_DIGEST,
}
"""What the archive's answer said of the capture, by its header; extension fields of ours."""
REFERS_TO_FILE = "WARC-Refers-To-Filename"
REFERS_TO_OFFSET = "WARC-Refers-To-File-Offset"
"""Where a revisit's payload lies; fields that Heritrix and webarchive-commons use too."""
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")
_PAD = ("", "01", "01", "00", "00", "00")
_DATE = re.compile(
    r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2})(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,][0-9]+)?)?)?)?)?"
    r"\s*(?:Z|([+-][0-9]{2}):?([0-9]{2})?)?\Z",
    re.IGNORECASE,
)
"""What WARC/1.1 allows (https://www.w3.org/TR/NOTE-datetime), also without separators."""


def target_uri(original: str) -> str:
    """Return a URL as it may stand in a record's head: what would end or bend the line is percent-encoded."""
    return _UNSAFE.sub(lambda match: quote(match[0]), original)


def record_id_of(text: str) -> str:
    """Return a record's id as it is compared: without brackets and, since a UUID's case says nothing, in lower case."""
    return text.strip("<> ").lower()


def timestamp_of(date: str) -> str | None:
    """Return the 14 digits, UTC, of a WARC date, or None.

    A fraction is dropped, as the CDX does; a date that leaves out its end means the beginning of that time, as the
    Wayback Machine pads; an offset is taken off, though WARC wants none.
    """
    match = _DATE.match(date.strip())
    if match is None:
        return None
    *parts, hours, minutes = match.groups()
    try:
        moment = parse_timestamp("".join(part or pad for part, pad in zip(parts, _PAD, strict=True)))
        if hours:
            moment -= timedelta(hours=int(hours), minutes=int(f"{hours[0]}{minutes or 0}"))
        return format_timestamp(moment)
    except (ValueError, OverflowError):
        return None


def response_of(record: Record) -> Response | None:
    """Return the HTTP response that a record holds; of a ``resource``, or one without HTTP head, a plain 200."""
    assert record.block is not None
    if record.kind in ("response", "revisit"):
        response = parse_response(record.block)
        if response is not None:
            return response
        if record.kind == "revisit":
            return None
    kind = record.headers.get("content-type", "")
    headers: Headers = (("Content-Type", kind),) if kind and not kind.startswith("application/http") else ()
    return Response(200, "", headers, record.block)


def memento_of(record: Record, response: Response, *, max_body: int) -> Memento | None:
    """Return the memento that a record holds, or None when it has no usable URL or date.

    The response of a revisit has the payload that it refers to. TooLarge: the decoded body is longer than `max_body`.
    """
    original = record.headers.get("warc-target-uri", "")
    timestamp = timestamp_of(record.headers.get("warc-date", ""))
    if not original or timestamp is None:
        return None
    decoded = decode(response.payload, values(response.headers, "Content-Encoding"), max_body)
    told = record.headers.get("warc-truncated")
    cut = (
        record.headers.get(TRUNCATED.lower())
        or (None if (record.kind, told) == ("revisit", "length") else told)  # that is of its block: WARC 1.1, 6.7.2
        or (None if decoded.whole else "the content encoding ends early")
        or said_to_be_cut(response.headers)
        or _cut(record, response)
    )
    return Memento(
        original=original,
        timestamp=timestamp,
        status=response.status,
        reason=response.reason,
        headers=response.headers,
        payload=response.payload,
        body=decoded.body,
        source_uri=record.headers.get("warc-source-uri", ""),
        truncated=cut,
        digest_check=_digest_check(record, response),
        provenance=tuple(
            (name, record.headers[field.lower()])
            for name, field in PROVENANCE_FIELDS.items()
            if field.lower() in record.headers
        ),
    )


def _cut(record: Record, response: Response) -> str | None:
    """Say how a body is shorter than its head announced, unless the archive's digest said that it is whole."""
    chunked = "chunked" in values(response.headers, "Transfer-Encoding").lower()
    if chunked or record.headers.get(DIGEST_CHECK.lower()) == DigestCheck.MATCH:
        return None
    return shorter_than_told(response.headers, response.payload, response.status)


def _digest_check(record: Record, response: Response) -> DigestCheck:
    """Return what was found when the page was fetched; of others' records, how the payload fits their own digest.

    A digest of chunked bytes may have been taken before or after the chunks were taken off, so it refutes nothing.
    """
    noted = record.headers.get(DIGEST_CHECK.lower(), "")
    if noted in set(DigestCheck):
        return DigestCheck(noted)
    check = check_digest(record.headers.get("warc-payload-digest", ""), response.payload)
    chunked = values(response.headers, "Transfer-Encoding")
    return DigestCheck.UNVERIFIABLE if check is DigestCheck.MISMATCH and chunked else check
