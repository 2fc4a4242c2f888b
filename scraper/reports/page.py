"""The status page: one self-contained HTML file. Asks nobody for anything, works without scripts (it has none)."""

from __future__ import annotations

import os
from collections import Counter
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.models import State
from scraper.reports.coverage import ROW, Coverage, row_of
from scraper.reports.words import first_of, moment
from scraper.urls import PUBLIC_ARCHIVE, replay_url, to_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry, Tried, Witness
    from scraper.models import Site

_NAMES = {state: state.replace("_", " ") for state in State}
_OTHERS = tuple(state for state in State if state is not State.WRITTEN)
_THIN = 2
"""A single lost id is drawn this many ids wide, or nobody would see it."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_EXAMPLES = 10
_MOST_CAPTURES = 40
"""Of one id; more are only counted."""


def status_page(ledger: Ledger, site: Site, folder: Path, *, output: Path) -> bytes:
    """Return the page. Links to documents are relative to the folder where it is to lie.

    Raises:
        StoreError: the ledger cannot be read.
    """
    way = os.path.relpath(output.absolute(), folder.absolute()).replace(os.sep, "/")
    way = "" if way == "." else f"{way}/"
    coverage, lines = Coverage(), dict[int, list[str]]()
    for entry in ledger.evidence.each():
        coverage.add(entry)
        lines.setdefault(row_of(entry.id), []).append(_line(entry, way))
    return "".join(_page(site.name, moment(ledger.now()), coverage, lines)).encode("utf-8", "replace")


def _line(entry: Entry, folder: str) -> str:
    """Return the line of an id; `folder` leads from the page to the output folder."""
    name = f'<a href="{escape(folder + entry.file)}">{entry.id}</a>' if entry.file else str(entry.id)
    if entry.state is State.WRITTEN and entry.chosen:
        return f"<li>{name} {_capture(entry.chosen.timestamp, entry.chosen.original)}\n"
    tried = first_of(entry.tried, _tried, most=_MOST_CAPTURES)
    captures = f": {', '.join(tried)}" if tried else ""
    reason = f" ({escape(entry.reason)})" if entry.reason else ""
    known = f" {_known(entry.known_from)}" if entry.known_from else ""
    return f'<li class="{entry.state}" id="a{entry.id}">{name} <b>{_NAMES[entry.state]}</b>{known}{reason}{captures}\n'


def _known(witness: Witness) -> str:
    said = escape(", ".join(filter(None, (witness.author, witness.category, witness.date))))
    source = f"list of {_capture(witness.timestamp, witness.original)}, one of {witness.lists}"
    return f"<i>{escape(witness.title)}</i> ({said}; {source})"


def _capture(timestamp: str, original: str) -> str:
    readable = to_iri(original) if original.isascii() else original  # a third of the size, and browsers put it back
    address = replay_url(f"{PUBLIC_ARCHIVE}/web", timestamp, readable)
    return f'<a href="{escape(address)}">{timestamp[:4]}-{timestamp[4:6]}-{timestamp[6:8]}</a>'


def _tried(one: Tried) -> str:
    return f"{_capture(one.timestamp, one.original)} {one.verdict.replace('_', ' ')}"


def _page(site: str, at: str, coverage: Coverage, lines: Mapping[int, list[str]]) -> Iterator[str]:
    """Yield the page piece by piece."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(site)}: where each article stands</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(site)}: where each article stands</h1>\n<p>As of {escape(at)}.</p>\n"
    )
    yield from _states(coverage)
    yield from _map(coverage)
    yield from _years(coverage)
    yield from _causes(coverage)
    yield from _all(coverage, lines)
    yield "</main>\n</body>\n</html>\n"


def _states(coverage: Coverage) -> Iterator[str]:
    states = coverage.states()
    yield '<ul class="states">\n'
    for state in State:
        yield (
            f'<li><i class="key {state}"></i><span>{_NAMES[state]}</span> <strong>{states[state]:,}</strong> '
            f"<small>{_percent(states[state], states.total())}</small></li>\n"
        )
    yield "</ul>\n"


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.2f} %" if total else "-"


