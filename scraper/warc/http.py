"""The HTTP response inside a WARC record, taken apart; chunked transfer taken off."""

from __future__ import annotations

import re
from typing import NamedTuple

_STATUS_LINE = re.compile(r"HTTP/[0-9.]+[ \t]+(?P<status>[0-9]{1,3})(?:[ \t]+(?P<reason>.*))?\Z", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
MOVED = "X-Archive-Orig-Transfer-Encoding"
"""What ``Transfer-Encoding`` is called in our records: nobody is to take it off a payload that is free of it."""
MAX_HEAD = 1 << 20
"""Bytes of head that are read at most; servers stop at some kilobytes."""

Headers = tuple[tuple[str, str], ...]


class Response(NamedTuple):
    """An archived HTTP response taken apart. `payload` is the entity, free of transfer coding."""

    status: int
    reason: str
    headers: Headers
    payload: bytes


def split_head(block: bytes) -> tuple[int, int] | None:
    """Return where the HTTP head of a block ends and where its payload begins, or None when it begins with no head."""
    if block[:5].upper() != b"HTTP/":
        return None
    end = _HEAD_END.search(block, 0, MAX_HEAD)
    return (end.start(), end.end()) if end else (len(block), len(block))


def parse_response(block: bytes) -> Response | None:
    """Take a response record's block apart, or return None when it does not begin with an HTTP head."""
    parts = split_head(block)
    if parts is None:
        return None
    head, payload = block[: parts[0]], block[parts[1] :]
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    match = _STATUS_LINE.match(lines[0].strip())
    if match is None:
        return None
    headers = _parse_headers(lines[1:])
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        payload = dechunk(payload)
    headers = tuple(("Transfer-Encoding" if name == MOVED else name, value) for name, value in headers)
    return Response(int(match["status"]), (match["reason"] or "").strip(" \t"), headers, payload)


def _parse_headers(lines: list[str]) -> Headers:
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
    """Take the chunked transfer coding off, as far as it goes; bytes that are not chunked come back as they are.

    Archives hold both: many crawlers took the chunks off and kept the header.
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
