"""A WARC file as exports copy it: up to its last whole record, and without the records of what is withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.store.records import Damage, Record, iter_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MAX_BLOCK = 1 << 28
_PIECE = 1 << 20


class WarcCopy:
    """The copy of one file. `records` has to be read to its end first, as it finds what is cut; then `pieces`.

    A torn end is left out: a run may be writing it just now. Other bytes that cannot be read are copied as they are,
    unless something is withheld: they may be of that.
    `leave_out`, given the URL of a record, says whether it is withheld; None: nothing is.
    """

    def __init__(self, path: Path, leave_out: Callable[[str], bool] | None = None) -> None:
        self.path = path
        self.damaged: list[str] = []
        self._leave_out = leave_out
        self._end = path.stat().st_size
        self._cuts: list[tuple[int, int]] = []

    def records(self) -> Iterator[Record]:
        """Yield the records of the copy, with their places there."""
        dropped, cut_from = 0, None
        with self.path.open("rb") as file:
            for item in iter_records(file, max_block=_MAX_BLOCK):
                if cut_from is not None:
                    self._cuts.append((cut_from, item.offset))
                    dropped += item.offset - cut_from
                cut_from = None
                if isinstance(item, Record) and item.end > self._end:  # a run has written it since
                    self._end = item.offset
                    break
                if isinstance(item, Damage):
                    self.damaged.append(f"{self.path.name} at byte {item.offset}: {item.reason}")
                    if item.torn:
                        self._end = min(self._end, item.offset)
                    cut_from = item.offset if self._leave_out else None
                elif self._leave_out and self._leave_out(item.headers.get("warc-target-uri", "")):
                    cut_from = item.offset
                else:
                    yield item._replace(offset=item.offset - dropped, end=item.end - dropped)
        if cut_from is not None:
            self._cuts.append((cut_from, self._end))

    def __len__(self) -> int:
        """Return how many bytes the copy has."""
        return self._end - sum(end - start for start, end in self._cuts)

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the copy."""
        with self.path.open("rb") as file:
            place = 0
            for start, end in [*self._cuts, (self._end, self._end)]:
                file.seek(place)
                while place < start and (piece := file.read(min(_PIECE, start - place))):
                    place += len(piece)
                    yield piece
                place = end
