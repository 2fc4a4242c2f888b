"""A memento out of a WARC record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.headers import values
from scraper.models import DigestCheck, Memento
from scraper.payload import Response, check_digest, decode, parse_response
from scraper.times import parse_timestamp
from scraper.wholeness import said_to_be_cut, shorter_than_told

if TYPE_CHECKING:
    from scraper.headers import Headers
    from scraper.store.records import Record

DIGEST_CHECK = "X-CDX-Digest-Check"
"""How the payload compared with the CDX digest when it was fetched; an extension field of ours."""
TRUNCATED = "X-Truncated"
"""How the body is known to be cut, in our words; an extension field of ours."""
REFERS_TO_FILE = "WARC-Refers-To-Filename"
REFERS_TO_OFFSET = "WARC-Refers-To-File-Offset"
"""Where a revisit's payload lies; fields that Heritrix and webarchive-commons use too."""
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})T?(\d{2}):?(\d{2}):?(\d{2})")


def timestamp_of(date: str) -> str | None:
    """Return the 14 digits of a WARC date (a fraction is dropped, as the CDX does), or of an ARC one, or None."""
    match = _DATE.match(date)
    if match is None:
        return None
    stamp = "".join(match.groups())
    try:
        parse_timestamp(stamp)
    except ValueError:
        return None
    return stamp


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

    Args:
        record: gives URL, date and provenance.
        response: of the record; for a revisit with the payload it refers to.
        max_body: longest decoded body, in bytes.

    Raises:
        TooLarge: the body would be longer.
    """
    original = record.headers.get("warc-target-uri", "")
    timestamp = timestamp_of(record.headers.get("warc-date", ""))
    if not original or timestamp is None:
        return None
    decoded = decode(response.payload, values(response.headers, "Content-Encoding"), max_body)
    cut = (
        record.headers.get(TRUNCATED.lower())
        or record.headers.get("warc-truncated")
        or (None if decoded.whole else "the content encoding ends early")
        or said_to_be_cut(response.headers)
        or shorter_than_told(response.headers, response.payload, response.status)
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
    )


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
