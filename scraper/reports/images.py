"""What a run did about pictures, and the list of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from scraper.errors import ExitStatus
from scraper.images.next_step import LISTED
from scraper.paths import IMAGES_FOLDER, IMAGES_LIST
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from scraper.engine.outcomes import Refusal
    from scraper.ledger.images import ImageEntry, ImageState


@dataclass(slots=True)
class ImagesReport:
    """What one run did about pictures, and how things stand now; as JSON in this order.

    Attributes:
        states: how many pictures stand where.
        asked: how many addresses it worked on.
        fetched: how many mementos came.
        kept, missing, waiting: what became of the addresses.
        remade: how many files were made again from what is kept.
        documents_changed, documents_left: how many name their pictures anew; which were left alone, with the reason.
        refusal: of the archive as a whole; it ended the run.
        stopped: the run was asked to end.
    """

    states: dict[ImageState, int] = field(default_factory=dict)
    asked: int = 0
    fetched: int = 0
    kept: int = 0
    missing: list[str] = field(default_factory=list)
    waiting: int = 0
    remade: int = 0
    documents_changed: int = 0
    documents_left: list[str] = field(default_factory=list)
    refusal: Refusal | None = None
    stopped: bool = False

    @property
    def put_off(self) -> int:
        """How many pictures could not be had yet; what a run that was ended left is no failure."""
        return 0 if self.stopped else self.waiting

    @property
    def exit_status(self) -> ExitStatus:
        """What the process should end with, if no signal ended it: 1 says that something is new in `problems`.

        What an earlier run found to be missing is no news: cron would send the same mail every hour.
        """
        if self.refusal is not None:
            return ExitStatus.ARCHIVE
        unfinished = self.missing or self.put_off or self.documents_left
        return ExitStatus.INCOMPLETE if unfinished else ExitStatus.DONE

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        return asdict(self) | {
            "missing": len(self.missing),
            "refusal": self.refusal.message if self.refusal else None,
            "list": IMAGES_LIST,
            "exit_status": self.exit_status,
        }

    def problems(self) -> list[str]:
        """Return what went wrong, a line each, for stderr even when quiet."""
        lines = [self.refusal.message] if self.refusal else []
        lines += first_of([f"document left as it is: {reason}" for reason in self.documents_left])
        missing = [f"missing: {address}" for address in self.missing]
        lines += first_of(missing, rest=f": {IMAGES_LIST} lists them with all that was tried")
        if self.put_off:
            lines.append(f"{counted(self.put_off, 'picture')} could not be had yet; a later run asks again")
        return lines

    def summary(self) -> list[str]:
        """Return a few lines that say how it went, for people."""
        counts = ", ".join(f"{count} {state}" for state, count in self.states.items())
        lines = [f"pictures: {counts}; {self.fetched} fetched just now"]
        if self.remade:
            lines.append(f"{counted(self.remade, 'file')} made again from what is kept")
        if self.documents_changed:
            lines.append(f"pictures named anew in {counted(self.documents_changed, 'document')}")
        return lines


def image_json(entry: ImageEntry) -> dict[str, object]:
    """Return the object of one picture as it stands in the list. Every key is always there."""
    kept = entry.kept
    return {
        "address": entry.address,
        "state": str(entry.state),
        "reason": entry.reason,
        "file": f"{IMAGES_FOLDER}/{kept.path}" if kept else None,
        **{name: getattr(kept, name, None) for name in ("sha256", "width", "height")},
        "capture": {"timestamp": kept.timestamp, "original": kept.original} if kept else None,
        "articles": list(entry.articles),
        "tried": [
            {name: getattr(one, name) for name in ("original", "timestamp", "verdict", "detail")}
            for one in entry.tried
            if one.verdict != LISTED
        ],
    }
