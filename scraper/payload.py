"""From archived bytes to the payload: HTTP head, chunks, encodings taken off; signs that it is cut short; digests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.compression import Decoding
from scraper.headers import all_values, values
from scraper.models import DigestCheck

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.headers import Headers


class Decoded(NamedTuple):
    """A decoded body; `changed` and `whole` as in `Decoding`."""

    body: bytes
    changed: bool
    whole: bool


def decode(payload: bytes, encodings: str, limit: int) -> Decoded:
    """Decode a payload as `Decoding` does. TooLarge: it gives more than `limit` bytes."""
    decoding = Decoding(encodings, limit)
    body = b"".join(decoding.pieces((payload,)))
    return Decoded(body, decoding.changed, decoding.whole)


_STATUS_LINE = re.compile(r"HTTP/[0-9.]+[ \t]+(?P<status>[0-9]{1,3})(?:[ \t]+(?P<reason>.*))?\Z", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
MOVED = "X-Archive-Orig-Transfer-Encoding"
"""The name of ``Transfer-Encoding`` in our records: their payloads are dechunked, and no reader shall do it again."""
MAX_HEAD = 1 << 20
"""Bytes of head that are read at most; servers stop at some kilobytes."""


class Response(NamedTuple):
    """An archived HTTP response taken apart. `payload` is the entity, free of transfer coding."""

    status: int
    reason: str
    headers: Headers
    payload: bytes


def split_head(block: bytes) -> tuple[int, int] | None:
    """Return where a block's HTTP head ends and where its payload begins, or None when it has no head."""
    if block[:5].upper() != b"HTTP/":
        return None
    end = _HEAD_END.search(block, 0, MAX_HEAD)
    return (end.start(), end.end()) if end else (len(block), len(block))


def parse_response(block: bytes) -> Response | None:
    """Parse a response record's block, or return None when it does not begin with an HTTP head."""
    parts = split_head(block)
    if parts is None:
        return None
    head, payload = block[: parts[0]], block[parts[1] :]
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    match = _STATUS_LINE.match(lines[0].strip())
    if match is None:
        return None
    headers = parse_header_lines(lines[1:])
    if "chunked" in values(headers, "Transfer-Encoding").lower():
        payload = dechunk(payload)
    headers = tuple(("Transfer-Encoding" if name == MOVED else name, value) for name, value in headers)
    return Response(int(match["status"]), (match["reason"] or "").strip(" \t"), headers, payload)


def parse_header_lines(lines: list[str]) -> Headers:
    """Read header lines tolerantly: folded ones are joined, lines without a colon are dropped."""
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, " ".join((value, line.strip(" \t"))).strip(" \t"))
            continue
        name, colon, value = line.partition(":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip(" \t")))
    return tuple(headers)


def dechunk(payload: bytes) -> bytes:
    """Undo the chunked transfer coding, as far as it goes; bytes that are not chunked come back as they are.

    Archives hold both: many crawlers undid it and kept the header.
    """
    parts: list[bytes] = []
    position = 0
    while True:
        match = _CHUNK_SIZE.match(payload, position)
        if match is None:
            break
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        start = match.end()
        parts.append(payload[start : start + size])
        position = start + size
        if payload.startswith(b"\r\n", position):
            position += 2
        elif payload.startswith(b"\n", position):
            position += 1
        elif position < len(payload):
            return payload
    return b"".join(parts) if parts and position >= len(payload) else payload


REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Status codes that lead elsewhere; nobody misses their page. 300 and 304 are none of them."""
TRUNCATED_WORDS = ("length", "time", "disconnect", "unspecified")
"""What ``WARC-Truncated`` may say (WARC 1.1)."""
_WARNING = re.compile(
    r"\s*[12]99\b.*(?:truncat|incomplete|partial|cut short|too large|length)", re.IGNORECASE | re.DOTALL
)


def said_to_be_cut(headers: Iterable[tuple[str, str]]) -> str | None:
    """Return the ``Warning`` (199 or 299, RFC 7234) by which a server says that it gives a part only, or None."""
    return next((f"Warning: {value}" for value in all_values(headers, "Warning") if _WARNING.match(value)), None)


def is_announced(truncated: str | None) -> bool:
    """Say whether the keeper of a page said itself that it is cut: by a ``Warning`` or ``WARC-Truncated``."""
    return truncated is not None and (truncated in TRUNCATED_WORDS or truncated.startswith("Warning: "))


def shorter_than_told(headers: Iterable[tuple[str, str]], payload: bytes, status: int) -> str | None:
    """Say how a payload, still in its content encoding, is shorter than its ``Content-Length``, or return None."""
    length = values(headers, "Content-Length")
    told = length.isascii() and length.isdigit() and status not in REDIRECTS
    return f"{len(payload)} bytes instead of the archived {length}" if told and len(payload) < int(length) else None


class Digest(NamedTuple):
    """A digest: the algorithm as `hashlib` calls it, and the bytes."""

    algorithm: str
    value: bytes

    @property
    def base32(self) -> str:
        """The bytes as the CDX spells them."""
        return base64.b32encode(self.value).decode("ascii")


_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""Bytes of the digests that WARC files and CDX rows are known to name."""


def parse_digest(text: str) -> Digest | None:
    """Parse a digest, or return None when it is of no known kind.

    WARC records label it (``sha1:…``, ``SHA-256:…``), the CDX does not: a bare one is a SHA-1. The bytes are spelled in
    base32, as the standard's example, in hexadecimal or in base64; within one algorithm their lengths differ.
    """
    label, colon, digits = text.strip().rpartition(":")
    algorithm = label.strip().lower().replace("-", "") if colon else "sha1"
    size = _SIZES.get(algorithm)
    bare = digits.strip().rstrip("=")
    if size is None or not bare.isascii():
        return None
    with contextlib.suppress(ValueError):
        if len(bare) == 2 * size:
            return Digest(algorithm, bytes.fromhex(bare))
        if len(bare) == -(-size * 8 // 5):
            return Digest(algorithm, base64.b32decode(bare.upper() + "=" * (-len(bare) % 8)))
        if len(bare) == -(-size * 8 // 6):
            return Digest(algorithm, base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_"))
    return None


def check_digest(text: str, content: bytes | memoryview) -> DigestCheck:
    """Compare bytes with a digest in any spelling; unverifiable when it is of no known kind."""
    digest = parse_digest(text)
    if digest is None:
        return DigestCheck.UNVERIFIABLE
    return DigestCheck.MATCH if digest_of(content, digest.algorithm) == digest else DigestCheck.MISMATCH


def digest_of(content: bytes | memoryview, algorithm: str = "sha1") -> Digest:
    """Return the digest of bytes."""
    return Digest(algorithm, hashlib.new(algorithm, content, usedforsecurity=False).digest())


def payload_sha1(payload: bytes) -> str:
    """Return the base32 SHA-1 of a payload, spelled as the CDX spells digests."""
    return digest_of(payload).base32
