"""The status page: one self-contained HTML file. Asks nobody for anything, works without scripts (it has none)."""

from __future__ import annotations

import os
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scraper.models import State
from scraper.reports.coverage import ROW, Coverage, row_of
from scraper.reports.words import moment
from scraper.urls import PUBLIC_ARCHIVE, replay_url, to_iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.ledger import Ledger
    from scraper.models import Site

_THIN = 2
"""A single lost id is drawn this many ids wide, or nobody would see it."""
_MOST_CAPTURES = 40
"""Of one id; more are only counted."""


def status_page(ledger: Ledger, site: Site, folder: Path, *, output: Path) -> bytes:
    """Return the page. Links to documents are relative to the folder where it is to lie.

    Raises:
        StoreError: the ledger cannot be read.
    """
    way = os.path.relpath(output.absolute(), folder.absolute()).replace(os.sep, "/")
    way = "" if way == "." else f"{way}/"
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"address": _address, "most": _MOST_CAPTURES, "row_name": _row_name, "shapes": _shapes}
    environment.globals |= {"share": _share, "size": ROW}
    environment.filters |= {"words": lambda name: name.replace("_", " "), "number": lambda count: f"{count:,}"}
    line = environment.get_template("page_id.html").module.line  # type: ignore[attr-defined] # a macro there
    coverage, lines = Coverage(), dict[int, list[str]]()
    for entry in ledger.evidence.each():
        coverage.add(entry)
        lines.setdefault(row_of(entry.id), []).append(line(entry, way))
    page = environment.get_template("page.html")
    at = moment(ledger.now())
    return page.render(site=site.name, at=at, coverage=coverage, lines=lines).encode("utf-8", "replace")


def _address(timestamp: str, original: str) -> str:
    readable = to_iri(original) if original.isascii() else original  # a third of the size, and browsers put it back
    return replay_url(f"{PUBLIC_ARCHIVE}/web", timestamp, readable)


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.2f} %" if total else "-"


def _shapes(row: int, states: Mapping[int, State]) -> list[tuple[State, str]]:
    """Return what is drawn for each state, a box for neighbouring ids; the rare ones at the end, so on top."""
    shapes: dict[State, str] = {}
    numbered = enumerate(states.items())
    for (state, _), span in groupby(numbered, key=lambda one: (one[1][1], one[1][0] - one[0])):
        ids = [article for _, (article, _) in span]
        width = len(ids) if state is State.WRITTEN else max(_THIN, len(ids))
        start = min(ids[0] - row, ROW - width)
        shapes[state] = f"{shapes.get(state, '')}M{start} 0h{width}v1h-{width}z"
    return sorted(shapes.items(), key=lambda one: one[0] is not State.WRITTEN)


def _row_name(row: int, states: Mapping[int, State]) -> str:
    counts = Counter(states.values())
    told = ", ".join(f"{counts[state]} {state.replace('_', ' ')}" for state in State if counts[state])
    return f"{row}–{row + ROW - 1}: {told}"