def _map(coverage: Coverage) -> Iterator[str]:
    yield (
        f'<h2 id="map">Map</h2>\n<p>A row for every {ROW:,} ids, from left to right. What is not written is drawn '
        "a little wider than it is. Grey: ids that never were. Each row leads to its ids.</p>\n"
        '<div class="map">\n'
    )
    for row, states in coverage.rows.items():
        name = _row_name(row, states)
        yield f'<a href="#r{row}" title="{name}"><span>{row}</span>'
        yield f'<svg viewBox="0 0 {ROW} 1" preserveAspectRatio="none" role="img" aria-label="{name}">'
        # The rare ones are drawn on top.
        for state, shape in sorted(_shapes(row, states).items(), key=lambda one: one[0] is not State.WRITTEN):
            yield f'<path class="{state}" d="{shape}"/>'
        yield "</svg></a>\n"
    yield "</div>\n"


def _shapes(row: int, states: Mapping[int, State]) -> dict[State, str]:
    """Return what is drawn for each state: a box for neighbouring ids."""
    shapes: dict[State, str] = {}
    numbered = enumerate(states.items())
    for (state, _), span in groupby(numbered, key=lambda one: (one[1][1], one[1][0] - one[0])):
        ids = [article for _, (article, _) in span]
        width = len(ids) if state is State.WRITTEN else max(_THIN, len(ids))
        start = min(ids[0] - row, ROW - width)
        shapes[state] = f"{shapes.get(state, '')}M{start} 0h{width}v1h-{width}z"
    return shapes


def _row_name(row: int, states: Mapping[int, State]) -> str:
    counts = Counter(states.values())
    return f"{row}–{row + ROW - 1}: {', '.join(f'{counts[one]} {_NAMES[one]}' for one in State if counts[one])}"


def _table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield a table; the first cell of a row is its head, cells are HTML."""
    yield f'<div class="wide"><table><caption>{caption}</caption>\n<thead><tr>'
    yield "".join(f'<th scope="col">{head}</th>' for head in heads)
    yield "</tr></thead>\n<tbody>\n"
    for first, *rest in rows:
        yield f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>\n'
    yield "</tbody></table></div>\n"


def _years(coverage: Coverage) -> Iterator[str]:
    yield '<h2 id="years">Coverage by year</h2>\n'
    rows = [_year_row(year, states) for year, states in coverage.years()]
    if not rows:
        yield "<p>No article with a date is written yet.</p>\n"
        return
    heads = ["Year", "Ids", "Written", "", *(_NAMES[state].capitalize() for state in _OTHERS)]
    caption = "By date of publication; what has none counts to the year of the ids around it."
    yield from _table(caption, heads, rows)


def _year_row(year: str, states: Counter[State]) -> list[str]:
    total, written = states.total(), states[State.WRITTEN]
    share = _percent(written, total)
    bar = f'<meter min="0" max="{total}" value="{written}">{share}</meter> {share}'
    return [escape(year), f"{total:,}", f"{written:,}", bar, *(f"{states[state]:,}" for state in _OTHERS)]


def _causes(coverage: Coverage) -> Iterator[str]:
    yield '<h2 id="causes">Causes of loss</h2>\n'
    causes = coverage.causes()
    if not causes:
        yield "<p>Nothing is lost so far.</p>\n"
        return
    if coverage.known_from_lists:
        yield (
            f"<p>What {coverage.known_from_lists:,} of the lost ids were, captured lists of articles say: title, "
            "author, category, date stand beside them below.</p>\n"
        )
    rows = []
    for cause, ids in causes:
        examples = [f'<a href="#a{one}">{one}</a>' for one in ids[:_EXAMPLES]]
        examples += ["…"] if len(ids) > _EXAMPLES else []
        rows.append([escape(cause), f"{len(ids):,}", ", ".join(examples)])
    yield from _table("What all captures of the lost ids were.", ["Cause", "Ids", "Such as"], rows)


def _all(coverage: Coverage, rows: Mapping[int, list[str]]) -> Iterator[str]:
    yield '<h2 id="all">All ids</h2>\n<p>The id leads to the file, the day to the capture.</p>\n'
    for row, lines in rows.items():
        # The anchor is inside: browsers open what it leads into.
        yield f'<details><summary>{_row_name(row, coverage.rows[row])}</summary>\n<ul class="ids" id="r{row}">\n'
        yield from lines
        yield "</ul></details>\n"
