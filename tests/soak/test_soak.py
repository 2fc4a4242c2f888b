"""A few hundred articles through every fault, with workers killed at random: the same files as on a quiet day."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.reports.manifest import read_manifest
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.server import KINDS, Faults, TestArchive
from tests.soak.corpus import Corpus, generate

ROOT = Path(__file__).resolve().parent.parent.parent
FACTOR = 200.0
JITTER = 0.03
"""Real seconds that a request may be late on loopback; so much of a minute of scaled time is FACTOR times as long."""

REFUSALS = {kind: 1 for kind in KINDS if KINDS[kind].refusal}
CDX_BUDGET, REPLAY_BUDGET = 6, 24
"""Less than what is usual, so that they bind."""
MOST_RUNS = 30
IN_FLIGHT = 8
KILLS = 4
WORKERS = 2
"""Side by side, each on an output folder of its own: they share one budget."""


@dataclass
class Worker:
    """Runs of the program on one output folder, one after the other.

    Attributes:
        kills: how many more of them are to be killed.
        killed: how many were.
        passed: seconds of wall-clock time that were slept through since.
    """

    folder: Path
    corpus: Corpus
    clock: ScaledClock
    source: random.Random
    kills: int = 0
    killed: int = 0
    passed: float = 0.0
    statuses: list[int] = field(default_factory=list)
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
            "connect_timeout = 0.5",
            "read_timeout = 0.5",
            "total_timeout = 1.0",
            "max_body_megabytes = 1",
        )
        (self.folder / "config.toml").write_text("\n".join(settings) + "\n", encoding="utf-8")

    def run_once(self, state: Path) -> None:
        """Start a run; let it end, or kill it at a random moment."""
        killed = self.kills > 0
        jump = self.source.choice([0.0, -7200.0, 3600.0, 172_800.0]) if killed else self.passed
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.driver", str(self.folder / "config.toml"), self.corpus.ids, str(jump)],
            cwd=ROOT,
            env=os.environ | self.clock.environment() | {"XDG_STATE_HOME": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            said, complained = process.communicate(timeout=0.4 + 1.6 * self.source.random() if killed else 90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            assert killed, "a run did not come to its end"
            self.kills -= 1
            self.killed += 1
            return
        assert process.returncode in (0, 1, 3), complained.decode()
        self.statuses.append(process.returncode)
        self.reports.append(json.loads(said))

    def rest(self) -> None:
        """Wait as long as the last run's report says, as cron would; a killed one says nothing."""
        pause = 1.0
        if self.reports and self.kills == 0:
            said = datetime.fromisoformat(str(self.reports[-1]["next_request_at"]))
            pause = (said - self.clock.now()).total_seconds() - self.passed
        self.clock.wait(min(max(pause, 1.0), 3600.0), threading.Event())

    def states(self) -> dict[int, str]:
        """Id to state, for the ids of the corpus."""
        entries = read_manifest(self.output)
        return {entry["id"]: entry["state"] for entry in entries if entry["id"] in self.corpus.states}

    def documents(self) -> dict[str, bytes]:
        articles = self.output / "articles"
        return {str(path.relative_to(articles)): path.read_bytes() for path in sorted(articles.rglob("*"))
                if path.is_file()}  # fmt: skip

    def kept(self) -> Counter[tuple[str, str]]:
        """How often each capture is in the store, as (URL, time)."""
        found: Counter[tuple[str, str]] = Counter()
        for path in sorted((self.output / "warc").glob("*.warc.gz")):
            with path.open("rb") as stream:
                for record in ArchiveIterator(stream):
                    if record.rec_type in ("response", "revisit"):
                        headers = record.rec_headers
                        found[headers.get_header("WARC-Target-URI"), headers.get_header("WARC-Date")] += 1
        return found


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
    # What was in the air when a run was killed may be fetched again, and nothing else.
    again = sum(max(0, count - WORKERS) for count in log.kept().values())
    assert again <= WORKERS * KILLS * IN_FLIGHT
    for worker in workers:
        assert worker.killed == KILLS
        assert worker.documents() == quiet.documents()
        assert worker.states() == corpus.states
        assert {capture: count for capture, count in worker.kept().items() if count > 1} == {}
        assert integrity(worker.output / "ledger.sqlite3") == "ok"


def manners(archive: TestArchive) -> list[str]:
    """What the archive has to complain of: too many requests in a minute, requests during a cool-down."""
    window = 60.0 - JITTER * FACTOR
    complaints = [
        f"{archive.log.busiest(service, window)} {service} requests in {window:.0f} s"
        for service, budget in (("cdx", CDX_BUDGET), ("replay", REPLAY_BUDGET))
        if archive.log.busiest(service, window) > budget
    ]
    return complaints + [f"during a cool-down: {one}" for one in archive.log.during_cool_downs(in_the_air=0.15)]


def integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        found: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    return found
