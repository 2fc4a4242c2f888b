"""A few hundred articles through every fault, with workers killed at random: the same files as on a quiet day."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from scraper.reports.manifest import read_manifest
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.server import KINDS, Faults, TestArchive
from tests.server.log import Entry, RequestLog
from tests.soak.corpus import Corpus, generate

ROOT = Path(__file__).resolve().parent.parent.parent
DRIVER = (sys.executable, "-m", "tests.soak.driver")
CROWD = min(4.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))
FACTOR = 200.0 / CROWD
"""Time runs more slowly on a machine that has much else to do: what is late there is late by real time."""
LATE = 30.0
"""Seconds of scaled time in which a refusal reaches who asked, and in which most of what is permitted arrives."""

REFUSALS = {kind: 1 for kind in KINDS if KINDS[kind].refusal}
CDX_BUDGET, REPLAY_BUDGET = 6, 24
"""Less than what is usual, so that they bind."""
MOST_RUNS = 30
IN_FLIGHT = 8
KILLS = 4
WORKERS = 2
"""Side by side, each on an output folder of its own: they share one budget."""


class Record(NamedTuple):
    """One record of the store: the path that was asked for, and what was kept."""

    path: str
    url: str
    date: str
    digest: str
    check: str


@dataclass
class Worker:
    """Runs of the program on one output folder, one after the other.

    Attributes:
        kills: how many more of them are to be killed.
        killed: how many were.
        runs: their names.
        on_disk: name of a killed run to the paths whose answers were in the store when it was dead.
        pause: seconds after which the last run's report says that the archive may be asked again.
        passed: seconds of wall-clock time that were slept through since.
    """

    folder: Path
    corpus: Corpus
    clock: ScaledClock
    source: random.Random
    kills: int = 0
    killed: int = 0
    passed: float = 0.0
    pause: float = 0.0
    statuses: list[int] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    on_disk: dict[str, set[str]] = field(default_factory=dict)
    reports: list[dict[str, object]] = field(default_factory=list)

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def prepare(self, archive: TestArchive) -> None:
        know_few_ids(self.output, range(min(self.corpus.states), max(self.corpus.states) + 1))
        settings = (
            f'archive = "{archive.base}"',
            f'output = "{self.output}"',
            'contact = "soak@example.org"',
            f"cdx_per_minute = {CDX_BUDGET}",
            f"replay_per_minute = {REPLAY_BUDGET}",
            f"in_flight = {IN_FLIGHT}",
            "cdx_page_rows = 25",
            "connect_timeout = 2.0",
            "read_timeout = 2.0",
            "total_timeout = 4.0",
            "max_body_megabytes = 1",
        )
        (self.folder / "config.toml").write_text("\n".join(settings) + "\n", encoding="utf-8")

    def run_once(self, state: Path) -> None:
        """Start a run; let it end, or kill it at a random moment."""
        killed = self.kills > 0
        run = f"{self.folder.name}-{len(self.runs)}"
        log = self.folder / f"{run}.log"
        self.runs.append(run)
        self.pause = 0.0
        jump = self.source.choice([0.0, -7200.0, 3600.0, 172_800.0]) if killed else self.passed
        process = subprocess.Popen(
            [*DRIVER, str(self.folder / "config.toml"), self.corpus.ids, str(jump), str(log)],
            cwd=ROOT,
            env=os.environ | self.clock.environment() | {"XDG_STATE_HOME": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            end = time.monotonic() + 60
            while killed and process.poll() is None and not log.exists() and time.monotonic() < end:
                time.sleep(0.01)  # to kill what has yet to start proves nothing
            said, complained = process.communicate(timeout=1.6 * CROWD * self.source.random() if killed else 300)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            assert killed, "a run did not come to its end"
            self.kills -= 1
            self.killed += 1
            self.on_disk[run] = set()
            with contextlib.suppress(ArchiveLoadFailed, EOFError):  # at an end that the kill has torn
                self.on_disk[run].update(record.path for record in self.records())
            return
        assert process.returncode in (0, 1, 3), complained.decode()
        self.statuses.append(process.returncode)
        self.reports.append(json.loads(said))
        said_next = datetime.fromisoformat(str(self.reports[-1]["next_request_at"]))
        self.pause = (said_next - self.clock.now()).total_seconds() - jump

    def rest(self) -> None:
        """Wait as long as the last run's report says, as cron would; a killed one says nothing."""
        self.clock.wait(max(self.pause, 1.0), threading.Event())

    def states(self) -> dict[int, str]:
        """Id to state, for the ids of the corpus."""
        entries = read_manifest(self.output)
        return {entry["id"]: entry["state"] for entry in entries if entry["id"] in self.corpus.states}

    def documents(self) -> dict[str, bytes]:
        articles = self.output / "articles"
        return {str(path.relative_to(articles)): path.read_bytes() for path in sorted(articles.rglob("*"))
                if path.is_file()}  # fmt: skip

    def records(self) -> Iterator[Record]:
        """What is in the store."""
        for path in sorted((self.output / "warc").glob("*.warc.gz")):
            with path.open("rb") as stream:
                for record in ArchiveIterator(stream):
                    if record.rec_type in ("response", "revisit"):
                        value = record.rec_headers.get_header
                        asked = urlsplit(value("WARC-Source-URI"))
                        names = ("WARC-Target-URI", "WARC-Date", "WARC-Payload-Digest", "X-CDX-Digest-Check")
                        yield Record(asked._replace(scheme="", netloc="").geturl(), *map(value, names))

    def kept_twice(self) -> list[tuple[str, ...]]:
        """Captures of which the store has the same bytes twice, or two records that are not known to be a part."""
        kept = Counter((record.url, record.date, record.digest) for record in self.records())
        kept.update((record.url, record.date) for record in self.records() if record.check != "mismatch")
        return [capture for capture, count in kept.items() if count > 1]

    def asked_again(self, log: RequestLog) -> list[str]:
        """Paths that were answered whole more than once, not counting answers that a kill kept from the store."""
        answers: Counter[str] = Counter()
        for entry in log.entries("replay"):
            run, _ = signature(entry)
            if entry.kind == "memento" and entry.whole and run in self.runs:
                answers[entry.path] += entry.path in self.on_disk.get(run, {entry.path})
        return [path for path, count in answers.items() if count > 1]


