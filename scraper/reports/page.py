"""The status page: one self-contained HTML file. Asks nobody for anything, works without scripts (it has none)."""

from __future__ import annotations

import os
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.models import State
from scraper.reports.coverage import ROW, Coverage, row_of
from scraper.reports.words import first_of, moment, number
from scraper.urls import PUBLIC_ARCHIVE, replay_url

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry, Tried, Witness
    from scraper.models import Site

_NAMES = {state: state.replace("_", " ") for state in State}
_OTHERS = tuple(state for state in State if state is not State.WRITTEN)
_NOT_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_THIN = 2
"""A single lost id is drawn this many ids wide, or nobody would see it."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
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
    address = replay_url(f"{PUBLIC_ARCHIVE}/web", timestamp, _NOT_ASCII.sub(_readable, original))
    return f'<a href="{escape(address)}">{timestamp[:4]}-{timestamp[4:6]}-{timestamp[6:8]}</a>'


def _tried(one: Tried) -> str:
    return f"{_capture(one.timestamp, one.original)} {one.verdict.replace('_', ' ')}"


def _readable(match: re.Match[str]) -> str:
    """Take the percent-encoding off text: a third of the size, and browsers put it back."""
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return match[0]


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
    total = coverage.states.total()
    yield '<ul class="states">\n'
    for state in State:
        count = coverage.states[state]
        yield (
            f'<li><i class="key {state}"></i><span>{_NAMES[state]}</span> <strong>{number(count)}</strong> '
            f"<small>{_percent(count, total)}</small></li>\n"
        )
    yield "</ul>\n"


def _percent(count: int, total: int) -> str:
    """Return a share; what is not quite nothing or everything is not shown as such."""
    if not total:
        return "-"
    share = 100 * count / total
    if 0 < share < 0.1:
        return "under 0.1 %"
    if 99.9 < share < 100:
        return "over 99.9 %"
    return f"{share:.1f} %"


def _map(coverage: Coverage) -> Iterator[str]:
    yield (
        f'<h2 id="map">Map</h2>\n<p>A row for every {ROW:,} ids, from left to right. What is not written is drawn '
        "a little wider than it is. Grey: ids that never were. Each row leads to its ids.</p>\n"
        '<div class="map">\n'
    )
    shapes: dict[int, dict[State, list[str]]] = {}
    for span in coverage.spans:
        row = row_of(span.first)
        width = span.size if span.state is State.WRITTEN else max(_THIN, span.size)
        start = min(span.first - row, ROW - width)
        shapes.setdefault(row, {}).setdefault(span.state, []).append(f"M{start} 0h{width}v1h-{width}z")
    for row, by_state in shapes.items():
        name = f"{row}–{row + ROW - 1}"
        counts = _counts(coverage.rows[row])
        yield f'<a href="#r{row}" title="{name}: {counts}"><span>{row}</span>'
        yield f'<svg viewBox="0 0 {ROW} 1" preserveAspectRatio="none" role="img" aria-label="{name}: {counts}">'
        # The rare ones are drawn on top.
        for state in sorted(by_state, key=lambda one: one is not State.WRITTEN):
            yield f'<path class="{state}" d="{"".join(by_state[state])}"/>'
        yield "</svg></a>\n"
    yield "</div>\n"


def _counts(states: Counter[State]) -> str:
    return ", ".join(f"{states[state]} {_NAMES[state]}" for state in State if states[state])


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
    if not coverage.years:
        yield "<p>No article with a date is written yet.</p>\n"
        return
    rows = [_year_row(year, states) for year, states in sorted(coverage.years.items())]
    heads = ["Year", "Ids", "Written", "", *(_NAMES[state].capitalize() for state in _OTHERS)]
    caption = "By date of publication; what has none counts to the year of the ids around it."
    yield from _table(caption, heads, rows)


def _year_row(year: str, states: Counter[State]) -> list[str]:
    total, written = states.total(), states[State.WRITTEN]
    bar = (
        f'<meter min="0" max="{total}" value="{written}">{_percent(written, total)}</meter> {_percent(written, total)}'
    )
    return [escape(year), number(total), number(written), bar, *(number(states[state]) for state in _OTHERS)]


def _causes(coverage: Coverage) -> Iterator[str]:
    yield '<h2 id="causes">Causes of loss</h2>\n'
    causes = coverage.causes()
    if not causes:
        yield "<p>Nothing is lost so far.</p>\n"
        return
    if coverage.known_from_lists:
        yield (
            f"<p>What {number(coverage.known_from_lists)} of the lost ids were, captured lists of articles say: title, "
            "author, category, date stand beside them below.</p>\n"
        )
    rows = []
    for cause, loss in causes:
        examples = [f'<a href="#a{one}">{one}</a>' for one in loss.examples]
        examples += ["…"] if loss.count > len(loss.examples) else []
        rows.append([escape(cause), number(loss.count), ", ".join(examples)])
    yield from _table("What all captures of the lost ids were.", ["Cause", "Ids", "Such as"], rows)


def _all(coverage: Coverage, rows: Mapping[int, list[str]]) -> Iterator[str]:
    yield '<h2 id="all">All ids</h2>\n<p>The id leads to the file, the day to the capture.</p>\n'
    for row, lines in rows.items():
        summary = f"{row}–{row + ROW - 1}: {_counts(coverage.rows[row])}"
        # The anchor is inside: browsers open what it leads into.
        yield f'<details><summary>{summary}</summary>\n<ul class="ids" id="r{row}">\n'
        yield from lines
        yield "</ul></details>\n"
