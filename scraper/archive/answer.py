"""An answer of the archive: its headers, its body as transferred, and what of that was archived, whole or cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urllib3

from scraper.archive import retries
from scraper.archive.large_bodies import LARGE_BODY, acquire_slot
from scraper.archive.retries import Failure
from scraper.compression import TooLarge
from scraper.headers import Headers, archived_headers, first, values, with_header
from scraper.models import DigestCheck, Memento
from scraper.payload import REDIRECTS, Decoded, check_digest, decode, said_to_be_cut, shorter_than_told
from scraper.times import parse_http_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import requests

    from scraper.archive.connection import Exchange
    from scraper.archive.ratelimit.budget import Permit
    from scraper.archive.retries import Rule

PROVENANCE = {name.lower(): name for name in ("X-Archive-Src", "X-Archive-Redirect-Reason", "Warning", "Link")}
"""Headers of the archive's own that say where a capture comes from: its file there, why this one answered for another
(such as ``found capture at 20200607080910``), what is known to be wrong with it, which captures stand beside it."""
_PIECE = 1 << 16
_PAGE = 1 << 19
"""Bytes that are read of an answer without archived content, to see which of the archive's own pages it is."""
ONLY_THE_DIGEST = "only the digest tells, and it differs"
"""Why a payload may be cut short, where it is no more than a suspicion."""


class Answer:
    """An answer's status and headers; its body comes when asked for.

    Reading the body sets `cut`, if it ended early: why that is known.
    """

    def __init__(self, url: str, response: requests.Response, exchange: Exchange, permit: Permit) -> None:
        raw: urllib3.HTTPResponse = response.raw
        self.url = url
        self.status = response.status_code
        self.reason = raw.reason or ""
        self.headers = tuple((key, _text(value)) for key, value in raw.headers.iteritems())
        self.permit = permit
        self.cut: str | None = None
        self._raw = raw
        self._exchange = exchange

    def header(self, name: str) -> str:
        """Return the values of a header, whatever its case, joined by commas; empty if it is not there."""
        return values(self.headers, name)

    @property
    def is_memento(self) -> bool:
        """Whether this is archived content: if and only if it carries ``Memento-Datetime``, whatever its status."""
        return first(self.headers, "Memento-Datetime") is not None

    @property
    def retry_after(self) -> float:
        """Seconds that ``Retry-After`` asks for, by the archive's own clock; 0 if none, never more than a day."""
        text = self.header("Retry-After").strip()
        try:
            if text.isascii() and text.isdigit():
                seconds = float(text)
            else:
                seconds = (parse_http_date(text) - parse_http_date(self.header("Date"))).total_seconds()
        except ValueError:
            return 0.0
        return min(max(0.0, seconds), 86_400.0)

    def failure(self, rule: Rule, text: str, *, retry_after: float = 0.0, progress: bool = False) -> Failure:
        """Return this answer as a failure by a rule of the table."""
        text = f"{self.url}: {text}"
        return Failure(rule, text, permit=self.permit, retry_after=retry_after, progress=progress)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as transferred, piece by piece as it comes; an early end sets `cut` and is no error.

        Raises:
            Failure: nothing came for too long, or it took too long in all.
        """
        try:
            while piece := self._raw.read1(_PIECE, decode_content=False):
                yield piece
        except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise self.failure(retries.READ_TIMEOUT, "the answer stalled. Try again later.") from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if not self._exchange.overdue:
                self.cut = f"the transfer ended early ({type(error).__name__})"
        if self._exchange.overdue:
            raise self.failure(retries.TOO_SLOW, "the answer took too long in all. Try again later.")

    def read(self, limit: int) -> bytes:
        """Return the body as transferred; raise Failure as `pieces` does, or if it is longer than `limit` bytes."""
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if len(body) > LARGE_BODY:
                acquire_slot()
            if len(body) > limit:
                text = f"longer than {limit >> 20} MB. If that is right, raise max_body_megabytes."
                raise self.failure(retries.ENDLESS, text)
        return bytes(body)

    def page(self) -> bytes:
        """Return the decoded first part of the body: it tells which of the archive's own pages this is."""
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if len(body) >= _PAGE:
                break
        try:
            return decode(bytes(body), self.header("Content-Encoding"), _PAGE << 3).body
        except TooLarge:
            return bytes(body)

    def close(self) -> None:
        """Release the connection; one whose body was not read to its end is closed."""
        if not self._raw.isclosed():
            self._raw.close()
        self._raw.release_conn()


