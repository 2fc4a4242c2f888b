"""The status page: one self-contained HTML file. Asks nobody for anything, works without scripts (it has none)."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scraper.models import State
from scraper.times import moment
from scraper.urls import public_url, to_iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry
    from scraper.models import Site

_ROW = 1000
"""Ids in a row of the map: 1 to 1000, 1001 to 2000, ... as in the folders of the documents."""
_THIN = 2
"""A single lost id is drawn this many ids wide, or nobody would see it."""
_MOST_CAPTURES = 40
"""Of one id; more are only counted."""


def status_page(ledger: Ledger, site: Site, folder: Path, *, output: Path) -> bytes:
    """Return the page. Links to documents are relative to the folder where it is to lie."""
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
    environment.globals |= {"share": _share, "size": _ROW}
    environment.filters |= {"words": lambda name: name.replace("_", " "), "number": lambda count: f"{count:,}"}
    line = environment.get_template("page_id.html").module.line  # type: ignore[attr-defined] # a macro there
    rows: defaultdict[int, dict[int, State]] = defaultdict(dict)  # by the first id of a row of the map
    lines: defaultdict[int, list[str]] = defaultdict(list)
    losses: defaultdict[str, list[int]] = defaultdict(list)
    years: defaultdict[str, Counter[State]] = defaultdict(Counter)
    year, known_from_lists = "", 0
    for entry in ledger.evidence.each():
        rows[_row_of(entry.id)][entry.id] = entry.state
        lines[_row_of(entry.id)].append(line(entry, way))
        # Ids were given in the order of time: one without a date is of the year of its neighbour before it.
        if entry.chosen and entry.chosen.date and entry.chosen.date[:4].isdigit():
            year = entry.chosen.date[:4]
        years[year][entry.state] += 1
        if cause := _cause_of_loss(entry):
            losses[cause].append(entry.id)
            known_from_lists += entry.known_from is not None
    early = years.pop("", Counter())
    if years:  # what stands before the first date belongs to its year
        years[next(iter(years))] += early
    page = environment.get_template("page.html").render(
        site=site.name,
        at=moment(ledger.now()),
        counts=ledger.articles.states(),
        rows=rows,
        lines=lines,
        years=sorted(years.items()),
        causes=sorted(losses.items(), key=lambda item: (-len(item[1]), item[0])),
        known_from_lists=known_from_lists,
    )
    return page.encode("utf-8", "replace")


def _row_of(article: int) -> int:
    """Return the first id of the row that an id stands in."""
    return (article - 1) // _ROW * _ROW + 1


def _cause_of_loss(entry: Entry) -> str:
    """Return what became of all captures of a lost id, for people; of an id that is not lost nothing."""
    if entry.state in (State.WRITTEN, State.WAITING):
        return ""
    if entry.state is State.NEVER_CAPTURED:
        return "never captured"
    if entry.state is State.UNKNOWN_LAYOUT:
        return "a page is kept, its layout is unknown"
    verdicts = sorted({one.verdict.replace("_", " ") for one in entry.tried})
    return "captured as " + (", ".join(verdicts) if verdicts else "nothing that could be read")


def _address(timestamp: str, original: str) -> str:
    readable = to_iri(original) if original.isascii() else original  # a third of the size, and browsers put it back
    return public_url(timestamp, readable)


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.2f} %" if total else "-"


def _shapes(row: int, states: Mapping[int, State]) -> list[tuple[State, str]]:
    """Return what is drawn for each state, a box for neighbouring ids; the rare ones at the end, so on top."""
    shapes: dict[State, str] = {}
    numbered = enumerate(states.items())
    for (state, _), span in groupby(numbered, key=lambda one: (one[1][1], one[1][0] - one[0])):
        ids = [article for _, (article, _) in span]
        width = len(ids) if state is State.WRITTEN else max(_THIN, len(ids))
        start = min(ids[0] - row, _ROW - width)
        shapes[state] = f"{shapes.get(state, '')}M{start} 0h{width}v1h-{width}z"
    return sorted(shapes.items(), key=lambda one: one[0] is not State.WRITTEN)


def _row_name(row: int, states: Mapping[int, State]) -> str:
    counts = Counter(states.values())
    told = ", ".join(f"{counts[state]} {state.replace('_', ' ')}" for state in State if counts[state])
    return f"{row}–{row + _ROW - 1}: {told}"
