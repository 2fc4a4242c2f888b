"""Output folders made by importing made-up captures, and what is in them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import subprocess
import sys
from typing import TYPE_CHECKING

from scraper.cli import main
from scraper.ledger import Ledger
from scraper.reports.manifest import read_manifest
from scraper.sites.hkcnews import HKCNEWS
from scraper.times import SystemClock
from tests.few_ids import know_few_ids
from tests.server.make import saved_article, write_warc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.captures import Saved

IDS = range(301, 313)


def captures() -> list[Saved]:
    """Return captures of twelve articles, some of them captured twice."""
    again = [saved_article(number, "20210102030405", surroundings="<p>later</p>") for number in IDS if number % 4 == 0]
    return [saved_article(number, "20200607080910") for number in IDS] + again


def hkcnews(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program as people do, in a process of its own."""
    command = [sys.executable, "-m", "scraper", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def call(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the program in this process: the same, without waiting for an interpreter to start."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        status = main(list(map(str, words)))
    for stream in streams:
        stream.seek(0)
    return subprocess.CompletedProcess(words, status, *(stream.read() for stream in streams))


def imported(folder: Path, saved: list[Saved] | None = None) -> Path:
    """Return an output folder into which captures were imported; it knows few ids."""
    know_few_ids(folder / "output")
    warc = write_warc(folder / "input.warc.gz", captures() if saved is None else saved)
    done = call("import", warc, "--output", folder / "output")
    assert done.returncode == 0, done.stderr
    warc.unlink()
    return folder / "output"


def tree(output: Path) -> dict[str, str]:
    """Return path to digest of everything that a run makes, but for what tells the time."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file()
        and not path.relative_to(output).as_posix().startswith(("ledger", "hkcnews.log", ".lock", "warc/"))
    }


def touched(output: Path) -> dict[str, int]:
    """Return path to time of last change of all documents, WARC files and the manifest."""
    wanted = [*output.glob("articles/*/*"), *output.glob("warc/*"), *output.glob("manifest/*")]
    return {str(path): path.stat().st_mtime_ns for path in wanted}


def states(output: Path) -> dict[int, str]:
    """Return id to state, from the manifest, of the ids that have a reason other than that nobody looked yet."""
    return {one["id"]: one["state"] for one in read_manifest(output)}


@contextlib.contextmanager
def ledger_of(output: Path) -> Iterator[Ledger]:
    """Look into the ledger of an output folder."""
    ledger = Ledger(output / "ledger.sqlite3", site=HKCNEWS, clock=SystemClock(), read_only=True)
    with contextlib.closing(ledger):
        yield ledger


def spoil_record(output: Path, article: int) -> None:
    """Destroy some bytes inside the kept page that an article was written from."""
    with ledger_of(output) as ledger:
        row = ledger.articles.get(article)
        kept = ledger.mementos.get(row.original, row.timestamp)
    with (output / "warc" / kept.file).open("r+b") as file:
        file.seek(kept.offset + kept.length // 2)
        file.write(bytes(8))
