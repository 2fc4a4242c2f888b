"""Killed at any moment, or without room on the disk: nothing kept is lost, and the same command ends the work."""

import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest

from tests.few_ids import know_few_ids
from tests.jobs.folders import call, hkcnews, tree
from tests.server.make import saved_article, write_warc

MANY = range(400, 520)


@pytest.fixture(scope="module")
def warc(tmp_path_factory):
    """A file of a hundred captures, enough that a process can be caught at work."""
    saved = [saved_article(number, "20200607080910") for number in MANY]
    return write_warc(tmp_path_factory.mktemp("many") / "in.warc.gz", saved)


@pytest.fixture(scope="module")
def undisturbed(warc, tmp_path_factory):
    """What the import gives when nobody disturbs it."""
    output = know_few_ids(tmp_path_factory.mktemp("undisturbed") / "output")
    assert call("import", warc, "--output", output).returncode == 0
    return output


def start(*words, limit: int | None = None) -> subprocess.Popen:
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "scraper", *map(str, words)]
    before = small_files if limit else None
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before)


def kill_soon(process: subprocess.Popen, seconds: float) -> bool:
    """Kill a process at a moment; return whether it was still at work."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def assert_whole(output):
    """No WARC record and no document is half there."""
    check = call("check", "--output", output, "--jobs", "1")
    assert check.stdout == ""
    for path in sorted((output / "warc").iterdir()):
        done = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "")


def test_an_import_that_is_killed_again_and_again(warc, undisturbed, tmp_path):
    """Killed at random moments, then run to its end: every document and the manifest as if nothing had happened."""
    output = know_few_ids(tmp_path / "output")
    moments = random.Random(20261123)
    began = time.monotonic()
    assert hkcnews("import", warc, "--output", know_few_ids(tmp_path / "measured"), "-q").returncode == 0
    whole = time.monotonic() - began
    killed = 0
    for _ in range(20):
        if kill_soon(start("import", warc, "--output", output, "-q"), moments.uniform(0.1, whole)):
            killed += 1
        else:  # the machine is less busy than when it was measured, or there is less left to do
            whole *= 0.7
        if killed == 4:
            break
    assert killed
    assert call("import", warc, "--output", output).returncode == 0
    assert tree(output) == tree(undisturbed)
    assert_whole(output)


def test_a_rebuild_and_a_repair_that_are_killed(warc, tmp_path):
    """A rebuild, a repair and a ledger being made anew, killed at random moments: the next rebuild makes it whole."""
    output = tmp_path / "output"
    assert call("import", warc, "--output", output).returncode == 0
    before = tree(output)
    moments = random.Random(7)
    for words in (("rebuild", "--jobs", "2"), ("check", "--fix", "--jobs", "2"), ("rebuild", "--ledger")):
        for path in output.glob("articles/*/*.md"):
            if moments.random() < 0.5:
                path.unlink()
        kill_soon(start(*words, "--output", output), moments.uniform(0.5, 3))
    assert call("rebuild", "--output", output, "--jobs", "1").returncode == 0
    assert call("check", "--fix", "--output", output, "--jobs", "1").returncode == 0
    assert tree(output) == before
    assert_whole(output)


@pytest.mark.parametrize("kilobytes", [4, 60, 300])
def test_no_room_on_the_disk(warc, undisturbed, tmp_path, kilobytes):
    """When no file can grow any more, the import ends with an error that says so; with room again it goes on."""
    output = know_few_ids(tmp_path / "output")
    process = start("import", warc, "--output", output, "-q", limit=kilobytes << 10)
    _, err = process.communicate()
    assert process.returncode == 2, err
    assert "Traceback" not in err
    assert str(output) in err
    assert call("import", warc, "--output", output).returncode == 0
    assert tree(output) == tree(undisturbed)
    assert_whole(output)
