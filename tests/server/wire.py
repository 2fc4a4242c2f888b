"""Answers on their way: framing, and what goes wrong below HTTP."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

    from tests.server.answers import Answer

_ENDLESS_BYTES = 512 * 1024 * 1024
STALL_SECONDS = 30.0
"""After so long even a stalled connection is closed, should the client never leave."""


def send(connection: socket.socket, answer: Answer, method: str, stop: threading.Event) -> bool:
    """Put an answer on the wire, faults included; return whether it went out whole."""
    if answer.wire == "reset":
        reset(connection)
        return False
    if answer.wire == "stall":
        _stall(connection, stop)
        return False
    framing = (
        ("Content-Length", str(len(answer.body)))
        if answer.length or not answer.body
        else ("Transfer-Encoding", "chunked")
    )
    if answer.wire in ("endless", "trickle"):
        framing = ("Transfer-Encoding", "chunked")
    headers = [("Server", "nginx"), ("Date", _DATE), ("Connection", "keep-alive"), *answer.headers, framing]
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
    connection.sendall(head.encode("utf-8", "surrogateescape") + b"\r\n")
    if method == "HEAD":
        return True
    if answer.wire == "plain":
        connection.sendall(answer.body if framing[0] == "Content-Length" else _chunked(answer.body) + b"0\r\n\r\n")
        return True
    if answer.wire == "endless":
        _pour(connection, b"<p>and on</p>\n" * 4096, 0.0, stop)
    elif answer.wire == "trickle":
        _pour(connection, b"<!-- -->", 0.05, stop)
    else:
        half = answer.body[: len(answer.body) // 2]
        connection.sendall(half if framing[0] == "Content-Length" else _chunked(half))
        if answer.wire == "reset_midway":
            time.sleep(0.02)  # lets the client see the first half
            reset(connection)
        elif answer.wire == "stall_midway":
            _stall(connection, stop)
    return False


_DATE = "Mon, 02 Nov 2026 12:00:00 GMT"


def _chunked(body: bytes) -> bytes:
    size = max(1, min(16384, (len(body) + 2) // 3))
    parts = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def _pour(connection: socket.socket, piece: bytes, pause: float, stop: threading.Event) -> None:
    sent = 0
    while sent < _ENDLESS_BYTES and not stop.is_set():
        connection.sendall(_chunked(piece))
        sent += len(piece)
        if pause and stop.wait(pause):
            return


def _stall(connection: socket.socket, stop: threading.Event) -> None:
    """Send nothing more until the client leaves."""
    connection.settimeout(0.1)
    end = time.monotonic() + STALL_SECONDS
    while time.monotonic() < end and not stop.is_set():
        try:
            if connection.recv(4096) == b"":
                return
        except TimeoutError:
            continue


def reset(connection: socket.socket) -> None:
    """Tear the connection down with RST."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
    connection.close()
