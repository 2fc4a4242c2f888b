"""Whatever ends a run, the next one goes on: nothing lost, none half written, no page fetched twice that was kept."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.errors import StoreError
from scraper.store import warc as warc_store
from tests.clocks import ScaledClock
from tests.engine.conftest import SITE, Folder
from tests.few_ids import know_few_ids
from tests.server import TestArchive
from tests.server.make import saved_article

Open = Callable[..., Folder]
ROOT = Path(__file__).parents[2]
IDS = range(201, 261)

PROGRAM = """
import sys, threading
from scraper.config import Config
from scraper.jobs.run import RunOptions, run
from scraper.cli.work import stop_on_signals
from tests.clocks import ScaledClock
config = Config(archive=sys.argv[1], output=sys.argv[2], in_flight=4, cdx_page_rows=20, replay_per_minute=480)
with stop_on_signals() as signals:
    report = run(config, RunOptions(ids=(range(201, 261),)), clock=ScaledClock.from_environment(), stop=signals.stop)
sys.exit(signals.exit_status if signals.exit_status is not None else report.exit_status)
"""


def start(folder: Folder, clock: ScaledClock) -> subprocess.Popen[bytes]:
    environment = os.environ | clock.environment() | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, folder.archive.base, str(folder.output)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def wait_for(folder: Folder, count: int, process: subprocess.Popen[bytes]) -> None:
    while len(folder.asked()) < count and process.poll() is None:
        time.sleep(0.005)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The documents of a run that nothing disturbed."""
    base = tmp_path_factory.mktemp("clean")
    clock = ScaledClock(600.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(base / "state"))
        with TestArchive((saved_article(article) for article in IDS), clock=clock.monotonic) as archive:
            folder = Folder(archive, know_few_ids(base / "output"), clock)
            folder.run(ids=(IDS,))
    return folder.documents()


def test_killed_again_and_again_it_ends_with_the_same_bytes(open_folder: Open, clean: dict[str, bytes]) -> None:
    """A run killed at several points, then left alone, gives the documents of a clean run; kept pages are not asked
    for again."""
    folder = open_folder(*(saved_article(article) for article in IDS))
    clock = ScaledClock(40.0)
    for count in (1, 7, 20, 38):
        process = start(folder, clock)
        wait_for(folder, count, process)
        process.kill()
        process.communicate()
        for path in folder.output.glob("articles/*/*.md"):
            assert path.read_bytes() == clean[path.name]
    process = start(folder, clock)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()
    assert folder.documents() == clean
    asked = Counter(re.findall(r"/article/(\d+)", " ".join(folder.asked())))
    # What was in the air when a run was killed was not kept; at most `in_flight` of them each time.
    assert sum(count - 1 for count in asked.values()) <= 4 * 4
    assert not list(folder.output.rglob("*.tmp"))


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_in_good_order(open_folder: Open, clean: dict[str, bytes], number: int, status: int) -> None:
    """SIGTERM ends a run with 143, SIGINT with 130; what was in the air landed, so that nothing is asked for twice."""
    folder = open_folder(*(saved_article(article) for article in IDS))
    clock = ScaledClock(8.0)
    process = start(folder, clock)
    wait_for(folder, 10, process)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == status, said.decode()
    process = start(folder, clock)
    process.communicate(timeout=120)
    assert folder.documents() == clean
    assert set(Counter(folder.asked()).values()) == {1}


