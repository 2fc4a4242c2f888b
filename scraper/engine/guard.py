"""Large pages are read under a mark on the disk: one at which the process has died twice is not read a third time."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from scraper.compression import unknown_encodings
from scraper.models import Reading, Verdict, page_of

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.models import Memento, Site

LARGE = 1 << 20
"""Bytes: smaller pages take no memory worth the mark."""
_DEATHS = 2
"""One may have had other reasons."""


def read_guarded(site: Site, memento: Memento, folder: Path) -> Reading:
    """Read a page, unless doing so has ended the process before; `folder` is where the marks lie. Never raises."""
    if len(memento.body) <= LARGE:
        return _read(site, memento)
    name = hashlib.sha256(memento.body).hexdigest()[:16]
    deaths = len(list(folder.glob(f".reading-{name}-*")))
    if deaths >= _DEATHS:
        detail = f"reading it has ended the process {_DEATHS} times; remove .reading-{name}-* to try again"
        return Reading(Verdict.UNKNOWN_LAYOUT, detail=detail)
    with contextlib.suppress(OSError):
        (folder / f".reading-{name}-{deaths + 1}").touch(exist_ok=False)
    reading = _read(site, memento)
    for mark in folder.glob(f".reading-{name}-*"):
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)
    return reading


def _read(site: Site, memento: Memento) -> Reading:
    """Read a page. Bytes in an encoding that is not known are no other site's: they may yet be read."""
    reading = site.read(page_of(memento))
    unknown = unknown_encodings(memento.header("Content-Encoding") or "")
    if reading.verdict is Verdict.FOREIGN and unknown:
        return Reading(Verdict.UNKNOWN_LAYOUT, detail=f"in a content encoding that is not read: {', '.join(unknown)}")
    return reading
