"""An answer on its way out, and how its bytes are to be treated on the wire."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace

TEXTUAL = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent.

    Attributes:
        kind: for the log: ``memento``, ``redirect``, ``interstitial``, ``excluded``, ``not_archived``, ``cdx``, ...
        wire: ``plain``; or what goes wrong below HTTP: ``reset``, ``reset_midway``, ``stall``, ``stall_midway``,
            ``cut_length``, ``cut_chunked``, ``endless``, ``trickle``.
        length: True: sent with ``Content-Length``; False: chunked, as the real service does.
        bare: no ``Content-Encoding`` is to be put on by the server in front.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    kind: str
    wire: str = "plain"
    length: bool = False
    bare: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def without(self, *names: str) -> Answer:
        """Return the answer without some headers."""
        gone = {name.lower() for name in names}
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() not in gone))

    def with_headers(self, *pairs: tuple[str, str]) -> Answer:
        """Return the answer with more headers."""
        return replace(self, headers=self.headers + pairs)

    def compressed(self, accept_encoding: str) -> Answer:
        """Return the answer as the server in front passes it on: text is gzipped for clients that take that."""
        kind = self.header("Content-Type") or ""
        if (
            self.bare
            or "gzip" not in accept_encoding
            or self.header("Content-Encoding") is not None
            or len(self.body) < 200
            or not kind.startswith(TEXTUAL)
        ):
            return self
        return replace(self.with_headers(("Content-Encoding", "gzip")), body=gzip.compress(self.body, mtime=0))


def html(status: int, reason: str, body: bytes, kind: str) -> Answer:
    """Return a page of the service itself."""
    return Answer(status, reason, (("Content-Type", "text/html; charset=utf-8"),), body, kind)
