"""The CDX endpoint: a question in, a text or JSON answer out. Semantics as recorded from the real server."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

from tests.server.captures import FIELDS, Index, surt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Row = tuple[str, ...]
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CdxAnswer:
    """Rows as asked for, and the key to go on with."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    resume_key: str | None
    json: bool

    def body(self) -> bytes:
        """Return the answer as sent."""
        if not self.json:
            lines = [" ".join(row) for row in self.rows]
            tail = ["", self.resume_key] if self.resume_key is not None else []
            return "".join(f"{line}\n" for line in lines + tail).encode()
        if not self.rows and self.resume_key is None:
            return b"[]\n"
        rows: list[Sequence[str]] = [self.names, *self.rows]
        if self.resume_key is not None:
            rows += [[], [self.resume_key]]
        lines = [json.dumps(list(row), ensure_ascii=False, separators=(",", ":")) for row in rows]
        return ("[" + ",\n".join(lines) + "]\n").encode()

    @property
    def content_type(self) -> str:
        return "application/json;charset=UTF-8" if self.json else "text/plain;charset=UTF-8"


def answer(index: Index, query: Mapping[str, Sequence[str]]) -> CdxAnswer:
    """Answer a question.

    Raises:
        ValueError: the question makes no sense (status 400).
    """

    def one(name: str, default: str = "") -> str:
        return query[name][0] if query.get(name) else default

    if not one("url"):
        raise ValueError("The url parameter is needed")
    start, end, belongs = _span(one("url"), one("matchType"))
    if one("resumeKey"):
        start = max(start, unquote_plus(one("resumeKey")))
    names = tuple(one("fl").split(",")) if one("fl") else FIELDS
    keep = _filters(query.get("filter", ()), one("from"), one("to"))
    rows: Iterator[Row] = (row for row in _belonging(index, start, end, belongs) if keep(row))
    rows = _collapsed(rows, query.get("collapse", ()))
    limit = int(one("limit", "0"))
    if limit < 0:
        chosen = list(rows)[limit:]
        limit = 0
    else:
        chosen = list(itertools.islice(rows, limit)) if limit else list(rows)
    key = None
    # A full page always ends with a key, also when nothing follows; without `urlkey` in `fl` none can be made.
    if one("showResumeKey") == "true" and limit and len(chosen) == limit and "urlkey" in names:
        key = resume_key(chosen[-1])
    shown = tuple(_shown(row, names) for row in chosen)
    return CdxAnswer(names, shown, key, one("output") == "json")


def _shown(row: Row, names: tuple[str, ...]) -> Row:
    if names == FIELDS:
        return row  # also one with too few or too many columns
    columns = dict(zip(FIELDS, row, strict=False))
    return tuple(columns.get(name, "-") for name in names)


def resume_key(row: Row) -> str:
    """Return the key behind a row: urlkey and the timestamp with its last character counted up, URL-encoded."""
    urlkey, timestamp = row[0], row[1]
    following = timestamp[:-1] + chr(ord(timestamp[-1]) + 1) if timestamp else ""
    return quote_plus(f"{urlkey} {following}")


def _span(url: str, match_type: str) -> tuple[str, str, Callable[[str], bool]]:
    """Return where to begin, where to end, and which urlkeys in between belong."""
    if not match_type and url.endswith("*"):
        url, match_type = url[:-1], "prefix"
    if not match_type and url.startswith("*."):
        url, match_type = url[2:], "domain"
    if match_type == "prefix":
        start = surt(url, keep_tail=True)
        return start, start + _LAST, lambda key: key.startswith(start)
    if match_type in ("host", "domain"):
        host = surt(url).split(")", 1)[0]
        ends = (")",) if match_type == "host" else (")", ",")
        return host, host + "," + _LAST, lambda key: key.startswith(tuple(host + end for end in ends))
    if match_type in ("", "exact"):
        start = surt(url)
        return start, f"{start} {_LAST}", lambda key: key == start
    raise ValueError(f"unknown matchType {match_type}")


def _belonging(index: Index, start: str, end: str, belongs: Callable[[str], bool]) -> Iterator[Row]:
    for place, columns in index.rows(start):
        if place > end:
            return
        if belongs(place.split(" ", 1)[0]):
            yield columns


def _filters(filters: Sequence[str], from_ts: str, to_ts: str) -> Callable[[Row], bool]:
    tests: list[Callable[[Row], bool]] = []
    if from_ts:
        tests.append(lambda row: row[1] >= from_ts.ljust(14, "0"))
    if to_ts:
        tests.append(lambda row: row[1] <= to_ts.ljust(14, "9"))
    for text in filters:
        wanted = not text.startswith("!")
        name, _, pattern = text.removeprefix("!").partition(":")
        if name not in FIELDS:
            raise ValueError(f"unknown filter field {name}")
        tests.append(_filter(FIELDS.index(name), re.compile(pattern), wanted))
    return lambda row: all(test(row) for test in tests)


def _filter(column: int, pattern: re.Pattern[str], wanted: bool) -> Callable[[Row], bool]:
    return lambda row: len(row) > column and (pattern.fullmatch(row[column]) is not None) == wanted


def _collapsed(rows: Iterator[Row], collapse: Sequence[str]) -> Iterator[Row]:
    """Leave out a row that is like its neighbour before it; rows further apart are not compared."""
    last: list[str] | None = None
    for row in rows:
        now = []
        for text in collapse:
            name, _, size = text.partition(":")
            value = row[FIELDS.index(name)]
            now.append(value[: int(size)] if size else value)
        if not collapse or now != last:
            yield row
        last = now
