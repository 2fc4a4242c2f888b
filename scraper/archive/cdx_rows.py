"""CDX answers into rows, as they arrive: the archive's JSON and its plain text, and pywb's JSON lines."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from scraper.models import Capture
from scraper.times import is_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_ALIASES = {"url": "original", "mime": "mimetype", "status": "statuscode"}
PYWB_FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length")
"""pywb's names for the same columns. It leaves out those that it does not know, and says nothing."""
_new_capture: Callable[[Iterable[str]], Capture] = partial(tuple.__new__, Capture)
_decoder = json.JSONDecoder()
_ENOUGH = 1 << 16
"""So many characters of an answer that is no listing tell what it is."""
_BETWEEN = " \t\r\n,"
_SEPARATORS = re.compile(f"[{_BETWEEN}]*")
_PLAIN_TIMESTAMP = re.compile(r"[12]\d{3}(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\Z")
"""Possible in any month of any year; for the last days of a month `is_timestamp` asks the calendar."""
_LONGEST_ROW = 1 << 17
"""Characters of a row. No URL that a browser sends is a tenth as long."""
_NOT_READABLE = (ValueError, RecursionError)
"""What the JSON of a row raises that is none, or is nested without end."""


class NotAListing(ValueError):
    """The answer is something else: a page of HTML, an error message."""


class OtherNames(Exception):
    """The service left columns out because it has other names for them (pywb)."""


class RowReader:
    """Reads one answer, fed piece by piece. Holds what was not taken yet, and one unfinished row.

    Attributes:
        captures: sound rows, in order.
        malformed: the others, as ``<reason>: <row>``.
        dialect: ``json``, ``text``, ``pywb``, or empty as long as nothing has come.
        resume_key: the key at the answer's end, or None.
        whole: whether the answer came to its own end, as far as its form tells; known after `finish`.
    """

    def __init__(self) -> None:
        self.captures: list[Capture] = []
        self.malformed: list[str] = []
        self.dialect = ""
        self.resume_key: str | None = None
        self.whole = False
        self._rest = ""
        self._begun = False
        self._tail = False
        self._odd = ""
        self._sound = False

    def feed(self, text: str) -> None:
        """Read the next piece of the answer, as far as its rows are whole by now.

        Raises:
            NotAListing: this is no CDX answer.
            OtherNames: it is one, without what was asked for.
        """
        self._rest += text
        if not self.dialect:
            self._rest = self._rest.lstrip()
            begun = self._rest[:1] not in ("[", "{", "<") and "\n" not in self._rest
            if not self._rest or (begun and len(self._rest) < _ENOUGH):  # of plain text the first line tells
                return
            self.dialect = _dialect(self._rest)
            if self.dialect == "json":
                self._rest = self._rest[1:]
        if self.dialect == "json":
            self._sort_out(self._json_rows())
        elif "\n" in self._rest:
            whole, _, self._rest = self._rest.rpartition("\n")
            self._read_lines(whole)
        if len(self._rest) > _LONGEST_ROW:
            raise NotAListing(f"a row of more than {_LONGEST_ROW} characters: {self._rest[:_ENOUGH]}")

    def finish(self) -> None:
        """Read what was left without a line's end; call once, after the last piece. NotAListing as `feed`."""
        rest = self._rest
        self.dialect = self.dialect or (_dialect(rest) if rest else "")
        if self.dialect == "text":
            complete = self._tail or len(rest.split(" ")) >= len(FIELDS)
        else:
            complete = self.dialect == "pywb" and rest.rstrip().endswith("}")
        if self.dialect != "json":
            self.whole = complete or not rest.strip()
        if rest and complete:
            self._read_lines(rest)
        if self._odd and not self._sound:  # an error in brackets, and no row beside it
            raise NotAListing(self._odd)

    def take(self) -> tuple[list[Capture], list[str]]:
        """Hand on the rows that were read by now."""
        taken = self.captures, self.malformed
        self.captures, self.malformed = [], []
        return taken

    # JSON is an array of arrays: the header, the rows, then an empty one and one that holds the key.

    def _json_rows(self) -> list[list[Any]]:
        whole, _, rest = self._rest.rpartition("\n")
        try:  # all whole lines at once take half the time of one by one
            rows = json.loads(f"[{whole.strip(_BETWEEN)}]")
        except _NOT_READABLE:  # the array's end, or a damaged row
            rows = []
        if rows:
            self._rest = rest
        else:
            rows = self._json_rows_singly()
        return [row if isinstance(row, list) else [row] for row in rows]

    def _json_rows_singly(self) -> list[Any]:
        rows: list[Any] = []
        text, position = self._rest, 0
        while (position := _SEPARATORS.match(text, position).end()) < len(text):  # type: ignore[union-attr] # it does
            if text[position] == "]":
                self.whole, position = True, len(text)
                break
            try:
                value, position = _decoder.raw_decode(text, position)
            except RecursionError as error:
                raise NotAListing(f"a row nested without end: {text[position : position + _ENOUGH]}") from error
            except ValueError:
                end = text.find("\n", position)
                if end < 0:
                    break  # unfinished; more may come
                value, position = text[position:end].rstrip(" \t\r,"), end
            rows.append(value)
        self._rest = text[position:]
        return rows

    # Plain text: columns with a space between; an empty line, then the key. pywb: a JSON object a line.

    def _read_lines(self, text: str) -> None:
        rows: list[list[object]] = []
        for ended in text.split("\n"):
            line = ended.rstrip("\r")
            if self.dialect == "pywb":
                rows += [_pywb_row(line)] if line.strip() else []
                continue
            columns: list[object] = [*line.split(" ")]
            if len(columns) > len(FIELDS):  # the URL holds spaces
                columns[2:-4] = [" ".join(map(str, columns[2:-4]))]
            rows.append([] if columns == [""] else columns)
        self._sort_out(rows)

    # Rows of any dialect into captures

    def _sort_out(self, rows: list[list[Any]]) -> None:
        if rows and not self._begun:
            self._begun = True
            if "timestamp" in rows[0]:
                if rows[0] != [*FIELDS]:
                    raise NotAListing(f"other columns than were asked for: {rows[0]}"[:_ENOUGH])
                del rows[0]
        for row in rows:
            if _is_plain(row):
                self.captures.append(_new_capture(row))
            elif not row:
                self._tail = True  # an empty row, then a row that holds nothing but the key
            elif self._tail and len(row) == 1:
                self.resume_key = str(row[0])
            else:
                self._take_odd(row)
        self._sound = self._sound or bool(self.captures)

    def _take_odd(self, row: list[Any]) -> None:
        """Take a row with absent values, characters beyond ASCII or a fault."""
        values = ["-" if value is None else str(value) for value in row]
        # Half a surrogate pair can be written in JSON, and nowhere else.
        fixed = [value.encode("utf-8", "replace").decode() for value in values]
        if not (reason := _fault(fixed)):
            self.captures.append(_new_capture(fixed))
            return
        if len(row) != len(FIELDS):
            self._odd = self._odd or " ".join(fixed)[:_ENOUGH]
        self.malformed.append(f"{reason}: {' '.join(fixed)}")


