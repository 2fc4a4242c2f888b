from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.export.plain import plain_text
from scraper.export.rows import ExportRow
from scraper.models import Memento
from scraper.payload import payload_sha1
from scraper.store.records import Location
from scraper.store.warc import WarcStore

MARKDOWN = (
    "市民到[中環](/web/20200102030405/https://www.hkcnews.com/)散步，**沿途** 有 𨋢 無樓梯。\n\n"
    "- 第一站 G7 峰會\n\n---\n\nThe EU stayed neutral."
)


def _row(number: int = 1, **fields: object) -> ExportRow:
    original = f"http://www.hkcnews.com/article/{number}/walk"
    row = ExportRow(
        id=number,
        title=f"抗疫散步記 {number}",
        date="2020-01-02",
        last_updated=None,
        author="陳小明",
        category="眾聞",
        tags=("抗疫", "A股"),
        url=f"https://web.archive.org/web/20200102030405/https://www.hkcnews.com/article/{number}/walk",
        original_url=f"https://www.hkcnews.com/article/{number}/walk",
        box_label=None,
        box_author=None,
        box_avatar=None,
        box_bio=None,
        markdown=MARKDOWN,
        text=plain_text(MARKDOWN),
        images=(),
        timestamp="20200102030405",
        original=original,
        urlkey=f"com,hkcnews)/article/{number}/walk",
        digest="3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        digest_check="match",
        layout="article",
        file=f"articles/1-1000/article_{number}.md",
        file_sha256="0" * 64,
        page_sha256="1" * 64,
    )
    return dataclasses.replace(row, **fields)  # type: ignore[arg-type]


@pytest.fixture
def make_row() -> Callable[..., ExportRow]:
    return _row


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def _page(number: int, text: str) -> bytes:
    return f"<!doctype html><meta charset=utf-8><title>{number}</title><h1>{text}</h1>".encode()


def _keep(folder: Path, mementos: dict[str, tuple[str, bytes]], **options: int) -> list[Location]:
    """Keep pages, given as original URL to (timestamp, body), in a real store with counted record ids."""
    known: dict[str, Location] = {}
    numbers = itertools.count(1)
    store = WarcStore(
        folder,
        clock=FixedClock(),  # type: ignore[arg-type]
        max_bytes=options.get("max_bytes", 1 << 30),
        find=known.get,
        new_id=lambda: f"<urn:uuid:{next(numbers):032}>",
    )
    locations = []
    for original, (timestamp, body) in mementos.items():
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        memento = Memento(original, timestamp, 200, "OK", headers, body, body)
        locations.append(store.keep(memento))
        known.setdefault(payload_sha1(body), locations[-1])
    store.close()
    return locations


@pytest.fixture
def keep() -> Callable[..., list[Location]]:
    return _keep


@pytest.fixture
def warc_folder(tmp_path: Path) -> Path:
    """Two WARC files with three pages, one of them a revisit of another."""
    pages = {
        "http://www.hkcnews.com/article/1/walk": ("20200102030405", _page(1, "抗疫散步記")),
        "http://www.hkcnews.com/article/2/walk?b=2&a=1": ("20200102030406", _page(2, "第二篇")),
        "https://hkcnews.com/article/3/walk": ("20200102030407", _page(1, "抗疫散步記")),
    }
    _keep(tmp_path / "warc", pages, max_bytes=900)
    return tmp_path / "warc"


@pytest.fixture
def with_little_room(tmp_path: Path) -> Callable[[str, int], subprocess.CompletedProcess[str]]:
    """Run Python in a process that may write no file beyond that many bytes, as on a full disk."""

    def run(code: str, room: int) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)], preexec_fn=limit, capture_output=True, text=True, check=False
        )

    return run


def read_terminal(terminal: int) -> bytes:
    """Return all that was written to a terminal, once nobody holds its other end, and close it."""
    said = b""
    with contextlib.suppress(OSError):  # how Linux tells that nobody does
        while piece := os.read(terminal, 10000):
            said += piece
    os.close(terminal)
    return said
