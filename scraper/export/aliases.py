"""Captures whose URL names the default port, under the URL without it as well.

The archive's index spells some URLs ``http://hkcnews.com:80/…``, and so do our records. Browsers leave a default port
out, so a player would find neither the page nor what links to it. A ``revisit`` record under the plain URL leads there.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from warcio.recordbuilder import RecordBuilder

from scraper.payload import parse_response
from scraper.store.writing import WARC_VERSION, ResponseHead, member

if TYPE_CHECKING:
    from scraper.store.records import Record

_DEFAULT_PORT = re.compile(
    r"\A(http(?=://[^/?#]*:80(?:[/?#]|\Z))|https(?=://[^/?#]*:443(?:[/?#]|\Z)))://([^/?#]*):[0-9]+"
)
_HEAD = 1 << 16


def plain_url(url: str) -> str:
    """Return a URL without the port that its scheme implies."""
    return _DEFAULT_PORT.sub(r"\1://\2", url)


def alias(record: Record) -> bytes | None:
    """Return a record, as a gzip member, that leads from the plain URL to this one; None if it needs none."""
    url = record.headers.get("warc-target-uri", "")
    digest = record.headers.get("warc-payload-digest", "")
    response = parse_response((record.block or b"")[:_HEAD])
    if plain_url(url) == url or record.kind not in ("response", "revisit") or response is None or not digest:
        return None
    date = record.headers.get("warc-date", "")
    made = RecordBuilder(warc_version=WARC_VERSION).create_revisit_record(
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
    return member(made)