def _is_plain(row: list[Any]) -> bool:
    """Say whether a row is a capture as it stands. Nearly all are, of a million, so this is quick."""
    try:
        return (
            len(row) == len(FIELDS)
            and _PLAIN_TIMESTAMP.match(row[1]) is not None
            and ":" in row[2]
            and "".join(row).isascii()
        )
    except TypeError:  # a null, a number
        return False


def _fault(row: list[str]) -> str:
    """Return what is wrong with a row of text, or nothing."""
    if len(row) != len(FIELDS):
        return f"{len(row)} columns instead of {len(FIELDS)}"
    if not is_timestamp(row[1]):
        return "no possible timestamp"
    return "" if ":" in row[2] else "no URL"


def _dialect(text: str) -> str:
    if text[0] == "[":
        return "json"
    if text[0] == "{":
        return "pywb"
    first = text.split("\n", 1)[0].split(" ")
    if len(first) >= len(FIELDS) and re.fullmatch(r"[0-9]{14}|timestamp", first[1]):
        return "text"
    raise NotAListing(text[:_ENOUGH])


def _pywb_row(line: str) -> list[object]:
    try:
        values = json.loads(line)
    except _NOT_READABLE:
        return [line]
    if not isinstance(values, dict):
        return [line]
    named = {_ALIASES.get(name, name): value for name, value in values.items()}
    if "timestamp" not in named:
        raise NotAListing(line[:_ENOUGH])
    if "original" not in named:
        raise OtherNames
    return [named.get(name, "-") for name in FIELDS]
