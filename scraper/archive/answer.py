"""An answer of the archive: its headers at once, its body when asked for, as it was transferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import urllib3

from scraper.archive import retries
from scraper.archive.retries import Failure
from scraper.compression import TooLarge
from scraper.payload import decode
from scraper.room import SMALL, take_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from scraper.archive.ratelimit.budget import Permit
    from scraper.archive.watchdog import Exchange

_PIECE = 1 << 16
_PAGE = 1 << 19
"""So much of an answer that is no content is read, to see what it is."""


class Answer:
    """An answer's status and headers; its body comes when asked for.

    Attributes:
        url: that was asked for.
        status: HTTP status.
        reason: reason phrase.
        headers: in order, repeated ones repeated.
        permit: of the request.
        cut: why the body is known to have ended early, or None; set by reading it.
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

    def header(self, name: str) -> str | None:
        """Return the values of a header, whatever its case, joined by commas; None if it is not there."""
        wanted = name.lower()
        values = [value for key, value in self.headers if key.lower() == wanted]
        return ", ".join(values) if values else None

    @property
    def is_memento(self) -> bool:
        """Whether this is archived content: if and only if it carries ``Memento-Datetime``, whatever its status."""
        return self.header("Memento-Datetime") is not None

    def pieces(self) -> Iterator[bytes]:
        """Give the body as transferred, piece by piece as it comes; an early end sets `cut` and is no error.

        Raises:
            Failure: nothing came for too long, or it took too long in all.
        """
        try:
            while piece := self._raw.read1(_PIECE, decode_content=False):
                yield piece
        except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise Failure(
                retries.READ_TIMEOUT, f"{self.url}: the answer stalled. Try again later.", permit=self.permit
            ) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if not self._exchange.overdue:
                self.cut = f"the transfer ended early ({type(error).__name__})"
        if self._exchange.overdue:
            raise Failure(
                retries.TOO_SLOW, f"{self.url}: the answer took too long in all. Try again later.", permit=self.permit
            )

    def read(self, limit: int) -> bytes:
        """Return the body as transferred.

        Raises:
            Failure: as `pieces`, or it is longer than `limit`.
        """
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if len(body) > SMALL:
                take_room()
            if len(body) > limit:
                raise Failure(
                    retries.ENDLESS,
                    f"{self.url}: longer than {limit >> 20} MB. If that is right, raise max_body_megabytes.",
                    permit=self.permit,
                )
        return bytes(body)

    def page(self) -> bytes:
        """Return the first part of the body without its encoding, to see what an answer that is no content says.

        Raises:
            Failure: as `pieces`.
        """
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if len(body) >= _PAGE:
                break
        try:
            return decode(bytes(body), self.header("Content-Encoding") or "", _PAGE << 3).body
        except TooLarge:
            return bytes(body)

    def close(self) -> None:
        """Leave the connection; one whose body was not read to its end is not used again."""
        if not self._raw.isclosed():
            self._raw.close()
        self._raw.release_conn()


def _text(value: str) -> str:
    """Return a header's value; raw UTF-8 (a URL in Link, Location) was taken for Latin-1 on its way here."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