def _text(value: str) -> str:
    """Return a header's value; raw UTF-8 (a URL in Link, Location) was taken for Latin-1 on its way here."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def memento_of(answer: Answer, raw: bytes, digest: str, *, original: str, timestamp: str, limit: int) -> Memento:
    """Return what was archived; its `truncated` says how it is cut short, if it is, or `ONLY_THE_DIGEST`.

    The payload is the body as transferred, or that body decoded: the archive's front end compresses too, so
    ``Content-Encoding`` may be the capture's or the transfer's. The digest decides; without it,
    ``X-Archive-Orig-Content-Encoding`` does.

    Args:
        answer: its headers and how it ended.
        raw: the body as transferred.
        digest: of the CDX row; empty if it is unknown, another capture's or of a page before it was rewritten.
        original: of the capture that answered.
        timestamp: of the capture that answered.
        limit: bytes that the body may have without its encoding; TooLarge is raised if it has more.
    """
    headers = archived_headers(answer.headers)
    archived_encoding = values(answer.headers, "X-Archive-Orig-Content-Encoding")
    prefixed = any(key.lower().startswith("x-archive-orig-") for key, _ in answer.headers)
    encoding = answer.header("Content-Encoding")
    encodings = ",".join(filter(None, (archived_encoding, encoding)))
    try:
        decoded = decode(raw, encodings, min(LARGE_BODY, limit))
    except TooLarge:
        acquire_slot()
        decoded = decode(raw, encodings, limit)
    keep_encoding = bool(archived_encoding) or not prefixed
    check = check_digest(digest, raw)
    if check is DigestCheck.MATCH:
        keep_encoding = True
    elif decoded.changed and check_digest(digest, decoded.body) is DigestCheck.MATCH:
        check, keep_encoding = DigestCheck.MATCH, False
    payload = raw if keep_encoding else decoded.body
    still_encoded = decoded.changed and keep_encoding
    headers = with_header(headers, "Content-Encoding", (archived_encoding or encoding) if still_encoded else None)
    truncated = _cut(answer, payload, decoded, headers, check)
    if truncated is None and values(headers, "Content-Length"):
        headers = with_header(headers, "Content-Length", str(len(payload)))
    return Memento(
        original=original,
        timestamp=timestamp,
        status=answer.status,
        reason=answer.reason,
        headers=headers,
        payload=payload,
        body=decoded.body,
        source_uri=answer.url,
        truncated=truncated,
        digest_check=check,
        provenance=provenance_of(answer.headers),
    )


def _cut(answer: Answer, payload: bytes, decoded: Decoded, headers: Headers, check: DigestCheck) -> str | None:
    """Say how a payload is known, or suspected, to be cut short; None if it is not."""
    if check is DigestCheck.MATCH:
        return None
    if answer.cut:
        return answer.cut
    if not decoded.whole:
        return "the content encoding ends early"
    if cut := said_to_be_cut(answer.headers) or shorter_than_told(headers, payload, answer.status):
        return cut
    if check is DigestCheck.UNVERIFIABLE:
        return None
    if not payload.strip() and answer.status not in REDIRECTS:
        return "no byte, and the listing's digest is of some"
    html = values(headers, "Content-Type").lower().startswith("text/html")
    if html and answer.status == 200 and b"<" not in decoded.body:
        return "no HTML, and the listing's digest is of other bytes"
    return ONLY_THE_DIGEST


def provenance_of(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return those headers of a replay's answer that `PROVENANCE` names."""
    return tuple((PROVENANCE[key.lower()], value) for key, value in headers if key.lower() in PROVENANCE)
