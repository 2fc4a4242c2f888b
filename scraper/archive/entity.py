"""Which bytes of a replayed answer were archived, and whether they are whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.compression import TooLarge
from scraper.headers import Headers, archived_headers, values, with_header
from scraper.models import DigestCheck, Memento
from scraper.payload import Decoded, check_digest, decode
from scraper.room import SMALL, take_room
from scraper.truncation import REDIRECTS, said_to_be_cut, shorter_than_told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.archive.answer import Answer

PROVENANCE = {name.lower(): name for name in ("X-Archive-Src", "X-Archive-Redirect-Reason", "Warning", "Link")}
"""Headers of the archive's own that say where a capture comes from: its file there, why this one answered for another
(such as ``found capture at 20200607080910``), what is known to be wrong with it, which captures stand beside it."""


def memento_of(
    answer: Answer, raw: bytes, digest: str, *, original: str, timestamp: str, rewritten: bool, limit: int
) -> tuple[Memento, bool]:
    """Return what was archived, and whether only the digest says that it is cut short.

    That is the body as transferred, or what is in its content encoding. The archive's front end compresses too, so
    ``Content-Encoding`` may be the capture's or the transfer's. The digest decides; without it,
    ``X-Archive-Orig-Content-Encoding`` does.

    Args:
        answer: its headers and how it ended.
        raw: the body as transferred.
        digest: of the CDX row; empty if it is another capture's or unknown.
        original: of the capture that answered.
        timestamp: of the capture that answered.
        rewritten: whether the archive changed the page, so that no digest can match.
        limit: bytes that the body may have without its encoding; TooLarge is raised if it has more.
    """
    headers = archived_headers(answer.headers)
    archived_encoding = values(answer.headers, "X-Archive-Orig-Content-Encoding")
    prefixed = any(key.lower().startswith("x-archive-orig-") for key, _ in answer.headers)
    encoding = answer.header("Content-Encoding")
    encodings = ",".join(filter(None, (archived_encoding, encoding)))
    try:
        decoded = decode(raw, encodings, min(SMALL, limit))
    except TooLarge:
        take_room()
        decoded = decode(raw, encodings, limit)
    check, keep_encoding = DigestCheck.UNVERIFIABLE, bool(archived_encoding) or not prefixed
    if not rewritten:
        check = check_digest(digest, raw)
        if check is DigestCheck.MATCH:
            keep_encoding = True
        elif decoded.changed and check_digest(digest, decoded.body) is DigestCheck.MATCH:
            check, keep_encoding = DigestCheck.MATCH, False
    payload = raw if keep_encoding else decoded.body
    still_encoded = decoded.changed and keep_encoding
    headers = with_header(headers, "Content-Encoding", (archived_encoding or encoding) if still_encoded else None)
    truncated, unsure = _cut(answer, payload, decoded, headers, check)
    if truncated is None and values(headers, "Content-Length"):
        headers = with_header(headers, "Content-Length", str(len(payload)))
    memento = Memento(
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
    return memento, unsure


def _cut(
    answer: Answer, payload: bytes, decoded: Decoded, headers: Headers, check: DigestCheck
) -> tuple[str | None, bool]:
    """Say how the body is known to be cut short, if it is, and whether that is only a suspicion."""
    if check is DigestCheck.MATCH:
        return None, False
    if answer.cut:
        return answer.cut, False
    if not decoded.whole:
        return "the content encoding ends early", False
    if cut := said_to_be_cut(answer.headers) or shorter_than_told(headers, payload, answer.status):
        return cut, False
    if check is DigestCheck.MISMATCH and not payload.strip() and answer.status not in REDIRECTS:
        return "no byte, and the listing's digest is of some", False
    html = values(headers, "Content-Type").lower().startswith("text/html")
    if check is DigestCheck.MISMATCH and answer.status == 200 and html and b"<" not in decoded.body:
        return "no HTML, and the listing's digest is of other bytes", False
    if check is DigestCheck.MISMATCH:
        return "only the digest tells, and it differs", True
    return None, False


def provenance_of(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return those headers of a replay's answer that `PROVENANCE` names."""
    return tuple((PROVENANCE[key.lower()], value) for key, value in headers if key.lower() in PROVENANCE)