def signature(entry: Entry) -> tuple[str, float]:
    """Return which run sent a request, and when it was permitted (see `driver`)."""
    *_, run, permitted_at = str(entry.user_agent).split()
    return run, float(permitted_at)


def until_done(workers: list[Worker], state: Path, clock: ScaledClock, archive: TestArchive) -> None:
    """Run the workers side by side, each until a run of it was not killed, not refused, and left nothing to be done."""

    def work(worker: Worker) -> None:
        for _ in range(MOST_RUNS):
            worker.run_once(state)
            if worker.kills == 0 and worker.statuses and worker.statuses[-1] != 3:
                waiting = [number for number, name in worker.states().items() if name == "waiting"]
                if not waiting and not archive.faults.drawn_left:
                    return
                worker.passed += 43_200  # what was put off while the clock was ahead comes due
            worker.rest()
        raise AssertionError(f"not done after {MOST_RUNS} runs: {worker.reports[-1]}")

    errors: list[BaseException] = []

    def guarded(worker: Worker) -> None:
        try:
            work(worker)
        except (AssertionError, OSError, ValueError) as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return generate(size=int(os.environ.get("SOAK_ARTICLES", "200")))


@pytest.mark.parametrize("seed", [int(os.environ.get("SOAK_SEED", "5"))])
def test_faults_and_kills_change_nothing_but_the_time_it_takes(corpus: Corpus, seed: int, tmp_path: Path) -> None:
    """Every fault is played, runs are killed, clocks jump: same bytes, right states, manners kept, nothing lost."""
    clock = ScaledClock(FACTOR)
    quiet = Worker(tmp_path / "quiet", corpus, clock, random.Random(seed))
    with TestArchive(corpus.saved, clock=clock.monotonic) as archive:
        quiet.prepare(archive)
        until_done([quiet], tmp_path / "quiet-state", clock, archive)
        assert manners(archive) == []
    assert quiet.states() == corpus.states

    clock = ScaledClock(FACTOR)
    plan = Faults(seed=seed, rounds=2, only=REFUSALS, every={"cdx": 1, "replay": 3})
    workers = [
        Worker(tmp_path / f"stormy-{number}", corpus, clock, random.Random(seed + number), kills=KILLS)
        for number in range(WORKERS)
    ]
    started = time.monotonic()
    with TestArchive(corpus.saved, faults=plan, clock=clock.monotonic) as archive:
        for worker in workers:
            worker.prepare(archive)
        until_done(workers, tmp_path / "stormy-state", clock, archive)
        log = archive.log
    print(f"{time.monotonic() - started:.0f} s, {len(log.entries())} requests, {log.faults().total()} faults,", end=" ")
    print(f"at most {log.busiest('cdx')} and {log.busiest('replay')} a minute; runs not killed:", end=" ")
    print([len(worker.statuses) for worker in workers])

    assert set(log.faults()) == set(KINDS)
    assert manners(archive) == []
    for worker in workers:
        assert worker.asked_again(log) == []
        assert worker.killed == KILLS
        assert worker.documents() == quiet.documents()
        assert worker.states() == corpus.states
        assert worker.kept_twice() == []
        assert integrity(worker.output / "ledger.sqlite3") == "ok"


def manners(archive: TestArchive) -> list[str]:
    """What the archive has to complain of: too many requests in a minute, requests during a cool-down.

    What is late on its way is so by what else the machine does; most is not.
    """
    entries = archive.log.entries()
    complaints = []
    if (late := statistics.median(entry.at - signature(entry)[1] for entry in entries)) > LATE:
        complaints.append(f"half of the requests come {late:.0f} s and more after they were permitted")
    for service, budget in (("cdx", CDX_BUDGET), ("replay", REPLAY_BUDGET)):
        permitted = sorted(signature(entry)[1] for entry in archive.log.entries(service))
        complaints += [
            f"{budget + 1} {service} requests in {last - first:.1f} s"
            for first, last in zip(permitted, permitted[budget:], strict=False)
            if last - first < 60.0
        ]
    return complaints + [
        f"during a cool-down: {one}" for one in archive.log.during_cool_downs(in_the_air=LATE / FACTOR)
    ]


def integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        found: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    return found
