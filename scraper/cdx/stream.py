"""The body of a CDX answer as it comes, without its gzip."""

from __future__ import annotations

import contextlib
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.transport.answer import Answer


class Inflated:
    """The body of an answer without its gzip, piece by piece; what is no gzip passes, whatever the header says."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.whole = True

    def pieces(self) -> Iterator[bytes]:
        """Give the body piece by piece; a broken or unfinished stream clears `whole`."""
        inflater = None
        first = True
        for piece in self._answer.pieces():
            if first and piece[:2] == b"\x1f\x8b":
                inflater = zlib.decompressobj(47)
            first = False
            if inflater is None:
                yield piece
                continue
            try:
                rest = piece
                while rest:
                    yield inflater.decompress(rest, 1 << 20)
                    rest = inflater.unconsumed_tail
            except zlib.error:
                self.whole = False
                return
        self.whole = inflater is None or inflater.eof


def first_piece(answer: Answer) -> Iterator[bytes]:
    """Give the next piece of an answer, if there is one, to see what it is."""
    with contextlib.suppress(StopIteration):
        yield next(answer.pieces())