def test_the_lock_dies_with_its_process(open_folder: Open) -> None:
    """While a run is at work another one says so and does nothing; a killed run holds no lock."""
    folder = open_folder(*(saved_article(article) for article in IDS))
    clock = ScaledClock(1.0)
    process = start(folder, clock)
    wait_for(folder, 1, process)
    command = [sys.executable, "-m", "scraper", "run", "--archive", folder.archive.base, "--output", str(folder.output)]
    second = subprocess.run([*command, "--ids", "201"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 4
    assert str(process.pid) in second.stderr
    process.kill()
    process.communicate()
    assert folder.run(ids=(IDS,)).exit_status == 0


def test_a_crash_between_store_and_ledger_costs_no_page(open_folder: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that was kept but not yet recorded is taken over by the next run, not fetched again."""
    folder = open_folder(*(saved_article(article) for article in range(201, 204)))
    keep = warc_store.WarcStore.keep
    kept = 0

    def keep_and_crash(self: warc_store.WarcStore, memento: object, **options: object) -> object:
        nonlocal kept
        location = keep(self, memento, **options)  # type: ignore[arg-type]
        kept += 1
        if kept == 2:
            raise KeyboardInterrupt
        return location

    monkeypatch.setattr(warc_store.WarcStore, "keep", keep_and_crash)
    with pytest.raises(KeyboardInterrupt):
        folder.run(ids=(range(201, 204),))
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder.output.parent / "state"))
    fetched = kept
    report = folder.run(ids=(range(201, 204),))
    assert report.mended == 1
    assert report.outcomes.fetched == 3 - fetched
    assert len(folder.documents()) == 3


LITTLE_SPACE = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from scraper.cli import main
from tests.clocks import ScaledClock
ScaledClock(600.0).stand_in()
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("room", [4_000, 40_000, 4_000_000])
def test_without_room_it_says_so_and_goes_on_later(open_folder: Open, clean: dict[str, bytes], room: int) -> None:
    """Files that cannot grow (as on a full disk) end a run with 2 and a tip, or do not matter; with room the next run
    gives the documents of a clean run."""
    folder = open_folder(*(saved_article(article) for article in IDS), new=room < 10_000)
    command = [sys.executable, "-c", LITTLE_SPACE, str(room), "run", "--ids", "201-260"]
    command += ["--archive", folder.archive.base, "--output", str(folder.output)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 2), ended.stderr
    assert "Traceback" not in ended.stderr
    if ended.returncode:
        assert "run again" in ended.stderr.lower()
        assert str(folder.output) in ended.stderr
    folder.run(ids=(IDS,))
    assert folder.documents() == clean


@pytest.mark.parametrize("call", [1, 2, 3, 5, 7, 9])
def test_a_disk_that_fills_up_at_any_step_costs_nothing(
    open_folder: Open, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Whichever write finds the disk full, of a page or of a document, the run ends with an error that says so; then
    there is no half file, and the next run fetches only what was not kept."""
    folder = open_folder(*(saved_article(article) for article in range(201, 204)))
    sync = os.fsync
    calls = 0

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            folder.run(ids=(range(201, 204),))
    assert not list(folder.output.rglob("*.tmp"))
    kept = {name: content for name, content in folder.documents().items() if content}
    folder.run(ids=(range(201, 204),))
    assert len(folder.documents()) == 3
    assert kept.items() <= folder.documents().items()
    assert sum(count - 1 for count in Counter(folder.asked()).values()) <= 3


def test_a_folder_that_cannot_be_made_is_an_error_with_a_way_out(open_folder: Open) -> None:
    """An output folder below a file ends with 2 and names the option that helps."""
    folder = open_folder(saved_article(201), new=True)
    (folder.output.parent / "file").write_text("")
    folder.output = folder.output.parent / "file" / "output"
    with pytest.raises(StoreError, match="--output"):
        folder.run()


@pytest.mark.parametrize("damage", [b"no database at all, whatever its name says" * 200, None])
def test_a_damaged_ledger_names_the_remedy(open_folder: Open, damage: bytes | None) -> None:
    """A ledger that is no database, or whose pages are broken, ends a run with the command that makes it again."""
    folder = open_folder(saved_article(201))
    folder.run(ids=(range(201, 202),))
    path = folder.output / "ledger.sqlite3"
    content = path.read_bytes()
    path.write_bytes(damage or content[:4096] + b"\xa5" * (len(content) - 4096))
    with pytest.raises(StoreError, match="hkcnews rebuild --ledger"):
        folder.run(ids=(range(201, 202),), retry_final=True)


def test_a_page_the_store_lost_is_an_error_that_names_it(open_folder: Open) -> None:
    """When a kept record cannot be read back, the error names file and remedy."""
    folder = open_folder(saved_article(201))
    folder.run(ids=(range(201, 202),))
    for path in (folder.output / "warc").iterdir():
        path.unlink()
    ledger = folder.ledger()
    (known,) = ledger.captures.of_article(201)
    ledger.close()
    from scraper.jobs.workspace import open_workspace

    with contextlib.ExitStack() as stack:
        space = stack.enter_context(open_workspace(folder.config, clock=folder.clock))
        assert space.site is SITE
        with pytest.raises(StoreError, match="captures-00001"):
            space.intake.load(known.capture)
