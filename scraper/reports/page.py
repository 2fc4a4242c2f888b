"""The status page: one self-contained HTML file. Asks nobody for anything, works without scripts (it has none)."""

from __future__ import annotations

import os
import re
from html import escape
from typing import TYPE_CHECKING

from scraper.models import State
from scraper.reports.coverage import ROW, Coverage, row_of
from scraper.reports.words import first_of, moment, number
from scraper.urls import PUBLIC_ARCHIVE, replay_url

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry, Tried
    from scraper.models import Site

_NAMES = {
    State.WRITTEN: "written",
    State.WAITING: "waiting",
    State.UNKNOWN_LAYOUT: "unknown layout",
    State.UNRECOVERABLE: "unrecoverable",
    State.NEVER_CAPTURED: "never captured",
}
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
    coverage, lists = Coverage(), IdLists("" if way == "." else f"{way}/")
    for entry in ledger.evidence.each():
        coverage.add(entry)
        lists.add(entry)
    return "".join(_page(site.name, moment(ledger.now()), coverage, lists)).encode("utf-8", "replace")


class IdLists:
    """The lines of all ids, by row of the map.

    Args:
        folder: from the page to the output folder, with a slash, or empty.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.rows: dict[int, list[str]] = {}

    def add(self, entry: Entry) -> None:
        """Take in the next id."""
        self.rows.setdefault(row_of(entry.id), []).append(self._line(entry))

    def _line(self, entry: Entry) -> str:
        name = str(entry.id)
        if entry.file:
            name = f'<a href="{escape(self._folder + entry.file)}">{entry.id}</a>'
        if entry.state is State.WRITTEN and entry.chosen:
            return f"<li>{name} {_capture(entry.chosen.timestamp, entry.chosen.original)}\n"
        tried = first_of(entry.tried, _tried, most=_MOST_CAPTURES)
        captures = f": {', '.join(tried)}" if tried else ""
        reason = f" ({escape(entry.reason)})" if entry.reason else ""
        return f'<li class="{entry.state}" id="a{entry.id}">{name} <b>{_NAMES[entry.state]}</b>{reason}{captures}\n'


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


def _page(site: str, at: str, coverage: Coverage, lists: IdLists) -> Iterator[str]:
    """Yield the page piece by piece."""
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(site)}: where each article stands</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(site)}: where each article stands</h1>\n<p>As of {escape(at)}.</p>\n"
    )
    yield from _states(coverage)
    yield from _map(coverage)
    yield from _years(coverage)
    yield from _causes(coverage)
    yield from _all(coverage, lists)
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
    heads = [
        "Year",
        "Ids",
        "Written",
        "",
        *(_NAMES[state].capitalize() for state in State if state is not State.WRITTEN),
    ]
    caption = "By date of publication; what has none counts to the year of the ids around it."
    yield from _table(caption, heads, rows)


def _year_row(year: str, states: Counter[State]) -> list[str]:
    total, written = states.total(), states[State.WRITTEN]
    bar = (
        f'<meter min="0" max="{total}" value="{written}">{_percent(written, total)}</meter> {_percent(written, total)}'
    )
    others = [number(states[state]) for state in State if state is not State.WRITTEN]
    return [escape(year), number(total), number(written), bar, *others]


def _causes(coverage: Coverage) -> Iterator[str]:
    yield '<h2 id="causes">Causes of loss</h2>\n'
    causes = coverage.causes()
    if not causes:
        yield "<p>Nothing is lost so far.</p>\n"
        return
    rows = []
    for cause, loss in causes:
        examples = ", ".join(f'<a href="#a{one}">{one}</a>' for one in loss.examples)
        rows.append([escape(cause), number(loss.count), examples + (", …" if loss.count > len(loss.examples) else "")])
    yield from _table("What all captures of the lost ids were.", ["Cause", "Ids", "Such as"], rows)


def _all(coverage: Coverage, lists: IdLists) -> Iterator[str]:
    yield '<h2 id="all">All ids</h2>\n<p>The id leads to the file, the day to the capture.</p>\n'
    for row, lines in lists.rows.items():
        summary = f"{row}–{row + ROW - 1}: {_counts(coverage.rows[row])}"
        # The anchor is inside: browsers open what it leads into.
        yield f'<details><summary>{summary}</summary>\n<ul class="ids" id="r{row}">\n'
        yield from lines
        yield "</ul></details>\n"


CSS = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1b;--dim:#595959;--line:#d5d5d5;--none:#e7e7e7;--link:#00518a;
--written:#0072b2;--waiting:#e69f00;--unknown_layout:#cc79a7;--unrecoverable:#b83c00;--never_captured:#1b1b1b}
@media(prefers-color-scheme:dark){:root{--bg:#161616;--fg:#ececec;--dim:#b0b0b0;--line:#444;--none:#333;--link:#7cc4f5;
--written:#2f8fc9;--waiting:#f0b429;--unknown_layout:#d990b7;--unrecoverable:#ff7b3d;--never_captured:#f2f2f2}}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.3rem 0}
a{color:var(--link)}a:focus-visible,summary:focus-visible{outline:3px solid var(--waiting);outline-offset:1px}
.states{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:0;margin:1rem 0}
.states strong{font-variant-numeric:tabular-nums}.states small{color:var(--dim)}
.key{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.1em;border:1px solid var(--line)}
.map{margin:.5rem 0}
.map a{display:flex;align-items:center;gap:.5rem;color:var(--dim);text-decoration:none;font-size:.7rem;line-height:1}
.map a:hover,.map a:focus{color:var(--fg);font-weight:bold}
.map span{width:3.2em;text-align:right;font-variant-numeric:tabular-nums}
.map svg{flex:1;height:12px;margin:1px 0;background:var(--none);shape-rendering:crispEdges;display:block}
.written{fill:var(--written)}.waiting{fill:var(--waiting)}.unknown_layout{fill:var(--unknown_layout)}
.unrecoverable{fill:var(--unrecoverable)}.never_captured{fill:var(--never_captured)}
i.written{background:var(--written)}i.waiting{background:var(--waiting)}i.unknown_layout{background:var(--unknown_layout)}
i.unrecoverable{background:var(--unrecoverable)}i.never_captured{background:var(--never_captured)}
.wide{overflow-x:auto}table{border-collapse:collapse}caption{text-align:left;color:var(--dim);font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.25rem .8rem .25rem 0;text-align:left;vertical-align:top;
font-variant-numeric:tabular-nums}thead th{font-size:.85rem;color:var(--dim)}tbody th{font-weight:normal}
meter{width:7rem}details{border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.2rem 0}
.ids{columns:13rem;font-size:.85rem;padding-left:1rem;list-style:none;margin:.3rem 0;font-variant-numeric:tabular-nums}
.ids li[id]{border-left:4px solid var(--line);padding-left:.4rem;margin:.2rem 0;break-inside:avoid;
overflow-wrap:anywhere}
.ids .waiting{border-color:var(--waiting)}.ids .unknown_layout{border-color:var(--unknown_layout)}
.ids .unrecoverable{border-color:var(--unrecoverable)}.ids .never_captured{border-color:var(--never_captured)}
.ids li:target{outline:3px solid var(--waiting)}
"""
