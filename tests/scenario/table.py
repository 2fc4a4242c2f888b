"""`cases.toml` as an archive: ids, their captures, and what must come of each."""

from __future__ import annotations

import base64
import hashlib
import random
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from scraper.models import Capture, State

CASES = Path(__file__).with_name("cases.toml")
FIRST_ID = 2001
SPACING = 7
COPIES = 4

_URLS = {
    "good": "https://www.hkcnews.com/article/{id}/%E6%B8%AF%E8%81%9E-{id}",
    "www": "https://hkcnews.com/article/{id}/%E6%B8%AF%E8%81%9E-{id}",
    "http": "http://www.hkcnews.com/article/{id}/%E6%B8%AF%E8%81%9E-{id}",
    "port": "http://www.hkcnews.com:80/article/{id}/%E6%B8%AF%E8%81%9E-{id}",
    "plain": "https://www.hkcnews.com/article/{id}",
    "poor": "https://www.hkcnews.com/article/{id}/%EF%BF%BD%EF%BF%BD%EF%BF%BD",
    "zero": "https://www.hkcnews.com/article/{id}/0",
    "dash": "https://www.hkcnews.com/article/{id}/-",
    "query": "https://www.hkcnews.com/article/{id}/%E6%B8%AF%E8%81%9E-{id}?fbclid=IwAR0abc",
    "gone": "https://www.hkcnews.com/article/{id}/gone",
    "asset": "https://www.hkcnews.com/article/{id}/images/logo.jpg",
}
SERVICE = frozenset({"excluded", "not_archived", "outage", "refused", "wrong_answer"})
"""Pages that are no page: what the service answers instead."""

_NOISE = (
    "farewell", "soft_404", "challenge", "archived_error status=404", "farewell shared", "login url=query",
    "foreign url=asset type=image/png",
    "redirect_elsewhere status=301", "listing", "truncated", "empty url=http",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One capture of the table."""

    timestamp: str
    page: str
    words: frozenset[str]
    options: dict[str, str] = field(hash=False)

    @classmethod
    def parse(cls, text: str) -> Line:
        timestamp, page, *rest = text.split()
        options = dict(word.split("=", 1) for word in rest if "=" in word)
        return cls(timestamp, page, frozenset(word for word in rest if "=" not in word), options)

    @property
    def text(self) -> str:
        return self.options.get("text", "1")

    @property
    def is_real(self) -> bool:
        """Say whether the timestamp is a moment of the calendar."""
        return "01" <= self.timestamp[4:6] <= "12"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table under one id: what the listing says, and what is behind it."""

    id: int
    line: Line
    capture: Capture
    content: str
    """What stands for the bytes: rows with the same content have the same payload."""


@dataclass(frozen=True, slots=True)
class Case:
    """One id of the scenario."""

    id: int
    name: str
    rows: tuple[Row, ...]
    state: State
    chosen: str | None
    versions: tuple[str, ...]
    after_one_run: State | None
    """None: not foreseen."""


def load(copies: int = COPIES) -> list[Case]:
    """Return every id of the scenario; the same each time. Each odd copy of a case has noise around it."""
    cases: list[Case] = []
    for entry in tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]:
        state = State(entry["state"])
        for copy in range(entry.get("copies", copies)):
            article = FIRST_ID + SPACING * len(cases)
            lines = [Line.parse(text) for text in entry["captures"]]
            noisy = copy % 2 == 1 and bool(lines) and lines[0].is_real
            if noisy:
                lines += _noise(article, {line.timestamp for line in lines})
            rows = tuple(_row(article, line, entry["name"]) for line in lines)
            chosen, versions = entry.get("chosen"), tuple(entry.get("versions", ()))
            after_one_run = None if noisy else State(entry.get("after_one_run", state))
            cases.append(Case(article, entry["name"], rows, state, chosen, versions, after_one_run))
    return cases


def shared_counts(cases: list[Case]) -> dict[str, int]:
    """Return for each digest how many ids have it."""
    ids: dict[str, set[int]] = defaultdict(set)
    for case in cases:
        for row in case.rows:
            ids[row.capture.digest].add(case.id)
    return {digest: len(having) for digest, having in ids.items()}


def _noise(article: int, taken: set[str]) -> list[Line]:
    """Return captures that are no article, at any time: they must not change what comes of the id."""
    chance = random.Random(article)
    lines = []
    for page in chance.sample(_NOISE, 3):
        year = chance.choice((2017, 2019, 2021, 2022))
        timestamp = f"{year}{chance.randint(1, 12):02}{chance.randint(2, 28):02}{article:06}"[:12] + "11"
        if timestamp not in taken:
            lines.append(Line.parse(f"{timestamp} {page}"))
            taken.add(timestamp)
    return lines


def _row(article: int, line: Line, case: str) -> Row:
    # What is not archived has an address of its own, or replay would lead on to the next capture of that address.
    url = _URLS[line.options.get("url", "gone" if line.page == "not_archived" else "good")].format(id=article)
    content = " ".join([line.page, *sorted(line.words - {"revisit"}), line.text, line.options.get("status", "200")])
    if "pair" in line.words:
        content += f" of {case}"
    elif "shared" not in line.words:
        own = "" if line.page == "article" and "revisit" not in line.words else line.timestamp
        content += f" {article} {line.options.get('bytes', own)}"
    digest = base64.b32encode(hashlib.sha1(content.encode()).digest()).decode()
    revisit = "revisit" in line.words
    mimetype = "warc/revisit" if revisit else line.options.get("type", "text/html")
    status = "-" if revisit else line.options.get("status", "200")
    path = url.split("hkcnews.com", 1)[1].removeprefix(":80").lower()
    capture = Capture(f"com,hkcnews){path}", line.timestamp, url, mimetype, status, digest, "4711")
    return Row(article, line, capture, content)
