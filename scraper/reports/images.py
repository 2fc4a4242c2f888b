"""What a run did about pictures, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import ExitStatus
from scraper.images.next_step import LISTED
from scraper.paths import IMAGES_FOLDER, IMAGES_LIST
from scraper.reports.words import first_of

if TYPE_CHECKING:
    from scraper.images.collect import Collected
    from scraper.images.documents import Relinked
    from scraper.ledger.images import ImageEntry, ImageState


@dataclass(frozen=True, slots=True)
class ImagesReport:
    """What one run did about pictures, and how things stand now."""

    collected: Collected
    relinked: Relinked
    remade: int
    states: dict[ImageState, int]

    @property
    def put_off(self) -> int:
        """How many pictures could not be had yet; what a run that was ended left is no failure."""
        return 0 if self.collected.stopped else self.collected.waiting

    @property
    def exit_status(self) -> ExitStatus:
        """What the process should end with, if no signal ended it: 1 says that something is new in `problems`.

        What an earlier run found to be missing is no news: cron would send the same mail every hour.
        """
        if self.collected.refusal is not None:
            return ExitStatus.ARCHIVE
        unfinished = self.collected.missing or self.put_off or self.relinked.left
        return ExitStatus.INCOMPLETE if unfinished else ExitStatus.DONE

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        done = self.collected
        return {
            "states": {str(state): count for state, count in self.states.items()},
            "asked": done.asked,
            "fetched": done.fetched,
            "kept": done.kept,
            "missing": len(done.missing),
            "waiting": done.waiting,
            "remade": self.remade,
            "documents_changed": self.relinked.changed,
            "documents_left": self.relinked.left,
            "refusal": done.refusal.message if done.refusal else None,
            "stopped": done.stopped,
            "list": IMAGES_LIST,
            "exit_status": self.exit_status,
        }

    def problems(self) -> list[str]:
        """Return what went wrong, a line each, for stderr even when quiet."""
        lines = [self.collected.refusal.message] if self.collected.refusal else []
        lines += first_of([f"document left as it is: {reason}" for reason in self.relinked.left])
        missing = [f"missing: {address}" for address in self.collected.missing]
        lines += first_of(missing, rest=f": {IMAGES_LIST} lists them with all that was tried")
        if self.put_off:
            lines.append(f"{self.put_off} pictures could not be had yet; a later run asks again")
        return lines

    def summary(self) -> list[str]:
        """Return a few lines that say how it went, for people."""
        counts = ", ".join(f"{count} {state}" for state, count in self.states.items())
        lines = [f"pictures: {counts}; {self.collected.fetched} fetched just now"]
        if self.remade:
            lines.append(f"{self.remade} files made again from what is kept")
        if self.relinked.changed:
            lines.append(f"{self.relinked.changed} documents name their pictures anew")
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
